"""Drafting an application: nothing typed is lost, nothing is done twice, what is missing is said by article."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core import jurisdictions
from core.db import db
from core.models import IdempotencyRecord, Matter
from core.web import once
from plugins.meetings.models import AgendaApplication, Material
from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk

Sign = Callable[..., Desk]
NEW = "meetings/applications/new"
HALF = {"title": "停车收费标准调整方案", "subject_class": "public_resources"}
WHOLE = HALF | {
    "openness": "open", "forms": ["invitation", "internet"], "organisation_form": "现场会议",
    "participation_mode": "列席并发言", "invitees-0-name": "王小明", "invitees-0-category": "public",
}  # fmt: skip


def form_key(page: str) -> str:
    found = re.search(r'name="form_key" value="(\w+)"', page)
    assert found
    return found[1]


def stored(office: Office) -> list[AgendaApplication]:
    db.session.remove()
    with jurisdictions.enter(office.place):
        files = selectinload(AgendaApplication.materials).joinedload(Material.attachment)
        people = selectinload(AgendaApplication.invitations)
        return list(db.session.scalars(select(AgendaApplication).options(files, people)))


def made(desk: Desk, **fields: Any) -> str:
    """Save a new draft by the page; its id."""
    answer = desk.post(NEW, HALF | fields | {"act": "save"})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return answer.location.rpartition("/edit")[0].rpartition("/")[2]


def edit(ident: str) -> str:
    return f"meetings/applications/{ident}/edit"


def test_title_and_class_are_enough_to_keep_a_draft(desk: Sign, office: Office) -> None:
    organiser = desk("organiser")
    ident = made(organiser)
    (item,) = stored(office)
    assert (item.id, item.state, item.title, item.openness) == (ident, "draft", HALF["title"], "open")
    assert "草稿已保存。" in organiser.get(edit(ident))


def test_an_empty_form_says_what_is_needed_and_keeps_the_rest(desk: Sign, office: Office) -> None:
    answer = desk("organiser").post(
        NEW, {"title": " ", "participation_mode": "列席并发言", "forms": "radio", "act": "save"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "议题名称：这一项必填。" in page
    assert "事项类别：这一项必填。" in page
    assert 'href="#subject_class-urban_planning"' in page
    assert "列席并发言</textarea>" in page
    assert re.search(r'value="radio" checked', page)
    assert not stored(office)


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("title", "长" * 201, "最多 200 个字"),
        ("subject_class", "made_up", "只能是"),
        ("forms", "pigeon", "只能是"),
        ("quota-public", "many", "填写不正确"),
        ("invitees-0-name", "王小明", "邀请人员名单第 1 行 类别：这一项必填。"),
        ("matter", "0" * 32, "没有这个事项"),
        ("participation_mode", "看不见\x00的", "控制字符"),
    ],
)
def test_a_wrong_value_is_named_at_its_field(desk: Sign, office: Office, field: str, value: str, fault: str) -> None:
    answer = desk("organiser").post(NEW, HALF | {field: value, "act": "save"})
    assert (answer.status_code, fault in answer.get_data(as_text=True)) == (422, True)
    assert not stored(office)


def test_the_same_person_twice_is_refused_as_over_the_api(desk: Sign, office: Office) -> None:
    twice = {
        f"invitees-{n}-{name}": value
        for n in (0, 4)
        for name, value in {"name": "王小明", "category": "public"}.items()
    }
    page = desk("organiser").post(NEW, HALF | twice | {"act": "save"}).get_data(as_text=True)
    assert "名单中有重复的人员。" in page


def test_a_form_sent_twice_makes_one_draft(desk: Sign, office: Office) -> None:
    organiser = desk("organiser")
    key = form_key(organiser.get(NEW))
    first, second = (organiser.post(NEW, HALF | {"form_key": key, "act": "save"}) for _ in range(2))
    assert first.location == second.location
    assert len(stored(office)) == 1
    with jurisdictions.enter(office.place):
        assert db.session.scalar(select(func.count()).select_from(Matter)) == 1
    assert db.session.scalar(select(func.count()).select_from(IdempotencyRecord)) == 1
    other = organiser.post(NEW, HALF | {"form_key": form_key(organiser.get(NEW)), "act": "save"})
    assert other.location != first.location


@pytest.mark.article("meetings", 3)
@pytest.mark.article("meetings", 5)
@pytest.mark.article("meetings", 7)
def test_what_is_missing_is_listed_by_article_with_links(desk: Sign, office: Office) -> None:
    organiser = desk("organiser")
    ident = made(organiser, forms="invitation", needs_participation="yes")
    aside = organiser.get(edit(ident)).partition("<aside")[2]
    for article, place in (("会3", "invitees"), ("会5", "material-draft"), ("会5", "material-adoption_summary"), ("会7", "organisation_form")):  # fmt: skip
        assert f"（{article}）" in aside
        assert f'href="#{place}"' in aside
    page = organiser.get(edit(ident))
    assert all(f'id="{place}"' in page for place in re.findall(r'href="#([\w-]+)"', aside))


@pytest.mark.article("meetings", 7)
def test_a_refused_application_keeps_everything_and_names_the_article(desk: Sign, office: Office) -> None:
    organiser = desk("organiser")
    answer = organiser.post(NEW, WHOLE | {"organisation_form": "", "act": "submit"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "申报表应注明并一同报批：会议组织形式。" in page
    assert "（会7）" in page
    assert 'value="王小明"' in page
    (item,) = stored(office)
    assert (item.state, [row.name for row in item.invitees]) == ("draft", ["王小明"])
    done = organiser.post(edit(item.id), WHOLE | {"version": item.version, "act": "submit"})
    assert done.status_code == 302
    assert stored(office)[0].state == "pending"


def test_submitting_twice_submits_once(desk: Sign, office: Office) -> None:
    organiser = desk("organiser")
    key = form_key(organiser.get(NEW))
    first, second = (organiser.post(NEW, WHOLE | {"form_key": key, "act": "submit"}) for _ in range(2))
    assert (first.status_code, second.location) == (302, first.location)
    (item,) = stored(office)
    assert (item.state, item.version) == ("pending", 2)


def test_a_draft_sent_twice_is_saved_once(desk: Sign, office: Office) -> None:
    organiser = desk("organiser")
    ident = made(organiser)
    sent = WHOLE | {"version": 1, "act": "save", "matter": stored(office)[0].matter_id}
    assert [organiser.post(edit(ident), sent).status_code for _ in range(2)] == [302, 302]
    assert stored(office)[0].version == 2


def test_a_stale_edit_is_refused_and_shows_both_versions(desk: Sign, office: Office) -> None:
    organiser = desk("organiser")
    ident = made(organiser)
    matter = stored(office)[0].matter_id
    organiser.post(edit(ident), HALF | {"title": "别人改过的名称", "matter": matter, "version": 1, "act": "save"})
    mine = HALF | {"title": "我改的名称", "matter": matter, "participation_mode": "旁听", "version": 1, "act": "save"}
    answer = organiser.post(edit(ident), mine)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412
    assert all(text in page for text in ("我改的名称", "别人改过的名称", "旁听", "现在保存着的"))
    assert stored(office)[0].title == "别人改过的名称"
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    assert organiser.post(edit(ident), mine | {"version": version[1]}).status_code == 302
    assert stored(office)[0].title == "我改的名称"


def test_what_was_submitted_meanwhile_cannot_be_edited_but_what_was_typed_stays(desk: Sign, office: Office) -> None:
    organiser, ident = desk("organiser"), office.application()["id"]
    office.fire("organiser", f"applications/{ident}", "submit")
    answer = organiser.post(edit(ident), HALF | {"title": "迟到的修改", "version": 1, "act": "save"})
    assert answer.status_code == 409
    assert "迟到的修改" in answer.get_data(as_text=True)
    assert organiser.client.get(f"/admin/huichuan/{edit(ident)}").status_code == 302


def test_without_a_version_nothing_is_overwritten(desk: Sign, office: Office) -> None:
    organiser = desk("organiser")
    ident = made(organiser)
    assert organiser.post(edit(ident), HALF | {"title": "没有版本", "act": "save"}).status_code == 412
    assert stored(office)[0].title == HALF["title"]


def test_more_rows_keep_everything_and_save_nothing(desk: Sign, office: Office) -> None:
    answer = desk("organiser").post(NEW, WHOLE | {"form_key": "k" * 32, "act": "more_invitees"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, page.count('-name" value=')) == (200, 11)
    assert 'value="王小明"' in page
    assert form_key(page) == "k" * 32
    assert "data-draft-unsaved" in page
    assert not stored(office)


def test_people_are_taken_off_the_list(desk: Sign, office: Office) -> None:
    organiser, item = desk("organiser"), office.application()
    sent = WHOLE | {
        "title": item["title"], "subject_class": item["subject_class"], "matter": item["matter"], "version": 1,
        "invitees-0-remove": "1", "invitees-1-name": "李芳", "invitees-1-category": "expert", "act": "save",
    }  # fmt: skip
    assert organiser.post(edit(item["id"]), sent).status_code == 302
    assert [row.name for row in stored(office)[0].invitees] == ["李芳"]


def test_a_list_of_hundreds_fits_into_the_form(desk: Sign, office: Office) -> None:
    row = {"category": "public", "organisation": "社区", "contact": "0851-1", "represents": "居民"}
    people = {
        f"invitees-{n}-{field}": value for n in range(400) for field, value in ({"name": f"代表{n}"} | row).items()
    }
    made(desk("organiser"), **people, **{"materials-0-kind": "other", "materials-0-upload": upload("说明.pdf")})
    assert len(stored(office)[0].invitees) == 400


def test_of_two_at_once_one_makes_the_draft(desk: Sign, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a server with several processes: the other one commits between our look and our writing."""
    organiser = desk("organiser")
    key = form_key(organiser.get(NEW))
    first = organiser.post(NEW, HALF | {"form_key": key, "act": "save"})
    looks = iter([""])
    real = once._made
    monkeypatch.setattr(once, "_made", lambda actor, name: "" if next(looks, None) is not None else real(actor, name))
    second = organiser.post(NEW, HALF | {"form_key": key, "act": "save"})
    assert (second.location, len(stored(office))) == (first.location, 1)


