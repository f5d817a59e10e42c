"""Person and Membership: representatives who came and whose names may be published (会8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, exists, select
from sqlalchemy.orm import aliased, joinedload

from core.db import db
from plugins.meetings.models import AgendaApplication, Invitation, Meeting
from plugins.meetings.oparl import urls
from plugins.meetings.services.visibility import public_people
from plugins.meetings.values import CATEGORIES


def listed() -> Select[Invitation]:
    """Everybody once per meeting, whatever the number of items he attended."""
    other, its_item = aliased(Invitation), aliased(AgendaApplication)
    twin = exists().where(
        other.id < Invitation.id,
        other.name == Invitation.name,
        other.category == Invitation.category,
        other.state.in_(("checked_in", "checked_out")),
        other.publish_name == Invitation.publish_name,
        other.application_id == its_item.id,
        and_(its_item.meeting_id == AgendaApplication.meeting_id, its_item.openness != "closed"),
    )
    return (
        select(Invitation)
        .join(AgendaApplication, AgendaApplication.id == Invitation.application_id)
        .where(public_people(), ~twin)
        .options(joinedload(Invitation.application).joinedload(AgendaApplication.meeting))
    )


def of_meeting(row: Meeting) -> Sequence[Invitation]:
    """Who took part, as far as it may be said."""
    query = listed().where(AgendaApplication.meeting_id == row.id).order_by(Invitation.created_at, Invitation.id)
    return db.session.scalars(query).all()


def person(row: Invitation) -> dict[str, Any]:
    """A name with what it attended; never an address, a telephone number or an employer."""
    values = {
        "body": urls.body(),
        "name": row.name,
        "membership": [membership(row)],
        "created": urls.at(row.created_at),
        "modified": urls.at(row.updated_at),
    }
    return urls.thing("Person", urls.of("persons", row.id), values)


def membership(row: Invitation) -> dict[str, Any]:
    """The part taken in one meeting."""
    meeting = row.meeting
    assert meeting is not None, "the list joins it"
    values = {
        "person": urls.of("persons", row.id),
        "organization": urls.of("organizations", meeting.agency_id) if meeting.agency_id else None,
        "role": f"列席代表（{CATEGORIES[row.category]}）",
        "votingRight": False,
        "startDate": urls.on(meeting.starts_at),
        "endDate": urls.on(meeting.starts_at),
        "created": urls.at(row.created_at),
        "modified": urls.at(row.updated_at),
    }
    return urls.thing("Membership", urls.of("memberships", row.id), values)
