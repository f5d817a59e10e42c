"""Reminders (催请答复): only to those who have not answered, previewed before they go, at most one a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from core import audit, permissions, settings
from core.db import utcnow
from core.languages import kept
from core.permissions import Actor
from core.refusals import WrongState
from core.workdays import Calendar, local_date
from plugins.meetings import telling
from plugins.meetings.models import Invitation, Meeting
from plugins.meetings.services import invitations
from plugins.meetings.workflow import MEETING

PAUSE = timedelta(hours=24)
OPEN = ("preparing", "announced")


@dataclass(frozen=True)
class Reminder:
    """What one invitee would get: `text` as it is sent; `lately` the reminder of the last 24 hours, which is enough."""

    invitation: Invitation
    channel: str
    text: str
    lately: datetime | None

    @property
    def goes(self) -> bool:
        """True where it would be sent now."""
        return self.lately is None


def is_open(meeting: Meeting) -> bool:
    """True while there is something to answer: the meeting has neither begun nor ended nor been cancelled."""
    return meeting.state in OPEN and meeting.starts_at > utcnow()


def preview(actor: Actor, meeting: Meeting) -> list[Reminder]:
    """Exactly who would get which text now, nobody once the meeting has begun; writes nothing."""
    if not is_open(meeting):
        return []
    pending = [row for row in invitations.of_meeting(meeting) if row.in_plan and row.state == "sent"]
    return [_reminder(row) for row in pending if permissions.can(actor, "meetings.invite", row)]


def send(actor: Actor, meeting: Meeting, only: Sequence[str] | None = None) -> list[Reminder]:
    """Remind those who are due, of `only` these invitations where given; who was reminded within a day, who has
    answered meanwhile, gets nothing. Returns the reminders that went out.

    Raises:
        Forbidden: this person invites nobody here. WrongState: it is too late.
    """
    permissions.require(actor, "meetings.invite", meeting)
    if not is_open(meeting):
        raise WrongState(MEETING.label(meeting.state))
    due = [one for one in preview(actor, meeting) if one.goes and (only is None or one.invitation.id in only)]
    for one in due:
        telling.remind(one.invitation, f"{utcnow():%Y%m%d%H%M}", one.text)
    if due:
        data = {"invitations": [one.invitation.id for one in due]}
        audit.record(actor, "meetings.meeting.remind", MEETING.object_type, meeting.id, article="会3", data=data)
    return due


def due_by_itself(meeting: Meeting, calendar: Calendar, today: date) -> bool:
    """Local rule `meetings.reminder_days`: has the day come on which pending invitees are reminded? 0 is never."""
    days = settings.get("meetings.reminder_days")
    return bool(days) and meeting.state in OPEN and calendar.add(today, days).due >= local_date(meeting.starts_at)


def reminded_before(meeting: Meeting) -> bool:
    """Was anybody of this meeting ever reminded, by hand or by the clock?"""
    return any(one.kind == "reminder" for row in invitations.of_meeting(meeting) for one in row.deliveries)


def _reminder(row: Invitation) -> Reminder:
    past = [one.at for one in row.deliveries if one.kind == "reminder" and one.at > utcnow() - PAUSE]
    return Reminder(row, telling.channel_of(row.contact), _text(row), max(past, default=None))


def _text(row: Invitation) -> str:
    item = row.application
    sentence: Any = _l(
        "%(name)s，您好。邀请您列席审议《%(title)s》，还没有收到您的答复。%(when)s请通过您的个人链接答复是否参加。",
        name=row.name,
        title=item.title,
        when=telling.when_and_where(item.meeting),
    )
    return kept(sentence)
