"""Tables of the live text. Events are append-only and carry no text; texts stand apart so that they can be blanked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, HasId, JurisdictionScoped, new_id, utcnow
from plugins.meetings.live.chain import GENESIS

STATES = ("draft", "open", "paused", "closed", "sealed")
KINDS = ("publish", "correct", "retract", "pin", "unpin", "item", "status", "notice")
HELD_STATES = ("waiting", "stopped", "released", "refused")
FILE_SUBJECT = "meetings.live_post"
"""What a file of a line is linked to."""
IN_QUEUE = ("waiting", "stopped")
"""A line in these states has not been decided on."""
LINE_TYPES = ("item", "speech", "vote", "notice", "image")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} in ({', '.join(repr(value) for value in values)})"


class LiveSession(HasId, JurisdictionScoped, Base):
    """The live text of one meeting: where its numbering stands and what may be written now."""

    __tablename__ = "meetings_live_session"
    __table_args__ = (
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint("audience in ('public', 'invited')", name="audience"),
    )

    meeting_id: Mapped[str] = mapped_column(String(32), unique=True)
    epoch: Mapped[str] = mapped_column(String(32), default=new_id)
    """Changes only when history cannot go on: a restore must change it."""
    head: Mapped[int] = mapped_column(default=0)
    generation: Mapped[int] = mapped_column(default=0)
    """Raised whenever a text is withdrawn, so that no cache keeps it."""
    state: Mapped[str] = mapped_column(String(10), default="draft")
    audience: Mapped[str] = mapped_column(String(10), default="public")
    head_digest: Mapped[str] = mapped_column(String(64), default=GENESIS)
    rehearsal_of: Mapped[str | None] = mapped_column(String(32), unique=True, index=True)
    """演练: the meeting practised for. `meeting_id` is a made-up id then: what starts from a meeting never finds it."""
    delay: Mapped[int] = mapped_column(default=0)
    """先审后发: seconds a line waits for the reviewer; 0 sends it out at once."""
    waiting: Mapped[int] = mapped_column(default=0)
    """How many lines wait, so that a line written where nobody reviews asks no further question."""
    stopped_at: Mapped[datetime | None]
    """Since when nothing is released by itself; new lines wait too."""
    stopped_by: Mapped[str | None] = mapped_column(String(32))
    confidential_at: Mapped[datetime | None]
    """Since when a confidential item is dealt with: the state is `paused`, and two persons resume."""
    confidential_by: Mapped[str | None] = mapped_column(String(32))
    confirmed_at: Mapped[datetime | None]
    """The first of the two has said that it may go on."""
    confirmed_by: Mapped[str | None] = mapped_column(String(32))

    @property
    def about(self) -> str:
        """The id of the meeting that is written down or practised for."""
        return self.rehearsal_of or self.meeting_id


class LiveEvent(HasId, JurisdictionScoped, Base):
    """One numbered event: never changed, never deleted, without any text of a line."""

    __tablename__ = "meetings_live_event"
    __table_args__ = (
        UniqueConstraint("session_id", "seq"),
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        Index("ix_meetings_live_event_post", "session_id", "post"),
        Index("ix_meetings_live_event_kind", "session_id", "kind", "seq"),
    )

    session_id: Mapped[str] = mapped_column(ForeignKey("meetings_live_session.id"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    post: Mapped[str | None] = mapped_column(String(32))
    rev: Mapped[int | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """item, speaker, role, type, reason, public_note, attachments; for the last event count and digest."""
    text_hash: Mapped[str | None] = mapped_column(String(64))
    before_hash: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    prev_digest: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[str | None] = mapped_column(String(32))
    """Seen by staff only; part of no digest and of no public answer."""


class LiveText(JurisdictionScoped, Base):
    """The text an event brought, with its salt. Withdrawing a text deletes the row; the chain stays verifiable.

    A correction's `before` is the text of the event before it of the same post, under that event's salt.
    """

    __tablename__ = "meetings_live_text"

    event_id: Mapped[str] = mapped_column(ForeignKey("meetings_live_event.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)


class LivePost(JurisdictionScoped, Base):
    """A line as it stands now: nothing but the events folded. `seq` is the event that published it."""

    __tablename__ = "meetings_live_post"
    __table_args__ = (
        CheckConstraint("state in ('held', 'public', 'retracted')", name="state"),
        CheckConstraint("state <> 'retracted' or text is null", name="retracted_blank"),
        CheckConstraint("state = 'held' or seq is not null", name="public_numbered"),
        UniqueConstraint("session_id", "seq"),
    )

    post: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("meetings_live_session.id"))
    rev: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10))
    seq: Mapped[int | None]
    item: Mapped[str | None] = mapped_column(String(32))
    speaker: Mapped[str | None] = mapped_column(String(100))
    role: Mapped[str | None] = mapped_column(String(60))
    type: Mapped[str] = mapped_column(String(10))
    text: Mapped[str | None] = mapped_column(Text)
    attachments: Mapped[list[str]] = mapped_column(JSON, default=list)
    public_note: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime]


class LiveHeld(JurisdictionScoped, Base):
    """A line that waits or waited for the reviewer, beside its LivePost: its turn, its time, who decided what."""

    __tablename__ = "meetings_live_held"
    __table_args__ = (
        CheckConstraint(_one_of("state", HELD_STATES), name="state"),
        UniqueConstraint("session_id", "place"),
        Index("ix_meetings_live_held_due", "state", "release_at"),
    )

    post: Mapped[str] = mapped_column(ForeignKey("meetings_live_post.post"), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("meetings_live_session.id"))
    place: Mapped[int]
    """The order of writing; a line never overtakes one that waits before it."""
    kind: Mapped[str] = mapped_column(String(10))
    """The event it becomes: publish or notice."""
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    written_at: Mapped[datetime]
    release_at: Mapped[datetime]
    two_persons: Mapped[bool] = mapped_column(default=False)
    """It holds a listed word: never released by itself, only by two persons."""
    author_id: Mapped[str | None] = mapped_column(String(32))
    first_by: Mapped[str | None] = mapped_column(String(32))
    decided_by: Mapped[str | None] = mapped_column(String(32))
    """Who released or refused it; None where the delay ran out."""
    reason: Mapped[str] = mapped_column(String(500), default="")


class LiveIdempotency(HasId, JurisdictionScoped, Base):
    """The answer given to a key, so that a repeated request does nothing twice; kept 30 days after sealing."""

    __tablename__ = "meetings_live_idempotency"
    __table_args__ = (UniqueConstraint("session_id", "actor", "key"),)

    session_id: Mapped[str] = mapped_column(ForeignKey("meetings_live_session.id"))
    actor: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(64))
    request_hash: Mapped[str] = mapped_column(String(64))
    post: Mapped[str | None] = mapped_column(String(32))
    seq: Mapped[int | None]
    status: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=utcnow)


class LiveTicket(HasId, JurisdictionScoped, Base):
    """A pass for one join of an invited-only session: one use, 60 seconds, bound to person and meeting."""

    __tablename__ = "meetings_live_ticket"

    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("meetings_live_session.id"))
    person: Mapped[str] = mapped_column(String(80))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
