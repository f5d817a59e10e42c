"""What is owed after a meeting, in the console (会9): published, or exempted by two persons."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from core import jurisdictions, settings
from core.db import utcnow, write
from core.models import Clock
from core.permissions import SYSTEM
from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk

Sign = Callable[..., Desk]
BOARD = "meetings/obligations/"


@pytest.fixture
def owed(office: Office) -> dict[str, str]:
    """kind → id of what is owed for one passed item; `meeting` beside them."""
    item = office.approved(title="供水管网改造")
    meeting = office.meeting(item)
    office.run(meeting, item)
    rows = office.ok("organiser", "GET", f"meetings/{meeting}/obligations")["items"]
    return {row["kind"]: row["id"] for row in rows} | {"meeting": meeting, "item": item}


def move(desk: Desk, ident: str, event: str, **more: Any) -> TestResponse:
    version = re.search(r'name="version" value="(\d+)"', desk.get(f"{BOARD}{ident}/"))
    return desk.post(f"{BOARD}{ident}/move", {"event": event, "version": version[1] if version else "1", **more})


def state(office: Office, ident: str) -> str:
    return str(office.ok("organiser", "GET", f"meetings/obligations/{ident}")["state"])


@pytest.mark.article("meetings", 9)
def test_the_board_lists_what_is_owed_until_when(desk: Sign, office: Office, owed: dict[str, str]) -> None:
    page = desk("organiser").get(BOARD)
    assert all(word in page for word in ("审议情况", "政策文件", "解读材料", "供水管网改造", "个工作日", "怎么算的"))
    with jurisdictions.enter(office.place), write() as session:
        late = update(Clock).where(Clock.subject_id == owed["outcome"]).values(due_at=utcnow())
        session.execute(late)
    page = desk("organiser").get(BOARD, meeting=owed["meeting"])
    assert "有 1 项已超期。" in page
    assert page.count("已超期") >= 2
    assert "现在没有待公开的内容。" in desk("organiser", "meitan").get(BOARD)


@pytest.mark.article("meetings", 9)
def test_the_outcome_begins_with_the_recorded_result_and_is_published(
    desk: Sign, office: Office, owed: dict[str, str]
) -> None:
    organiser = desk("organiser")
    page = organiser.get(f"{BOARD}{owed['outcome']}/")
    assert "《供水管网改造》审议情况" in page
    assert "审议结论：通过。" in page
    body = {"title": "供水管网改造审议情况", "body": "会议审议通过。"}
    assert move(organiser, owed["outcome"], "publish", **body).status_code == 302
    address = re.search(r'href="(/huichuan/publications/\w+/)"', organiser.get(BOARD, meeting=owed["meeting"]))
    assert address
    public = organiser.client.application.test_client().get(address[1]).get_data(as_text=True)
    assert "会议审议通过。" in public
    assert move(organiser, owed["outcome"], "publish", **body).status_code == 409  # sent twice, published once


@pytest.mark.article("meetings", 9)
def test_a_policy_document_without_interpretation_is_refused_and_everything_typed_is_kept(
    desk: Sign, office: Office, owed: dict[str, str]
) -> None:
    typed = {
        "title": "供水管网改造实施办法",
        "body": "第一条 为了改造老旧管网。",
        "files": [(io.BytesIO("附件".encode()), "办法.txt")],
    }
    answer = move(desk("organiser"), owed["policy_document"], "publish", **typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "（会9）" in page
    assert "政策文件应当与解读材料一并公开" in page
    for text in ("供水管网改造实施办法", "第一条 为了改造老旧管网。", "已上传：办法.txt"):
        assert text in page
    kept = re.search(r'name="files-kept" value="(\w+)"', page)
    assert kept
    again = {
        "title": typed["title"],
        "body": typed["body"],
        "files-kept": kept[1],
        "interpretation.title": "一图读懂",
        "interpretation.body": "为什么改、怎么改。",
    }
    assert move(desk("organiser"), owed["policy_document"], "publish", **again).status_code == 302
    assert state(office, owed["interpretation"]) == "published"
    shown = desk("organiser").get(f"{BOARD}{owed['policy_document']}/")
    address = re.search(r'href="(/huichuan/publications/\w+/)"', shown)
    assert address
    public = desk("organiser").client.application.test_client().get(address[1]).get_data(as_text=True)
    assert "办法.txt" in public
    assert "一图读懂" in public


@pytest.mark.article("meetings", 9)
def test_an_exemption_takes_two_persons_and_settles_the_item(desk: Sign, office: Office, owed: dict[str, str]) -> None:
    organiser, deputy = desk("organiser"), desk("deputy_leader")
    assert move(organiser, owed["policy_document"], "exempt").status_code == 422
    for kind in ("policy_document", "interpretation"):
        assert move(organiser, owed[kind], "exempt", reason="没有形成政策文件").status_code == 302
    assert "您没有" in organiser.get(f"{BOARD}{owed['interpretation']}/")
    assert move(deputy, owed["interpretation"], "reject_exemption").status_code == 422
    assert move(deputy, owed["interpretation"], "reject_exemption", reason="应当解读").status_code == 302
    assert state(office, owed["interpretation"]) == "owed"
    assert move(deputy, owed["policy_document"], "approve_exemption").status_code == 302
    page = organiser.get(f"{BOARD}{owed['policy_document']}/")
    assert "没有形成政策文件" in page
    assert "已免予公开" in page


@pytest.mark.article("meetings", 9)
def test_nobody_approves_the_exemption_he_asked_for(desk: Sign, office: Office, owed: dict[str, str]) -> None:
    both = desk("organiser+deputy_leader")
    assert move(both, owed["outcome"], "exempt", reason="涉密").status_code == 302
    assert "申请人不能批准自己的免予公开申请" in both.get(f"{BOARD}{owed['outcome']}/")
    assert move(both, owed["outcome"], "approve_exemption").status_code == 409


def test_a_file_that_is_not_taken_is_named_and_the_others_are_kept(
    desk: Sign, office: Office, owed: dict[str, str]
) -> None:
    files = [
        ("event", "publish"), ("version", "1"), ("body", "正文保留"),
        ("files", (io.BytesIO(b"MZ"), "坏东西.exe")), ("files", (io.BytesIO("好".encode()), "好.txt")),
    ]  # fmt: skip
    answer = desk("organiser").post(f"{BOARD}{owed['outcome']}/move", files)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "坏东西.exe：" in page
    assert "已上传：好.txt" in page
    assert "正文保留" in page


def test_stale_foreign_and_without_right(desk: Sign, owed: dict[str, str]) -> None:
    stale = {"event": "exempt", "reason": "理由保留", "version": "9"}
    answer = desk("organiser").post(f"{BOARD}{owed['outcome']}/move", stale)
    assert answer.status_code == 412
    assert "理由保留" in answer.get_data(as_text=True)
    assert desk("stenographer").post(f"{BOARD}{owed['outcome']}/move", stale).status_code == 403
    assert "个工作日" in desk("stenographer").get(f"{BOARD}{owed['outcome']}/")
    stranger = desk("organiser", "meitan")
    assert stranger.get(f"{BOARD}{owed['outcome']}/", 404) == stranger.get(f"{BOARD}{'0' * 32}/", 404)
    assert stranger.post(f"{BOARD}{owed['outcome']}/move", stale).status_code == 404
    stranger.get(BOARD, 404, meeting=owed["meeting"])


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'


@pytest.mark.article("meetings", 9)
def test_an_interpretation_goes_out_in_several_forms_linked_both_ways(
    desk: Sign, office: Office, owed: dict[str, str]
) -> None:
    organiser, ident = desk("organiser"), owed["policy_document"]
    form = {
        "title": "供水管网改造方案", "body": "全文。", "interpretation.title": "一图读懂",
        "interpretation.question-0.title": "什么时候施工？", "interpretation.question-0.text": "明年三月起。",
        "interpretation.diagram.title": "施工步骤", "interpretation.video.url": "http://video.example.org/1",
    }  # fmt: skip
    hostile = {"interpretation-drawing": (io.BytesIO(b"<svg onload='x'/>"), "坏.svg")}
    assert "坏.svg" in move(organiser, ident, "publish", **form, **hostile).get_data(as_text=True)
    drawing = {"interpretation-drawing": (io.BytesIO(SVG), "图.svg")}
    refused = move(organiser, ident, "publish", **form, **drawing)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    for name in ("interpretation.diagram.text", "interpretation.video.url", "interpretation.video.text"):
        assert f'href="#{name}"' in page
    assert "已上传：图.svg" in page
    assert "明年三月起。" in page
    kept = re.search(r'name="interpretation-drawing-kept" value="(\w+)"', page)
    assert kept
    mended = form | {
        "interpretation-drawing-kept": kept[1], "interpretation.diagram.text": "先查漏，后换管。",
        "interpretation.video.url": "https://video.example.org/1", "interpretation.video.title": "讲解",
        "interpretation.video.text": "各位居民好。",
    }  # fmt: skip
    assert move(organiser, ident, "publish", **mended).status_code == 302
    board = organiser.get(BOARD, meeting=owed["meeting"])
    public = organiser.client.application.test_client()
    pages = [
        public.get(address).get_data(as_text=True) for address in re.findall(r'"(/huichuan/publications/\w+/)"', board)
    ]
    interpretation = next(page for page in pages if "先查漏，后换管。" in page)
    document = next(page for page in pages if "全文。" in page)
    assert "供水管网改造方案</a>" in interpretation
    assert "一图读懂</a>" in document
    assert "到 video.example.org 看视频" in interpretation


@pytest.mark.article("meetings", 9)
def test_an_interpretations_forms_over_the_api(office: Office, owed: dict[str, str]) -> None:
    body = {
        "event": "publish",
        "body": "全文。",
        "interpretation": {"parts": [{"kind": "question", "title": "问", "text": ""}]},
    }
    path = f"meetings/obligations/{owed['policy_document']}/transitions"
    answer = office.call("organiser", "POST", path, body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "parts[0].text")
    body["interpretation"]["parts"][0]["text"] = "答"
    assert office.ok("organiser", "POST", path, body)["state"] == "published"


@pytest.mark.article("meetings", 9)
def test_where_a_review_is_asked_for_the_page_leads_to_the_approved_drafts(
    desk: Sign, office: Office, owed: dict[str, str]
) -> None:
    with jurisdictions.enter(office.place), write():
        settings.put(SYSTEM, "meetings.review_publications", "true")
    organiser, ident = desk("organiser"), owed["policy_document"]
    page = organiser.get(f"{BOARD}{ident}/")
    assert "通过接口起草，由分管领导审核，再在这里指定" in page
    assert "目前没有已审核的公开内容。" in page
    assert 'name="body"' not in page
    refused = move(organiser, ident, "publish", body="正文", **{"interpretation.body": "解读"})
    assert "直接填写的不能公开" in refused.get_data(as_text=True)
    drafts = {}
    for kind in ("policy_document", "interpretation"):
        draft = {"kind": kind, "title": "供水改造", "body": "正文"}
        drafts[kind] = office.ok("organiser", "POST", "publications", draft)["id"]
        office.ok("leader", "POST", f"publications/{drafts[kind]}/transitions", {"event": "approve"})
    page = organiser.get(f"{BOARD}{ident}/")
    assert "目前没有已审核的公开内容。" not in page
    assert all(draft in page for draft in drafts.values())
    named = {"publication": drafts["policy_document"], "interpretation.publication": drafts["interpretation"]}
    assert move(organiser, ident, "publish", **named).status_code == 302
    assert {state(office, owed[kind]) for kind in drafts} == {"published"}
