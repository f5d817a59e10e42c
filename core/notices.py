"""Notices (通知): owed in the transaction that causes them, delivered by a sweep, told once.

Channels: `in_app` (the row itself is the message), `email` (SMTP, or an .eml file under DATA/mail where no server is
set), and the channels of plugins (`deliver_notice`). A failed delivery is tried again with growing pauses.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.exc import IntegrityError

from core import plugins
from core.contracts import JurisdictionRef, OutgoingNotice
from core.db import after_commit, db, utcnow, write
from core.jurisdictions import current
from core.languages import said
from core.models import Account, Notice
from core.refusals import NotFound

log = structlog.get_logger(__name__)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440, 1440, 1440))
"""The wait after each failed attempt; after the last one the notice stays unsent and shows its error."""
CLAIM = timedelta(minutes=5)
"""How long a delivery may take before another worker tries it."""
BATCH = 50


def send(
    key: str,
    channel: str,
    *,
    subject: Any,
    body: Any = "",
    link: str = "",
    account_id: str | None = None,
    address: str = "",
    language: str = "zh",
    due_at: datetime | None = None,
    calendar: str = "",
) -> Notice:
    """Owe one message, inside the caller's `write()`; the same `key` on the same channel is told once.

    `key` names occasion and person (`meetings.postponed:<id>:<account>`), at most 160 characters.
    Lazy texts are said in `language`. `link` is a path of this product.
    `calendar` is an appointment with its METHOD, which mail programs offer to answer.
    Returns the row, the earlier one when there is one.
    """
    from core.tasks import wake

    earlier = _by_key(key, channel)
    if earlier is not None:
        return earlier
    now = utcnow()
    notice = Notice(
        jurisdiction_id=current().id, key=key, channel=channel, account_id=account_id, address=address,
        subject=" ".join(said(subject, language).split())[:200], body=said(body, language), link=link,
        calendar=calendar, due_at=due_at or now,
        sent_at=now if channel == "in_app" and (due_at or now) <= now else None,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(notice)
    except IntegrityError:  # another process told it in this very moment (PostgreSQL)
        return db.session.scalars(_key_query(key, channel)).one()
    if notice.sent_at is None:
        after_commit(wake)
    return notice


def tell(accounts: Iterable[Account], key: str, *, subject: Any, body: Any = "", link: str = "") -> int:
    """Tell people, each in the language of the account, in the product and by e-mail where there is one.

    Returns how many were addressed. Give lazy texts (`_l`).
    """
    told = 0
    for account in accounts:
        own = f"{key}:{account.id}"
        for channel, address in (("in_app", ""), ("email", account.email)):
            if channel == "in_app" or address:
                send(
                    own, channel, subject=subject, body=body, link=link,
                    account_id=account.id, address=address or "", language=account.language,
                )  # fmt: skip
        told += 1
    return told


# --- reading in the product ------------------------------------------------------------------------


def inbox(account_id: str, *, limit: int = 50) -> Sequence[Notice]:
    """A person's in-app notices in the current scope, newest first."""
    query = _in_app(account_id).order_by(Notice.created_at.desc(), Notice.id).limit(limit)
    return db.session.scalars(query).all()


def unread(account_id: str) -> int:
    """How many in-app notices the person has not read in the current scope."""
    query = select(func.count()).select_from(_in_app(account_id).where(Notice.read_at.is_(None)).subquery())
    return db.session.scalar(query) or 0


def mark_read(account_id: str, notice_id: str | None = None) -> None:
    """Mark one notice of the person as read, or all of the current jurisdiction; inside `write()`.

    Raises:
        NotFound: the notice is not the person's.
    """
    query = _in_app(account_id)
    if notice_id is not None:
        found = db.session.scalar(query.where(Notice.id == notice_id))
        if found is None:
            raise NotFound
        found.read_at = found.read_at or utcnow()
        return
    for notice in db.session.scalars(query.where(Notice.read_at.is_(None))):
        notice.read_at = utcnow()


