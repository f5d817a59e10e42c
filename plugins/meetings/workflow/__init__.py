"""The regulation as tables: four state machines; import them from here."""

from plugins.meetings.workflow.applications import APPLICATION
from plugins.meetings.workflow.invitations import INVITATION
from plugins.meetings.workflow.meetings import MEETING
from plugins.meetings.workflow.obligations import OBLIGATION

__all__ = ["APPLICATION", "INVITATION", "MEETING", "OBLIGATION"]
