"""A real server with a county full of people, for journeys in a browser. `hall` is the fixture (tests/browser)."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import select

from core import accounts, jurisdictions
from core.app import create_app
from core.db import db
from core.models import Agency
from core.permissions import SYSTEM
from tests.serving import Server

PASSWORD = "journey-2026"
COUNTY = "huichuan"
PEOPLE = {
    "organiser": ("organiser", "office"),
    "applicant": ("organiser", "education"),
    "deputy": ("deputy_leader", None),
    "leader": ("leader", None),
    "secrecy": ("secrecy_reviewer", None),
    "stenographer": ("stenographer", None),
    "reviewer": ("live_reviewer", None),
    "drafter": ("drafter", "office"),
    "officer": ("disclosure_officer", "office"),
    "both": ("organiser+deputy_leader", "office"),
    "sysadmin": ("system_admin", None),
}
"""login → roles and agency; organiser convenes, applicant applies for the education bureau, both might approve what he
applied for if the regulation let him."""


@dataclass
class Hall:
    """The server's address, and the people's bearer tokens by login."""

    server: Server
    tokens: dict[str, str]
    county: str = COUNTY

    @property
    def url(self) -> str:
        """http://127.0.0.1:<port>."""
        return self.server.url

    def api(self, login: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Call the API below /api/v1/<county>/ as that person; answers the JSON, any refusal fails the test."""
        status, data = self.ask(login, method, path, body, **headers)
        assert status in {200, 201, 202}, (method, path, status, data)
        return data

    def ask(self, login: str, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Like `api`, but answers status and JSON whatever they are."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/{self.county}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.tokens[login]}"}
            | {name.replace("_", "-"): value for name, value in headers.items()},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as answer:
            return answer.code, json.loads(answer.read() or b"null")

    def sign_in(self, page: Page, login: str) -> Page:
        """Sign in at the console as a person does."""
        page.goto(f"{self.url}/admin/login")
        page.get_by_label("用户名或邮箱").fill(login)
        page.locator("#password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{self.url}/admin/{self.county}/")
        return page

    # --- what journeys begin with -------------------------------------------------------------------

    def application(self, **fields: Any) -> str:
        """The id of a complete draft of the organiser's."""
        body = {
            "title": "老旧小区加装电梯实施办法", "subject_class": "urban_planning", "forms": ["invitation", "internet"],
            "organisation_form": "会议室现场列席", "participation_mode": "列席并可书面提出意见",
            "invitees": [{"name": "王小明", "category": "public", "contact": "wang@example.org"}],
        }  # fmt: skip
        return str(self.api("organiser", "POST", "meetings/applications", body | fields)["id"])

    def approved(self, **fields: Any) -> str:
        """The id of an approved application."""
        ident = self.application(**fields)
        self.fire("organiser", f"applications/{ident}", "submit")
        self.fire("deputy", f"applications/{ident}", "approve")
        return ident

    def meeting(self, *agenda: str, events: tuple[str, ...] = (), **fields: Any) -> str:
        """The id of a meeting with these approved items, taken through `events` (announce, open …)."""
        body = {"kind": "executive", "starts_at": "2027-01-12T09:00:00+08:00", "place": "三楼会议室"}
        ident = str(self.api("organiser", "POST", "meetings", body | {"agenda": list(agenda)} | fields)["id"])
        for event in events:
            self.fire("organiser", ident, event)
        return ident

    def fire(self, login: str, path: str, event: str, **values: Any) -> Any:
        """A transition of meetings/<path> that must succeed."""
        return self.api(login, "POST", f"meetings/{path}/transitions", {"event": event, **values})


def open_hall(data: Path) -> Hall:
    """Seed a copy of the template folder and serve it; the caller ends `server`."""
    app = create_app(DATA=data, TESTING=True)
    with app.app_context():
        tokens = people(jurisdictions.by_slug(COUNTY))
        db.session.remove()
        db.engine.dispose()
    return Hall(Server(data).ready(), tokens)


def people(place: jurisdictions.JurisdictionRef) -> dict[str, str]:
    """Make the accounts of `PEOPLE`; answers their bearer tokens by login."""
    tokens = {}
    for login, (role, code) in PEOPLE.items():
        with jurisdictions.enter(place):
            agency = db.session.scalar(select(Agency.id).where(Agency.code == code)) if code else None
        with accounts.administration():
            account = accounts.create(SYSTEM, login=login, name=login, password=PASSWORD)
            for one in role.split("+"):
                accounts.grant(SYSTEM, account, one, place.id, agency)
            tokens[login] = accounts.create_token(SYSTEM, account, "journey")
    return tokens