# --- delivering ------------------------------------------------------------------------------------


def due(now: datetime) -> ColumnElement[bool]:
    """The rows a sweep has to look at."""
    return and_(Notice.sent_at.is_(None), Notice.due_at <= now, Notice.attempts < len(PAUSES))


def deliver_due(now: datetime | None = None) -> int:
    """Deliver what is due in the current jurisdiction; returns how many went out. Idempotent; several may run."""
    sent = 0
    for notice in _claim(now or utcnow()):
        error = _deliver(current(), notice)
        with write() as session:
            row = session.get_one(Notice, notice.id)
            if error:
                row.error, row.due_at = error[:300], utcnow() + PAUSES[row.attempts - 1]
                log.warning("notice not delivered", channel=notice.channel, notice=notice.id, error=error)
            else:
                row.sent_at, row.error = utcnow(), ""
        sent += not error
    return sent


def _claim(now: datetime) -> list[OutgoingNotice]:
    """Take a batch of due notices for this worker by moving their due time, so that no two send the same."""
    query = select(Notice).where(due(now)).order_by(Notice.due_at).limit(BATCH).with_for_update(skip_locked=True)
    with write() as session:
        rows = session.scalars(query).all()
        for row in rows:
            row.attempts += 1
            row.due_at = now + CLAIM
        return [
            OutgoingNotice(row.id, row.channel, row.address, row.subject, row.body, row.link, row.calendar)
            for row in rows
        ]


def _deliver(here: JurisdictionRef, notice: OutgoingNotice) -> str:
    """Hand a notice to its channel; returns what went wrong, "" when nothing."""
    if notice.channel == "in_app":
        return ""
    try:
        if notice.channel == "email":
            _mail(notice)
            return ""
        for name in sorted(plugins.enabled(here)):
            if any(plugins.installed().call_one(name, "deliver_notice", jurisdiction=here, notice=notice)):
                return ""
    except Exception as error:  # noqa: BLE001 a channel may fail in any way; the row keeps the reason and is tried again
        return f"{type(error).__name__}: {error}"
    return f"no channel takes «{notice.channel}»"


def _site() -> str:
    """What links in e-mails begin with: as configured, else where this machine's own server answers (a demo)."""
    from core.serve import running_at

    return (current_app.config["PUBLIC_URL"] or running_at() or "").rstrip("/")


def _mail(notice: OutgoingNotice) -> None:
    message = EmailMessage()
    message["Subject"], message["To"] = notice.subject, notice.address
    message["From"] = current_app.config["MAIL_FROM"]
    message["Date"] = format_datetime(utcnow())
    message["Message-ID"] = f"<{notice.id}@mingtang>"  # a second delivery after a crash is seen as the same
    link = f"{_site()}{notice.link}" if notice.link else ""
    message.set_content("\n\n".join(part for part in (notice.body, link) if part) + "\n")
    if notice.calendar:
        method = next(line[7:] for line in notice.calendar.splitlines() if line.startswith("METHOD:"))
        message.add_alternative(notice.calendar, subtype="calendar", params={"method": method})
    if not current_app.config["SMTP_URL"]:
        path = Path(current_app.config["DATA"]) / "mail" / f"{notice.id}.eml"
        path.write_bytes(bytes(message))
        return
    url = urlsplit(current_app.config["SMTP_URL"])
    server_type = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    with server_type(url.hostname or "localhost", url.port or 0, timeout=30) as server:
        if url.scheme == "smtp+starttls":
            server.starttls()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


def _by_key(key: str, channel: str) -> Notice | None:
    return db.session.scalar(_key_query(key, channel))


def _key_query(key: str, channel: str) -> Select[Notice]:
    return select(Notice).where(Notice.jurisdiction_id == current().id, Notice.key == key, Notice.channel == channel)


def _in_app(account_id: str) -> Select[Notice]:
    return select(Notice).where(
        Notice.account_id == account_id, Notice.channel == "in_app", Notice.sent_at.is_not(None)
    )