# --- materials --------------------------------------------------------------------------------------


def upload(name: str, content: bytes = b"%PDF-1.7 text") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


@pytest.mark.article("meetings", 5)
@pytest.mark.article("meetings", 6)
def test_materials_come_in_the_same_form(desk: Sign, office: Office) -> None:
    organiser = desk("organiser")
    ident = made(
        organiser,
        **{
            "materials-0-kind": "draft", "materials-0-upload": upload("方案草案.pdf"),
            "materials-2-kind": "adoption_summary", "materials-2-upload": upload("采纳情况.pdf"),
            "materials-2-opinions-0-text": "收费过高", "materials-2-opinions-0-count": "5",
            "materials-2-opinions-0-adopted": "no",
        },
    )  # fmt: skip
    (item,) = stored(office)
    assert [(row.kind, row.title, row.attachment is not None) for row in item.materials] == [
        ("draft", "方案草案", True), ("adoption_summary", "采纳情况", True),
    ]  # fmt: skip
    assert item.materials[1].opinions == [{"text": "收费过高", "count": 5, "adopted": False, "reason": ""}]
    aside = organiser.get(edit(ident)).partition("<aside")[2]
    assert "相对集中的意见不予采纳，应当说明理由：“收费过高”" in aside
    assert "（会6）" in aside


