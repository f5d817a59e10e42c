"""A plugin that only tests install: what another regulation gives to, or holds against, a meeting."""
