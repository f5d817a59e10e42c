"""Tables of the meetings plugin; import models from here."""

from plugins.meetings.models.applications import AgendaApplication, Approval, Material
from plugins.meetings.models.attendance import Attendance
from plugins.meetings.models.deliveries import Answer, ContactNote, Delivery
from plugins.meetings.models.invitations import Invitation
from plugins.meetings.models.meetings import Meeting
from plugins.meetings.models.minutes import Minutes, MinutesRevision, MinutesSection
from plugins.meetings.models.obligations import Obligation
from plugins.meetings.models.recusals import Recusal
from plugins.meetings.models.representatives import Representative, RepresentativeTerm
from plugins.meetings.models.rules import Acknowledgement, RuleText
from plugins.meetings.models.signups import Signup, SignupCall
from plugins.meetings.models.substitutions import Substitution
from plugins.meetings.models.templates import DocumentTemplate

__all__ = [
    "Acknowledgement", "AgendaApplication", "Answer", "Approval", "Attendance", "ContactNote", "Delivery",
    "DocumentTemplate", "Invitation", "Material", "Meeting", "Minutes", "MinutesRevision", "MinutesSection",
    "Obligation", "Recusal", "Representative", "RepresentativeTerm", "RuleText", "Signup", "SignupCall", "Substitution",
]  # fmt: skip
