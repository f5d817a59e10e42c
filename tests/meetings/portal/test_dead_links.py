"""Links that fail: one page whatever the cause, the same work behind it, and a wait for whoever guesses on and on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from core.db import db, utcnow, write
from core.permissions import SYSTEM
from core.web.requests import trust_proxies
from plugins.meetings.models import Invitation
from plugins.meetings.services import invitations
from plugins.meetings.workflow.plans import Invitee
from tests.meetings.portal.stage import Stage

HEADERS = ("Content-Type", "Cache-Control", "Referrer-Policy", "X-Robots-Tag", "ETag", "Vary")


def row(made: Stage) -> Invitation:
    return invitations.by_token(made.tokens["coming"])


def expire(made: Stage) -> None:
    with write():
        row(made).token_expires_at = utcnow() - timedelta(seconds=1)


def renew(made: Stage) -> None:
    with write():
        invitations.renew_link(SYSTEM, row(made))


def revoke(made: Stage) -> None:
    with write():
        invitations.move(SYSTEM, row(made), "revoke")


def replace(made: Stage) -> None:
    with write():
        params = {"invitee": Invitee("周立新", "public")}
        invitations.move(SYSTEM, row(made), "substitute", reason="本人出差", params=params)


KINDS: dict[str, Callable[[Stage], None]] = {
    "guessed": lambda _made: None, "expired": expire, "used": renew, "revoked": revoke, "replaced": replace,
}  # fmt: skip
TAILS = ("", "meeting.ics", "files/" + "0" * 32)


def ask(app: Flask, path: str, method: str = "GET") -> tuple[object, ...]:
    """What an asker can compare, and how many questions it cost the database."""
    db.session.remove()
    asked: list[str] = []

    def note(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        answer = app.test_client().open(path, method=method)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return answer.status_code, answer.data, *(answer.headers.get(name) for name in HEADERS), len(asked)


@pytest.mark.article("meetings", 7)
@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_dead_link_answers_the_same_at_the_same_cost(app: Flask, made: Stage, kind: str, tail: str) -> None:
    unknown = ask(app, f"/huichuan/meetings/invitations/{'x' * 32}/{tail}")
    assert unknown[0] == 404
    KINDS[kind](made)
    token = "y" * 32 if kind == "guessed" else made.tokens["coming"]
    assert ask(app, f"/huichuan/meetings/invitations/{token}/{tail}") == unknown
    assert made.tokens["coming"].encode() not in bytes(str(unknown[1]), "utf-8")


@pytest.mark.parametrize("token", ["", "短", "a" * 900, "%00", "..%2f", "<script>"])
def test_malformed_links_break_nothing(app: Flask, token: str) -> None:
    assert app.test_client().get(f"/huichuan/meetings/invitations/{token}/").status_code in {404, 308}


@pytest.mark.usefixtures("made")
def test_whoever_guesses_on_and_on_waits(app: Flask, made: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "LINK_FAILURES", 3)
    dead, good = "/huichuan/meetings/invitations/nobody/", made.link("coming")
    here, there = app.test_client(), app.test_client()
    assert [here.get(dead).status_code for _n in range(4)] == [404, 404, 404, 429]
    answer = here.get(good)
    assert (answer.status_code, 0 < int(answer.headers["Retry-After"]) <= 61) == (429, True)
    body = {"token": "x" * 32, "event": "accept"}
    assert here.post("/api/v1/huichuan/meetings/invitations/reply", json=body).status_code == 429
    assert there.get(good, environ_base={"REMOTE_ADDR": "198.51.100.7"}).status_code == 200


@pytest.mark.parametrize(("hops", "limited"), [(0, False), (1, True)])
def test_behind_a_proxy_the_address_it_names_counts(
    app: Flask, made: Stage, monkeypatch: pytest.MonkeyPatch, hops: int, limited: bool
) -> None:
    monkeypatch.setitem(app.config, "LINK_FAILURES", 1)
    monkeypatch.setitem(app.config, "PROXY_HOPS", hops)
    monkeypatch.setattr(app, "wsgi_app", app.wsgi_app)
    trust_proxies(app)
    client = app.test_client()
    for _n in range(2):
        client.get("/huichuan/meetings/invitations/nobody/", headers={"X-Forwarded-For": "203.0.113.9"})
    blocked = client.get(made.link("coming"), headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
    assert (blocked.status_code == 429) is limited
    assert client.get(made.link("coming"), headers={"X-Forwarded-For": "203.0.113.10"}).status_code == 200
