"""A county with people in every role, and items and meetings in any state, for tests of the meetings plugin."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import jurisdictions
from core.app import create_app
from core.contracts import JurisdictionRef
from core.db import db, new_id, utcnow, write
from core.models import Account, Agency, Matter, Publication, RoleGrant
from core.permissions import SYSTEM, Actor, actor_for
from plugins.meetings.content import content_hash
from plugins.meetings.models import AgendaApplication, Approval, Invitation, Meeting, Obligation, RuleText
from plugins.meetings.services import live_follow
from tests.installations import Installations
from tests.office import Office as Staff

ROLES = (
    "organiser",
    "deputy_leader",
    "leader",
    "secrecy_reviewer",
    "stenographer",
    "live_reviewer",
    "disclosure_officer",
    "system_admin",
)
APPROVED = ("approved", "scheduled", "in_session", "deliberated", "discharging", "done")
DECIDED = ("deliberated", "discharging", "done")
INVITED = {"approved": "approved", "scheduled": "approved"}


@dataclass
class World:
    """The county and its people by role; `system` is the product itself."""

    place: JurisdictionRef
    people: dict[str, Actor] = field(default_factory=dict)

    def meeting(self, state: str = "preparing", **values: Any) -> Meeting:
        """A meeting put straight into a state; inside `write()`."""
        now = utcnow()
        meeting = Meeting(
            id=new_id(), kind="executive", title="常务会议", starts_at=now + timedelta(days=1), place="三楼会议室",
            agency_id=self.agency("office"), open_to_public=True, state=state, version=1,
            announced_at=None if state in {"preparing", "cancelled"} else now,
        )  # fmt: skip
        for name, value in values.items():
            setattr(meeting, name, value)
        db.session.add(meeting)
        db.session.flush()
        live_follow.follow(SYSTEM, meeting)
        return meeting

    def item(self, state: str = "draft", meeting: Meeting | None = None, **values: Any) -> AgendaApplication:
        """An application with a complete plan put straight into a state, approved where that state needs it."""
        matter = Matter(id=new_id(), title="老旧小区加装电梯", agency_id=self.agency("office"))
        db.session.add(matter)
        db.session.flush()
        item = AgendaApplication(
            id=new_id(), title="老旧小区加装电梯实施办法", matter_id=matter.id, agency_id=self.agency("office"),
            subject_class="urban_planning", openness="open", openness_ground="", needs_participation=False,
            hearing_required=False, important=state == "pending_leader", forms=["invitation", "internet"],
            organisation_form="会议室现场列席", participation_mode="列席并可书面提出意见", quotas={}, position=1,
            state="draft", version=1, content_hash="", created_by=self.people["organiser"].id, returns_to="",
            result="passed" if state in DECIDED else None,
        )  # fmt: skip
        for name, value in values.items():
            setattr(item, name, value)
        item.invitations.append(
            Invitation(
                name="王小明",
                category="public",
                position=1,
                in_plan=True,
                version=1,
                state=INVITED.get(state, "proposed"),
                organisation="",
                contact="wang@example.org",
                represents="",
            )
        )
        db.session.add(item)
        db.session.flush()
        if state not in {"draft", "withdrawn"}:
            item.content_hash = content_hash(item)
        if state in APPROVED:
            item.approvals.append(
                Approval(
                    decision="approved",
                    role="deputy_leader",
                    actor_name="分管",
                    content_hash=item.content_hash,
                    void=False,
                )
            )
        if state in {"scheduled", "in_session", *DECIDED}:
            item.meeting = meeting or self.meeting("in_session")
        item.state = state
        db.session.flush()
        return item

    def obligations(self, item: AgendaApplication, state: str = "owed") -> list[Obligation]:
        """The three duties of a decided item."""
        rows = []
        for kind in ("outcome", "policy_document", "interpretation"):
            row = Obligation(meeting=item.meeting, application=item, kind=kind, state=state, version=1)
            if state in {"exemption_requested", "exempted"}:
                row.reason, row.requested_by = "依法不公开", self.people["organiser"].id
            if state == "exempted":
                row.approved_name = "分管"
            rows.append(row)
        db.session.add_all(rows)
        db.session.flush()
        return rows

    def place_rules(self, version: int = 1) -> RuleText:
        """A version of the local rules."""
        rule = RuleText(version=version, attendance="公众", duties="义务", agenda_rules="议程", discipline="纪律")
        db.session.add(rule)
        db.session.flush()
        return rule

    def page(self) -> str:
        """The id of a publication."""
        row = Publication(id=new_id(), kind="outcome", title="审议情况", state="draft", version=1)
        db.session.add(row)
        db.session.flush()
        return row.id

    def agency(self, code: str) -> str:
        """An agency's id by its code."""
        return db.session.scalars(select(Agency.id).where(Agency.code == code)).one()


