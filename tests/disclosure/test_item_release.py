"""From the approved item to the page and back: clocks, hashes, index numbers, new versions, withdrawal."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core import calendar_data, clocks, plugins, publications, search, storage
from core import settings as rules
from core.contracts import JurisdictionRef
from core.db import clock_at, db, new_id, write
from core.models import Agency, AttachmentLink, Publication
from core.permissions import ANONYMOUS, SYSTEM, Actor
from core.refusals import Refused
from core.workflow import Move
from plugins.disclosure.item_content import SUBJECT, TEXTS, content_hash, files
from plugins.disclosure.models import CatalogueRow, Document, Item, Rectification, WithheldEntry
from plugins.disclosure.services import item_pages
from plugins.disclosure.workflow import ENTRY, ITEM
from plugins.disclosure.workflow.documents import branch
from plugins.disclosure.workflow.item_clocks import running
from plugins.disclosure.workflow.items import expire_of, open_item
from plugins.disclosure.workflow.public_catalogue import index_number
from tests.disclosure.items import agency_id, item, staff


class Undo(Exception):
    """Ends a case: its rows go."""


MARK = "独角兽标记文字"


def fire(made: Item, event: str, **params: Any) -> None:
    ITEM.fire(made, event, SYSTEM, reason=params.pop("reason", "理由"), params=params)


def codes(made: Item, event: str, actor: Actor = SYSTEM, **params: Any) -> list[str]:
    with pytest.raises(Refused) as no:
        ITEM.fire(made, event, actor, reason="理由", params=params)
    return [refusal.code for refusal in no.value.refusals]


@pytest.mark.article("disclosure", 8)
@pytest.mark.parametrize(
    ("formed", "values", "due"),
    [
        (date(2025, 1, 24), {}, date(2025, 2, 7)),
        (date(2025, 4, 25), {}, date(2025, 5, 6)),
        (date(2026, 2, 13), {}, date(2026, 2, 27)),
        (date(2026, 9, 30), {}, date(2026, 10, 13)),
        (date(2025, 1, 24), {"days": 2, "days_basis": "某法第三条"}, date(2025, 1, 27)),
        (date(2026, 10, 3), {"urgency": "timely"}, date(2026, 10, 3)),
    ],
)
def test_the_deadline(county: JurisdictionRef, formed: date, values: dict[str, Any], due: date) -> None:
    calendar_data.ensure()
    with write():
        clock = running(item(formed_on=formed, **values))
        assert clock is not None
        assert clock.due_on == due
        assert values.get("days_basis", "") in clock.basis


@pytest.mark.article("disclosure", 13)
def test_what_is_older_than_the_regulation_has_the_national_limit(county: JurisdictionRef) -> None:
    with write():
        clock = running(item(formed_on=date(2020, 11, 12)))
        assert clock is not None
        assert (clock.amount, clock.article) == (20, "管13")


@pytest.mark.article("disclosure", 9)
def test_the_urgent_path_keeps_secrecy_review_and_channels(county: JurisdictionRef) -> None:
    with write():
        made = item(urgency="public_event", agencies=[])
        assert codes(made, "approve_on_duty") == ["CHANNEL_PLAN_MISSING"]
        fire(made, "edit", fields={"urgency": "timely", "text": "改后的正文"})
        assert codes(made, "approve_on_duty") == ["SECRECY_MISSING"]
        fire(made, "clear")
        fire(made, "approve_on_duty")
        assert made.state == "to_release"


@pytest.mark.article("disclosure", 2)
@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"source": " "}, "ORIGIN_MISSING"),
        ({"key_area": True}, "COLUMN_MISSING"),
        ({"text": ""}, "CONTENT_MISSING"),
        ({"concerns_nobody": True}, "AGENCIES_MISSING"),
    ],
)
def test_what_is_not_complete_is_not_submitted(county: JurisdictionRef, values: dict[str, Any], code: str) -> None:
    with write():
        assert codes(item(**values), "submit") == [code]


@pytest.mark.article("disclosure", 10)
def test_no_word_binds_to_another_content(county: JurisdictionRef) -> None:
    """Whatever part of it changes: old confirmations and approvals count for nothing, a hash of before is refused."""

    @settings(max_examples=25, deadline=None, database=None)
    @given(name=st.sampled_from(TEXTS), text=st.text(alphabet="甲乙丙12", min_size=1, max_size=12))
    def changed(name: str, text: str) -> None:
        with suppress(Undo), db.session.begin_nested():
            before = made.content_hash
            setattr(made, name, text)
            with db.session.no_autoflush:
                assert content_hash(made) != before
                assert "NOT_APPROVED" in codes(made, "release")
            fire(made, "edit", fields={name: text})
            assert (made.state, made.asked, made.approved_hash) == ("editing", [], None)
            fire(made, "submit")
            stale = codes(made, "confirm", agency_id=agency_id("education"), content_hash=before)
            assert stale == ["HASH_CHANGED"]
            raise Undo

    with suppress(Undo), write():
        made = item("to_release")
        changed()
        raise Undo


@pytest.mark.article("disclosure", 10)
def test_an_overdue_word_is_no_word(county: JurisdictionRef) -> None:
    with write():
        made = item("confirming")
        fire(made, "escalate")
        assert (made.state, [row.state for row in made.asked]) == ("confirming", ["pending"])
        assert "CONFIRMATION_PENDING" in codes(item("confirming", urgency="timely"), "approve_on_duty")


@pytest.mark.article("attribution", 5)
def test_each_personal_passage_is_looked_at(county: JurisdictionRef) -> None:
    with write():
        made = item("review")
        made.findings = [{"key": "a", "kind": "phone", "where": "text", "passage": "13800000000"}]
        assert codes(made, "approve") == ["PERSONAL_DATA"]
        fire(made, "approve", cleared=["a"])
        assert made.state == "to_release"


@pytest.mark.article("disclosure", 8)
def test_index_numbers_are_unique_and_without_gaps(county: JurisdictionRef) -> None:
    """By agency and year; a release that was taken back leaves no hole."""
    with write() as session:
        for code in ("office", "education", "office", "office", "education"):
            with session.begin_nested() as undone:
                item("released", agency_id=agency_id(code), agencies=[])
                undone.rollback()
            item("released", agency_id=agency_id(code), agencies=[])
    for code, count in (("office", 3), ("education", 2)):
        query = select(CatalogueRow).join(Agency).where(Agency.code == code).order_by(CatalogueRow.serial)
        rows = db.session.scalars(query).all()
        assert [row.serial for row in rows] == list(range(1, count + 1))
        assert [row.index_number for row in rows] == [f"{code}/{row.year}-{row.serial:05}" for row in rows]


@pytest.mark.article("disclosure", 8)
def test_a_local_template_that_repeats_itself_is_refused(county: JurisdictionRef) -> None:
    assert (
        index_number("{code}/{year}{month}-{serial:05}", "X", datetime(2026, 3, 1, tzinfo=UTC), 7) == "X/202603-00007"
    )
    with write():
        rules.put(SYSTEM, "disclosure.index_template", "{code}")
        item("released")
        assert codes(item("to_release"), "release") == ["INDEX_TEMPLATE"]


@pytest.mark.article("disclosure", 8)
def test_a_correction_leads_both_addresses_to_one_page(app: Flask, county: JurisdictionRef) -> None:
    with write():
        made = item("released")
        first, row = made.publication_id, db.session.scalars(select(CatalogueRow)).one()
        number = row.index_number
        fire(made, "correct", reason="金额写错")
        assert (made.edition, made.note) == (2, "金额写错")
        assert codes(made, "correct") == ["CORRECTION_OPEN"]
        fire(made, "edit", fields={"text": "每部电梯补助十二万元。"})
        ident = made.id
    client = app.test_client()
    assert "补助十万元" in client.get(f"/{county.slug}/publications/{first}/").get_data(as_text=True)
    with write() as session:
        made = session.get_one(Item, ident)
        fire(made, "clear")
        fire(made, "submit")
        fire(made, "confirm", agency_id=agency_id("education"))
        fire(made, "approve")
        fire(made, "release")
        second = made.publication_id
        assert [edition.number for edition in made.editions] == [1, 2]
        assert db.session.scalars(select(CatalogueRow.index_number)).one() == number
    moved = client.get(f"/{county.slug}/publications/{first}/")
    assert moved.status_code == 301
    assert moved.location.endswith(f"/publications/{second}/")
    assert client.get(f"/api/v1/{county.slug}/publications/{first}").status_code == 301
    page = client.get(f"/{county.slug}/publications/").get_data(as_text=True)
    assert page.count("老旧小区加装电梯补助办法") == 1


@pytest.mark.article("attribution", 10)
def test_after_withdrawal_no_trace_is_public(app: Flask, county: JurisdictionRef) -> None:
    """Page, list, search, feed, files and API, in the one act; the register keeps it, a rectification is opened."""
    staged = storage.stage(io.BytesIO(MARK.encode()), "mark.txt")
    with write() as session:
        made = item(title=MARK, text=MARK, summary=MARK, agencies=[])
        file = storage.keep(SYSTEM, staged)
        link = {"attachment_id": file.id, "subject_type": SUBJECT, "subject_id": made.id, "title": MARK}
        session.add(AttachmentLink(id=new_id(), jurisdiction_id=county.id, audience="staff", position=1, **link))
        fire(made, "edit", fields={})
        for event in ("clear", "submit", "approve", "release"):
            fire(made, event)
        ident, page, sent = made.id, made.publication_id, file.id
    base = f"/{county.slug}"
    outputs = (
        f"{base}/", f"{base}/publications/", f"{base}/publications/{page}/", f"{base}/search?q={MARK}",
        f"{base}/feed.atom", f"{base}/files/{sent}", f"/api/v1{base}/publications", f"/api/v1{base}/publications/{page}",
    )  # fmt: skip
    client = app.test_client()
    shown = [path for path in outputs[1:] if MARK in client.get(path).get_data(as_text=True)]
    assert shown == list(outputs[1:])
    with write() as session:
        fire(session.get_one(Item, ident), "withdraw_now", reason="含个人信息", public_note="已撤下", not_public=True)
    query = f"q={MARK}"
    for path in outputs:
        text = client.get(path).get_data(as_text=True)
        assert MARK not in (text.replace(MARK, "") if query in path else text), path
    assert not search.find(MARK).items
    assert {client.get(path).status_code for path in (outputs[2], outputs[5], outputs[7])} == {410}
    with write() as session:
        made = session.get_one(Item, ident)
        assert (made.withdrawn_reason, made.emergency) == ("含个人信息", True)
        assert db.session.scalars(select(Rectification.subject_id)).all() == [ident]
        fire(made, "confirm_withdrawal")
        assert codes(made, "confirm_withdrawal") == ["NOTHING_TO_CONFIRM"]
        assert all(clock.state not in clocks.OPEN for clock in clocks.of(SUBJECT, [ident])[ident])


@pytest.mark.article("attribution", 8)
@pytest.mark.parametrize(("approved", "cause"), [(3, "after_hand_over"), (20, "before_hand_over")])
def test_a_late_release_says_on_whose_side_it_was_late(county: JurisdictionRef, approved: int, cause: str) -> None:
    with clock_at(datetime(2026, 9, 1, 4, tzinfo=UTC)), write():
        ident = item("review").id
    for day, event in ((approved, "approve"), (22, "release")):
        with clock_at(datetime(2026, 9, day, 4, tzinfo=UTC)), write() as session:
            fire(session.get_one(Item, ident), event)
    assert db.session.get_one(Item, ident).late_cause == cause


@pytest.mark.article("disclosure", 10)
def test_the_cores_own_doors_do_not_go_round_the_item(county: JurisdictionRef) -> None:
    with write():
        waiting = item("to_release")
        assert waiting.draft is not None
        with pytest.raises(Refused) as no:
            publications.release(SYSTEM, waiting.draft)
        assert no.value.refusals[0].code == "RELEASE_BY_ITEM"
        out = item("released")
        page = db.session.get_one(Publication, out.publication_id)
        publications.withdraw(SYSTEM, page, "有误")
        ident, told = out.id, page.id
    for _ in range(2):
        list(
            plugins.installed().call_one(
                "disclosure", "publication_withdrawn", jurisdiction=county, publication_id=told
            )
        )
    assert db.session.get_one(Item, ident).state == "withdrawn"


@pytest.mark.article("attribution", 8)
def test_an_issued_document_becomes_an_item_once_and_its_repeal_is_stamped(county: JurisdictionRef) -> None:
    with write() as session:
        document = Document(
            title="办法", genre="notice", text="正文", agency_id=agency_id("office"), attribute="voluntary",
            state="issued", number="汇府发〔2026〕1号", formed_on=date(2026, 9, 2), issued_on=date(2026, 9, 1),
        )  # fmt: skip
        session.add(document)
        session.flush()
        move = ITEM.fire(item(), "clear", SYSTEM)
        branch(document, move)
        made = session.scalars(select(Item).where(Item.document_id == document.id)).one()
        assert open_item(document, move) is made
        assert (made.formed_on, made.number) == (date(2026, 9, 1), document.number)
        made.concerns_nobody = True
        for event in ("submit", "approve", "release"):
            fire(made, event)
        expire_of(document, move)
        row = session.scalars(select(CatalogueRow).where(CatalogueRow.item_id == made.id)).one()
        assert row.expired_on is not None
        assert made.public


@pytest.mark.article("disclosure", 10)
def test_files_are_read_by_the_agencies_concerned(
    county: JurisdictionRef, person: Callable[..., Actor], agency: Callable[[str], Agency]
) -> None:
    asked = person("disclosure_officer", place=county, agency=agency("education"))
    with write():
        concerns, apart = item("confirming").id, item("review", agencies=[]).id
    assert item_pages.may_read(asked, {concerns})
    assert not item_pages.may_read(asked, {apart})
    assert not item_pages.may_read(ANONYMOUS, {concerns})


def document(**values: Any) -> Document:
    """One issued for everybody, with a file."""
    made = Document(
        title="办法", genre="notice", text="全文和秘密", agency_id=agency_id("office"), attribute="voluntary",
        state="issued", number=f"汇府发〔2026〕{new_id()[:4]}号", formed_on=date(2026, 9, 2), **values,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    staff(made.agency_id)
    return made


def issued(made: Document) -> Move:
    """The move of its issue."""
    return Move(SYSTEM, None, "issue", "signed", "issued", "理由")


@pytest.mark.article("attribution", 4)
def test_of_a_split_document_only_the_public_version_goes_over(county: JurisdictionRef) -> None:
    staged = storage.stage(io.BytesIO(b"all of it"), "all.txt")
    with write() as session:
        file = storage.keep(SYSTEM, staged)
        for public_text, text, kept in (("可以公开的部分", "可以公开的部分", 0), ("", "全文和秘密", 1)):
            made = document(public_text=public_text)
            session.add(
                AttachmentLink(
                    attachment_id=file.id, subject_type="disclosure.document", subject_id=made.id, audience="staff",
                    title="附件", position=1,
                )
            )  # fmt: skip
            session.flush()
            opened = open_item(made, issued(made))
            assert (opened.text, len(files(opened))) == (text, kept)


@pytest.mark.article("attribution", 3)
@pytest.mark.parametrize(("state", "after"), [("editing", "not_released"), ("released", "withdrawn")])
def test_nothing_goes_out_of_a_document_whose_attribute_changed(
    county: JurisdictionRef, state: str, after: str
) -> None:
    with write() as session:
        made = document()
        opened = item(state, agencies=[], document_id=made.id)
        made.attribute, made.grounds, made.attribute_reason = "withheld", ["1b"], "涉及商业秘密的数据"
        branch(made, issued(made))
        assert opened.state == after
        rectified = session.scalars(select(Rectification.subject_id)).all()
        assert rectified == ([opened.id] if state == "released" else [])
        waiting = item("review", agencies=[])
        waiting.document = made
        assert "NOT_VOLUNTARY" in codes(waiting, "approve")


@pytest.mark.article("disclosure", 11)
def test_what_is_turned_public_opens_an_item_whose_secrecy_is_looked_at_anew(county: JurisdictionRef) -> None:
    with write() as session:
        made = document()
        made.attribute, made.grounds, made.attribute_reason = "withheld", ["1b"], "涉及商业秘密的数据"
        branch(made, issued(made))
        entry = session.scalars(select(WithheldEntry)).one()
        entry.state = "entered"
        with clock_at(datetime(2026, 11, 16, 4, tzinfo=UTC)):
            ENTRY.fire(entry, "disclose", SYSTEM, reason="合同已经公开")
        opened = session.scalars(select(Item)).one()
        clock = running(opened)
        assert clock is not None
        assert (opened.document_id, opened.cleared_hash, clock.due_on) == (made.id, None, date(2026, 11, 23))
        opened.concerns_nobody = True
        fire(opened, "submit")
        assert codes(opened, "approve") == ["SECRECY_MISSING"]
        for event in ("clear", "approve", "release"):
            fire(opened, event)
        assert opened.public
