"""会5 and 会6 with another plugin: on, its material comes by itself; off, the same gate by upload; failing, closed."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from partner import plugin as partner

from core import jurisdictions, plugins
from core.app import create_app
from core.contracts import Blocker
from core.db import db, write
from core.permissions import SYSTEM

CONSULTED = ("draft", "basis", "adoption_summary")
OPEN = Blocker("OPINIONS_OPEN", "还有意见没有处理。", "预7")


@pytest.fixture
def app(fresh: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Meetings and the partner; every test begins with a partner that has nothing to say."""
    found = plugins.entry_points
    mine = [SimpleNamespace(value="partner.plugin")]
    monkeypatch.setattr(
        plugins, "entry_points", lambda *, group, name: mine if name == "partner" else found(group=group, name=name)
    )
    monkeypatch.setattr(partner, "says", partner.Says())
    app = create_app(**fresh, PLUGINS=("meetings", "partner"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def off(office: Any) -> None:
    with jurisdictions.enter(office.place), write():
        plugins.switch(SYSTEM, office.place, "partner", "off")


def uploaded(office: Any) -> list[dict[str, str]]:
    return [{"kind": kind, "title": kind, "file": office.upload(kind)} for kind in CONSULTED]


def refused(office: Any, **fields: Any) -> list[str]:
    """The codes that keep a new application that needs participation from being submitted; [] when it went through."""
    ident = office.application(needs_participation=True, **fields)["id"]
    answer = office.call("organiser", "POST", f"meetings/applications/{ident}/transitions", {"event": "submit"})
    return [] if answer.status_code == 200 else [error["code"] for error in answer.json["errors"]]


def agenda(item: str) -> dict[str, Any]:
    return {"kind": "executive", "starts_at": "2026-12-01T09:00:00+08:00", "place": "三楼", "agenda": [item]}


@pytest.mark.article("meetings", 5)
def test_what_the_partner_has_comes_by_itself(office: Any) -> None:
    assert refused(office) == ["CONSULTATION_MISSING", "ADOPTION_SUMMARY_MISSING"]
    partner.says.materials = CONSULTED[:2]
    assert refused(office) == ["ADOPTION_SUMMARY_MISSING"]
    partner.says.materials = CONSULTED
    assert refused(office) == []


@pytest.mark.article("meetings", 5)
def test_switched_off_the_gate_is_the_same_and_met_by_upload(office: Any) -> None:
    partner.says.materials, partner.says.blockers = CONSULTED, (OPEN,)
    off(office)
    assert refused(office) == ["CONSULTATION_MISSING", "ADOPTION_SUMMARY_MISSING"]
    assert refused(office, materials=uploaded(office)) == []
    item = office.approved(needs_participation=True, materials=uploaded(office))
    office.meeting(item)
    assert partner.says.asked == 0


@pytest.mark.article("meetings", 5)
def test_the_partners_objection_follows_the_meetings_own_code(office: Any) -> None:
    item = office.approved()
    partner.says.blockers = (OPEN,)
    assert office.codes("organiser", "POST", "meetings", agenda(item)) == ["CONSULTATION_MISSING", "OPINIONS_OPEN"]
    answer = office.call("organiser", "POST", "meetings", agenda(item)).json
    assert (answer["article"], answer["errors"][1]["article"]) == ("会5", "预7")
    assert answer["errors"][1]["detail"] == "还有意见没有处理。"
    partner.says.blockers = ()
    office.meeting(item)


@pytest.mark.article("meetings", 5)
def test_a_partner_that_fails_keeps_the_gate_closed(app: Flask, office: Any) -> None:
    item = office.approved()
    partner.says.broken = True
    app.config["TESTING"] = False  # in tests a failing plugin raises
    codes = office.codes("organiser", "POST", "meetings", agenda(item))
    assert codes == ["CONSULTATION_MISSING", "PARTNER_UNAVAILABLE"]
    assert office.ok("organiser", "GET", f"meetings/applications/{item}")["state"] == "approved"
    partner.says.broken = False
    office.meeting(item)


@pytest.mark.article("meetings", 6)
def test_the_partners_concentrated_opinions_need_a_reason_too(office: Any) -> None:
    partner.says.materials = CONSULTED
    partner.says.groups = ({"text": "停车位不足", "count": 12, "adopted": False, "reason": ""},)
    assert refused(office) == ["REASON_MISSING"]
    partner.says.groups = ({"text": "停车位不足", "count": 12, "adopted": False, "reason": "用地不允许"},)
    assert refused(office) == []


@pytest.mark.article("meetings", 9)
@pytest.mark.parametrize("broken", [False, True])
def test_a_partner_may_keep_a_page_back_and_failing_does(app: Flask, office: Any, *, broken: bool) -> None:
    item = office.approved()
    meeting = office.meeting(item)
    office.run(meeting, item)
    app.config["TESTING"] = not broken
    partner.says.blockers, partner.says.broken = (Blocker("ATTR_MISSING", "没有公开属性。", "源1"),), broken
    rows = office.ok("organiser", "GET", f"meetings/{meeting}/obligations")["items"]
    path = f"meetings/obligations/{rows[0]['id']}/transitions"
    body = {"event": "publish", "title": "审议情况", "body": "通过。"}
    assert office.codes("organiser", "POST", path, body) == ["REVIEW_FAILED" if broken else "ATTR_MISSING"]
    rows = office.ok("organiser", "GET", f"meetings/{meeting}/obligations")["items"]
    assert rows[0]["state"] == "owed"
