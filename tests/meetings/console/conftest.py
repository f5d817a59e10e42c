"""People of one county in their browsers: signed in, with the page's own CSRF token, as the console is used."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from core import accounts, jurisdictions
from core.contracts import JurisdictionRef
from core.db import db, utcnow, write
from core.models import Account, ApiToken, LoginSession
from core.permissions import Actor, actor_for
from tests.meetings.conftest import Office

Form = Mapping[str, Any] | Sequence[tuple[str, Any]]
"""Fields by name, several of one name as a list, or as pairs; a file is (stream, name)."""


@dataclass
class Desk:
    """One signed-in person; paths are below /admin/<county>/."""

    client: FlaskClient
    place: JurisdictionRef
    actor: Actor
    token: str = ""

    def get(self, path: str, status: int = 200, **query: Any) -> str:
        """A page's text."""
        self._forget()
        answer = self.client.get(f"/admin/{self.place.slug}/{path}", query_string=query)
        assert answer.status_code == status, (path, answer.status_code, answer.get_data(as_text=True)[:2000])
        return answer.get_data(as_text=True)

    def post(self, path: str, data: Form | None = None, *, token: str | None = None) -> TestResponse:
        """Send a form with the token that stands in every console page."""
        if not self.token:
            found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(""))
            assert found
            self.token = found[1]
        self._forget()
        sent = MultiDict([*_pairs(data or {}), ("csrf_token", token or self.token)])
        return self.client.post(f"/admin/{self.place.slug}/{path}", data=sent)

    @staticmethod
    def _forget() -> None:
        """What this test has read is no request's snapshot, and the CSRF token in `g` is the last person's."""
        db.session.remove()
        g.pop("csrf_token", None)


def _pairs(form: Form) -> list[tuple[str, Any]]:
    if not isinstance(form, Mapping):
        return list(form)
    return [(name, one) for name, found in form.items() for one in (found if isinstance(found, list) else [found])]


@pytest.fixture
def desk(app: Flask, office: Office) -> Callable[..., Desk]:
    """Sign somebody in: `desk("organiser")`; the same name is the same person as in `office`."""
    known: dict[str, Desk] = {}

    def enter(role: str, place: str = "") -> Desk:
        where = jurisdictions.by_slug(place) if place else office.place
        key = f"{role}@{where.slug}"
        if key not in known:
            known[key] = _sign_in(app, where, _actor(office, role, where))
        return known[key]

    return enter


def _actor(office: Office, role: str, where: JurisdictionRef) -> Actor:
    if where.slug != office.place.slug:
        with jurisdictions.enter(where):
            return office.person(*role.split("+"), place=where)
    token = accounts.digest(office.token(role))
    db.session.remove()  # what was read before knows nothing of a person made just now
    known = select(Account).join(ApiToken, ApiToken.account_id == Account.id)
    account = db.session.scalars(known.where(ApiToken.token_hash == token)).one()
    return actor_for(account)


def _sign_in(app: Flask, place: JurisdictionRef, who: Actor) -> Desk:
    token, now = secrets.token_urlsafe(32), utcnow()
    with write() as session:
        session.add(
            LoginSession(
                account_id=who.id, token_hash=accounts.digest(token), created_at=now, seen_at=now,
                expires_at=now + timedelta(hours=8),
            )
        )  # fmt: skip
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["token"] = token
    return Desk(client, place, who)
