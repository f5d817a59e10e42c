"""A third party's plugin that takes part in every hook; tests/core/test_hooks.py looks at what comes of each."""
