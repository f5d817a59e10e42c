"""管4, 管8, 管11, 认9, 认10 in the console: the same rules as over the API, each step a form or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from core import publications
from core.db import clock_at, db, utcnow, write
from core.jurisdictions import enter
from core.permissions import SYSTEM
from core.workdays import local_date
from plugins.disclosure import tasks
from plugins.disclosure.demo import withheld
from plugins.disclosure.services import bodies, catalogues, guides
from tests.meetings.console.conftest import Desk, desk  # noqa: F401 - a fixture
from tests.office import Office

OFFICER, DEPUTY, SUPERVISOR = "disclosure_officer", "deputy_leader", "supervisor"
PEOPLE = {"officer": OFFICER, "deputy": DEPUTY, "supervisor": SUPERVISOR}
Desks = Callable[..., Desk]
ROW = {
    "title": "关于大山坡储备库搬迁的请示", "title_sensitive": "1", "public_title": "某事项的请示", "code_name": "代号甲",
    "number": "", "ground": "1a", "facts": "涉及国家秘密，依法不予公开。", "basis": "保密法第三十五条",
    "formed_on": "2025-03-01", "unit": "办公室", "review_on": "",
}  # fmt: skip


@pytest.fixture
def there(desk: Desks) -> Desks:
    """The desks, with the posts of the bodies filled (管4)."""
    for role in (OFFICER, DEPUTY, SUPERVISOR):
        desk(role)
    return desk


def agency_of(page: str, name: str = "办公室") -> str:
    found = re.search(rf'<option value="([0-9a-f]{{32}})"[^>]*>[^<]*{name}', page)
    assert found, page
    return found[1]


def ident_in(answer: Any, topic: str) -> str:
    assert answer.status_code == 302, answer.get_data(as_text=True)
    found = re.search(rf"{topic}/([0-9a-f]{{32}})/", answer.headers["Location"])
    assert found
    return found[1]


def press(there: Desks, role: str, path: str, event: str, **more: Any) -> str:
    """One step; what the page says where it is refused."""
    form = re.search(r'name="version" value="(\d+)"', there(role).get(f"disclosure/{path}/"))
    sent = {"event": event, "version": form[1] if form else "1", **more}
    answer = there(role).post(f"disclosure/{path}/move", sent)
    return answer.get_data(as_text=True) if answer.status_code != 302 else ""


def entered(there: Desks, **more: Any) -> str:
    page = there(OFFICER).get("disclosure/withheld/entries/new")
    made = there(OFFICER).post("disclosure/withheld/entries/new", ROW | {"agency": agency_of(page)} | more)
    ident = ident_in(made, "entries")
    for event in ("reason", "enter"):
        assert press(there, OFFICER, f"withheld/entries/{ident}", event, **{**ROW, "review_on": in_months(11)}) == ""
    return ident


def in_months(months: int) -> str:
    return (local_date(utcnow()) + timedelta(days=30 * months)).isoformat()


def begun(there: Desks, year: int = 2025) -> str:
    page = there(OFFICER).get("disclosure/withheld/")
    made = there(OFFICER).post("disclosure/withheld/begin", {"agency": agency_of(page), "year": str(year)})
    return ident_in(made, "withheld")


@pytest.mark.article("disclosure", 11)
@pytest.mark.article("attribution", 9)
def test_a_catalogue_is_returned_supplemented_accepted_and_published(there: Desks) -> None:
    entered(there)
    path = f"withheld/{begun(there)}"
    assert "关于大山坡储备库搬迁的请示" in there(OFFICER).get(f"disclosure/{path}/")
    assert "目录由另一人审定" not in there(DEPUTY).get(f"disclosure/{path}/")
    assert press(there, DEPUTY, path, "approve") == ""
    assert press(there, OFFICER, path, "file") == ""
    assert press(there, SUPERVISOR, path, "return", reason="缺第三季度的一件") == ""
    page = there(OFFICER).get(f"disclosure/{path}/")
    assert "缺第三季度的一件" in page
    second = entered(there, title="关于人员调整的请示", title_sensitive="", formed_on="2025-08-02")
    assert second in there(OFFICER).get(f"disclosure/{path}/")
    assert press(there, DEPUTY, path, "approve") == ""
    assert press(there, OFFICER, path, "file") == ""
    assert "请填写备案号" in press(there, SUPERVISOR, path, "accept", receipt_number=" ")
    assert press(there, SUPERVISOR, path, "accept", receipt_number="备〔2026〕1号", received_on="2026-02-01") == ""
    assert press(there, OFFICER, path, "publish") == ""
    page = there(OFFICER).get(f"disclosure/{path}/")
    assert "备〔2026〕1号" in page
    assert press(there, OFFICER, path, "supplement") == ""
    page = there(OFFICER).get(f"disclosure/{path}/")
    assert "第2版" in page
    assert "已经在编制增补的版本" in page


@pytest.mark.article("disclosure", 11)
def test_the_year_is_checked_line_by_line(there: Desks) -> None:
    new = there(OFFICER).get("disclosure/withheld/entries/new")
    open_row = ROW | {"agency": agency_of(new), "facts": ""}
    ident = ident_in(there(OFFICER).post("disclosure/withheld/entries/new", open_row), "entries")
    path = f"withheld/{begun(there)}"
    page = there(DEPUTY).get(f"disclosure/{path}/")
    assert "1 件还没有处理" in page
    assert "还有 1 件不予公开的公文没有列入目录" in page
    row = f"withheld/entries/{ident}"
    refused = press(there, OFFICER, row, "reason", **(ROW | {"facts": "短", "title": "关于大山坡储备库迁建的请示"}))
    assert "用至少10个字说明事实" in refused
    assert "关于大山坡储备库迁建的请示" in refused
    assert press(there, OFFICER, row, "exclude", reason="与上年度同一件重复") == ""
    page = there(DEPUTY).get(f"disclosure/{path}/")
    assert "与上年度同一件重复" in page
    assert press(there, DEPUTY, path, "approve") == ""


@pytest.mark.article("disclosure", 11)
def test_a_telling_title_is_refused_and_a_row_on_file_is_corrected(there: Desks) -> None:
    ident = entered(there)
    row = f"withheld/entries/{ident}"
    values = ROW | {"review_on": in_months(11)}
    assert "公开标题或者说明透露了" in press(
        there, OFFICER, row, "edit", **(values | {"public_title": "大山坡储备库事项"})
    )
    assert "请写明不予公开的情形" in press(there, OFFICER, row, "edit", **(values | {"ground": ""}))
    assert "还没有填全" in press(there, OFFICER, row, "edit", **(values | {"public_title": ""}))
    path = f"withheld/{begun(there)}"
    for role, event in ((DEPUTY, "approve"), (OFFICER, "file")):
        assert press(there, role, path, event) == ""
    assert press(there, SUPERVISOR, path, "accept", receipt_number="备1号") == ""
    page = there(OFFICER).get(f"disclosure/{row}/")
    assert 'value="edit"' not in page
    assert (
        press(there, OFFICER, row, "correct", **(values | {"public_title": "另一事项的请示", "reason": "更准"})) == ""
    )
    assert "不能移出或者直接修改" in press(there, OFFICER, row, "take_out", reason="不要了")


@pytest.mark.article("disclosure", 11)
@pytest.mark.article("attribution", 5)
def test_once_a_year_it_is_looked_at_again(there: Desks) -> None:
    row = f"withheld/entries/{entered(there)}"
    assert row not in there(DEPUTY).get("disclosure/withheld/entries/", list="due")
    assert press(there, OFFICER, row, "edit", **(ROW | {"review_on": in_months(1)})) == ""
    assert row in there(DEPUTY).get("disclosure/withheld/entries/", list="due")
    assert "到了再评估的时候" in there(DEPUTY).get("disclosure/withheld/")
    assert row in there(DEPUTY).get("")
    assert "须先解密" in press(there, DEPUTY, row, "disclose", reason="再评估")
    assert press(there, DEPUTY, row, "maintain", reason="仍属国家秘密") == ""
    assert press(there, DEPUTY, row, "make_requestable", reason="已解密", lifted="解密决定〔2026〕1号") == ""
    assert "转依申请公开" in there(DEPUTY).get(f"disclosure/{row}/")


@pytest.mark.article("disclosure", 11)
def test_full_titles_are_no_page_for_others_and_two_edits_do_not_overwrite(there: Desks) -> None:
    row = f"disclosure/withheld/entries/{entered(there)}"
    there("handler").get("disclosure/withheld/", status=403)
    there("handler").get(f"{row}/", status=403)
    values = ROW | {"review_on": in_months(11), "event": "edit"}
    version = re.search(r'name="version" value="(\d+)"', there(OFFICER).get(f"{row}/"))
    assert version
    first = {"version": version[1], **values, "unit": "综合科"}
    assert there(OFFICER).post(f"{row}/move", first).status_code == 302
    late = there(OFFICER).post(f"{row}/move", first | {"unit": "秘书科"})
    assert late.status_code == 412
    shown = late.get_data(as_text=True)
    assert "现在保存的是：综合科" in shown
    assert 'value="秘书科"' in shown


@pytest.mark.article("disclosure", 8)
def test_a_guide_is_written_approved_by_another_published_and_recalled_when_the_telephone_changes(there: Desks) -> None:
    index = there(OFFICER).get("disclosure/guides/")
    assert index.count("还没有发布公开指南") > 1
    agency = re.findall(r'name="agency" value="([0-9a-f]{32})"', index)[0]
    ident = ident_in(there(OFFICER).post("disclosure/guides/begin", {"agency": agency}), "guides")
    path = f"guides/{ident}"
    assert "新版本已经在办理" in there(OFFICER).post("disclosure/guides/begin", {"agency": agency}).get_data(
        as_text=True
    )
    assert "指南还没有写全" in there(OFFICER).get(f"disclosure/{path}/")
    body = {
        "office_name": "政务公开股", "address": "人民路1号", "phone": "0851-1", "hours": "工作日 9:00–17:00",
        "website": "https://example.org/", "version": "0",
    }  # fmt: skip
    assert there(OFFICER).post(f"disclosure/bodies/{agency}/", body).status_code == 302
    version = re.search(r'name="version" value="(\d+)"', there(OFFICER).get(f"disclosure/{path}/"))
    assert version
    texts = {"classification": "按主题分类", "arrangement": "按日期编排", "obtaining": "网站查阅或者申请"}
    saved = {"version": version[1], **texts}
    assert there(OFFICER).post(f"disclosure/{path}/save", saved).status_code == 302
    late = there(OFFICER).post(f"disclosure/{path}/save", saved | {"obtaining": "到窗口申请"})
    assert "现在保存的是：网站查阅或者申请" in late.get_data(as_text=True)
    assert press(there, OFFICER, path, "submit") == ""
    assert press(there, DEPUTY, path, "return", reason="电话不全") == ""
    assert "电话不全" in there(OFFICER).get(f"disclosure/{path}/")
    for role, event in ((OFFICER, "submit"), (DEPUTY, "approve"), (OFFICER, "publish")):
        assert press(there, role, path, event) == "", event
    body |= {"phone": "0851-2", "version": "1"}
    assert there(OFFICER).post(f"disclosure/bodies/{agency}/", body).status_code == 302
    assert "机构的联系方式或者人员有变化" in there(OFFICER).get("disclosure/guides/")
    assert "机构的联系方式或者人员有变化" in there(OFFICER).get("")
    body |= {"phone": "0851-1", "version": "2"}
    assert there(OFFICER).post(f"disclosure/bodies/{agency}/", body).status_code == 302
    with enter(there(OFFICER).place):
        assert guides.outdated([agency]) == {}
        with clock_at(utcnow() + timedelta(days=366)):
            assert "已满12个月" in str(guides.outdated([agency])[agency])


@pytest.mark.article("disclosure", 4)
def test_urging_lies_on_the_desk_until_it_is_answered(there: Desks) -> None:
    there(OFFICER).get("disclosure/urgings/new", status=403)
    page = there(SUPERVISOR).get("disclosure/urgings/new")
    order = {"agency": agency_of(page), "title": "更新指南", "demand": "请核对电话", "due_on": "2020-01-01"}
    refused = there(SUPERVISOR).post("disclosure/urgings/new", order).get_data(as_text=True)
    assert "限期不能早于今天" in refused
    assert "请核对电话" in refused
    made = there(SUPERVISOR).post("disclosure/urgings/new", order | {"due_on": in_months(1)})
    path = f"urgings/{ident_in(made, 'urgings')}"
    assert path in there(OFFICER).get("")
    assert press(there, OFFICER, path, "answer", reason="已核对") == ""
    assert path in there(SUPERVISOR).get("")
    assert press(there, SUPERVISOR, path, "return", reason="电话还是旧的") == ""
    assert press(there, OFFICER, path, "answer", reason="电话已改") == ""
    assert press(there, SUPERVISOR, path, "close") == ""
    assert "更新指南" not in there(OFFICER).get("disclosure/urgings/")
    assert "更新指南" in there(OFFICER).get("disclosure/urgings/", list="all")


@pytest.mark.article("attribution", 10)
def test_a_rectification_is_ordered_reported_and_verified(there: Desks) -> None:
    there(OFFICER).get("disclosure/rectifications/new", status=403)
    page = there(SUPERVISOR).get("disclosure/rectifications/new")
    key = re.search(r'name="form_key" value="(\w+)"', page)
    assert key
    order = {
        "agency": agency_of(page), "title": "误公开的名单", "finding": "含身份证号", "severity": "serious",
        "form_key": key[1],
    }  # fmt: skip
    ident = ident_in(there(SUPERVISOR).post("disclosure/rectifications/new", order), "rectifications")
    again = there(SUPERVISOR).post("disclosure/rectifications/new", order)
    assert ident_in(again, "rectifications") == ident
    path = f"rectifications/{ident}"
    assert path in there(OFFICER).get("")
    assert "请写明整改措施和结果" in press(there, OFFICER, path, "report", measures="已撤下并培训")
    assert press(there, OFFICER, path, "report", measures="已撤下并培训", outcome="rectified") == ""
    assert path in there(SUPERVISOR).get("")
    assert press(there, SUPERVISOR, path, "verify", reason="属实") == ""
    assert "误公开的名单" in there(SUPERVISOR).get("disclosure/rectifications/", list="all")


@pytest.mark.article("attribution", 9)
def test_what_was_withheld_begins_the_catalogue_of_its_year(there: Desks) -> None:
    entered(there)
    tasks.begin_catalogues()
    tasks.begin_catalogues()
    page = there(OFFICER).get("disclosure/withheld/", year="2025")
    assert len(re.findall(r"/withheld/[0-9a-f]{32}/", page)) == 1
    assert "目录已齐全，待您审定" in there(DEPUTY).get("")


@pytest.mark.article("disclosure", 8, 11)
def test_the_public_finds_guide_and_catalogue_from_the_start_page(app: Flask, office: Office) -> None:
    people = {name: office.person(role, place=office.place) for name, role in PEOPLE.items()}
    with enter(office.place):
        withheld.fill(people)
    pages = {path: public(app, path) for path in ("", "bodies/office/guide/", "bodies/office/withheld/")}
    start, guide, catalogue = pages.values()
    assert "/huichuan/disclosure/bodies/office/guide/" in start
    assert "/huichuan/disclosure/bodies/office/withheld/" in start
    assert "还没有" in start
    assert "0851-00000000" in guide
    assert "人民路1号二楼" in guide
    assert "关于内部值班安排的通知" in catalogue
    assert "备〔" in catalogue
    with enter(office.place), write():
        found = catalogues.published(bodies.by_code("office"))[0]
        assert found.publication is not None
        publications.withdraw(SYSTEM, found.publication, "有误")
    assert "关于内部值班安排的通知" not in public(app, "bodies/office/withheld/")
    assert "bodies/office/withheld/" not in public(app, "")
    assert office.ok("", "GET", "disclosure/withheld-catalogues")["items"] == []
    assert "还没有发布公开指南" in public(app, "bodies/education/guide/")
    assert app.test_client().get("/huichuan/disclosure/bodies/nowhere/guide/").status_code == 404


def public(app: Flask, path: str) -> str:
    db.session.remove()
    answer = app.test_client().get(f"/huichuan/disclosure/{path}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)
