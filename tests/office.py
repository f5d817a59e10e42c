"""People of one county calling the API with their tokens, as an office's own system does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from core import accounts, jurisdictions
from core.contracts import JurisdictionRef
from core.db import db, write
from core.models import Agency, ApiToken
from core.permissions import Actor


class Office:
    """People of one county calling the API with their tokens, as an OA system does."""

    def __init__(self, app: Flask, place: JurisdictionRef, person: Callable[..., Actor]) -> None:
        self.app, self.place, self.person = app, place, person
        self.tokens: dict[str, str] = {}

    def call(self, role: str, method: str, path: str, body: Any = None, **headers: Any) -> TestResponse:
        """One request as that role ("" is the public); `path` is below /api/v1/<county>/."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if role:
            sent["Authorization"] = f"Bearer {self.token(role)}"
        db.session.remove()  # what this test has read so far is no request's snapshot
        extra: dict[str, Any] = (
            {"data": body} if isinstance(body, dict) and isinstance(body.get("file"), tuple) else {"json": body}
        )
        return self.app.test_client().open(
            f"/api/v1/{self.place.slug}/{path}", method=method, headers=sent, **({} if body is None else extra)
        )

    def ok(self, role: str, method: str, path: str, body: Any = None, **headers: Any) -> Any:
        """Like `call`, but it must succeed; answers the JSON."""
        answer = self.call(role, method, path, body, **headers)
        assert answer.status_code in {200, 201}, (path, answer.status_code, answer.get_data(as_text=True))
        return answer.json

    def codes(self, role: str, method: str, path: str, body: Any = None, **headers: Any) -> list[str]:
        """The codes of a refusal (409), the first one leading."""
        answer = self.call(role, method, path, body, **headers)
        assert answer.status_code == 409, (answer.status_code, answer.get_data(as_text=True))
        data = answer.json
        assert data is not None
        assert data["code"] == data["errors"][0]["code"]
        return [error["code"] for error in data["errors"]]

    def token(self, role: str) -> str:
        """The token of somebody holding these roles, several parted by +."""
        if role not in self.tokens:
            with jurisdictions.enter(self.place):
                found = self.person(*role.split("+"), place=self.place)
                with write() as session:
                    session.add(ApiToken(account_id=found.id, token_hash=accounts.digest(role * 3)))
            self.tokens[role] = role * 3
        return self.tokens[role]

    def hire(self, name: str, *roles: str, agency: str) -> None:
        """Somebody who holds these roles in one body alone, called `name` from here on; a new body where need be."""
        with jurisdictions.enter(self.place):
            body = db.session.scalar(select(Agency).where(Agency.code == agency))
            with write() as session:
                if body is None:
                    body = Agency(code=agency, name=agency)
                    session.add(body)
                    session.flush()
            found = self.person(*roles, place=self.place, agency=body)
            with write() as session:
                session.add(ApiToken(account_id=found.id, token_hash=accounts.digest(name * 3)))
        self.tokens[name] = name * 3
