"""Documents taken in from tables: nothing twice, versions told apart, the same refusals by every road."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core import commands, imports, jobs
from core.contracts import ImportChoice, ImportReport, JurisdictionRef
from core.db import db, write
from core.models import Agency
from core.permissions import Actor
from core.refusals import Forbidden
from plugins.disclosure.commands import DOCUMENTS
from plugins.disclosure.models import Document, ImportedRow
from tests.disclosure.test_document_files import GIVEN
from tests.office import Office

TABLE = "标题,文号,成文日期,正文,发文机关\n关于甲的通知,遵府〔2026〕1号,2026-03-01,一,教育局\n关于乙的函,,2026-03-02,二,省教育厅\n"


@pytest.fixture
def officer(county: JurisdictionRef, person: Callable[..., Actor], agency: Callable[[str], Agency]) -> Actor:
    with write():
        agency("education").name = "教育局"
    return person("disclosure_officer", place=county)


def take(actor: Actor, text: str | bytes, *, dry_run: bool = False, name: str = "a.csv", **values: str) -> ImportReport:
    content = text if isinstance(text, bytes) else text.encode()
    return imports.run(DOCUMENTS, content, name, ImportChoice(actor, {}, values), dry_run=dry_run)


def count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.article("attribution", 3)
def test_issued_documents_with_the_attribute_that_was_said(officer: Actor, agency: Callable[[str], Agency]) -> None:
    office = agency("office").id
    done = take(officer, TABLE, attribute="voluntary", agency=office)
    assert (done.counts["new"], list(done.faults)) == (2, [])
    rows = db.session.scalars(select(Document).order_by(Document.formed_on)).all()
    assert [(row.state, row.attribute, row.number) for row in rows] == [
        ("issued", "voluntary", "遵府〔2026〕1号"),
        ("issued", "voluntary", ""),
    ]
    assert [row.agency_id for row in rows] == [agency("education").id, office]


@pytest.mark.article("attribution", 3)
def test_without_an_attribute_nothing_comes_in(officer: Actor) -> None:
    done = take(officer, TABLE)
    assert len(done.faults) == 2
    assert count(Document) == 0


@pytest.mark.article("attribution", 6)
def test_what_is_not_public_needs_its_reason(officer: Actor, agency: Callable[[str], Agency]) -> None:
    done = take(officer, TABLE, attribute="withheld", agency=agency("office").id)
    assert [fault.row for fault in done.faults] == [2, 3]
    assert count(Document) == 0


def test_an_issuer_from_elsewhere_needs_a_body_for_the_file(officer: Actor) -> None:
    done = take(officer, TABLE, attribute="voluntary")
    assert [(fault.row, str(fault.column)) for fault in done.faults] == [(3, "发文机关")]
    assert "省教育厅" in str(done.faults[0].detail)


def test_a_second_run_changes_nothing(officer: Actor, agency: Callable[[str], Agency]) -> None:
    office = agency("office").id
    take(officer, TABLE, attribute="voluntary", agency=office)
    again = take(officer, TABLE, attribute="voluntary", agency=office)
    assert (again.counts["known"], again.counts["new"]) == (2, 0)
    assert (count(Document), count(ImportedRow)) == (2, 2)


def test_the_newest_version_is_the_document_and_the_older_is_kept(
    officer: Actor, agency: Callable[[str], Agency]
) -> None:
    rows = "标题,文号,发布日期,正文\n关于甲的通知,遵府〔2026〕1号,2026-03-05,新\n关于甲的通知,遵府〔2026〕1号,2026-03-01,旧\n"
    done = take(officer, rows, attribute="voluntary", agency=agency("office").id)
    assert (done.counts["new"], done.counts["version"]) == (1, 1)
    assert db.session.scalars(select(Document.text)).all() == ["新"]
    assert sorted(db.session.scalars(select(ImportedRow.text)).all()) == ["新", "旧"]


def test_a_document_somebody_worked_on_is_left_alone(officer: Actor, agency: Callable[[str], Agency]) -> None:
    office = agency("office").id
    take(officer, TABLE, attribute="voluntary", agency=office)
    with write():
        db.session.scalars(select(Document).where(Document.number != "")).one().version += 1
    done = take(officer, TABLE.replace(",一,", ",另外,"), attribute="voluntary", agency=office)
    assert [(fault.row, str(fault.column)) for fault in done.faults] == [(2, "文号")]


def test_looking_changes_nothing_and_shows_what_would_happen(officer: Actor, agency: Callable[[str], Agency]) -> None:
    looked = take(officer, TABLE, dry_run=True, attribute="voluntary", agency=agency("office").id)
    assert [row.outcome for row in looked.shown] == ["new", "new"]
    assert count(Document) == 0


def test_only_who_may(county: JurisdictionRef, person: Callable[..., Actor], agency: Callable[[str], Agency]) -> None:
    with pytest.raises(Forbidden):
        take(person("organiser", place=county), TABLE, attribute="voluntary", agency=agency("office").id)


def test_by_command(app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.csv"
    file.write_text(TABLE)
    words = ["import", "documents", str(file), "--in", "huichuan", "--json"]
    assert commands.run(words, app) == 1
    assert len(json.loads(capsys.readouterr().out)["errors"]) == 2
    assert commands.run([*words, "--set", "attribute=voluntary", "--set", "agency=nobody"], app) == 1
    assert "nobody" in capsys.readouterr().err


def test_over_the_api_and_by_the_worker(office: Office) -> None:
    kinds = office.ok("disclosure_officer", "GET", "imports")["items"]
    assert [kind["key"] for kind in kinds] == ["documents"]
    field = next(field for field in kinds[0]["fields"] if field["name"] == "agency")
    values = json.dumps({"attribute": "voluntary", "agency": next(iter(field["choices"]))})

    def post(more: str = "") -> Any:
        body = {"file": (io.BytesIO(TABLE.encode()), "a.csv")}
        return office.call("disclosure_officer", "POST", f"imports/documents?values={values}{more}", body)

    assert post("&dry_run=true").json["counts"]["new"] == 2
    job = post()
    assert job.status_code == 202
    jobs.run_due()
    done = office.ok("disclosure_officer", "GET", f"jobs/{job.json['id']}")
    assert (done["state"], done["report"]["new"]) == ("done", 2)
    refused = office.call(
        "disclosure_officer", "POST", "imports/documents", {"file": (io.BytesIO(TABLE.encode()), "a.csv")}
    )
    assert (refused.status_code, refused.json["code"]) == (422, "FAULTY_ROWS")
    assert (
        office.call("organiser", "POST", "imports/documents", {"file": (io.BytesIO(b"x"), "a.csv")}).status_code == 404
    )


@pytest.mark.skipif(not GIVEN.is_dir(), reason="the folder with input written by others is not beside this checkout")
def test_the_given_register_comes_in_once_and_versions_are_told_apart(
    officer: Actor, agency: Callable[[str], Agency]
) -> None:
    name = "Henan Provincial Government_sql.xlsx"
    content, values = (GIVEN / name).read_bytes(), {"attribute": "voluntary", "agency": agency("office").id}
    done = take(officer, content, name=name, **values)
    assert dict(done.counts) == {"new": 3527, "version": 11, "known": 0, "repeated": 2430}
    assert [fault.row for fault in done.faults] == [10, 127, 311, 312, 313, 314]
    again = take(officer, content, name=name, dry_run=True, **values)
    assert (again.counts["known"], count(Document)) == (3538, 3527)
