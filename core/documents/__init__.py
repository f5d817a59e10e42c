"""Documents as Chinese offices expect them: Word files and their templates, the fonts that PDF files are set in."""
