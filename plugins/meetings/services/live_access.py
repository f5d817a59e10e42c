"""Who reads a live text: the one gate for pages, HTTP and sockets, asked again while a socket is open.

Public ones everybody; before the announcement and where the audience is `invited` only staff of the jurisdiction and
invitees of the meeting. How somebody shows who he is travels as credentials: `session:<hash>`, `token:<hash>`
(core.accounts) and `invitation:<hash>`, so that they can be looked at again without any secret being kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import has_request_context
from flask import session as cookie
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from core import accounts, permissions
from core.db import db, utcnow
from core.permissions import ANONYMOUS, Actor
from core.refusals import Forbidden, NotFound
from plugins.meetings.links import digest
from plugins.meetings.live import reading
from plugins.meetings.live.models import LiveSession, LiveTicket
from plugins.meetings.models import Invitation, Meeting
from plugins.meetings.services import meetings
from plugins.meetings.services.visibility import sees_closed_items, visible_meetings

COOKIE_KEY = "meetings.invitations"
REMEMBERED = 10
"""How many personal links a browser keeps."""
TICKET_SECONDS = 60


@dataclass(frozen=True)
class Reader:
    """Who reads: an account's person or the public, and the invitations shown."""

    actor: Actor = ANONYMOUS
    invitations: tuple[Invitation, ...] = ()


@dataclass(frozen=True)
class Readable:
    """A live text somebody may read; `public` says that everybody may, so that caches may keep it."""

    meeting: Meeting
    live: LiveSession
    public: bool


def open_for(reader: Reader, meeting_id: str) -> Readable:
    """The live text of a meeting.

    Raises:
        NotFound: no such meeting, or one this reader may not know of. Forbidden: for invitees and staff only.
    """
    meeting = db.session.scalar(select(Meeting).where(Meeting.id == meeting_id))
    if meeting is None:
        return _rehearsal(reader, meeting_id)
    live = reading.of_meeting(meeting_id)
    if is_public(meeting, live):
        return Readable(meeting, live, public=True)
    if admits(reader, meeting):
        return Readable(meeting, live, public=False)
    if meeting.is_public:
        raise Forbidden(_l("本场会议的图文直播只对受邀人员开放，请用邀请函中的链接打开。"))
    raise NotFound


def is_public(meeting: Meeting, live: LiveSession) -> bool:
    """True when everybody may read it."""
    return meeting.is_public and live.audience == "public"


def meeting_of(actor: Actor, ident: str) -> Meeting:
    """The meeting of this id, or the one whose rehearsal has this id, for those who may know of it.

    Raises:
        NotFound.
    """
    try:
        return meetings.find(actor, ident)
    except NotFound:
        return meetings.find(actor, _rehearsed(ident).rehearsal_of or "")


def may_follow_rehearsal(reader: Reader) -> bool:
    """A rehearsal (演练) is for those who write; the public and the invited never see it."""
    return permissions.can(reader.actor, "meetings.live_write") is not None


def _rehearsal(reader: Reader, ident: str) -> Readable:
    live = _rehearsed(ident)
    if not may_follow_rehearsal(reader):
        raise NotFound
    return Readable(meetings.find(reader.actor, live.about), live, public=False)


def _rehearsed(ident: str) -> LiveSession:
    found = select(LiveSession).where(LiveSession.meeting_id == ident, LiveSession.rehearsal_of.is_not(None))
    live = db.session.scalar(found)
    if live is None:
        raise NotFound
    return live


def admits(reader: Reader, meeting: Meeting) -> bool:
    """True for staff who may know of the meeting and for those invited to it who did not decline."""
    if any(_is_for(invitation, meeting) for invitation in reader.invitations):
        return True
    if not sees_closed_items(reader.actor):
        return False
    known = select(Meeting.id).where(Meeting.id == meeting.id, visible_meetings(reader.actor))
    return db.session.scalar(known) is not None


def _is_for(invitation: Invitation, meeting: Meeting) -> bool:
    item = invitation.application
    return item.meeting_id == meeting.id and invitation.was_told and invitation.state != "declined"


# --- credentials -----------------------------------------------------------------------------------


def remember(token: str) -> None:
    """Keep a personal link for this browser, so that its live text can be followed; call when the link is opened."""
    kept = [one for one in _remembered() if one != digest(token)]
    cookie[COOKIE_KEY] = [*kept, digest(token)][-REMEMBERED:]


def credentials() -> tuple[str, ...]:
    """What the current request shows."""
    shown = [accounts.credential(), *(f"invitation:{one}" for one in _remembered())]
    return tuple(one for one in shown if one)


def invitation_credential(token: str) -> str:
    """The credential a personal link's secret is."""
    return f"invitation:{digest(token)}"


def reader_of(shown: Iterable[str]) -> Reader:
    """Who these credentials make one, as things stand now."""
    actor = ANONYMOUS
    invitations: list[Invitation] = []
    for one in shown:
        kind, _, hashed = one.partition(":")
        if kind == "invitation":
            invitations += _alive(hashed)
            continue
        account = accounts.account_by(one)
        if account is not None and not (kind == "session" and account.must_change_password):
            actor = accounts.actor_of(account)
    return Reader(actor, tuple(invitations))


def also_invited(actor: Actor) -> Reader:
    """Who acts, together with the invitations the current request, if any, shows."""
    return Reader(actor, reader_of(credentials()).invitations if has_request_context() else ())


def _remembered() -> list[str]:
    return [one for one in cookie.get(COOKIE_KEY, []) if isinstance(one, str)]


def _alive(hashed: str) -> Sequence[Invitation]:
    return db.session.scalars(
        select(Invitation).where(Invitation.token_hash == hashed, Invitation.token_expires_at > utcnow())
    ).all()


# --- tickets ---------------------------------------------------------------------------------------


def issue_ticket(shown: Sequence[str], meeting_id: str) -> str:
    """A pass for one join within 60 seconds, bound to this credential and meeting; inside `write()`.

    Raises:
        NotFound, Forbidden: as `open_for`.
    """
    found = open_for(reader_of(shown), meeting_id)
    person = next((one for one in shown if found.public or admits(reader_of([one]), found.meeting)), "")
    db.session.execute(delete(LiveTicket).where(LiveTicket.expires_at <= utcnow()))
    secret = secrets.token_urlsafe(24)
    expires_at = utcnow() + timedelta(seconds=TICKET_SECONDS)
    db.session.add(
        LiveTicket(secret_hash=digest(secret), session_id=found.live.id, person=person, expires_at=expires_at)
    )
    db.session.flush()
    return secret


def redeem_ticket(secret: str, meeting_id: str) -> tuple[str, ...]:
    """The credentials a ticket stands for, none when it is unknown, used, over or of another meeting; `write()`."""
    ticket = db.session.scalar(
        select(LiveTicket)
        .join(LiveSession, LiveSession.id == LiveTicket.session_id)
        .where(LiveTicket.secret_hash == digest(secret), LiveSession.meeting_id == meeting_id)
        .with_for_update(of=LiveTicket)
    )
    if ticket is None or ticket.used_at is not None or ticket.expires_at <= utcnow():
        return ()
    ticket.used_at = utcnow()
    db.session.flush()
    return (ticket.person,) if ticket.person else ()