def _person(place: JurisdictionRef, login: str, *roles: str, agency: str | None = None) -> Actor:
    with write() as session:
        agency_id = session.scalars(select(Agency.id).where(Agency.code == agency)).one() if agency else None
        account = Account(login=login, name=login)
        session.add(account)
        session.flush()
        for role in roles:
            session.add(RoleGrant(account_id=account.id, role=role, jurisdiction_id=place.id, agency_id=agency_id))
    return actor_for(account)


@pytest.fixture(scope="module")
def world(installations: Installations, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One county for a whole module; cases undo what they write."""
    with ExitStack() as stack:
        config = stack.enter_context(installations.copy(tmp_path_factory.mktemp("world") / "data"))
        stack.enter_context(create_app(**config).app_context())
        place = stack.enter_context(jurisdictions.enter(jurisdictions.by_slug("huichuan")))
        made = World(place)
        for role in ROLES:
            made.people[role] = _person(place, role, role)
        made.people["office_organiser"] = _person(place, "office1", "organiser", agency="office")
        made.people["education_organiser"] = _person(place, "edu1", "organiser", agency="education")
        made.people["nobody"] = _person(place, "nobody")
        made.people["system"] = SYSTEM
        yield made
        db.session.remove()
        db.engine.dispose()


class Office(Staff):
    """People of one county who hold meetings over the API."""

    def upload(self, text: str = "会议材料") -> str:
        """An organiser's uploaded file; answers its id."""
        body = {"file": (io.BytesIO(text.encode()), "material.txt")}
        return str(self.ok("organiser", "POST", "files", body)["id"])

    def application(self, **fields: Any) -> dict[str, Any]:
        """A complete draft, open with invited representatives."""
        body = {
            "title": "老旧小区加装电梯实施办法",
            "subject_class": "urban_planning",
            "forms": ["invitation", "internet"],
            "organisation_form": "会议室现场列席",
            "participation_mode": "列席并可书面提出意见",
            "invitees": [{"name": "王小明", "category": "public", "contact": "wang@example.org"}],
        }
        return dict(self.ok("organiser", "POST", "meetings/applications", body | fields))

    def fire(self, role: str, path: str, event: str, **values: Any) -> Any:
        """A transition that must succeed."""
        return self.ok(role, "POST", f"meetings/{path}/transitions", {"event": event, **values})

    def approved(self, **fields: Any) -> str:
        """The id of an approved application."""
        ident = str(self.application(**fields)["id"])
        self.fire("organiser", f"applications/{ident}", "submit")
        self.fire("deputy_leader", f"applications/{ident}", "approve")
        return ident

    def meeting(self, *agenda: str, **fields: Any) -> str:
        """The id of a meeting in preparation."""
        body = {"kind": "executive", "starts_at": "2026-12-01T09:00:00+08:00", "place": "三楼会议室"}
        made = self.ok("organiser", "POST", "meetings", body | {"agenda": list(agenda)} | fields)
        return str(made["id"])

    def run(self, meeting: str, *items: str) -> None:
        """Announce, open, decide every item and close."""
        for event in ("announce", "open"):
            self.fire("organiser", meeting, event)
        for item in items:
            self.fire("organiser", f"applications/{item}", "call")
            self.fire("organiser", f"applications/{item}", "deliberate", result="passed")
        self.fire("organiser", meeting, "close")


@pytest.fixture
def office(app: Flask, person: Callable[..., Actor]) -> Office:
    """汇川区 over the API."""
    return Office(app, jurisdictions.by_slug("huichuan"), person)
