"""The processing sheet, the proposed number, local kinds of documents, and a redetermination with all it changes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document as Word

from core.db import db, write
from core.jurisdictions import enter
from core.models import Agency, SettingValue
from tests.disclosure.test_api_documents import draft, fire
from tests.disclosure.test_documents_console import DOCUMENTS, drafted, press
from tests.meetings.console.conftest import Desk, desk  # noqa: F401 - a fixture
from tests.office import Office

FIELDS = (
    "发文机关", "标题", "文种", "发文字号", "密级及保密期限", "紧急程度", "主送", "抄送", "拟稿单位、拟稿人、电话", "核稿", "会签单位及意见",
    "保密审查意见", "公开属性及理由", "分管领导审核", "主要领导审签", "签发人、日期", "份数", "印发日期", "附件", "校对",
)  # fmt: skip
"""6.5, in its order."""
PLAIN = {"vital": False, "organisation": False}
WITHHELD = {
    "attribute": "withheld", "attribute_reason": "属于本机关内部的人事管理信息", "answers": PLAIN, "grounds": ["3a"],
}  # fmt: skip


def rule(office: Office, key: str, value: Any) -> None:
    with enter(office.place), write() as session:
        session.add(SettingValue(jurisdiction_id=office.place.id, key=key, value=value))


def signed(office: Office, **more: Any) -> str:
    ident = str(draft(office, **more)["id"])
    for role, event in (
        ("drafter", "determine"), ("secrecy_reviewer", "review"), ("deputy_leader", "approve"), ("leader", "sign"),
    ):  # fmt: skip
        fire(office, role, ident, event)
    return ident


def issued(office: Office, number: str, **more: Any) -> str:
    ident = signed(office, **more)
    fire(office, "disclosure_officer", ident, "issue", number=number)
    return ident


@pytest.mark.article("disclosure", 6)
@pytest.mark.article("attribution", 7)
def test_the_sheet_has_every_field_and_a_line_for_each_act(office: Office) -> None:
    sheet = {
        "urgency": "平急",
        "main_to": "各乡镇",
        "copies": "40",
        "drafter_phone": "0851-1234",
        "proofread_by": "周平",
    }
    ident = signed(office, sheet=sheet, important=False)
    answer = office.call("drafter", "GET", f"disclosure/documents/{ident}/sheet.docx")
    assert answer.status_code == 200
    grid, lines = Word(io.BytesIO(answer.data)).tables
    said = {row.cells[0].text: row.cells[1].text for row in grid.rows}
    assert [name for name in said if name in FIELDS] == list(FIELDS)
    assert (said["紧急程度"], said["主送"], said["份数"], said["校对"]) == ("平急", "各乡镇", "40", "周平")
    assert said["公开属性及理由"] == "主动公开"
    assert said["主要领导审签"] == "不需要"
    assert said["签发人、日期"].startswith("签发　")
    assert [row.cells[0].text for row in lines.rows] == ["环节", "认定属性并送审", "保密审查通过", "同意", "签发"]
    assert {row.cells[2].text for row in lines.rows[1:]} == {"主动公开"}
    assert all(re.fullmatch(r"20\d\d年\d+月\d+日", row.cells[4].text) for row in lines.rows[1:])


@pytest.mark.article("disclosure", 6)
def test_the_sheet_as_a_page_is_chinese_and_says_why_it_is_withheld(desk: Callable[..., Desk]) -> None:
    ident = drafted(
        desk, vital="no", attribute="withheld", grounds=["3a"], attribute_reason="属于本机关内部的人事管理信息"
    )
    press(desk, "drafter", ident, "determine")
    page = desk("drafter").get(f"{DOCUMENTS}/{ident}/sheet")
    assert "不予公开；人事管理；属于本机关内部的人事管理信息" in page
    assert page.count("属于本机关内部的人事管理信息") == 2
    assert all(f'scope="row">{name}<' in page for name in FIELDS)
    assert "未认定" not in page


def test_the_sheet_of_a_draft_without_attribute_says_so(desk: Callable[..., Desk]) -> None:
    ident = drafted(desk, attribute="")
    assert "未认定" in desk("drafter").get(f"{DOCUMENTS}/{ident}/sheet")


@pytest.mark.article("attribution", 3)
def test_the_next_number_of_the_body_is_proposed(office: Office) -> None:
    def proposal(ident: str) -> str:
        return str(office.ok("disclosure_officer", "GET", f"disclosure/documents/{ident}")["proposed_number"])

    first = signed(office)
    assert proposal(first) == ""
    agency = office.ok("drafter", "GET", f"disclosure/documents/{first}")["agency"]
    with enter(office.place):
        code = db.session.get_one(Agency, agency).code
    rule(
        office,
        "disclosure.number_templates",
        {code: "汇府办发〔{year}〕{serial}号", f"{code}/letter": "汇府办函[{year}]{serial}号"},
    )
    year = re.search(r"〔(\d{4})〕1号", proposal(first))
    assert year
    fire(office, "disclosure_officer", first, "issue", number=f"汇府办发[{year[1]}]9号")
    assert proposal(first) == ""
    assert proposal(signed(office, title="第二份")) == f"汇府办发〔{year[1]}〕10号"
    assert proposal(signed(office, title="第三份", genre="letter")) == f"汇府办函〔{year[1]}〕1号"


@pytest.mark.article("attribution", 3)
def test_without_a_rule_the_last_number_of_the_body_is_followed(desk: Callable[..., Desk]) -> None:
    for number in ("汇府办发〔2020〕7号", ""):
        ident = drafted(desk)
        for role, event in (
            ("drafter", "determine"), ("secrecy_reviewer", "review"), ("deputy_leader", "approve"), ("leader", "sign"),
        ):  # fmt: skip
            press(desk, role, ident, event)
        if number:
            assert press(desk, "disclosure_officer", ident, "issue", number=number) == ""
    page = desk("disclosure_officer").get(f"{DOCUMENTS}/{ident}/")
    assert re.search(r'name="number" required value="汇府办发〔20\d\d〕1号"', page)


@pytest.mark.article("attribution", 2)
def test_a_county_adds_kinds_of_documents_and_changes_none(office: Office) -> None:
    refused = office.call("drafter", "POST", "disclosure/documents", {"title": "第一期", "genre": "briefing"})
    assert refused.status_code == 422
    rule(office, "disclosure.genres", {"briefing": "简报", "notice": "别的", "x" * 30: "太长", "empty": ""})
    made = office.ok("drafter", "POST", "disclosure/documents", {"title": "第一期", "genre": "briefing"})
    assert made["genre_label"] == "简报"
    assert draft(office)["genre_label"] == "通知"
    for wrong in ("x" * 20, "empty"):
        answer = office.call("drafter", "POST", "disclosure/documents", {"title": "第一期", "genre": wrong})
        assert answer.status_code == 422, wrong


@pytest.mark.article("attribution", 3)
@pytest.mark.parametrize(("role", "event"), [("leader", "sign"), ("disclosure_officer", "issue")])
def test_what_has_no_attribute_is_neither_signed_nor_issued_in_any_state(office: Office, role: str, event: str) -> None:
    for one in ("disclosure_officer", "deputy_leader"):
        office.token(one)
    ident = draft(office, attribute=None)["id"]
    path = f"disclosure/documents/{ident}/transitions"
    assert office.codes(role, "POST", path, {"event": event, "number": "汇府办发〔2026〕3号"}) == ["ATTR_MISSING"]
    shown = office.ok(role, "GET", f"disclosure/documents/{ident}")
    assert {one["event"]: one["code"] for one in shown["events"]}[event] == "ATTR_MISSING"
    office.ok(
        "drafter", "PATCH", f"disclosure/documents/{ident}", {"attribute": "voluntary"}, **{"If-Match": shown["etag"]}
    )
    assert office.codes(role, "POST", path, {"event": event, "number": "汇府办发〔2026〕3号"}) == ["WRONG_STATE"]


@pytest.mark.article("attribution", 3, 5)
def test_a_redetermination_carries_secrecy_grounds_and_the_public_version(office: Office) -> None:
    ident = issued(
        office, "汇府办发〔2026〕3号", answers=PLAIN, attribute="on_request", attribute_reason="不需要社会公众广泛知晓"
    )
    path = f"disclosure/documents/{ident}/transitions"
    secret = {
        "event": "redetermine", "reason": "重新定密", "attribute": "withheld", "grounds": ["1a"],
        "attribute_reason": "内容涉及国家秘密，不予公开", "secrecy_level": "secret",
    }  # fmt: skip
    assert office.codes("disclosure_officer", "POST", path, secret) == ["GROUND_INCOMPLETE"]
    assert (
        office.codes("disclosure_officer", "POST", path, secret | {"attribute": "voluntary"})[0] == "SECRET_NOT_PUBLIC"
    )
    facts = {"secrecy_period": "三年", "secrecy_basis": "定密〔2026〕1号"}
    office.ok("disclosure_officer", "POST", path, secret | {"ground_facts": facts})
    before = office.ok("drafter", "GET", f"disclosure/documents/{ident}")
    assert (before["attribute"], before["secrecy_level"]) == ("on_request", "none")
    fire(office, "secrecy_reviewer", ident, "review")
    fire(office, "deputy_leader", ident, "complete")
    after = office.ok("drafter", "GET", f"disclosure/documents/{ident}")
    assert (after["attribute"], after["secrecy_level"], after["ground_facts"]) == ("withheld", "secret", facts)
    assert after["lines"][-1]["opinion"] == "内容涉及国家秘密，不予公开"
    same = {
        "event": "redetermine",
        "reason": "再看一次",
        "attribute": "withheld",
        "attribute_reason": "内容涉及国家秘密，不予公开",
    }
    assert office.codes("disclosure_officer", "POST", path, same) == ["UNCHANGED"]


@pytest.mark.article("attribution", 3, 4)
def test_a_redetermination_in_the_console_may_part_the_document(desk: Callable[..., Desk]) -> None:
    ident = drafted(
        desk, vital="no", attribute="withheld", grounds=["3a"], attribute_reason="属于本机关内部的人事管理信息"
    )
    for role, event in (
        ("drafter", "determine"), ("secrecy_reviewer", "review"), ("deputy_leader", "approve"), ("leader", "sign"),
    ):  # fmt: skip
        assert press(desk, role, ident, event) == "", event
    assert press(desk, "disclosure_officer", ident, "issue", number="汇府办发〔2026〕3号") == ""
    asked = {
        "attribute": "voluntary", "reason": "可以区分处理", "vital": "yes", "organisation": "no", "grounds": ["3a"],
        "secrecy_level": "none",
    }  # fmt: skip
    page = press(desk, "disclosure_officer", ident, "redetermine", **asked)
    assert "有应当不予公开的情形" in page
    assert "可以区分处理" in page
    assert press(desk, "disclosure_officer", ident, "redetermine", **asked, public_text="可以公开的部分") == ""
    assert press(desk, "secrecy_reviewer", ident, "review") == ""
    assert press(desk, "deputy_leader", ident, "complete") == ""
    page = desk("drafter").get(f"{DOCUMENTS}/{ident}/")
    assert "可以公开的部分" in page
    assert "主动公开" in page
