"""Redacted copies over the API and in the console: marked, found, made in the background, each part with its reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from core import jobs, jurisdictions, storage
from core.db import write
from core.permissions import SYSTEM
from tests.disclosure.test_redacted_files import SECRET, pdf
from tests.disclosure.test_request_table import request_in
from tests.meetings.console.conftest import Desk, desk  # noqa: F401 - a fixture
from tests.office import Office

ROOT = "disclosure/redactions"
WHY = {"ground": "1c", "reason": "涉及申请人以外的个人姓名"}


@pytest.fixture
def begun(office: Office) -> dict[str, Any]:
    """A file of a request, ready to be marked."""
    return dict(office.ok("handler", "POST", ROOT, _file(office, pdf(f"{SECRET}的住址\n\n其他内容"))))


def _file(office: Office, content: bytes, name: str = f"{SECRET}的材料.pdf") -> dict[str, str]:
    with jurisdictions.enter(office.place), write() as session:
        request = request_in("processing")
        session.add(request)
        session.flush()
        file = storage.keep(SYSTEM, storage.stage(io.BytesIO(content), name))
        storage.link(SYSTEM, file.id, "disclosure.request", request.id)
        return {"subject_type": "disclosure.request", "subject": request.id, "source": file.id}


@pytest.mark.article("disclosure", 12)
def test_from_a_name_to_a_copy_without_it(office: Office, begun: dict[str, Any]) -> None:
    own = f"{ROOT}/{begun['id']}"
    assert office.codes("handler", "POST", f"{own}/copy", {}) == ["NOTHING_MARKED"]
    found = office.ok("handler", "POST", f"{own}/search", {"text": SECRET, **WHY})
    assert [one["reason"] for one in found["items"]] == [WHY["reason"]]
    assert office.call("handler", "POST", f"{own}/copy", {}).status_code == 202
    with jurisdictions.enter(office.place):
        assert jobs.run_due() == 1
    made = office.ok("handler", "GET", own)
    assert (made["state"], made["copy"] is not None) == ("made", True)
    file = office.call("handler", "GET", f"{own}/copy")
    assert SECRET not in file.headers["Content-Disposition"]
    assert "%E5%BC%A0%E4%B8%89" not in file.headers["Content-Disposition"]
    assert PdfReader(io.BytesIO(file.data)).pages[0].extract_text() == ""
    office.ok("handler", "POST", f"{own}/transitions", {"event": "mark"}, If_Match=f'"{made["etag"]}"')
    assert office.ok("handler", "GET", own)["copy"] is None


@pytest.mark.article("disclosure", 12)
def test_every_part_kept_back_has_ground_and_reason(office: Office, begun: dict[str, Any]) -> None:
    own = f"{ROOT}/{begun['id']}"
    box = {"page": 1, "x": 10, "y": 10, "width": 100, "height": 20}
    for wrong, field in (
        (WHY | {"reason": " "}, "reason"), (WHY | {"ground": "9z"}, "ground"), (WHY | {"page": 2}, "page"),
        (WHY | {"x": 950}, "width"),
    ):  # fmt: skip
        answer = office.call("handler", "POST", f"{own}/regions", box | wrong)
        assert answer.status_code == 422
        assert answer.json is not None
        assert answer.json["errors"][0]["field"] == field
    kept = office.ok("handler", "POST", f"{own}/regions", box | WHY)["items"][0]
    assert office.ok("handler", "POST", f"{own}/regions", box | WHY)["items"] == []  # the same twice is once
    office.ok("handler", "DELETE", f"{own}/regions/{kept['id']}")
    assert office.ok("handler", "GET", own)["regions"] == []
    assert office.call("handler", "POST", f"{own}/search", {"text": "没有的字", **WHY}).status_code == 422


@pytest.mark.article("disclosure", 12)
@pytest.mark.parametrize("content", [pdf("x", password="1"), b"%PDF-1.7\nbroken"])
def test_locked_and_broken_files_are_refused(office: Office, content: bytes) -> None:
    assert office.codes("handler", "POST", ROOT, _file(office, content)) == ["FILE_UNFIT"]


def test_only_who_handles_requests_sees_it(office: Office, begun: dict[str, Any]) -> None:
    own = f"{ROOT}/{begun['id']}"
    assert office.call("drafter", "GET", own).status_code == 404
    assert office.call("", "GET", own).status_code == 401
    other = dict(_file(office, pdf("x")), source="0" * 32)
    assert office.call("handler", "POST", ROOT, other).status_code == 404


@pytest.mark.article("disclosure", 12)
def test_the_console_marks_by_form_and_by_search(
    office: Office, begun: dict[str, Any], desk: Callable[..., Desk]
) -> None:
    handler, own = desk("handler"), f"{ROOT}/{begun['id']}/"
    assert handler.client.get(f"/admin/huichuan/{own}pages/1.png").data.startswith(b"\x89PNG")
    refused = handler.post(f"{own}regions", {"page": "1", "x": "1", "y": "1", "width": "", "height": "2", **WHY})
    assert refused.status_code == 422
    assert f">{WHY['reason']}</textarea>" in refused.get_data(as_text=True).replace("\n", "")
    marked = {"page": "1", "x": "1.5", "y": "1", "width": "20", "height": "2", **WHY}
    assert handler.post(f"{own}regions", marked).status_code == 302
    assert handler.post(f"{own}search", {"text": SECRET, "page": "1", **WHY}).status_code == 302
    assert handler.get(own).count('class="kept"') == 2
    etag = office.ok("handler", "GET", f"{ROOT}/{begun['id']}")["etag"]
    assert handler.post(f"{own}make", {"version": etag}).status_code == 302
    with jurisdictions.enter(office.place):
        jobs.run_due()
    assert "逐页核对" in handler.get(own)
    assert SECRET in handler.get(f"{ROOT}/")
