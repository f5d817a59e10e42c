"""The regulation as tables: the state machines; import them from here."""

from plugins.meetings.workflow.applications import APPLICATION
from plugins.meetings.workflow.follow_ups import FOLLOW_UP
from plugins.meetings.workflow.invitations import INVITATION
from plugins.meetings.workflow.meetings import MEETING
from plugins.meetings.workflow.minutes import MINUTES
from plugins.meetings.workflow.obligations import OBLIGATION
from plugins.meetings.workflow.recusals import RECUSAL
from plugins.meetings.workflow.representatives import REPRESENTATIVE
from plugins.meetings.workflow.signups import SIGNUP, SIGNUP_CALL
from plugins.meetings.workflow.slips import SLIP
from plugins.meetings.workflow.speaking import SPEAKING
from plugins.meetings.workflow.substitutions import SUBSTITUTION

__all__ = [
    "APPLICATION", "FOLLOW_UP", "INVITATION", "MEETING", "MINUTES", "OBLIGATION", "RECUSAL", "REPRESENTATIVE", "SIGNUP",
    "SIGNUP_CALL", "SLIP", "SPEAKING", "SUBSTITUTION",
]  # fmt: skip
