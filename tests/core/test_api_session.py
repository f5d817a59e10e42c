"""The session cookie as identity: CSRF, and what it must not mix with."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sample.testing import Person, app, call, here, install, organiser, thing, token_of  # noqa: F401

from core import accounts, jurisdictions
from core.app import create_app
from core.contracts import JurisdictionRef
from core.db import Base, db, utcnow, write
from core.models import Account, LoginSession, RoleGrant
from core.permissions import Actor

THINGS = "/api/v1/huichuan/sample/things"


@pytest.fixture
def browser(app: Flask, organiser: Actor) -> FlaskClient:
    """Signed in as the organiser."""
    with write() as session:
        session.add(
            LoginSession(
                account_id=organiser.id, token_hash=accounts.digest("cookie"), expires_at=utcnow() + timedelta(hours=1)
            )
        )
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["token"] = "cookie"
    return client


def test_a_write_by_cookie_wants_the_token(browser: FlaskClient) -> None:
    refused = browser.post(THINGS, json={"title": "修路"})
    assert (refused.status_code, refused.content_type, refused.json["code"]) == (
        403,
        "application/problem+json",
        "CSRF",
    )
    assert "X-CSRFToken" in refused.json["detail"]
    token = browser.get("/api/v1/huichuan/me").json["csrf_token"]
    made = browser.post(THINGS, json={"title": "修路"}, headers={"X-CSRFToken": token})
    assert made.status_code == 201
    assert browser.post(THINGS, json={"title": "修路"}, headers={"X-CSRFToken": token + "x"}).status_code == 403


def test_with_a_bearer_token_the_cookie_is_ignored(browser: FlaskClient, person: Person, here: JurisdictionRef) -> None:
    leader = person("leader", place=here)
    headers = {"Authorization": f"Bearer {token_of(leader)}"}
    me = browser.get("/api/v1/huichuan/me", headers=headers).json
    assert (me["id"], me["csrf_token"], [role["role"] for role in me["roles"]]) == (leader.id, None, ["leader"])
    assert browser.post(THINGS, json={"title": "修路"}, headers=headers).status_code == 403
    assert browser.get("/api/v1/huichuan/me", headers={"Authorization": "Bearer x"}).status_code == 401
    assert browser.get("/api/v1/huichuan/me", headers={"Authorization": "Basic eDp5"}).status_code == 401


def test_answers_for_people_are_not_kept_by_shared_caches(browser: FlaskClient, here: JurisdictionRef) -> None:
    answer = browser.get(f"{THINGS}/{thing(here)}")
    assert answer.headers["Cache-Control"].startswith("private")
    assert {"Accept-Language", "Authorization", "Cookie"} <= set(re.split(r",\s*", answer.headers["Vary"]))


def test_a_session_with_a_first_password_only_reads_what_is_public(
    browser: FlaskClient, organiser: Actor, here: JurisdictionRef
) -> None:
    with write() as session:
        session.get_one(Account, organiser.id).must_change_password = True
    assert browser.get("/api/v1/huichuan/me").json["code"] == "PASSWORD_CHANGE_REQUIRED"
    assert browser.get(f"{THINGS}/{thing(here)}").status_code == 200
    by_token = browser.get("/api/v1/huichuan/me", headers={"Authorization": f"Bearer {token_of(organiser)}"})
    assert by_token.status_code == 200


def test_a_request_holds_one_connection(fresh: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two would let a full pool wait for itself."""
    install(monkeypatch)
    narrow = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.5}
    app = create_app(**fresh, PLUGINS=("sample",), SQLALCHEMY_ENGINE_OPTIONS=narrow)
    with app.app_context():
        Base.metadata.tables["sample_thing"].create(db.engine)
        with write() as session:
            account = Account(login="organiser", name="组织者")
            session.add(account)
            session.flush()
            place = jurisdictions.by_slug("huichuan")
            session.add(RoleGrant(account_id=account.id, role="organiser", jurisdiction_id=place.id))
            ident = account.id
        token = token_of(Actor(ident, "组织者"))
    client, headers = app.test_client(), {"Authorization": f"Bearer {token}"}
    made = client.post(THINGS, json={"title": "修路"}, headers=headers | {"Idempotency-Key": "0123456789abcdef"})
    assert made.status_code == 201
    assert client.get(f"{THINGS}/{made.json['id']}", headers=headers).status_code == 200
    assert client.get("/huichuan/sample/", headers=headers).status_code == 200
    assert client.get("/api/v1/huichuan/publications", headers=headers).status_code == 200
    with app.app_context():
        db.engine.dispose()
