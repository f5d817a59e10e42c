"""The one answer to «who sees which meeting, application, title and name», for pages, API, search, feed and files."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, false, or_, select, true

from core import settings
from core.permissions import Actor, can, permitted_agencies
from plugins.meetings.models import AgendaApplication, Invitation, Meeting, Minutes, SignupCall, Slip
from plugins.meetings.values import CATEGORIES

SHARED_STATES = ("approved", "scheduled", "in_session", "deliberated", "discharging", "done")
"""From approval on other bodies see an application: somebody has to put it on an agenda."""
PUBLISHED_STATES = ("discharging", "done")
"""From the publication of its result on, everybody reads how an item was decided."""
PUBLIC_STATE = {"draft": "scheduled", "pending": "scheduled", "pending_leader": "scheduled"}
"""A plan that waits for approval is nobody's business outside: the item is on the agenda."""
CONTACT_RIGHTS = ("meetings.invite", "meetings.approve", "meetings.approve_leader")


def visible_meetings(actor: Actor) -> ColumnElement[bool]:
    """THE filter of meetings: announced ones for everyone; all for staff of the convening or an applying body."""
    announced = Meeting.announced_at.is_not(None)
    agencies = _staff_agencies(actor)
    if agencies is None:
        return true()
    if not agencies:
        return announced
    own_items = select(AgendaApplication.meeting_id).where(AgendaApplication.agency_id.in_(sorted(agencies)))
    return or_(announced, Meeting.agency_id.in_(sorted(agencies)), Meeting.id.in_(own_items))


def visible_applications(actor: Actor) -> ColumnElement[bool]:
    """THE filter of applications: staff only; other bodies' from approval on."""
    agencies = _staff_agencies(actor)
    if agencies is None:
        return true()
    if not agencies:
        return false()
    convened = select(Meeting.id).where(Meeting.agency_id.in_(sorted(agencies)))
    return or_(
        AgendaApplication.agency_id.in_(sorted(agencies)),
        AgendaApplication.meeting_id.in_(convened),
        AgendaApplication.state.in_(SHARED_STATES),
        AgendaApplication.created_by == actor.id,
    )


def visible_calls(actor: Actor) -> ColumnElement[bool]:
    """THE filter of sign-up calls: published ones for everyone, cancelled ones too; drafts for who sees the item."""
    items = select(AgendaApplication.id)
    public = and_(
        SignupCall.published_at.is_not(None),
        SignupCall.application_id.in_(items.where(AgendaApplication.openness != "closed")),
    )
    if not sees_closed_items(actor):
        return public
    return or_(public, SignupCall.application_id.in_(items.where(visible_applications(actor))))


def sees_closed_items(actor: Actor) -> bool:
    """True for staff: titles of closed items are withheld from everyone else."""
    agencies = _staff_agencies(actor)
    return agencies is None or bool(agencies)


def visible_minutes(actor: Actor) -> ColumnElement[bool]:
    """THE filter of minutes: an internal document of the convening body, for its staff."""
    agencies = _staff_agencies(actor)
    if agencies is None:
        return true()
    if not agencies:
        return false()
    return Minutes.meeting_id.in_(select(Meeting.id).where(Meeting.agency_id.in_(sorted(agencies))))


def public_title(item: AgendaApplication, actor: Actor) -> Any:
    """The title as this viewer may read it."""
    if item.openness != "closed" or sees_closed_items(actor):
        return item.title
    return _l("（依法不公开的议题）")


def public_state(item: AgendaApplication) -> str:
    """The state as the public reads it; what was decided shows with the publication of the result only."""
    return PUBLIC_STATE.get(item.state, item.state)


def public_result(item: AgendaApplication) -> str | None:
    """How the item was decided, once that was published and unless it is closed."""
    return item.result if item.state in PUBLISHED_STATES and item.openness != "closed" else None


def public_name(invitation: Invitation) -> bool:
    """May the name of this person who attended be published? Local rule `meetings.publish_names` and consent."""
    rule = settings.get("meetings.publish_names")
    attended = invitation.state in {"checked_in", "checked_out"}
    return attended and (rule == "always" or (rule == "consent" and invitation.publish_name))


def public_people() -> ColumnElement[bool]:
    """`public_name` as a filter of invitations, for items that are not closed of meetings the public sees."""
    rule = settings.get("meetings.publish_names")
    items = (
        select(AgendaApplication.id)
        .join(Meeting, Meeting.id == AgendaApplication.meeting_id)
        .where(AgendaApplication.openness != "closed", Meeting.announced_at.is_not(None))
    )
    named = {"always": true(), "consent": Invitation.publish_name.is_(True)}.get(rule, false())
    return and_(named, Invitation.state.in_(("checked_in", "checked_out")), Invitation.application_id.in_(items))


def public_author(slip: Slip) -> Any:
    """Who said it, as everybody may read: the name with the author's consent, else the category (会8)."""
    if slip.publish_name and settings.get("meetings.publish_names") != "never":
        return slip.invitation.name
    return CATEGORIES[slip.invitation.category]


def sees_contacts(actor: Actor, item: AgendaApplication) -> bool:
    """True for those who invite or approve: nobody else reads telephone numbers and addresses."""
    return any(can(actor, right, item) for right in CONTACT_RIGHTS)


def sees_invitation(actor: Actor, invitation: Invitation) -> bool:
    """True for staff who invite or check in for the item."""
    return any(can(actor, right, invitation) for right in ("meetings.invite", "meetings.check_in"))


def _staff_agencies(actor: Actor) -> frozenset[str] | None:
    """None: the whole jurisdiction; empty: the public."""
    return permitted_agencies(actor, "core.staff")
