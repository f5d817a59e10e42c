"""The meeting as an appointment of one invitee: he answers it, it moves and is cancelled under the same uid."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parseaddr

from flask import current_app
from flask_babel import lazy_gettext as _l

from core.db import utcnow
from core.languages import kept
from plugins.meetings.documents import icalendar
from plugins.meetings.models import Invitation

ALARM = timedelta(days=1)
ASKS = ("invite", "scheduled", "moved")
ENDS = ("postponed", "withdrawn", "cancelled", "revoked")
ANSWERS = {"sent": "NEEDS-ACTION", "declined": "DECLINED"}


def of(invitation: Invitation, kind: str) -> str:
    """What goes with a message of this kind: a request, a cancellation, or "" where it changes no appointment."""
    if invitation.meeting is None or kind not in (*ASKS, *ENDS):
        return ""
    return written(invitation, cancelled=kind in ENDS)


def written(invitation: Invitation, *, cancelled: bool = False) -> str:
    """The appointment as iCalendar; the invitation is on an agenda. METHOD is REQUEST or CANCEL, PUBLISH for whoever
    has no address to answer from. The personal link stands in the mail beside it, not here: calendars are shared.
    """
    event = _event(invitation, cancelled)
    method = "PUBLISH" if event.attendee is None else "CANCEL" if cancelled else "REQUEST"
    return icalendar.calendar(event.summary, [event], method)


def _event(invitation: Invitation, cancelled: bool) -> icalendar.Event:
    meeting, item = invitation.meeting, invitation.application
    assert meeting is not None, "nothing to attend yet"
    title = kept(_l("列席：%(title)s", title=item.title))
    ask = kept(_l("请用邀请中的个人链接答复、阅读规则和材料。"))
    sender = parseaddr(current_app.config["MAIL_FROM"])[1]
    return icalendar.Event(
        uid=f"{invitation.id}@invitations.mingtang",
        sequence=len(invitation.deliveries),
        starts_at=meeting.starts_at,
        ends_at=None,
        summary=title,
        place=meeting.place,
        description="\n".join([meeting.title, *([] if cancelled else [ask])]),
        url="",
        changed_at=utcnow(),
        cancelled=cancelled,
        alarm=ALARM,
        organizer=icalendar.Person(meeting.agency.name if meeting.agency else "", sender),
        attendee=icalendar.Person(invitation.name, invitation.contact) if "@" in invitation.contact else None,
        answer=ANSWERS.get(invitation.state, "ACCEPTED"),
    )
