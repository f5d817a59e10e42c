"""The regulations as tables: the state machines; import them from here."""

from plugins.disclosure.workflow.requests import REQUEST

__all__ = ["REQUEST"]
