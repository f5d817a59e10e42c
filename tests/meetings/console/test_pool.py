"""The representative pool and recusals in the console: entry, renewal, tables, picking, deciding."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk

Sign = Callable[..., Desk]
ALL = "meetings/representatives/"
FORM = {
    "name": "李芳", "organisation": "区人大", "terms-0-category": "npc_deputy", "terms-0-begins": "2024-01-10",
    "terms-0-ends": "", "terms-1-category": "", "terms-1-begins": "", "terms-1-ends": "", "act": "save",
}  # fmt: skip
TABLE = "姓名,类别,单位,任期开始\n李芳,人大代表,区人大,2024-01-10\n周岚,专家,师范学院,2025-03-01\n"


def added(person: Desk, **fields: str) -> str:
    """The address of a new entry."""
    answer = person.post(f"{ALL}new", FORM | fields)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.location).removeprefix(f"/admin/{person.place.slug}/")


def test_an_entry_is_typed_shown_and_changed(desk: Sign) -> None:
    organiser = desk("organiser")
    path = added(organiser, speciality="教育", contact="li@example.org", publish_name="yes")
    page = organiser.get(path)
    for expected in ("李芳", "人大代表", "2024-01-10 起", "教育", "li@example.org", "还没有受邀"):
        assert expected in page
    assert organiser.post(f"{path}/edit", FORM | {"name": "李方", "version": "1"}).status_code == 302
    assert "李方" in organiser.get(ALL)


def test_the_same_form_sent_twice_adds_one_person(desk: Sign) -> None:
    organiser = desk("organiser")
    key = re.search(r'name="form_key" value="(\w+)"', organiser.get(f"{ALL}new"))
    assert key
    assert added(organiser, form_key=key[1]) == added(organiser, form_key=key[1])
    answer = organiser.post(f"{ALL}new", FORM)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "代表库里已有这个人。" in page, 'value="区人大"' in page) == (422, True, True)


def test_a_stale_edit_is_refused_and_shows_both(desk: Sign) -> None:
    organiser = desk("organiser")
    path = added(organiser)
    organiser.post(f"{path}/edit", FORM | {"trade": "教师", "version": "1"})
    answer = organiser.post(f"{path}/edit", FORM | {"trade": "校长", "version": "1"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "这一条刚被改过" in page, "教师" in page, 'value="校长"' in page) == (
        412,
        True,
        True,
        True,
    )


def test_faults_lead_to_their_field_and_lose_nothing(desk: Sign) -> None:
    fields = {"name": "", "terms-0-category": "", "terms-1-begins": "2025-02-01", "terms-1-category": "expert",
              "terms-1-ends": "2024-01-01", "trade": "教师"}  # fmt: skip
    answer = desk("organiser").post(f"{ALL}new", FORM | fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for expected in ('href="#name"', 'href="#terms-0-category"', "任期第 1 行 类别", 'value="教师"'):
        assert expected in page


@pytest.mark.article("meetings", 3)
def test_those_to_renew_are_listed_and_renewed_in_one_act(desk: Sign) -> None:
    organiser = desk("organiser")
    path = added(organiser, renewal_due="2024-01-01")
    added(organiser, name="周岚")
    page = organiser.get(ALL, due="1")
    assert ("李芳" in page, "周岚" in page, "待续聘（1）" in page) == (True, False, True)
    nobody = organiser.post(f"{ALL}renew", {})
    assert (nobody.status_code, "请先勾选要续聘的代表。" in nobody.get_data(as_text=True)) == (422, True)
    ident = path.rpartition("/")[2]
    assert organiser.post(f"{ALL}renew", {"person": ident}).status_code == 302
    again = organiser.post(f"{ALL}renew", {"person": ident})
    assert (again.status_code, "起可以续聘" in again.get_data(as_text=True)) == (409, True)


def test_pausing_wants_a_reason_and_says_so_ever_after(desk: Sign) -> None:
    organiser = desk("organiser")
    path = added(organiser)
    assert organiser.post(f"{path}/transitions", {"event": "pause", "version": "1"}).status_code == 422
    assert (
        organiser.post(f"{path}/transitions", {"event": "pause", "version": "1", "reason": "进修"}).status_code == 302
    )
    assert "已暂停：进修" in organiser.get(path)


def test_a_table_is_previewed_taken_and_known(desk: Sign) -> None:
    organiser = desk("organiser")

    def preview(text: str) -> str:
        answer = organiser.post(f"{ALL}import", {"file": (io.BytesIO(text.encode()), "库.csv"), "act": "preview"})
        return answer.get_data(as_text=True)

    faulty = preview(TABLE + "赵六,村民,,\n")
    assert "“村民”不是已有的类别。" in faulty
    kept = re.search(r'name="kept" value="(\w+)"', faulty)
    assert kept
    unsaid = organiser.post(f"{ALL}import", {"kept": kept[1], "act": "add"})
    assert (unsaid.status_code, "李芳" in organiser.get(ALL)) == (422, False)
    assert organiser.post(f"{ALL}import", {"kept": kept[1], "act": "add", "skip": "1"}).status_code == 302
    assert "没有可以导入的行" in preview(TABLE)
    assert "请选择一个" in organiser.post(f"{ALL}import", {"act": "preview"}).get_data(as_text=True)


def test_what_is_exported_can_be_imported_again_and_runs_nothing(desk: Sign) -> None:
    organiser = desk("organiser")
    added(organiser)
    added(organiser, name="=1+1", organisation="甲")
    organiser.get(ALL)
    got = organiser.client.get("/admin/huichuan/meetings/representatives/export.xlsx")
    rows = list(load_workbook(io.BytesIO(got.data)).worksheets[0].iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["姓名", "'=1+1", "李芳"]
    narrowed = organiser.client.get("/admin/huichuan/meetings/representatives/export.csv?q=李芳")
    answer = organiser.post(f"{ALL}import", {"file": (io.BytesIO(narrowed.data), "库.csv"), "act": "preview"})
    assert "没有可以导入的行" in answer.get_data(as_text=True)
    template = organiser.client.get("/admin/huichuan/meetings/representatives/template.xlsx")
    assert load_workbook(io.BytesIO(template.data)).worksheets[0]["A1"].value == "姓名"


@pytest.mark.article("meetings", 3, 7)
def test_people_are_picked_and_those_who_cannot_be_are_marked(desk: Sign, office: Office) -> None:
    organiser, item = desk("organiser"), office.application()["id"]
    added(organiser)
    added(organiser, name="王小明", organisation="")
    added(organiser, name="过期人", organisation="", renewal_due="2024-01-01")
    path = f"meetings/applications/{item}/pool"
    page = organiser.get(path)
    (term,) = re.findall(r'name="term" value="(\w+)"', page)
    assert ("已在名单中" in page, "没有办理年度续聘" in page, "还没有受邀" in page) == (True, True, True)
    assert organiser.post(path, {}).status_code == 422
    assert organiser.post(path, {"term": term}).status_code == 302
    assert not re.findall(r'name="term"', organiser.get(path))
    names = [row["name"] for row in office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"]]
    assert names == ["王小明", "李芳"]
    assert "没有符合条件的代表。" in organiser.get(path, q="无此人")


@pytest.mark.article("meetings", 7)
def test_picking_after_approval_wants_a_reason(desk: Sign, office: Office) -> None:
    organiser, item = desk("organiser"), office.approved()
    added(organiser)
    path = f"meetings/applications/{item}/pool"
    (term,) = re.findall(r'name="term" value="(\w+)"', organiser.get(path))
    answer = organiser.post(path, {"term": term})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "要写明理由" in page, f'value="{term}" data-category="npc_deputy" checked' in page) == (
        422, True, True,
    )  # fmt: skip
    assert organiser.post(path, {"term": term, "reason": "增补"}).status_code == 302
    assert office.ok("organiser", "GET", f"meetings/applications/{item}")["state"] == "pending"


@pytest.mark.article("meetings", 3)
def test_quotas_are_summed_on_the_page_without_script(desk: Sign, office: Office) -> None:
    item = office.application(quotas={"expert": 2, "public": 1})["id"]
    page = desk("organiser").get(f"meetings/applications/{item}/edit")
    assert "名单共 1 人。 还差：专家学者 2 人。" in page
    assert page.count("够了</span>") == 1
    typed = {"title": "标题", "subject_class": "none", "quota-expert": "x", "act": "more_invitees", "version": "1"}
    again = desk("organiser").post(f"meetings/applications/{item}/edit", typed)
    assert "名单共 0 人。" in again.get_data(as_text=True)


def test_the_pool_is_nobody_elses_business(desk: Sign, office: Office) -> None:
    ident = added(desk("organiser")).rpartition("/")[2]
    item = office.approved()
    for path in (ALL, f"{ALL}{ident}", f"{ALL}export.csv", f"{ALL}import", f"meetings/applications/{item}/pool"):
        desk("deputy_leader").get(path, status=403)
    desk("organiser", "meitan").get(f"{ALL}{ident}", status=404)
    assert "李芳" not in desk("organiser", "meitan").get(ALL)


@pytest.mark.article("meetings", 3, 7)
def test_a_declaration_is_entered_decided_and_told_on_the_desk(desk: Sign, office: Office) -> None:
    organiser, deputy, item = desk("organiser"), desk("deputy_leader"), office.approved()
    path = f"meetings/recusals/applications/{item}"
    empty = organiser.post(path, {"statement": "x"})
    assert (empty.status_code, "申报事项" in empty.get_data(as_text=True)) == (422, True)
    (person,) = re.findall(r'<option value="(\w{32})"', organiser.get(path))
    sent = {"invitation": person, "kind": "interest", "statement": "本人是一楼住户"}
    assert organiser.post(path, sent).status_code == 302
    assert "王小明的回避或资格申报待您决定" in deputy.get("")
    assert "待您决定" not in organiser.get("")
    row = re.search(r"/meetings/recusals/(\w{32})", deputy.get(path))
    assert row
    assert "申报人不能对自己的申报作决定" in organiser.get(f"meetings/recusals/{row[1]}")
    act = {"event": "accept", "version": "1"}
    assert deputy.post(f"meetings/recusals/{row[1]}/transitions", act).status_code == 422
    assert deputy.post(f"meetings/recusals/{row[1]}/transitions", act | {"reason": "属实"}).status_code == 302
    assert "已决定回避" in organiser.get(path)
    desk("stenographer").get(path, status=403)
