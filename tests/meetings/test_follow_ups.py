"""After the decision (会10): opinions are taken, grouped without losing any, and answered once, all together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from core import jurisdictions, publications
from core.db import clock_at, db, utcnow, write
from core.models import Clock, Publication
from core.permissions import SYSTEM, Actor
from core.refusals import Invalid, Refused, TooMany
from plugins.meetings.models import AgendaApplication, FollowUp, Opinion, OpinionGroup
from plugins.meetings.models.follow_ups import FOLLOW_UP_STATES
from plugins.meetings.services import applications, follow_ups, opinions
from plugins.meetings.tasks import end_windows
from plugins.meetings.workflow import FOLLOW_UP
from plugins.meetings.workflow.follow_ups import window
from tests.meetings.test_truth_tables import ROLES, Table, expected, outcome

TABLE: Table = {
    "reopen": ((), {"open": "open", "answering": "open", "ended": "open"}),
    "close": ((), {"open": "answering"}),
    "publish": (("organiser", "disclosure_officer"), {"answering": "answered"}),
}
AFTER = timedelta(days=45)


def follow_up_in(world: Any, state: str = "open", *, given: bool = True) -> FollowUp:
    item = world.item("discharging")
    page = publications.create(SYSTEM, kind="outcome", title="审议情况", body="第一条 每户补贴三千元。")
    publications.approve(Actor(None, "审核"), page)
    publications.release(SYSTEM, page)
    row = FollowUp(
        application=item, decided=page, state=state, version=1, opened_at=utcnow(),
        answered_at=utcnow() if state == "answered" else None,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    if given:
        group = OpinionGroup(follow_up=row, number=1, title="补贴太少", disposition="adopted", version=1)
        db.session.add(group)
        opinions._add(row, source="web", text="补贴太少").group = group
    db.session.flush()
    return row


def test_the_table_names_every_event_and_state() -> None:
    assert (set(TABLE), set(FOLLOW_UP_STATES)) == (set(FOLLOW_UP.events), set(FOLLOW_UP.states))


@pytest.mark.article("meetings", 10)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", TABLE)
@pytest.mark.parametrize("state", FOLLOW_UP_STATES)
def test_follow_up(world: Any, state: str, event: str, role: str) -> None:
    found = outcome(lambda: follow_up_in(world, state), lambda row: FOLLOW_UP.fire(row, event, world.people[role]))
    assert found == expected(TABLE, state, event, role)


@pytest.mark.article("meetings", 10)
@pytest.mark.parametrize(("state", "given", "days", "after"), [
    ("open", True, 0, "discharging"), ("open", False, 0, "done"), ("open", True, 45, "done"),
    ("answered", True, 0, "done"), ("ended", False, 0, "done"), ("answering", True, 0, "done"), (None, False, 0, "done"),
])  # fmt: skip
def test_an_item_is_done_when_no_opinion_waits_or_the_window_passed(
    world: Any, state: str | None, given: bool, days: int, after: str
) -> None:
    def make() -> AgendaApplication:
        if state is None:
            item: AgendaApplication = world.item("discharging")
        else:
            row = follow_up_in(world, state, given=given)
            item = row.application
            if state == "open":
                FOLLOW_UP.fire(row, "reopen", SYSTEM)
        world.obligations(item, "exempted")
        return item

    def fire(item: AgendaApplication) -> None:
        with clock_at(utcnow() + timedelta(days=days)):
            applications.discharge_if_settled(item)

    assert outcome(make, fire) == after


# --- grouping: nothing lost, nothing answered twice -----------------------------------------------------


@pytest.mark.article("meetings", 10)
def test_whatever_is_grouped_merged_and_split_every_opinion_is_answered_exactly_once(world: Any) -> None:
    """Random staff at work; after each act the opinions are all there, each in one living group at most."""

    class Staff(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.who = world.people["organiser"]
            self.work = write()
            self.work.__enter__()
            self.row = follow_up_in(world, given=False)
            FOLLOW_UP.fire(self.row, "reopen", SYSTEM)
            self.ids: set[str] = set()

        def teardown(self) -> None:
            if hasattr(self, "work"):
                undo = KeyboardInterrupt()
                assert self.work.__exit__(KeyboardInterrupt, undo, None) is False

        def live(self) -> list[OpinionGroup]:
            return self.row.live_groups

        def loose(self) -> list[Opinion]:
            return [one for one in self.row.opinions if one.group_id is None]

        @rule()
        def somebody_writes(self) -> None:
            self.ids.add(opinions.enter(self.who, self.row, "letter", "意见").id)

        @precondition(lambda self: self.loose())
        @rule(count=st.integers(1, 3))
        def group(self, count: int) -> None:
            opinions.group(self.who, self.row, [one.id for one in self.loose()[:count]], title="一组")

        @precondition(lambda self: self.loose() and self.live())
        @rule(n=st.integers(0, 9))
        def add(self, n: int) -> None:
            into = self.live()[n % len(self.live())]
            opinions.group(self.who, self.row, [self.loose()[0].id], into=into.id)
            assert into.disposition is None

        @precondition(lambda self: len(self.live()) > 1)
        @rule(n=st.integers(0, 9))
        def merge(self, n: int) -> None:
            source, into = self.live()[n % len(self.live())], self.live()[(n + 1) % len(self.live())]
            opinions.merge(self.who, source, into.id)
            assert (source.merged_into_id, source.opinions, into.disposition) == (into.id, [], None)

        @precondition(lambda self: any(len(one.opinions) > 1 for one in self.live()))
        @rule()
        def split(self) -> None:
            source = next(one for one in self.live() if len(one.opinions) > 1)
            made = opinions.split(self.who, source, [source.opinions[0].id], "另一组")
            assert (made.split_from_id, source.disposition) == (source.id, None)

        @precondition(lambda self: self.live())
        @rule(n=st.integers(0, 9), word=st.sampled_from(["adopted", "partly", "not_adopted"]))
        def answer(self, n: int, word: str) -> None:
            opinions.answer(self.who, self.live()[n % len(self.live())], word, "理由")

        @invariant()
        def everything_is_there_once(self) -> None:
            if not hasattr(self, "row"):
                return
            db.session.flush()
            db.session.expire(self.row)
            assert {one.id for one in self.row.opinions} == self.ids
            grouped = [one.id for group in self.row.groups for one in group.opinions]
            assert len(grouped) == len(set(grouped))
            assert set(grouped) | {one.id for one in self.loose()} == self.ids
            assert all(not group.opinions for group in self.row.groups if group.merged_into_id)
            assert all(group.opinions for group in self.live())

    run_state_machine_as_test(Staff, settings=settings(max_examples=25, stateful_step_count=15, deadline=None))


# --- over the API ---------------------------------------------------------------------------------------


@pytest.fixture
def decided(office: Any) -> tuple[str, str, str]:
    """A decision that is public: (meeting, item, follow-up)."""
    item = office.approved()
    meeting = office.meeting(item)
    office.run(meeting, item)
    office.fire("organiser", f"applications/{item}", "publish")
    owed = {row["kind"]: row["id"] for row in office.ok("", "GET", f"meetings/{meeting}/obligations")["items"]}
    reading = {"body": "为什么制定。"}
    office.fire("organiser", f"obligations/{owed['outcome']}", "publish")
    text = "第一条 每户补贴三千元。\n\n第二条 自发布之日起施行。"
    office.fire("organiser", f"obligations/{owed['policy_document']}", "publish", body=text, interpretation=reading)
    (found,) = office.ok("", "GET", "meetings/follow-ups")["items"]
    return meeting, item, str(found["id"])


def give(office: Any, follow_up: str, text: str = "补贴太少") -> Any:
    body = {"text": text, "name": "张三", "contact": "13800000000", "consent": True}
    return office.ok("", "POST", f"meetings/follow-ups/{follow_up}/opinions", body)


def pass_window(office: Any) -> None:
    with clock_at(utcnow() + AFTER):
        end_windows()
    db.session.remove()
    assert office


@pytest.mark.article("meetings", 10)
def test_from_the_decision_to_the_published_answers_and_the_comparison(
    office: Any, decided: tuple[str, str, str]
) -> None:
    meeting, item, ident = decided
    path = f"meetings/follow-ups/{ident}"
    shown = office.ok("", "GET", path)
    assert (shown["state"], shown["meeting"], shown["groups"]) == ("open", meeting, [])
    assert shown["decided"].startswith("/huichuan/publications/")
    receipt = give(office, ident)
    give(office, ident, "补贴应当提高")
    letter = {"source": "letter", "text": "请延长公示期", "given_on": "2026-11-20"}
    office.ok("organiser", "POST", f"{path}/opinions/entered", letter)
    assert office.call("", "GET", f"{path}/opinions").status_code == 401
    rows = office.ok("organiser", "GET", f"{path}/opinions")["items"]
    assert {row["text"] for row in rows} == {"补贴太少", "补贴应当提高", "请延长公示期"}
    money = [row["id"] for row in rows if "补贴" in row["text"]]
    first = office.ok("organiser", "POST", f"{path}/groups", {"opinions": money, "title": "提高补贴"})["id"]
    assert office.codes("organiser", "POST", f"{path}/transitions", {"event": "publish"}) == ["WRONG_STATE"]
    pass_window(office)
    publish = {"event": "publish"}
    assert office.codes("organiser", "POST", f"{path}/transitions", publish) == [
        "OPINIONS_UNGROUPED", "OPINIONS_UNANSWERED",
    ]  # fmt: skip
    rest = [row["id"] for row in rows if "补贴" not in row["text"]]
    second = office.ok("organiser", "POST", f"{path}/groups", {"opinions": rest, "title": "延长公示期"})["id"]
    no_reason = {"disposition": "not_adopted", "reply": " "}
    assert office.codes("organiser", "POST", f"meetings/opinion-groups/{second}/answer", no_reason) == [
        "REASON_MISSING"
    ]
    office.ok("organiser", "POST", f"meetings/opinion-groups/{second}/answer", no_reason | {"reply": "法定期限。"})
    office.ok("organiser", "POST", f"meetings/opinion-groups/{first}/answer", {"disposition": "adopted"})
    plan = {"title": "实施办法（修改方案）", "body": "第一条 每户补贴五千元。\n\n第二条 自发布之日起施行。"}
    draft = office.ok("organiser", "POST", f"{path}/revision", plan)["publication"]
    assert office.codes("organiser", "POST", f"{path}/transitions", publish) == ["NOT_APPROVED"]
    assert office.ok("", "GET", path)["groups"] == []
    with jurisdictions.enter(office.place), write() as session:
        publications.approve(Actor(None, "分管领导"), session.get_one(Publication, draft))
    assert office.fire("organiser", f"follow-ups/{ident}", "publish")["state"] == "answered"
    public = office.ok("", "GET", path)
    assert [(row["title"], row["count"], row["disposition"], row["reply"]) for row in public["groups"]] == [
        ("提高补贴", 2, "adopted", ""), ("延长公示期", 1, "not_adopted", "法定期限。"),
    ]  # fmt: skip
    assert public["revised"] == f"/huichuan/publications/{draft}/"
    assert {clock["state"] for clock in public["clocks"]} <= {"cancelled", "met"}  # a window that ran out is not late
    mine = office.ok("", "POST", "meetings/opinions/look-up", receipt)
    assert (mine["text"], mine["answer"]["disposition_label"]) == ("补贴太少", "采纳")
    with jurisdictions.enter(office.place):
        assert set(db.session.scalars(select(Clock.state).where(Clock.subject_id == ident))) == {"cancelled", "met"}
    assert office.ok("organiser", "GET", f"meetings/applications/{item}")["state"] == "done"


@pytest.mark.article("meetings", 10)
def test_no_opinion_ends_the_follow_up_by_itself(office: Any, decided: tuple[str, str, str]) -> None:
    _meeting, item, ident = decided
    end_windows()
    assert office.ok("", "GET", f"meetings/follow-ups/{ident}")["state"] == "open"
    pass_window(office)
    assert office.ok("", "GET", f"meetings/follow-ups/{ident}")["state"] == "ended"
    assert office.ok("organiser", "GET", f"meetings/applications/{item}")["state"] == "done"
    assert office.codes("organiser", "POST", f"meetings/follow-ups/{ident}/opinions/entered", {
        "source": "phone", "text": "太迟"}) == ["WRONG_STATE"]  # fmt: skip


@pytest.mark.article("meetings", 10)
def test_nothing_of_an_opinion_is_public(office: Any, decided: tuple[str, str, str]) -> None:
    meeting, _item, ident = decided
    give(office, ident, "记号甲乙丙")
    for who in ("", "drafter", "stenographer"):
        for path in (f"meetings/follow-ups/{ident}", "meetings/follow-ups", f"meetings/{meeting}"):
            text = office.call(who, "GET", path).get_data(as_text=True)
            assert not [mark for mark in ("记号甲乙丙", "张三", "13800000000") if mark in text]
    assert office.call("stenographer", "GET", f"meetings/follow-ups/{ident}/opinions").status_code == 403
    wrong = {"number": "20261125-000000", "secret": "AAAAAAAAAA"}
    assert office.call("", "POST", "meetings/opinions/look-up", wrong).status_code == 404


@pytest.mark.article("meetings", 10)
def test_the_form_wants_consent_and_a_text_and_stops_floods(office: Any, decided: tuple[str, str, str]) -> None:
    path = f"meetings/follow-ups/{decided[2]}/opinions"
    assert office.call("", "POST", path, {"text": "有意见"}).status_code == 422
    assert office.call("", "POST", path, {"text": " ", "consent": True}).status_code == 422
    for _ in range(opinions.FROM_ONE):
        give(office, decided[2])
    assert office.call("", "POST", path, {"text": "有意见", "consent": True}).status_code == 429
    with jurisdictions.enter(office.place), pytest.raises(TooMany), write() as session:
        row = session.get_one(FollowUp, decided[2])
        for n in range(opinions.FROM_ALL):
            opinions.give(row, "有意见", address=f"10.0.{n // 9}.1")


@pytest.mark.article("meetings", 10)
def test_the_window_is_counted_anew_with_the_document_and_closed_on_its_day(world: Any) -> None:
    with pytest.raises(KeyboardInterrupt), write():
        row = follow_up_in(world, given=False)
        FOLLOW_UP.fire(row, "reopen", SYSTEM)
        clock = window(row)
        assert clock is not None
        assert (clock.amount, clock.unit, clock.article) == (30, "CD", "会10")
        with clock_at(clock.due_at - timedelta(seconds=5)):
            opinions.give(row, "赶上了")
        with clock_at(clock.due_at), pytest.raises(Refused, match="FOLLOW_UP_CLOSED"):
            opinions.give(row, "太迟了")
        with clock_at(utcnow() + timedelta(days=10)):
            FOLLOW_UP.fire(row, "reopen", SYSTEM)
        again = window(row)
        assert again is not None
        assert again.due_at > clock.due_at
        assert clock.state == "cancelled"
        raise KeyboardInterrupt  # undo


@pytest.mark.article("meetings", 10)
def test_a_county_may_take_no_opinions(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_ups.settings, "get", lambda _key: 0)
    with pytest.raises(KeyboardInterrupt), write():
        item = world.item("discharging")
        row = world.obligations(item)[0]
        row.publication_id = world.page()
        follow_ups.opened_by(row)
        assert follow_ups.of_item(item) is None
        raise KeyboardInterrupt


@pytest.mark.article("meetings", 10)
def test_what_cannot_be_grouped_is_said(world: Any) -> None:
    with pytest.raises(KeyboardInterrupt), write():
        row = follow_up_in(world)
        who, (group,) = world.people["organiser"], row.groups
        taken = [one.id for one in row.opinions]
        for wrong in (
            lambda: opinions.group(who, row, [], title="空"),
            lambda: opinions.group(who, row, taken, title="再来一组"),
            lambda: opinions.group(who, row, ["0" * 32], title="不认识"),
            lambda: opinions.split(who, group, taken, "全部拿走"),
            lambda: opinions.merge(who, group, group.id),
            lambda: opinions.merge(who, group, "0" * 32),
            lambda: opinions.answer(who, group, "maybe"),
        ):
            with pytest.raises(Invalid):
                wrong()
        raise KeyboardInterrupt
