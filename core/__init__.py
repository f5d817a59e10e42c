"""Mingtang's core (明堂内核). Plugin authors import from `core` alone; see docs/writing-plugins.md."""
