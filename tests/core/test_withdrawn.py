"""What the address of a withdrawn publication answers: page, file, API; who may withdraw, and what nobody reads."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import jurisdictions, matters, publications, storage
from core.contracts import JurisdictionRef
from core.db import db, write
from core.models import Agency, Publication
from core.permissions import ROLES, SYSTEM, Actor
from core.refusals import Forbidden, Invalid
from tests.core.test_console import Desk, desk  # noqa: F401

REASON, NOTE, TITLE = "误公开某人住址", "更正后的方案见下月公告。", "停车收费方案"
MAY = {"deputy_leader", "leader", "supervisor"}


@pytest.fixture
def web(app: Flask) -> FlaskClient:
    return app.test_client()


def released(**fields: Any) -> tuple[str, str]:
    """A released publication with a file: (id, file id); the county is entered by its caller."""
    staged = storage.stage(io.BytesIO(b"annex"), "附件.txt")
    with write():
        row = publications.create(SYSTEM, kind="notice", title=TITLE, **fields)
        file = publications.attach(SYSTEM, row, storage.keep(SYSTEM, staged).id).attachment_id
        publications.approve(SYSTEM, row)
        publications.release(SYSTEM, row)
        return row.id, file


def withdraw(ident: str, note: str = NOTE) -> None:
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")), write():
        publications.withdraw(SYSTEM, db.session.get_one(Publication, ident), REASON, public_note=note)


def test_page_file_and_api_say_the_note_and_never_the_reason(web: FlaskClient, county: JurisdictionRef) -> None:
    with write():
        matter = matters.create(SYSTEM, "停车改革").id
    ident, file = released(matter_id=matter)
    withdraw(ident)
    for path in (f"publications/{ident}/", f"files/{file}"):
        answer = web.get(f"/huichuan/{path}", headers={"Accept-Language": "zh"})
        assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (410, "noindex")
        assert NOTE in answer.text
        assert REASON not in answer.text
        assert TITLE not in answer.text
        assert "撤下日期" in answer.text
        assert f"/huichuan/matters/{matter}/" in answer.text
    for path in (f"publications/{ident}", f"files/{file}", f"files/{file}/content"):
        problem = web.get(f"/api/v1/huichuan/{path}")
        assert (problem.status_code, problem.content_type) == (410, "application/problem+json")
        assert (problem.json["code"], problem.json["detail"]) == ("GONE", NOTE)
        assert problem.json["errors"][0]["withdrawn_at"].endswith("+08:00")
        assert REASON not in problem.text
    for path in (f"publications/{ident}/", f"files/{file}"):
        assert web.get(f"/meitan/{path}").status_code == 404


def test_without_a_note_the_page_stays_neutral(web: FlaskClient, county: JurisdictionRef) -> None:
    ident, _file = released()
    withdraw(ident, "")
    page = web.get(f"/huichuan/publications/{ident}/", headers={"Accept-Language": "zh"}).text
    assert "这项内容已经撤下" in page
    assert "说明</h2>" not in page
    assert "来龙去脉</a>" not in page


def test_an_internal_matter_is_not_named(web: FlaskClient, county: JurisdictionRef) -> None:
    with write():
        matter = matters.create(SYSTEM, "内部研究").id
    ident, _file = released(matter_id=matter)
    with write():
        matters.find(SYSTEM, matter).public = False
    withdraw(ident)
    page = web.get(f"/huichuan/publications/{ident}/").text
    assert matter not in page
    assert "内部研究" not in page


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_withdraw(role: str, person: Callable[..., Actor], county: JurisdictionRef) -> None:
    ident, _file = released()
    one = person(role, place=county)
    if role in MAY:
        with write():
            publications.withdraw(one, db.session.get_one(Publication, ident), REASON, public_note=NOTE)
        assert db.session.get_one(Publication, ident).public_note == NOTE
        return
    with pytest.raises(Forbidden), write():
        publications.withdraw(one, db.session.get_one(Publication, ident), REASON, public_note="x" * 501)


def test_a_note_too_long_is_said(county: JurisdictionRef) -> None:
    ident, _file = released()
    with pytest.raises(Invalid) as no, write():
        publications.withdraw(SYSTEM, db.session.get_one(Publication, ident), REASON, public_note="字" * 501)
    assert set(no.value.errors) == {"public_note"}


def test_the_console_asks_for_both_and_keeps_what_was_typed(
    desk: Callable[..., Desk],
    agency: Callable[[str], Agency],
    county: JurisdictionRef,
    web: FlaskClient,
) -> None:
    ident, _file = released(agency_id=agency("office").id)
    leader = desk("leader")
    refused = leader.post(f"publications/{ident}/withdraw", version="4", reason="", public_note=NOTE)
    assert refused.status_code == 422
    assert NOTE in refused.text
    assert "请写明理由" in refused.text
    assert leader.post(f"publications/{ident}/withdraw", version="1", reason=REASON).status_code == 412
    done = leader.post(f"publications/{ident}/withdraw", version="4", reason=REASON, public_note=NOTE)
    assert done.status_code == 302, done.text
    assert REASON in leader.text("publications/")
    assert NOTE in web.get(f"/huichuan/publications/{ident}/").text
    assert desk("organiser").get("publications/").status_code == 403
