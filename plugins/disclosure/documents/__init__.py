"""Files the disclosure plugin makes: redacted copies, reply letters, annual reports."""
