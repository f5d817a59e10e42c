"""The release gate and the visibility gate."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import jurisdictions, matters, plugins, publications, storage
from core.contracts import Collected, Gap, JurisdictionRef
from core.db import db, write
from core.models import Agency, Announcement, AuditEntry, Matter, Publication, SearchEntry
from core.permissions import ANONYMOUS, SYSTEM, Actor
from core.refusals import Forbidden, Gone, Invalid, NotFound, Refusal, Refused, Stale, WrongState


@pytest.fixture
def author(person: Callable[..., Actor], county: JurisdictionRef, agency: Callable[[str], Agency]) -> Actor:
    return person("organiser", place=county, agency=agency("office"))


@pytest.fixture
def leader(person: Callable[..., Actor], county: JurisdictionRef) -> Actor:
    return person("leader", place=county)


@pytest.fixture
def draft(author: Actor, agency: Callable[[str], Agency]) -> str:
    office = agency("office").id
    with write():
        matter = matters.create(SYSTEM, "老城区供水改造")
        return publications.create(
            author,
            kind="policy_document",
            title="供水改造方案",
            body="第一段\n\n第二段",
            agency_id=office,
            matter_id=matter.id,
        ).id


def row(publication_id: str) -> Publication:
    return db.session.get_one(Publication, publication_id)


def release(draft: str, author: Actor, leader: Actor) -> None:
    with write():
        publications.approve(leader, row(draft))
        publications.release(author, row(draft))


def test_from_draft_to_release(draft: str, author: Actor, leader: Actor) -> None:
    release(draft, author, leader)
    found = publications.find(ANONYMOUS, draft)
    assert found.state == "released"
    assert found.content_hash == found.approved_hash
    assert found.released_at is not None
    assert db.session.scalars(select(SearchEntry)).one().object_id == draft
    assert db.session.scalars(select(Matter)).one().public
    actions = [entry.action for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq))]
    assert actions[-2:] == ["core.publication.approve", "core.publication.release"]


def test_release_is_announced_to_plugins_that_are_on(
    draft: str, author: Actor, leader: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugins, "enabled", lambda _place: frozenset({"hotline"}))
    monkeypatch.setattr(plugins.Plugins, "call_one", lambda *_a, **_k: iter(()))
    monkeypatch.setattr(plugins.installed(), "infos", {})
    release(draft, author, leader)
    owed = db.session.scalars(select(Announcement)).one()
    assert (owed.hook, owed.plugin, owed.payload) == ("publication_released", "hotline", {"publication_id": draft})


def test_nobody_approves_own_or_own_edited_text(
    draft: str, person: Callable[..., Actor], county: JurisdictionRef, leader: Actor
) -> None:
    both = person("portal_editor", "leader", place=county)
    with write():
        publications.edit(both, row(draft), body="改过")
    with pytest.raises(Refused) as no, write():
        publications.approve(both, row(draft))
    assert no.value.refusals[0].code == "OWN_APPROVAL"
    with write():
        publications.approve(leader, row(draft))


def test_an_edit_takes_the_approval_away(draft: str, author: Actor, leader: Actor) -> None:
    with write():
        publications.approve(leader, row(draft))
        publications.edit(author, row(draft), title="另一个题目")
    assert row(draft).state == "draft"
    assert row(draft).approved_hash is None
    with pytest.raises(WrongState), write():
        publications.release(author, row(draft))


def test_text_changed_behind_the_machine_is_not_released(draft: str, author: Actor, leader: Actor) -> None:
    with write():
        publications.approve(leader, row(draft))
    with write():
        row(draft).body = "偷换的正文"
    with pytest.raises(Refused) as no, write():
        publications.release(author, row(draft))
    assert no.value.refusals[0].code == "NOT_APPROVED"


def test_a_file_swapped_after_approval_is_not_released(draft: str, author: Actor, leader: Actor) -> None:
    first, second = (storage.stage(io.BytesIO(text), "附件.txt") for text in (b"one", b"two"))
    with write():
        link = publications.attach(author, row(draft), storage.keep(author, first).id)
        publications.approve(leader, row(draft))
        link.attachment_id = storage.keep(author, second).id
    with pytest.raises(Refused) as no, write():
        publications.release(author, row(draft))
    assert no.value.refusals[0].code == "NOT_APPROVED"


@pytest.mark.parametrize(
    ("kind", "asked"),
    [("notice", False), ("record", False), ("page", False), ("outcome", True), ("policy_document", True), ("interpretation", True)],
)  # fmt: skip
def test_plugins_may_object_to_outcomes_documents_and_interpretations(
    kind: str, asked: bool, county: JurisdictionRef, author: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    objection = Refusal("INTERPRETATION_MISSING", "缺少解读材料", "会9")
    monkeypatch.setattr(plugins, "collect", lambda *_a, **_k: Collected((objection,)))
    with write():
        publication = publications.create(SYSTEM, kind=kind, title="标题", body="正文")
        publications.approve(SYSTEM, publication)
        if asked:
            with pytest.raises(Refused) as no:
                publications.release(SYSTEM, publication)
            assert no.value.refusals == (objection,)
        else:
            publications.release(SYSTEM, publication)


def test_a_failing_reviewer_blocks(draft: str, author: Actor, leader: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "collect", lambda *_a, **_k: Collected((), (Gap("x", "没有答复"),)))
    with pytest.raises(Refused) as no:
        release(draft, author, leader)
    assert no.value.refusals[0].code == "REVIEW_FAILED"
    assert row(draft).state == "draft"


def test_withdrawn_answers_gone_and_is_forgotten(draft: str, author: Actor, leader: Actor) -> None:
    staged = storage.stage(io.BytesIO(b"annex"), "附件.txt")
    with write():
        annex = publications.attach(author, row(draft), storage.keep(author, staged).id).attachment_id
    with pytest.raises(NotFound):
        storage.open_for(ANONYMOUS, annex)
    release(draft, author, leader)
    assert storage.open_for(ANONYMOUS, annex).public
    with pytest.raises(Invalid), write():
        publications.withdraw(leader, row(draft), " ")
    with write():
        publications.withdraw(leader, row(draft), "内容有误")
    with pytest.raises(Gone) as gone:
        publications.find(ANONYMOUS, draft)
    assert gone.value.reason == "内容有误"
    assert db.session.scalars(select(SearchEntry)).all() == []
    with pytest.raises(NotFound):
        storage.open_for(ANONYMOUS, annex)


def test_who_sees_a_draft(
    draft: str,
    author: Actor,
    leader: Actor,
    person: Callable[..., Actor],
    county: JurisdictionRef,
    agency: Callable[[str], Agency],
    other_county: JurisdictionRef,
) -> None:
    colleague = person("handler", place=county, agency=agency("office"))
    for actor in (author, leader, colleague):
        assert publications.find(actor, draft).id == draft
    strangers = [
        ANONYMOUS,
        person("handler", place=county, agency=agency("education")),
        person("system_admin", place=county),
        person("leader", place=other_county),
        person(place=county),
    ]
    for actor in strangers:
        with pytest.raises(NotFound):
            publications.find(actor, draft)


def test_another_county_never_finds_it(
    app: Flask, draft: str, author: Actor, leader: Actor, other_county: JurisdictionRef
) -> None:
    release(draft, author, leader)
    with jurisdictions.enter(other_county):
        with pytest.raises(NotFound):
            publications.find(ANONYMOUS, draft)
        assert publications.released().items == ()


def test_stale_version_and_missing_right(
    draft: str, author: Actor, person: Callable[..., Actor], county: JurisdictionRef
) -> None:
    with pytest.raises(Stale), write():
        publications.edit(author, row(draft), version=7, title="新")
    analyst = person("analyst", place=county)
    with pytest.raises(Forbidden), write():
        publications.edit(analyst, row(draft), title="新")


@pytest.mark.parametrize(
    "fields", [{"title": " "}, {"title": "字" * 201}, {"body": "a\x00b"}, {"kind": "notice"}, {"state": "released"}]
)
def test_wrong_shapes_are_named(draft: str, author: Actor, fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as no, write():
        publications.edit(author, row(draft), **fields)
    assert set(no.value.errors) == set(fields)


def test_line_ends_become_lf(county: JurisdictionRef) -> None:
    with write():
        assert publications.create(SYSTEM, kind="page", title="题", body="一\r\n二\r三").body == "一\n二\n三"


def test_the_public_list_pages_by_keyset(county: JurisdictionRef) -> None:
    for number in range(5):
        with write():
            publication = publications.create(SYSTEM, kind="notice", title=f"通知{number}")
            publications.approve(SYSTEM, publication)
            publications.release(SYSTEM, publication)
    titles, after = [], ""
    for _ in range(3):
        page = publications.released(after=after, limit=2)
        titles += [item.title for item in page.items]
        after = page.next
    assert titles == [f"通知{number}" for number in (4, 3, 2, 1, 0)]
    assert after == ""
    with pytest.raises(Invalid):
        publications.released(after="made-up")


def test_a_new_version_takes_the_place_of_the_old_one(app: Flask, county: JurisdictionRef) -> None:
    with write():
        old, new = (publications.create(SYSTEM, kind="notice", title=title, body="正文") for title in ("旧版", "新版"))
        for one in (old, new):
            publications.approve(SYSTEM, one)
            publications.release(SYSTEM, one)
        publications.replace(old, new, "更正")
        first, second = old.id, new.id
    client = app.test_client()
    answer = client.get(f"/huichuan/publications/{first}/")
    assert (answer.status_code, answer.location) == (301, f"/huichuan/publications/{second}/")
    assert [page.id for page in publications.released().items] == [second]
    assert "旧版" not in client.get("/huichuan/feed.atom").get_data(as_text=True)


def test_who_may_declare_it_public_information(county: JurisdictionRef, person: Callable[..., Actor]) -> None:
    drafting, portal = person("organiser", place=county), person("portal_editor", place=county)
    with write():
        made = publications.create(drafting, kind="outcome", title="题", open_reason="涉及公众切身利益")
        assert made.open_reason == "涉及公众切身利益"
        with pytest.raises(Forbidden):
            publications.edit(portal, made, open_reason="另一个理由")
        assert publications.create(portal, kind="outcome", title="题").open_reason == ""


def test_truth_table_of_events(county: JurisdictionRef) -> None:
    expected = {
        "draft": {"edit", "approve"},
        "approved": {"edit", "return", "release"},
        "released": {"withdraw", "replace"},
        "withdrawn": set(),
    }
    machine = publications.MACHINE
    for state, events in expected.items():
        assert {event for event in machine.events if machine.row_for(event, state)} == events


def test_a_matters_life_line_shows_its_publications(draft: str, author: Actor, leader: Actor) -> None:
    matter = row(draft).matter_id or ""
    with pytest.raises(NotFound):
        matters.find(ANONYMOUS, matter)
    assert matters.timeline(matter) == ([], ())
    release(draft, author, leader)
    assert matters.find(ANONYMOUS, matter).public
    steps, gaps = matters.timeline(matter)
    assert [(step.title, step.url) for step in steps] == [("供水改造方案", f"/huichuan/publications/{draft}/")]
    assert gaps == ()
