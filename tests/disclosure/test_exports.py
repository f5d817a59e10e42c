"""Tables taken away: what everybody may have, what staff may have, inert cells, parts, and long ones by the worker."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from core import jobs, jurisdictions, publications, storage
from core.db import db, new_id, write
from core.models import AuditEntry, Job
from core.permissions import SYSTEM
from plugins.disclosure.models import AccessRequest, Document, WithheldCatalogue, WithheldEntry
from plugins.disclosure.services import exports
from tests.disclosure.items import agency_id, item, published
from tests.meetings.console.conftest import Desk, desk  # noqa: F401 - a fixture

ATTACK = "=HYPERLINK(1)停车办法"
PUBLIC = "/huichuan/disclosure/downloads"


@pytest.fixture
def web(desk: Callable[..., Desk]) -> FlaskClient:
    """The public; staff have been here before."""
    return desk("drafter").client.application.test_client()


@pytest.fixture
def place(desk: Callable[..., Desk]) -> Iterator[Any]:
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")) as here:
        yield here


def release(title: str = ATTACK, **values: Any) -> str:
    with write():
        return published(item("released", title=title, **values)).id


def table(web: FlaskClient, path: str) -> list[list[str]]:
    answer = web.get(f"{PUBLIC}/{path}")
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def withheld() -> str:
    """The id of the page of the published edition."""
    with write():
        page = publications.create(SYSTEM, kind="page", title="不予公开目录", body="一", agency_id=agency_id("office"))
        publications.approve(SYSTEM, page)
        publications.release(SYSTEM, page)
        entry = WithheldEntry(
            agency_id=agency_id("office"), year=2025, title="储备库搬迁的请示", title_sensitive=True, ground="1a",
            public_title="某事项的请示", facts="涉及国家秘密", state="entered", formed_on=date(2025, 3, 1),
        )  # fmt: skip
        row = {
            "id": new_id(), "title": "某事项的请示", "number": "代号甲", "ground": "1a", "facts": "涉及国家秘密", "basis": "",
            "formed_on": "2025-03-01", "unit": "办公室", "review_on": "2026-03-01", "state": "entered",
        }  # fmt: skip
        editions = [
            WithheldCatalogue(
                agency_id=agency_id("office"), year=year, state=state, rows=[row | {"title": title}], receipt_number="1",
                content_hash="0", approved_hash="0", publication_id=page.id if state == "published" else None,
            )
            for year, state, title in ((2025, "published", "某事项的请示"), (2024, "filed", "还没公开的"))
        ]  # fmt: skip
        db.session.add_all([entry, *editions])
        return page.id


def answered(note: str, name: str) -> None:
    with write():
        db.session.add(
            AccessRequest(
                number=f"2026-{name}", secret_hash="0", agency_id=agency_id("office"), channel="web", state="answered",
                arrived_on=date(2026, 1, 5), received_on=date(2026, 1, 5), applicant_kind="person", applicant_name=name, description=f"{name}的房屋档案",
                result="granted", closed_on=date(2026, 1, 9), public_note=note,
            )
        )  # fmt: skip


@pytest.mark.article("disclosure", 8)
def test_the_public_takes_the_catalogue_in_three_formats(web: FlaskClient, place: Any) -> None:
    ident = release()
    head, row = table(web, "catalogue.csv")
    found = dict(zip(head, row, strict=True))
    assert (found["标题"], found["机关"], found["文种"]) == (
        f"'{ATTACK}",
        "汇川区人民政府办公室",
        "其他（参照公文办理）",
    )
    book = openpyxl.load_workbook(io.BytesIO(web.get(f"{PUBLIC}/catalogue.xlsx").data)).active
    assert book is not None
    assert (book["C2"].value, book["C2"].data_type) == (f"'{ATTACK}", "s")
    data = web.get(f"{PUBLIC}/catalogue.json")
    assert data.content_type == "application/json"
    assert [(one["title"], one["genre"], one["publication_id"]) for one in data.json["items"]] == [
        (ATTACK, "other", ident)
    ]
    assert web.get("/meitan/disclosure/downloads/catalogue.json").json == {"items": []}
    known = {"If-None-Match": data.headers["ETag"]}
    assert web.get(f"{PUBLIC}/catalogue.json", headers=known).status_code == 304


@pytest.mark.article("attribution", 10)
def test_what_is_withdrawn_leaves_the_tables_at_once(web: FlaskClient, place: Any) -> None:
    ident = release()
    with write():
        publications.withdraw(SYSTEM, publications.find(SYSTEM, ident), "误公开")
    for kind in exports.KINDS:
        assert ATTACK.encode() not in web.get(f"{PUBLIC}/catalogue.{kind}").data
    assert len(table(web, "catalogue.csv")) == 1


@pytest.mark.article("disclosure", 11)
def test_of_what_is_withheld_the_public_has_the_published_edition_with_safe_titles(
    web: FlaskClient,
    place: Any,
    desk: Callable[..., Desk],
) -> None:
    page = withheld()
    rows = table(web, "withheld.csv")[1:]
    assert [row[2:5] for row in rows] == [["某事项的请示", "代号甲", "国家秘密"]]
    assert web.get(f"{PUBLIC}/entries.csv").status_code == 404
    assert desk("drafter").post("disclosure/exports/", {"table": "entries", "kind": "csv"}).status_code == 404
    full = desk("disclosure_officer").post("disclosure/exports/", {"table": "entries", "kind": "csv"})
    assert "储备库搬迁的请示" in full.get_data(as_text=True)
    told = db.session.query(AuditEntry).filter_by(action="disclosure.export").one()
    assert told.data == {"table": "entries", "format": "csv", "year": None}
    with write():
        publications.withdraw(SYSTEM, publications.find(SYSTEM, page), "误公开")
    assert table(web, "withheld.csv")[1:] == []


@pytest.mark.article("disclosure", 12)
def test_the_register_holds_confirmed_lines_and_nobody(web: FlaskClient, place: Any) -> None:
    answered("某小区规划", "张三")
    answered("", "李四")
    for kind in ("csv", "json"):
        text = web.get(f"{PUBLIC}/requests.{kind}").get_data(as_text=True)
        assert "某小区规划" in text
        assert "房屋档案" not in text
        assert "李四" not in text


def test_more_rows_than_one_file_holds_are_the_next_part(
    web: FlaskClient, place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        release(f"公告{number}", summary="一")
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    first = web.get(f"{PUBLIC}/catalogue.json?year={date.today().year}")
    assert first.headers["Link"] == f'<{PUBLIC}/catalogue.json?year={date.today().year}&part=2>; rel="next"'
    second = web.get(f"{PUBLIC}/catalogue.json?part=2")
    assert "Link" not in second.headers
    assert {one["title"] for one in [*first.json["items"], *second.json["items"]]} == {"公告0", "公告1", "公告2"}
    for wrong in ("catalogue.json?part=3", "catalogue.json?part=-1", "catalogue.pdf", "other.csv", "documents.csv"):
        assert web.get(f"{PUBLIC}/{wrong}").status_code == 404, wrong
    assert web.get(f"{PUBLIC}/catalogue.json?year=1999").json == {"items": []}


def test_a_long_table_is_written_by_the_worker_for_who_asked(
    place: Any,
    desk: Callable[..., Desk],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    officer = desk("disclosure_officer")
    with write():
        db.session.add_all(
            Document(
                title=title, genre="notice", agency_id=agency_id("office"), state="issued", attribute="voluntary",
                formed_on=date(2026, 1, 5),
            )
            for title in (ATTACK, "供水办法")
        )  # fmt: skip
    for kind in exports.KINDS:
        answer = officer.post("disclosure/exports/", {"table": "documents", "kind": kind, "year": "2026"})
        assert "/jobs/" in answer.headers["Location"]
    db.session.rollback()
    assert jobs.run_due() == 3
    made = {}
    for job in db.session.query(Job):
        assert (job.state, job.sentence) == ("done", "已导出 2 行。")
        assert job.result is not None
        made[job.arguments["kind"]] = storage.path_of(job.result.sha256).read_bytes()
    assert f"'{ATTACK}" in made["csv"].decode("utf-8-sig")
    assert {one["attribute"] for one in json.loads(made["json"])["items"]} == {"voluntary"}
    assert openpyxl.load_workbook(io.BytesIO(made["xlsx"])).active.max_row == 3  # type: ignore[union-attr]


def test_the_pages_lead_to_the_tables(web: FlaskClient, desk: Callable[..., Desk]) -> None:
    page = web.get(f"{PUBLIC}/").text
    assert f'href="{PUBLIC}/catalogue.csv"' in page
    assert "documents" not in page
    assert 'value="documents"' in desk("drafter").get("disclosure/exports/")
    assert 'value="entries"' not in desk("drafter").get("disclosure/exports/")


@pytest.mark.article("disclosure", 7)
def test_a_column_has_a_feed_from_which_what_is_withdrawn_goes_at_once(web: FlaskClient, place: Any) -> None:
    ident = release("收费标准", key_area=True, column="fees")
    release("别的信息")
    feed = "/huichuan/disclosure/columns/fees/feed.atom"
    first = web.get(feed)
    assert (first.status_code, first.content_type) == (200, "application/atom+xml; charset=utf-8")
    assert ("收费标准" in first.text, "别的信息" in first.text) == (True, False)
    known = {"If-None-Match": first.headers["ETag"]}
    assert web.get(feed, headers=known).status_code == 304
    assert f'title="行政事业性收费" href="{feed}"' in web.get(f"{PUBLIC}/").text
    with write():
        publications.withdraw(SYSTEM, publications.find(SYSTEM, ident), "误公开")
    again = web.get(feed, headers=known)
    assert (again.status_code, "收费标准" in again.text) == (200, False)
    assert web.get(feed.replace("fees", "unknown")).status_code == 404
