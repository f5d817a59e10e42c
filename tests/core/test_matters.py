"""Merged matters: who may, what each address answers, that chains end and that nothing internal is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample.testing import Call, app, call, here, nobody, organiser  # noqa: F401
from sqlalchemy import select

from core import jurisdictions, matters, publications
from core.contracts import JurisdictionRef
from core.db import db, write
from core.models import Agency, AuditEntry, Matter, Moved, Publication
from core.permissions import ANONYMOUS, ROLES, SYSTEM, Actor
from core.refusals import Forbidden, Invalid, NotFound, Refused, Stale, WrongState
from core.refusals import Moved as HasMoved

Person = Callable[..., Actor]


@pytest.fixture
def web(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def officer(person: Person, county: JurisdictionRef) -> Actor:
    return person("disclosure_officer", place=county)


def make(title: str, *, public: bool = True, agency: str | None = None) -> str:
    """A matter; a public one has a released notice of the same title."""
    with write():
        matter = matters.create(SYSTEM, title, agency_id=agency).id
        if public:
            row = publications.create(SYSTEM, kind="notice", title=f"{title}公告", matter_id=matter)
            publications.approve(SYSTEM, row)
            publications.release(SYSTEM, row)
    return matter


def get(ident: str) -> Matter:
    return db.session.get_one(Matter, ident)


def merge(ident: str, into: str, actor: Actor = SYSTEM, **more: Any) -> None:
    with write():
        matters.merge(actor, get(ident), into, "同一件事", **more)


def part(ident: str, actor: Actor = SYSTEM) -> None:
    with write():
        matters.part(actor, get(ident), "并错了")


def titles(ident: str) -> list[str]:
    return [step.title for step in matters.timeline(ident)[0]]


def codes(no: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [refusal.code for refusal in no.value.refusals]


# --- merging, parting ------------------------------------------------------------------------------


def test_one_life_line_two_addresses_and_nothing_approved_changes(county: JurisdictionRef, officer: Actor) -> None:
    one, other = make("加装电梯"), make("电梯补贴")
    page = db.session.scalars(select(Publication).where(Publication.matter_id == one)).one()
    hashed = page.content_hash, page.matter_id
    merge(one, other, officer, public_note="两件事合并办理。")
    assert titles(other) == ["加装电梯公告", "电梯补贴公告"]
    assert matters.find(ANONYMOUS, one).id == other
    with pytest.raises(HasMoved):
        matters.at(ANONYMOUS, one)
    db.session.refresh(page)
    assert (page.content_hash, page.matter_id) == hashed
    part(one, officer)
    assert matters.at(ANONYMOUS, one).id == one
    assert (titles(one), titles(other)) == (["加装电梯公告"], ["电梯补贴公告"])
    record = db.session.scalars(select(Moved)).one()
    assert (record.reason, record.moved_by, record.undone_by) == ("同一件事", officer.id, officer.id)
    actions = [entry.action for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq))]
    assert [one for one in actions if one.startswith("core.matter.m") or one.endswith(".part")] == [
        "core.matter.moved", "core.matter.merge", "core.matter.part",
    ]  # fmt: skip
    merge(one, other, officer)
    assert matters.where(one) == other


def test_what_a_merged_matter_publishes_later_opens_the_whole(county: JurisdictionRef) -> None:
    one, other = make("草案", public=False), make("规划", public=False)
    merge(one, other)
    with write():
        matters.make_public(one)
    assert matters.find(ANONYMOUS, one).id == other


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("state", ["open", "merged"])
def test_truth_table(role: str, state: str, person: Person, county: JurisdictionRef) -> None:
    one, other = make("甲", public=False), make("乙", public=False)
    if state == "merged":
        merge(one, other)
    actor = person(role, place=county)
    for event in ("merge", "part"):
        act = (lambda: merge(one, other, actor)) if event == "merge" else (lambda: part(one, actor))
        may, fits = role == "disclosure_officer", (event == "merge") == (state == "open")
        view = next(view for view in matters.MACHINE.look(get(one), actor) if view.event == event)
        assert view.allowed == (may and fits)
        if not may:
            with pytest.raises(Forbidden):
                act()
        elif not fits:
            with pytest.raises(WrongState):
                act()
    assert get(one).state == state


def test_an_agencys_officer_merges_only_its_own(
    person: Person, county: JurisdictionRef, agency: Callable[[str], Agency]
) -> None:
    office, education = agency("office").id, agency("education").id
    own, more, foreign = make("甲", agency=office), make("乙", agency=office), make("丙", agency=education)
    officer = person("disclosure_officer", place=county, agency=agency("office"))
    for pair in ((own, foreign), (foreign, own)):
        with pytest.raises(Forbidden):
            merge(*pair, officer)
    merge(own, more, officer)


def test_refusals_name_what_is_wrong(county: JurisdictionRef, officer: Actor) -> None:
    one, other, third, hidden = make("甲"), make("乙"), make("丙"), make("内部", public=False)
    merge(third, other)
    for into, code in ((one, "SAME_MATTER"), (third, "TARGET_MERGED"), (hidden, "TARGET_NOT_PUBLIC")):
        with pytest.raises(Refused) as no:
            merge(one, into, officer)
        assert codes(no) == [code]
    with pytest.raises(Stale):
        merge(one, other, officer, version=9)
    with pytest.raises(Invalid), write():
        matters.merge(officer, get(one), other, " ")
    with pytest.raises(Invalid):
        merge(one, other, officer, public_note="字" * 501)
    with pytest.raises(NotFound):
        merge(one, "f" * 32, officer)


def test_of_two_merges_one_wins(county: JurisdictionRef) -> None:
    one, other, third = make("甲"), make("乙"), make("丙")
    seen = get(one).version
    merge(one, other, version=seen)
    with pytest.raises(WrongState) as no:
        merge(one, third, version=seen)
    assert "已并入" in str(no.value.refusals[0].detail)
    with pytest.raises(Refused) as ring:
        merge(other, one)
    assert codes(ring) == ["TARGET_MERGED"]


STEPS = st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 4)), max_size=14)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_chains_end_and_no_step_is_lost_or_told_twice(county: JurisdictionRef, steps: list[tuple[int, int]]) -> None:
    with write() as session:
        ids = [matters.create(SYSTEM, f"第{number}件").id for number in range(5)]
    into: dict[str, str] = {}
    for source, target in steps:
        one, other = ids[source], ids[target]
        try:
            if target < 0:
                part(one)
                del into[one]
            else:
                merge(one, other)
                into[one] = other
        except Refused:
            session.rollback()
    for ident in ids:
        end, passed = ident, 0
        while end in into:
            end, passed = into[end], passed + 1
            assert passed <= len(ids)
        assert (matters.where(ident), get(end).state) == (end, "open")
    roots = [ident for ident in ids if get(ident).state == "open"]
    assert sorted(one for root in roots for one in matters.family(root)) == sorted(ids)


# --- what the addresses answer ---------------------------------------------------------------------


def test_page_feed_and_api_answer_301_through_a_chain(web: FlaskClient, county: JurisdictionRef) -> None:
    one, other, third = make("甲"), make("乙"), make("丙")
    merge(one, other)
    merge(other, third, public_note="合并办理。")
    for ident in (one, other):
        for path in (
            f"/huichuan/matters/{ident}/",
            f"/huichuan/matters/{ident}/feed.atom",
            f"/api/v1/huichuan/matters/{ident}",
        ):
            answer = web.get(f"{path}?lang=en")
            assert (answer.status_code, answer.headers["Location"]) == (301, f"{path}?lang=en".replace(ident, third))
            assert answer.headers["Cache-Control"] == "no-store"
            assert web.get(answer.headers["Location"].partition("?")[0]).status_code == 200
        assert web.get(f"/meitan/matters/{ident}/").status_code == 404
    page = web.get(f"/huichuan/matters/{third}/").text
    assert "合并办理。" in page
    assert "同一件事" not in page
    items = web.get(f"/api/v1/huichuan/publications?matter={third}").json["items"]
    assert len(items) == 3
    assert f"/huichuan/matters/{third}/" in web.get(items[-1]["url"]).text
    assert web.get("/huichuan/search?q=甲公告").text.count("</mark>") == 1


def test_an_internal_matter_is_told_by_no_answer(web: FlaskClient, county: JurisdictionRef) -> None:
    hidden, shown = make("内部标记事项", public=False), make("公开事项")
    merge(hidden, shown, public_note="内部标记说明")
    unknown = web.get(f"/huichuan/matters/{'f' * 32}/")
    for path in (f"matters/{hidden}/", f"matters/{hidden}/feed.atom"):
        answer = web.get(f"/huichuan/{path}")
        assert (answer.status_code, answer.data) == (404, unknown.data)
        assert "Location" not in answer.headers
    assert web.get(f"/api/v1/huichuan/matters/{hidden}").status_code == 404
    for path in (f"/huichuan/matters/{shown}/", f"/api/v1/huichuan/matters/{shown}"):
        assert "内部标记" not in web.get(path).text


def test_over_the_api(call: Call, person: Person, county: JurisdictionRef, other_county: JurisdictionRef) -> None:
    one, other = make("甲"), make("乙")
    with jurisdictions.enter(other_county):
        foreign = make("外县")
    officer, analyst = person("disclosure_officer", place=county), person("analyst", place=county)
    path, wanted = f"matters/{one}/transitions", {"event": "merge", "into": other, "reason": "同一件事"}
    assert call(None, "POST", path, json=wanted).status_code == 401
    assert call(analyst, "POST", path, json=wanted).status_code == 403
    for into in (foreign, "f" * 32, ""):
        assert call(officer, "POST", path, json=wanted | {"into": into}).status_code == 404
    assert call(officer, "POST", f"matters/{foreign}/transitions", json=wanted).status_code == 404
    assert call(officer, "POST", path, json=wanted | {"reason": ""}).status_code == 422
    assert call(officer, "POST", path, json=wanted, headers={"If-Match": '"7"'}).status_code == 412
    seen = call(officer, "GET", f"matters/{one}").json
    assert [event["event"] for event in seen["events"] if event["allowed"]] == ["merge"]
    sent = {"If-Match": f'"{seen["etag"]}"', "Idempotency-Key": "merge-key-20261125"}
    done = call(officer, "POST", path, json=wanted, headers=sent)
    assert (done.status_code, done.json) == (200, {"state": "merged", "state_label": "已并入", "etag": "2"})
    again = call(officer, "POST", path, json=wanted, headers=sent)
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "1")
    assert call(officer, "POST", path, json=wanted).json["code"] == "WRONG_STATE"
    assert [row["id"] for row in call(None, "GET", f"matters/{other}").json["merged"]] == [one]
    assert call(officer, "POST", path, json={"event": "part", "reason": "并错了"}).json["state"] == "open"
