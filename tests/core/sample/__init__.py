"""A tiny plugin that only tests install: one workflow object with an API and a page."""
