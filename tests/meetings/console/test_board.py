"""The board of what is owed (会9): who sees to it, filters, counts, on-time rate, reminders and the workbook."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from core import jurisdictions, reminders, settings
from core.db import db, utcnow, write
from core.models import Account, Clock, Notice
from core.permissions import SYSTEM

BOARD = "meetings/obligations"


@pytest.fixture
def owed(office: Any) -> dict[str, str]:
    """kind → id of what is owed for one passed item; `meeting` beside them."""
    item = office.approved(title="供水管网改造")
    meeting = office.meeting(item)
    office.run(meeting, item)
    rows = office.ok("organiser", "GET", f"meetings/{meeting}/obligations")["items"]
    return {row["kind"]: row["id"] for row in rows} | {"meeting": meeting}


def login(office: Any, role: str) -> str:
    """The user name of the person who holds this token."""
    ident = office.ok(role, "GET", "me")["id"]
    with jurisdictions.enter(office.place):
        return str(db.session.get_one(Account, ident).login)


def late(office: Any, ident: str) -> None:
    with jurisdictions.enter(office.place), write() as session:
        session.execute(update(Clock).where(Clock.subject_id == ident).values(due_at=utcnow() - timedelta(minutes=1)))


def told(office: Any) -> dict[str, set[str]]:
    """Subject → who was told."""
    found: dict[str, set[str]] = {}
    with jurisdictions.enter(office.place):
        db.session.rollback()
        for notice in db.session.scalars(select(Notice).where(Notice.account_id.is_not(None))):
            found.setdefault(notice.subject, set()).add(notice.account_id or "")
    return found


@pytest.mark.article("meetings", 9)
def test_a_person_of_the_convening_body_is_named_and_told(office: Any, owed: dict[str, str]) -> None:
    officer = login(office, "disclosure_officer")
    path = f"{BOARD}/{owed['outcome']}"
    office.fire("organiser", f"obligations/{owed['outcome']}", "assign", owner=officer)
    assert office.ok("organiser", "GET", path)["owner"]
    assert office.ok("", "GET", path)["owner"] == ""
    assert any(subject.startswith("请您负责公开审议情况") for subject in told(office))
    mine = office.ok("disclosure_officer", "GET", f"{BOARD}?mine=1")["items"]
    assert [row["id"] for row in mine] == [owed["outcome"]]
    office.fire("organiser", f"obligations/{owed['outcome']}", "assign")
    assert office.ok("disclosure_officer", "GET", f"{BOARD}?mine=1")["items"] == []


@pytest.mark.article("meetings", 9)
@pytest.mark.parametrize("role", ["stenographer", "leader"])
def test_only_who_may_publish_is_named(office: Any, owed: dict[str, str], role: str) -> None:
    named = {"event": "assign", "owner": login(office, role)}
    answer = office.call("organiser", "POST", f"{BOARD}/{owed['outcome']}/transitions", named)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "owner"
    assert office.call(role, "POST", f"{BOARD}/{owed['outcome']}/transitions", {"event": "assign"}).status_code == 403


@pytest.mark.article("meetings", 9)
def test_the_owner_is_reminded_first_and_everybody_once_overdue(office: Any, owed: dict[str, str]) -> None:
    officer = login(office, "disclosure_officer")
    for role in ("organiser", "supervisor", "leader"):
        office.token(role)
    office.fire("organiser", f"obligations/{owed['outcome']}", "assign", owner=officer)
    with jurisdictions.enter(office.place):
        clock = db.session.scalars(select(Clock).where(Clock.subject_id == owed["outcome"])).one()
        due, names = clock.due_at, {row.id: row.login for row in db.session.scalars(select(Account))}
        with write() as session:  # the others are met: only this one is looked at
            session.execute(update(Clock).where(Clock.subject_id != owed["outcome"]).values(state="met"))
    reminders.sweep(due - timedelta(hours=30))
    first = told(office)
    assert {names[one] for s, who in first.items() if "到期" in s for one in who} == {officer}
    reminders.sweep(due)
    hearing = {names[one] for s, who in told(office).items() if "已逾期" in s for one in who}
    assert {officer, login(office, "organiser"), login(office, "supervisor"), login(office, "leader")} <= hearing


def test_how_long_before_is_a_local_rule(office: Any, owed: dict[str, str]) -> None:
    assert office.ok("", "GET", f"{BOARD}?shown=soon")["items"] == []
    with jurisdictions.enter(office.place), write():
        settings.put(SYSTEM, "core.soon_days", "5")
    assert len(office.ok("", "GET", f"{BOARD}?shown=soon")["items"]) == 3


@pytest.mark.article("meetings", 9)
def test_filters_and_the_rate_of_each_body(office: Any, owed: dict[str, str]) -> None:
    late(office, owed["policy_document"])
    office.fire("organiser", f"obligations/{owed['outcome']}", "publish")
    ids = {
        shown: {row["id"] for row in office.ok("", "GET", f"{BOARD}?shown={shown}")["items"]}
        for shown in ("open", "overdue", "settled", "all")
    }
    assert ids["overdue"] == {owed["policy_document"]}
    assert ids["settled"] == {owed["outcome"]}
    assert ids["open"] == {owed["policy_document"], owed["interpretation"]}
    assert ids["all"] == ids["open"] | ids["settled"]
    assert office.ok("", "GET", f"{BOARD}?meeting={'0' * 32}")["items"] == []
    assert len(office.ok("", "GET", f"{BOARD}?modified_since=2026-01-01T00:00:00Z")["items"]) == 3
    assert office.call("", "GET", f"{BOARD}?agency=nobody").status_code == 422
    [rate] = office.ok("", "GET", f"{BOARD}/on-time")["items"]
    assert (rate["on_time"], rate["late"], rate["running"], rate["percent"]) == (1, 1, 1, 50)
    code = rate["agency"]
    assert len(office.ok("", "GET", f"{BOARD}?agency={code}")["items"]) == 3


@pytest.mark.article("meetings", 9)
def test_the_console_board_filters_counts_and_exports(desk: Any, office: Any, owed: dict[str, str]) -> None:
    organiser = desk("organiser")
    page = organiser.get(f"{BOARD}/")
    assert "未办结（3）" in page
    assert "按时公开率" in page
    late(office, owed["outcome"])
    assert "已超期（1）" in organiser.get(f"{BOARD}/")
    assert "没有符合条件的内容。" in organiser.get(f"{BOARD}/", mine="1")
    duty = organiser.get(f"{BOARD}/{owed['outcome']}/")
    assert "由召集单位共同负责" in duty
    answer = organiser.client.get(f"/admin/huichuan/{BOARD}/export.xlsx?shown=overdue")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.values)
    assert [row[0] for row in rows] == ["内容", "审议情况"]
    assert rows[1][5] == "已超期"


@pytest.mark.article("meetings", 9)
def test_a_person_is_named_in_the_console(desk: Any, office: Any, owed: dict[str, str]) -> None:
    officer = login(office, "disclosure_officer")
    form = {"event": "assign", "owner": officer, "version": "1"}
    answer = desk("organiser").post(f"{BOARD}/{owed['outcome']}/move", form)
    assert answer.status_code == 302
    assert f"{owed['outcome']}/" in answer.headers["Location"]
    assert desk("organiser").post(f"{BOARD}/{owed['outcome']}/move", form).status_code == 412
    page = desk("disclosure_officer").get(f"{BOARD}/", mine="1")
    assert "供水管网改造" in page