def test_a_refused_form_does_not_lose_its_files(desk: Sign, office: Office) -> None:
    organiser = desk("organiser")
    sent = {"title": "", "materials-0-kind": "draft", "materials-0-upload": upload("方案草案.pdf"), "act": "save"}
    page = organiser.post(NEW, sent).get_data(as_text=True)
    assert "方案草案.pdf" in page
    file = re.search(r'name="materials-0-file" value="(\w{32})"', page)
    assert file
    made(organiser, **{"materials-0-kind": "draft", "materials-0-file": file[1]})
    assert [row.attachment_id for row in stored(office)[0].materials] == [file[1]]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("方案.exe", b"MZ", "不接收“方案.exe”这类文件"),
        ("方案.pdf", b"<html>", "“方案.pdf”的内容不是有效的 pdf 文件"),
        ("空.pdf", b"", "“空.pdf”是空文件"),
        ("../../etc/x.svg", b"<svg onload=alert(1)>", "“x.svg”：这个文件不是有效的 SVG"),
        ("<img src=x onerror=alert(1)>.exe", b"MZ", "img src=x onerror=alert(1).exe”这类文件"),
    ],
)
def test_a_refused_file_is_named(desk: Sign, office: Office, name: str, content: bytes, fault: str) -> None:
    answer = desk("organiser").post(
        NEW, HALF | {"materials-0-kind": "draft", "materials-0-upload": upload(name, content), "act": "save"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert fault in page
    assert "<img src=x" not in page
    assert HALF["title"] in page
    assert not stored(office)


def test_a_file_of_somebody_elses_is_not_taken(desk: Sign, office: Office) -> None:
    theirs = office.upload()
    other = desk("organiser+leader")
    answer = other.post(NEW, HALF | {"materials-0-kind": "draft", "materials-0-file": theirs, "act": "save"})
    assert (answer.status_code, "没有这个文件，请先上传。" in answer.get_data(as_text=True)) == (422, True)


def test_a_colleague_keeps_the_files_of_a_draft(desk: Sign, office: Office) -> None:
    file = office.upload()
    item = office.application(materials=[{"kind": "draft", "title": "草案", "file": file}])
    colleague = desk("organiser+stenographer")
    page = colleague.get(edit(item["id"]))
    assert "material.txt" in page
    sent = WHOLE | {"matter": item["matter"], "version": 1, "act": "save", "materials-0-kind": "draft", "materials-0-file": file, "materials-0-title": "草案第二稿"}  # fmt: skip
    assert colleague.post(edit(item["id"]), sent).status_code == 302
    assert [(row.title, row.attachment_id) for row in stored(office)[0].materials] == [("草案第二稿", file)]


# --- who --------------------------------------------------------------------------------------------


def test_only_those_who_apply_draft(desk: Sign, office: Office) -> None:
    ident = office.application()["id"]
    for role in ("deputy_leader", "stenographer", "system_admin"):
        desk(role).get(NEW, status=403)
        answer = desk(role).post(NEW, HALF | {"act": "save"})
        assert answer.status_code == 403
    desk("deputy_leader").get(edit(ident), status=403)
    assert len(stored(office)) == 1


def test_other_counties_and_unknown_ids_answer_alike(desk: Sign, office: Office) -> None:
    ident = office.application()["id"]
    there = desk("organiser", "meitan")
    pages = [
        there.client.get(f"/admin/meitan/meetings/applications/{wrong}")
        for wrong in (ident, "0" * 32, f"{ident}/edit", f"{ident}/plan", f"{ident}/invitees", f"{ident}/print", "a%00b")
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({page.get_data() for page in pages}) == 1
    assert desk("organiser").client.get(f"/admin/meitan/{edit(ident)}").status_code == 403


def test_every_form_wants_the_token(desk: Sign, office: Office) -> None:
    assert desk("organiser").post(NEW, HALF | {"act": "save"}, token="wrong").status_code == 403
    assert not stored(office)


def test_what_people_type_never_becomes_markup(desk: Sign, office: Office) -> None:
    evil = "<script>alert(1)</script>"
    organiser = desk("organiser")
    ident = made(organiser, **{"title": evil, "invitees-0-name": evil, "invitees-0-category": "public", "organisation_form": evil})  # fmt: skip
    for path in (edit(ident), f"meetings/applications/{ident}", f"meetings/applications/{ident}/print", "meetings/applications/"):  # fmt: skip
        page = organiser.get(path)
        assert evil not in page
        assert "&lt;script&gt;alert(1)" in page
