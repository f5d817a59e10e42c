"""What comes round by itself: held lines go out, settled items are discharged, the pending reminded."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, or_, select

from core import settings
from core.contracts import JurisdictionRef, Schedule
from core.db import db, utcnow, write
from core.permissions import SYSTEM
from core.tasks import plugin_task
from core.workdays import Calendar, local_date
from plugins.meetings.live.models import LiveHeld, LiveIdempotency, LivePost, LiveSession, LiveTicket
from plugins.meetings.models import AgendaApplication, FollowUp, Meeting
from plugins.meetings.services import applications, follow_ups, live_review, reminders, signup_calls, signups

KEPT_AFTER_SEALING = timedelta(days=30)

RELEASE_SECONDS = 1.0
"""A held line leaves within about a second of its time."""

SCHEDULES = (
    Schedule("meetings.release", "plugins.meetings.tasks.release", RELEASE_SECONDS),
    Schedule("meetings.discharge", "plugins.meetings.tasks.discharge", 300),
    Schedule("meetings.signups", "plugins.meetings.tasks.keep_signup_times", 30),
    Schedule("meetings.remind", "plugins.meetings.tasks.remind", 3600),
    Schedule("meetings.end_windows", "plugins.meetings.tasks.end_windows", 300),
    Schedule("meetings.forget", "plugins.meetings.tasks.forget", 3600),
)


@plugin_task("meetings")
def discharge(_jurisdiction: JurisdictionRef) -> None:
    """会9: finish the items whose obligations were met by another door and that nobody came back to."""
    waiting = select(AgendaApplication.id).where(AgendaApplication.state == "discharging")
    for ident in db.session.scalars(waiting).all():
        with write() as session:
            applications.discharge_if_settled(session.get_one(AgendaApplication, ident))


@plugin_task("meetings")
def release(_jurisdiction: JurisdictionRef) -> None:
    """先审后发: let out the held lines whose delay has run, each live text in a transaction of its own.

    A second worker that comes at the same time finds nothing left.
    """
    for ident in live_review.due():
        with write():
            live_review.release_due(ident)


@plugin_task("meetings")
def keep_signup_times(_jurisdiction: JurisdictionRef) -> None:
    """会3: sign-up opens and closes at the published times."""
    signup_calls.keep_time()


@plugin_task("meetings")
def remind(jurisdiction: JurisdictionRef) -> None:
    """Local rule `meetings.reminder_days`: once before a meeting, whoever has not answered is asked again."""
    if not settings.get("meetings.reminder_days"):
        return
    calendar, now = Calendar(jurisdiction.lineage), utcnow()
    coming = select(Meeting.id).where(Meeting.state.in_(reminders.OPEN), Meeting.starts_at > now)
    for ident in db.session.scalars(coming).all():
        with write() as session:
            meeting = session.get_one(Meeting, ident)
            if reminders.due_by_itself(meeting, calendar, local_date(now)) and not reminders.reminded_before(meeting):
                reminders.send(SYSTEM, meeting)


@plugin_task("meetings")
def end_windows(_jurisdiction: JurisdictionRef) -> None:
    """会10: the time for opinions on a decision is over; what was waiting for that alone is done."""
    for ident in db.session.scalars(select(FollowUp.id).where(FollowUp.state == "open")).all():
        with write() as session:
            found = session.get_one(FollowUp, ident)
            if follow_ups.close_if_over(found):
                applications.discharge_if_settled(found.application)


@plugin_task("meetings")
def forget(_jurisdiction: JurisdictionRef) -> None:
    """Drop keys and refused lines of live texts sealed 30 days ago, tickets that were used or have run out, and what
    was known of people who signed up for meetings long over.
    """
    now = utcnow()
    sealed = (
        select(LiveSession.id)
        .join(Meeting, Meeting.id == LiveSession.meeting_id)
        .where(Meeting.sealed_at < now - KEPT_AFTER_SEALING)
    )
    with write() as session:
        session.execute(delete(LiveIdempotency).where(LiveIdempotency.session_id.in_(sealed)))
        never_out = select(LiveHeld.post).where(LiveHeld.session_id.in_(sealed), LiveHeld.state == "refused")
        gone = session.scalars(never_out).all()
        session.execute(delete(LiveHeld).where(LiveHeld.post.in_(gone)))
        session.execute(delete(LivePost).where(LivePost.post.in_(gone)))
        session.execute(delete(LiveTicket).where(or_(LiveTicket.used_at.is_not(None), LiveTicket.expires_at < now)))
        signups.forget_people()
