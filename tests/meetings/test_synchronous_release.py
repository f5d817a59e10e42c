"""三同步 and withdrawal (会9): both pages in one act or none, no interpretation by another path, owed again when taken off."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core import jurisdictions, plugins, publications, tasks
from core import settings as rules
from core.db import db, write
from core.models import Clock, Publication, SearchEntry
from core.permissions import SYSTEM, Actor
from core.refusals import Refused
from plugins.meetings.models import Obligation
from plugins.meetings.services import obligations
from plugins.meetings.services.obligations import Page
from plugins.meetings.workflow import OBLIGATION

TEXT = {"title": "加装电梯实施办法", "body": "第一条 为改善居住条件，制定本办法。"}
READING = {"title": "加装电梯实施办法解读", "body": "为什么制定、解决什么问题。"}
ANOTHER = Actor(None, "审核")


@pytest.fixture
def owed(office: Any) -> dict[str, str]:
    """kind → id of what is owed for one passed item, where 三同步 holds."""
    with jurisdictions.enter(office.place), write():
        rules.put(SYSTEM, "meetings.synchronous_release", "是")
    item = office.approved()
    meeting = office.meeting(item)
    office.run(meeting, item)
    rows = office.ok("organiser", "GET", f"meetings/{meeting}/obligations")["items"]
    return {row["kind"]: row["id"] for row in rows} | {"meeting": meeting}


def refused(office: Any, ident: str, **page: Any) -> list[str]:
    path = f"meetings/obligations/{ident}/transitions"
    return list(office.codes("organiser", "POST", path, {"event": "publish", **page}))


def nothing_went_out(office: Any) -> None:
    """No page, feed, search hit or list entry of either."""
    web = office.app.test_client()
    for path in ("publications/", "feed.atom", "search?q=加装电梯实施办法", ""):
        assert "实施办法解读" not in web.get(f"/huichuan/{path}").get_data(as_text=True).replace(" ", "")
    assert office.ok("", "GET", "publications")["items"] == []
    with jurisdictions.enter(office.place):
        db.session.rollback()
        assert db.session.scalars(select(SearchEntry).where(SearchEntry.object_type == "core.publication")).all() == []


@pytest.mark.article("meetings", 9)
def test_neither_goes_out_alone(office: Any, owed: dict[str, str]) -> None:
    assert refused(office, owed["interpretation"], **READING) == ["DOCUMENT_MISSING"]
    assert refused(office, owed["policy_document"], **TEXT) == ["INTERPRETATION_MISSING"]
    nothing_went_out(office)


@pytest.mark.article("meetings", 9)
def test_a_delay_allowed_elsewhere_counts_for_nothing(office: Any, owed: dict[str, str]) -> None:
    with jurisdictions.enter(office.place), write():
        rules.put(SYSTEM, "meetings.interpretation_days", "3")
    assert refused(office, owed["policy_document"], **TEXT) == ["INTERPRETATION_MISSING"]


@pytest.mark.article("meetings", 9)
def test_one_act_releases_both_at_one_moment_and_each_page_shows_the_other(office: Any, owed: dict[str, str]) -> None:
    office.fire("organiser", f"obligations/{owed['policy_document']}", "publish", **TEXT, interpretation=READING)
    web, pages = office.app.test_client(), {}
    for kind in ("policy_document", "interpretation"):
        row = office.ok("", "GET", f"meetings/obligations/{owed[kind]}")
        assert row["state"] == "published"
        pages[kind] = web.get(row["url"]).get_data(as_text=True)
    assert READING["title"] in pages["policy_document"]
    assert TEXT["title"] in pages["interpretation"]


@pytest.mark.article("meetings", 9)
def test_a_refused_interpretation_keeps_the_document_back_too(office: Any, owed: dict[str, str]) -> None:
    path = f"meetings/obligations/{owed['policy_document']}/transitions"
    empty = {"event": "publish", **TEXT, "interpretation": {"title": "空的"}}
    assert office.codes("organiser", "POST", path, empty) == ["CONTENT_MISSING"]
    unknown = {"event": "publish", **TEXT, "interpretation": READING | {"attachments": ["0" * 32]}}
    assert office.call("organiser", "POST", path, unknown).status_code == 422
    nothing_went_out(office)
    with jurisdictions.enter(office.place):
        assert db.session.get_one(Obligation, owed["policy_document"]).publication_id is None


@pytest.mark.article("meetings", 9)
def test_by_the_cores_own_door_neither_goes_out_but_named_together_they_do(office: Any, owed: dict[str, str]) -> None:
    drafts = {}
    with jurisdictions.enter(office.place):
        for kind in ("policy_document", "interpretation"):
            with write():
                about = {"subject_type": OBLIGATION.object_type, "subject_id": owed[kind]}
                page = publications.create(SYSTEM, kind=kind, title="标题", body="正文", **about)
                publications.approve(ANOTHER, page)
                drafts[kind] = page.id
        for kind, code in (("interpretation", "DOCUMENT_MISSING"), ("policy_document", "INTERPRETATION_MISSING")):
            with pytest.raises(Refused, match=code), write():
                publications.release(SYSTEM, db.session.get_one(Publication, drafts[kind]))
    office.fire(
        "organiser", f"obligations/{owed['policy_document']}", "publish",
        publication=drafts["policy_document"], interpretation={"publication": drafts["interpretation"]},
    )  # fmt: skip
    pages = {kind: office.ok("", "GET", f"publications/{ident}") for kind, ident in drafts.items()}
    assert {page["state"] for page in pages.values()} == {"released"}
    assert pages["policy_document"]["related"] == drafts["interpretation"]
    assert pages["interpretation"]["related"] == drafts["policy_document"]


@pytest.mark.article("meetings", 9)
def test_an_exempted_document_lets_the_interpretation_go(office: Any, owed: dict[str, str]) -> None:
    ident = f"obligations/{owed['policy_document']}"
    office.fire("organiser", ident, "exempt", reason="没有形成政策文件")
    assert refused(office, owed["interpretation"], **READING) == ["DOCUMENT_MISSING"]
    office.fire("leader", ident, "approve_exemption")
    office.fire("organiser", f"obligations/{owed['interpretation']}", "publish", **READING)


STEPS = st.lists(
    st.sampled_from(
        ["document", "reading", "both", "exempt_document", "exempt_reading", "withdraw_document", "withdraw_reading"]
    ),
    max_size=8,
)


@pytest.mark.article("meetings", 9)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_is_done_in_whatever_order_the_interpretation_is_never_first(world: Any, steps: list[str]) -> None:
    """The first interpretation that goes out has its document beside it, or the document was exempted."""
    with write():
        rules.put(SYSTEM, "meetings.synchronous_release", "是")
        rows = {row.kind: row for row in world.obligations(world.item("discharging"))}
        idents = {kind: row.id for kind, row in rows.items()}
    seen = False
    for step in steps:
        _try(world, idents, step)
        db.session.rollback()
        document, reading = (
            db.session.get_one(Obligation, idents[kind]) for kind in ("policy_document", "interpretation")
        )
        if reading.state == "published" and not seen:
            assert document.settled
            seen = True


def _try(world: Any, idents: dict[str, str], step: str) -> None:
    organiser, leader = world.people["organiser"], world.people["leader"]
    kind = "interpretation" if "reading" in step else "policy_document"
    try:
        with write():
            row = db.session.get_one(Obligation, idents[kind])
            if step.startswith("exempt"):
                obligations.move(organiser, row, "exempt", reason="没有")
                obligations.move(leader, row, "approve_exemption")
            elif step.startswith("withdraw"):
                if row.publication is not None and row.publication.state == "released":
                    publications.withdraw(leader, row.publication, "有误")
                    obligations.owed_again(row.publication.id)
            else:
                along = Page("解读", "", "正文") if step == "both" else None
                obligations.move(organiser, row, "publish", page=Page("标题", "", "正文"), interpretation=along)
    except Refused:
        return


@pytest.mark.article("meetings", 9)
def test_a_withdrawn_page_is_owed_again_with_a_new_clock(office: Any, owed: dict[str, str]) -> None:
    """会9 asks for the publication, not for having once published."""
    ident = owed["policy_document"]
    office.fire("organiser", f"obligations/{ident}", "publish", **TEXT, interpretation=READING)
    page = office.ok("", "GET", f"meetings/obligations/{ident}")["publication"]
    office.ok("leader", "POST", f"publications/{page}/transitions", {"event": "withdraw", "reason": "内容有误"})
    with jurisdictions.enter(office.place):
        tasks.sweep_outbox()
        told = {"jurisdiction": office.place, "publication_id": page}
        list(plugins.installed().call_one("meetings", "publication_withdrawn", **told))  # told twice, done once
    row = office.ok("", "GET", f"meetings/obligations/{ident}")
    assert (row["state"], row["url"], bool(row["withdrawn_at"])) == ("owed", None, True)
    assert [clock["state"] for clock in row["clocks"]] == ["met", "running"]
    shown = office.app.test_client().get(f"/huichuan/meetings/{owed['meeting']}/").get_data(as_text=True)
    assert "曾经公开，已于" in shown
    assert "内容有误" not in shown
    office.fire("organiser", f"obligations/{ident}", "publish", **TEXT)
    again = office.ok("", "GET", f"meetings/obligations/{ident}")
    assert (again["state"], again["withdrawn_at"]) == ("published", None)
    assert again["publication"] != page
    with jurisdictions.enter(office.place):
        db.session.rollback()
        states = db.session.scalars(select(Clock.state).where(Clock.subject_id == ident)).all()
    assert set(states) == {"met"}
