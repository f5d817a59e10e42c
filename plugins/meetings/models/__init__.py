"""Tables of the meetings plugin; import models from here."""

from plugins.meetings.models.applications import AgendaApplication, Approval, Material
from plugins.meetings.models.attendance import Attendance
from plugins.meetings.models.deliveries import Answer, ContactNote, Delivery
from plugins.meetings.models.follow_ups import FollowUp, Opinion, OpinionGroup
from plugins.meetings.models.invitations import Invitation
from plugins.meetings.models.meetings import Meeting
from plugins.meetings.models.minutes import Minutes, MinutesRevision, MinutesSection
from plugins.meetings.models.obligations import Obligation
from plugins.meetings.models.recusals import Recusal
from plugins.meetings.models.representatives import Representative, RepresentativeTerm
from plugins.meetings.models.rules import Acknowledgement, RuleText
from plugins.meetings.models.signups import Signup, SignupCall
from plugins.meetings.models.slips import Slip
from plugins.meetings.models.speaking import SpeakingRequest
from plugins.meetings.models.substitutions import Substitution
from plugins.meetings.models.templates import DocumentTemplate

__all__ = [
    "Acknowledgement", "AgendaApplication", "Answer", "Approval", "Attendance", "ContactNote", "Delivery",
    "DocumentTemplate", "FollowUp", "Invitation", "Material", "Meeting", "Minutes", "MinutesRevision",
    "MinutesSection", "Obligation", "Opinion", "OpinionGroup", "Recusal", "Representative", "RepresentativeTerm",
    "RuleText", "Signup", "SignupCall", "Slip", "SpeakingRequest", "Substitution",
]  # fmt: skip
