"""The regulations as tables: the state machines; import them from here."""
