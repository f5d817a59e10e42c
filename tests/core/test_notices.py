"""The outbox: told once, delivered by the sweep, tried again with growing pauses."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

import pytest
from flask import Flask
from sqlalchemy import select

from core import jurisdictions, notices, plugins
from core.contracts import JurisdictionRef, OutgoingNotice
from core.db import db, utcnow, write
from core.models import Account, Notice
from core.permissions import Actor
from core.refusals import NotFound


def rows() -> list[Notice]:
    return list(db.session.scalars(select(Notice).order_by(Notice.created_at)))


def mails(app: Flask) -> list[EmailMessage]:
    found = sorted((Path(app.config["DATA"]) / "mail").glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]  # type: ignore[misc]


def mail(**fields: Any) -> None:
    with write():
        notices.send("k1", "email", **{"subject": "会议推迟", "address": "a@example.org", **fields})


def test_the_same_occasion_is_told_once_per_channel(county: JurisdictionRef) -> None:
    with write():
        first = notices.send("k", "in_app", subject="一", account_id="a")
        assert notices.send("k", "in_app", subject="二", account_id="a") is first
        notices.send("k", "email", subject="一", address="a@example.org")
    with write():
        notices.send("k", "in_app", subject="三", account_id="a")
    assert [row.subject for row in rows()] == ["一", "一"]


def test_nothing_is_owed_when_the_transaction_fails(county: JurisdictionRef) -> None:
    def fail() -> None:
        notices.send("k", "in_app", subject="一", account_id="a")
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"), write():
        fail()
    assert rows() == []


def test_the_inbox_belongs_to_one_person(
    county: JurisdictionRef, other_county: JurisdictionRef, person: Callable[..., Actor]
) -> None:
    one, two = (person("leader", place=county).id or "" for _ in range(2))
    with write():
        for number in range(3):
            notices.send(f"k{number}", "in_app", subject=f"通知{number}", account_id=one)
    assert [row.subject for row in notices.inbox(one)] == ["通知2", "通知1", "通知0"]
    assert (notices.unread(one), notices.unread(two), notices.inbox(two)) == (3, 0, [])
    first = notices.inbox(one)[0].id
    with write():
        notices.mark_read(one, first)
    assert notices.unread(one) == 2
    with pytest.raises(NotFound), write():
        notices.mark_read(two, first)
    with write():
        notices.mark_read(one)
    assert notices.unread(one) == 0
    with jurisdictions.enter(other_county):
        assert notices.inbox(one) == []


def test_people_with_mail_get_both(county: JurisdictionRef, person: Callable[..., Actor]) -> None:
    one, two = (person("leader", place=county).id for _ in range(2))
    with write() as session:
        session.get_one(Account, one).email = "one@example.org"
        people = [session.get_one(Account, account_id) for account_id in (one, two)]
        assert notices.tell(people, "k", subject="题", body="文", link="/x/") == 2
    assert sorted((row.account_id == one, row.channel) for row in rows()) == [
        (False, "in_app"), (True, "email"), (True, "in_app")
    ]  # fmt: skip


def test_without_a_server_mail_becomes_a_file(app: Flask, county: JurisdictionRef) -> None:
    app.config["PUBLIC_URL"] = "https://kai.example/"
    mail(body="改在周五。", link="/huichuan/meetings/1/")
    assert notices.deliver_due() == 1
    assert notices.deliver_due() == 0
    (message,) = mails(app)
    assert (message["Subject"], message["To"]) == ("会议推迟", "a@example.org")
    assert message.get_content() == "改在周五。\n\nhttps://kai.example/huichuan/meetings/1/\n"
    assert rows()[0].sent_at is not None


def test_line_breaks_do_not_add_mail_headers(app: Flask, county: JurisdictionRef) -> None:
    mail(subject="会议\r\nBcc: evil@example.org")
    assert notices.deliver_due() == 1
    assert mails(app)[0]["Bcc"] is None


def test_mail_goes_to_the_server(app: Flask, county: JurisdictionRef, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []

    class Server:
        def __init__(self, host: str, port: int, timeout: int) -> None:
            calls.append((host, port))

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            calls.append("closed")

        def starttls(self) -> None:
            calls.append("tls")

        def login(self, user: str, password: str) -> None:
            calls.append((user, password))

        def send_message(self, message: EmailMessage) -> None:
            calls.append(message["To"])

    monkeypatch.setattr(smtplib, "SMTP", Server)
    app.config["SMTP_URL"] = "smtp+starttls://user:p%40ss@mail.example:587"
    mail()
    assert notices.deliver_due() == 1
    assert calls == [("mail.example", 587), "tls", ("user", "p@ss"), "a@example.org", "closed"]


def test_a_failed_delivery_waits_longer_each_time_and_is_not_lost(
    app: Flask, county: JurisdictionRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_notice: OutgoingNotice) -> None:
        raise ConnectionRefusedError("no server")

    monkeypatch.setattr(notices, "_mail", fail)
    mail()
    waits = []
    for _ in notices.PAUSES:
        assert notices.deliver_due(rows()[0].due_at) == 0
        waits.append(rows()[0].due_at - utcnow())
    assert [round(wait.total_seconds() / 60) for wait in waits] == [1, 5, 15, 60, 240, 720, 1440, 1440, 1440]
    assert rows()[0].error == "ConnectionRefusedError: no server"
    monkeypatch.undo()
    assert notices.deliver_due(utcnow() + timedelta(days=99)) == 0  # given up, shown with its error


def test_two_workers_do_not_send_the_same(county: JurisdictionRef) -> None:
    mail()
    now = utcnow()
    assert len(notices._claim(now)) == 1
    assert notices._claim(now) == []
    assert len(notices._claim(now + notices.CLAIM)) == 1  # the first worker was killed


def test_a_later_notice_waits(county: JurisdictionRef) -> None:
    with write():
        notices.send("k", "in_app", subject="明天", account_id="a", due_at=utcnow() + timedelta(hours=1))
    assert notices.inbox("a") == []
    assert notices.deliver_due() == 0
    assert notices.deliver_due(utcnow() + timedelta(hours=2)) == 1
    assert [row.subject for row in notices.inbox("a")] == ["明天"]


@pytest.mark.parametrize(("answer", "sent"), [(True, 1), (False, 0), (None, 0)])
def test_other_channels_are_asked_of_plugins(
    county: JurisdictionRef, monkeypatch: pytest.MonkeyPatch, answer: bool | None, sent: int
) -> None:
    monkeypatch.setattr(plugins, "enabled", lambda _place: frozenset({"sms"}))
    monkeypatch.setattr(
        plugins.Plugins, "call_one", lambda _s, _p, _h, **_a: iter([answer] if answer is not None else [])
    )
    with write():
        notices.send("k", "sms", subject="题", address="13800000000")
    assert notices.deliver_due() == sent
    assert rows()[0].error == ("" if sent else "no channel takes «sms»")
