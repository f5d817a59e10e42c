"""Writing the participation plan (参与方案) and the invited list into an application."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import insert, select

from core.db import db, new_id
from core.jurisdictions import current
from core.permissions import SYSTEM
from core.refusals import Refused
from plugins.meetings.eligibility import list_free_of_recused
from plugins.meetings.models import AgendaApplication, Invitation, Representative
from plugins.meetings.workflow.invitations import INVITATION

PLAN_FIELDS = ("forms", "organisation_form", "participation_mode", "quotas", "invitees")


@dataclass(frozen=True)
class Invitee:
    """A person on the invited list (邀请人员名单): name and category are required."""

    name: str
    category: str
    organisation: str = ""
    contact: str = ""
    represents: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two rows the same person."""
        return (self.name, self.category, self.organisation)


def as_invitee(row: Invitation) -> Invitee:
    """The person behind an invitation."""
    return Invitee(row.name, row.category, row.organisation, row.contact, row.represents)


def write_plan(item: AgendaApplication, values: Mapping[str, Any]) -> list[Invitation]:
    """Take over those of PLAN_FIELDS that are given; returns the invitations that left the list."""
    for name in ("forms", "organisation_form", "participation_mode", "quotas"):
        if name in values:
            setattr(item, name, values[name])
    return write_invitees(item, values["invitees"]) if "invitees" in values else []


def write_invitees(item: AgendaApplication, wanted: Sequence[Invitee]) -> list[Invitation]:
    """Make the list say exactly `wanted`, in this order; who stays keeps invitation and answers.

    New people are handed to the database all at once: a line of a live text waits while a long list is written.

    Who came through the sign-up of the plan stays in any case. Who leaves: a row nobody was told of is deleted while
    the item is a draft; others are revoked and told.

    Raises:
        Refused: RECUSED (会3), somebody is recused from this item.
    """
    refusal = list_free_of_recused(item, ((person.name, person.organisation) for person in wanted))
    if refusal:
        raise Refused(refusal)
    present = {row.key: row for row in item.invitees}
    wanted_by_key = {person.key: person for person in wanted}
    left = [row for key, row in present.items() if key not in wanted_by_key and not row.by_signup]
    for row in left:
        _leave(item, row)
    pool = _entries(person for key, person in wanted_by_key.items() if key not in present)
    new = []
    for position, person in enumerate(wanted_by_key.values(), 1):
        there = present.get(person.key)
        if there is None:
            new.append(_new(item, person, position, pool.get((person.name, person.organisation))))
        else:
            there.position, there.contact, there.represents = position, person.contact, person.represents
    db.session.flush()
    if new:
        db.session.execute(insert(Invitation.__table__), new)  # type: ignore[arg-type]
        db.session.expire(item, ["invitations"])
    return left


def _entries(people: Iterable[Invitee]) -> dict[tuple[str, str], Representative]:
    """The pool's entries of these people by name and organisation, so that whoever is invited is counted there."""
    wanted = {(person.name, person.organisation) for person in people}
    if not wanted:
        return {}
    named = select(Representative).where(Representative.name.in_(sorted({name for name, _ in wanted})))
    return {row.key: row for row in db.session.scalars(named) if row.key in wanted}


def _new(item: AgendaApplication, person: Invitee, position: int, entry: Representative | None) -> dict[str, Any]:
    return asdict(person) | {
        "id": new_id(), "jurisdiction_id": current().id, "application_id": item.id, "position": position,
        "in_plan": True, "by_signup": False, "state": "proposed", "version": 1, "reply_note": "",
        "representative_id": entry and entry.id, "publish_name": entry is not None and entry.publish_name,
    }  # fmt: skip


def _leave(item: AgendaApplication, row: Invitation) -> None:
    if item.state == "draft" and row.state == "proposed" and row.sent_at is None:
        item.invitations.remove(row)
        return
    row.in_plan = False
    if INVITATION.row_for("revoke", row.state):
        INVITATION.fire(row, "revoke", SYSTEM)
