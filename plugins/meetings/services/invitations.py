"""Invitations (邀请列席): send, answer, substitute, check in; lists from files; the invitee's own way in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import audit, permissions
from core.db import db, utcnow
from core.jurisdictions import current
from core.permissions import Actor, Grant
from core.refusals import Invalid, NotFound, WrongState
from core.workflow import Move
from plugins.meetings import links, telling
from plugins.meetings.eligibility import recused
from plugins.meetings.models import AgendaApplication, Invitation, Meeting
from plugins.meetings.services import applications, rules
from plugins.meetings.services.visibility import sees_invitation
from plugins.meetings.workflow import APPLICATION, INVITATION
from plugins.meetings.workflow.invitations import issue_link
from plugins.meetings.workflow.plans import Invitee, as_invitee

INVITEES_OWN = ("accept", "decline", "acknowledge")


def find(actor: Actor, invitation_id: str) -> Invitation:
    """One invitation, for staff who invite or check in; raises NotFound."""
    found = db.session.get(Invitation, invitation_id)
    if found is None or not sees_invitation(actor, found):
        raise NotFound
    return found


def of_meeting(meeting: Meeting) -> Sequence[Invitation]:
    """Everyone on the lists of the meeting's items, by item and place."""
    query = (
        select(Invitation)
        .join(AgendaApplication, AgendaApplication.id == Invitation.application_id)
        .where(AgendaApplication.meeting_id == meeting.id)
        .order_by(AgendaApplication.position, Invitation.position, Invitation.created_at)
    )
    return db.session.scalars(query).all()


def move(
    actor: Actor,
    invitation: Invitation,
    event: str,
    *,
    reason: str = "",
    version: int | None = None,
    params: Mapping[str, Any] | None = None,
) -> Move:
    """Carry out an event of `INVITATION`. After `send` the secret of the personal link stands in
    `invitation.fresh_token`, this once. acknowledge takes `rule_version` (the one read) and `publish_name`;
    substitute takes `invitee`, the new person, and sends the list back to approval (会7).

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused (NOT_APPROVED 会7, RULES_CHANGED 会8 …).
    """
    INVITATION.require_right(invitation, event, actor)
    given = dict(params or {})
    if event == "send":
        rules.ensure_first_version()
    if event != "substitute":
        return INVITATION.fire(invitation, event, actor, reason=reason, version=version, params=given)
    person = given.get("invitee")
    if not isinstance(person, Invitee):
        raise Invalid({"invitee": [_l("请填写接替的人员。")]})
    return _substitute(actor, invitation, person, reason, version)


def send_all(actor: Actor, item: AgendaApplication) -> list[tuple[Invitation, str]]:
    """Send every approved invitation of an item; returns each with its personal path, shown once.

    Raises:
        Forbidden, Refused: NOT_APPROVED (会7).
    """
    sent = []
    for invitation in item.invitees:
        if invitation.state in {"proposed", "approved"}:
            move(actor, invitation, "send")
            sent.append((invitation, links.personal_path(invitation.fresh_token)))
    return sent


def renew_link(actor: Actor, invitation: Invitation) -> str:
    """A new personal link; the old one is dead at once (it leaked or was lost). Returns its path, shown once.

    Raises:
        Forbidden, WrongState: nothing was sent yet, or the invitation has ended.
    """
    grant = permissions.require(actor, "meetings.invite", invitation)
    if not invitation.was_told:
        raise WrongState(INVITATION.label(invitation.state))
    token = issue_link(invitation)
    invitation.version += 1
    db.session.flush()
    telling.invite(invitation, token)
    audit.record(
        actor, "meetings.invitation.renew_link", INVITATION.object_type, invitation.id, grant=grant, article="会7"
    )
    return links.personal_path(token)


# --- the invitee's own way in -----------------------------------------------------------------------


def by_token(token: str) -> Invitation:
    """The invitation behind a personal link; raises NotFound when unknown, expired or revoked."""
    found = db.session.scalar(select(Invitation).where(Invitation.token_hash == links.digest(token)))
    if found is None or found.token_expires_at is None or found.token_expires_at <= utcnow():
        raise NotFound
    return found


