"""Writing the participation plan (参与方案) and the invited list into an application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.db import db
from core.permissions import SYSTEM
from plugins.meetings.models import AgendaApplication, Invitation
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

    Who leaves: a row nobody was told of is deleted while the item is a draft; others are revoked and told.
    """
    present = {row.key: row for row in item.invitees}
    wanted_by_key = {person.key: person for person in wanted}
    left = [row for key, row in present.items() if key not in wanted_by_key]
    for row in left:
        _leave(item, row)
    for position, person in enumerate(wanted_by_key.values(), 1):
        row = present.get(person.key) or _add(item, person)
        row.position, row.contact, row.represents = position, person.contact, person.represents
    db.session.flush()
    return left


def _add(item: AgendaApplication, person: Invitee) -> Invitation:
    row = Invitation(
        name=person.name, category=person.category, organisation=person.organisation, in_plan=True,
        state="proposed", version=1, contact=person.contact, represents=person.represents,
    )  # fmt: skip
    item.invitations.append(row)
    return row


def _leave(item: AgendaApplication, row: Invitation) -> None:
    if item.state == "draft" and row.state == "proposed" and row.sent_at is None:
        item.invitations.remove(row)
        return
    row.in_plan = False
    if INVITATION.row_for("revoke", row.state):
        INVITATION.fire(row, "revoke", SYSTEM)
