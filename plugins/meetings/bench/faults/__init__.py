"""`./mingtang bench faults`: what goes wrong in a year, done on purpose; the short form runs with the tests."""