def answer(
    invitation: Invitation,
    event: str,
    *,
    note: str = "",
    rule_version: int | None = None,
    publish_name: bool | None = None,
) -> Move:
    """What the invitee does with the personal link: accept, decline or acknowledge the rules (会8).

    Raises:
        Invalid: another event. WrongState, Refused.
    """
    if event not in INVITEES_OWN:
        raise Invalid({"event": [_l("没有“%(event)s”这一步。", event=event)]})
    params = {"rule_version": rule_version, "publish_name": publish_name}
    return INVITATION.fire(invitation, event, as_actor(invitation), reason=note, params=params)


def as_actor(invitation: Invitation) -> Actor:
    """The invitee as someone who acts: on this invitation and nothing else."""
    return Actor(invitation.id, invitation.name, (Grant("invitee", current().id),))


def has_acknowledged(invitation: Invitation) -> bool:
    """会8: the version in force was acknowledged, so materials are open to this invitee."""
    rule = rules.in_force()
    return rule is not None and any(row.rule_id == rule.id for row in invitation.acknowledgements)


def materials_open(invitation: Invitation) -> bool:
    """会8: the materials are for those who acknowledged the rules in force and did not decline."""
    return invitation.was_told and invitation.state != "declined" and has_acknowledged(invitation)


# --- lists ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ListChange:
    """What adding people to a list does: who is new, who was there already."""

    new: tuple[Invitee, ...]
    known: tuple[Invitee, ...]


def compare(item: AgendaApplication, people: Sequence[Invitee]) -> ListChange:
    """Tell new people from those on the list; the same person twice counts once."""
    there = {row.key for row in item.invitees}
    by_key = {person.key: person for person in people}
    return ListChange(
        tuple(person for key, person in by_key.items() if key not in there),
        tuple(person for key, person in by_key.items() if key in there),
    )


def require_list_right(actor: Actor, item: AgendaApplication) -> None:
    """Refuse who may not change the item's list; raises Forbidden."""
    permissions.require(actor, "meetings.change_plan", item)


def preview(actor: Actor, item: AgendaApplication, people: Sequence[Invitee]) -> ListChange:
    """What `add_people` would do; writes nothing.

    Raises:
        Forbidden, WrongState: as `add_people` would.
    """
    require_list_right(actor, item)
    change = compare(item, people)
    if change.new:
        _require_open_list(item)
    return change


def add_people(actor: Actor, item: AgendaApplication, people: Sequence[Invitee], reason: str = "") -> ListChange:
    """Add people to an item's list. In a draft at once; afterwards it is a change of plan: the item goes back to
    approval (会7). When everyone is on the list already nothing changes at all.

    Raises:
        Forbidden, WrongState: the list can be changed neither as a draft nor as a change of plan.
    """
    require_list_right(actor, item)
    change = compare(item, people)
    if not change.new:
        return change
    out = recused(item)
    staying = [row for row in item.invitees if (row.name, row.organisation) not in out]
    wanted = [as_invitee(row) for row in staying] + list(change.new)
    if item.state == "draft":
        applications.edit(actor, item, {"invitees": wanted})
    else:
        applications.move(actor, item, "change_plan", reason=reason or "导入邀请名单", params={"invitees": wanted})
    return change


def _require_open_list(item: AgendaApplication) -> None:
    if item.state not in {"draft", "approved", "scheduled"}:
        raise WrongState(APPLICATION.label(item.state))


def _substitute(actor: Actor, old: Invitation, person: Invitee, reason: str, version: int | None) -> Move:
    item = old.application
    _require_open_list(item)
    if any(row.key == person.key for row in item.invitees):
        raise Invalid({"invitee": [_l("接替的人员已在名单中。")]})
    done = INVITATION.fire(old, "substitute", actor, reason=reason, version=version)
    add_people(actor, item, [person], reason)
    new = next(row for row in item.invitees if row.key == person.key)
    old.replaced_by_id = new.id
    db.session.flush()
    return done
