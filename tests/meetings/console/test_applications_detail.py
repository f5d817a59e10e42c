"""One application in the console: what an approver sees is what he approves; every act, every refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from core import jurisdictions
from core.db import utcnow, write
from core.models import Delegation
from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk
from tests.meetings.documents.test_fill import text_of

Sign = Callable[..., Desk]


def path(ident: str, tail: str = "") -> str:
    return f"meetings/applications/{ident}{tail}"


def hidden(page: str, event: str) -> dict[str, str]:
    """The hidden fields of the form of an event."""
    for form in re.findall(r"<form.*?</form>", page, re.DOTALL):
        if f'name="event" value="{event}"' in form:
            return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    return {}


def act(person: Desk, ident: str, event: str, **more: Any) -> Any:
    """Press a button of the page."""
    fields = hidden(person.get(path(ident)), event)
    assert fields, event
    fields.pop("csrf_token")
    return person.post(path(ident, "/transitions"), fields | more)


def state(office: Office, ident: str) -> str:
    return str(office.ok("organiser", "GET", f"meetings/applications/{ident}")["state"])


@pytest.fixture
def pending(office: Office) -> str:
    ident = str(office.application(important=True)["id"])
    office.fire("organiser", f"applications/{ident}", "submit")
    return ident


@pytest.mark.article("meetings", 7)
def test_the_approver_sees_all_of_it_and_approves_exactly_that(desk: Sign, office: Office, pending: str) -> None:
    deputy, leader = desk("deputy_leader"), desk("leader")
    page = deputy.get(path(pending))
    for text in ("老旧小区加装电梯实施办法", "城乡规划", "邀请列席、网络（图文直播）", "会议室现场列席", "列席并可书面提出意见", "王小明", "wang@example.org"):  # fmt: skip
        assert text in page
    digest = office.ok("deputy_leader", "GET", f"meetings/applications/{pending}")["content_hash"]
    assert f"内容编号 {digest[:12]}" in page
    assert hidden(page, "approve")["content_hash"] == digest
    assert act(deputy, pending, "approve").status_code == 302
    assert state(office, pending) == "pending_leader"
    assert act(leader, pending, "approve").status_code == 302
    assert state(office, pending) == "approved"
    page = leader.get(path(pending))
    assert "已按此内容批准" in page
    assert page.count("同意</h3>") == 2


@pytest.mark.article("meetings", 7)
def test_another_content_than_the_one_seen_is_not_approved(desk: Sign, office: Office, pending: str) -> None:
    answer = act(desk("deputy_leader"), pending, "approve", content_hash="0" * 64)
    assert (answer.status_code, "（会7）" in answer.get_data(as_text=True)) == (409, True)
    assert state(office, pending) == "pending"


@pytest.mark.article("meetings", 7)
def test_ones_own_application_shows_why_it_cannot_be_approved(desk: Sign, office: Office) -> None:
    both = "organiser+deputy_leader"
    body = {"title": "自己申报的", "subject_class": "none", "openness": "closed"}
    ident = office.ok(both, "POST", "meetings/applications", body)["id"]
    office.fire(both, f"applications/{ident}", "submit")
    page = desk(both).get(path(ident))
    assert "申报人不能审批自己申报的议题，请由其他负责人审批。" in page
    assert not hidden(page, "approve")
    version = hidden(page, "return")["version"]
    answer = desk(both).post(path(ident, "/transitions"), {"event": "approve", "version": version})
    assert (answer.status_code, "申报人不能审批自己申报的议题" in answer.get_data(as_text=True)) == (409, True)


def test_a_return_needs_its_reason_and_comes_back_to_the_applicant(desk: Sign, office: Office, pending: str) -> None:
    deputy = desk("deputy_leader")
    answer = act(deputy, pending, "return", reason=" ")
    assert (answer.status_code, "请写明理由。" in answer.get_data(as_text=True)) == (422, True)
    assert act(deputy, pending, "return", reason="名单缺少企业代表").status_code == 302
    page = desk("organiser").get(path(pending))
    assert ("名单缺少企业代表" in page, "修改草稿" in page) == (True, True)


def test_a_stale_act_is_refused_and_keeps_its_reason(desk: Sign, office: Office) -> None:
    organiser, ident = desk("organiser"), office.application()["id"]
    fields = hidden(organiser.get(path(ident)), "withdraw") | {"reason": "情况有变"}
    office.ok("organiser", "PATCH", f"meetings/applications/{ident}", {"title": "改过的名称"}, If_Match='"1"')
    answer = organiser.post(path(ident, "/transitions"), fields)
    assert answer.status_code == 412
    assert "情况有变</textarea>" in answer.get_data(as_text=True)
    assert state(office, ident) == "draft"


def test_a_button_pressed_twice_acts_once_and_frightens_nobody(desk: Sign, office: Office, pending: str) -> None:
    deputy = desk("deputy_leader")
    fields = hidden(deputy.get(path(pending)), "approve")
    answers = [deputy.post(path(pending, "/transitions"), fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert len(office.ok("leader", "GET", f"meetings/applications/{pending}")["approvals"]) == 1


def test_grave_acts_ask_in_a_sentence_that_names_the_thing(desk: Sign, office: Office) -> None:
    page = desk("organiser").get(path(office.application()["id"]))
    assert 'data-confirm="撤回《老旧小区加装电梯实施办法》？' in page


def test_without_the_right_the_act_is_refused(desk: Sign, office: Office, pending: str) -> None:
    stranger = desk("stenographer")
    office.fire("deputy_leader", f"applications/{pending}", "approve")
    office.fire("leader", f"applications/{pending}", "approve")
    assert (
        stranger.post(path(pending, "/transitions"), {"event": "withdraw", "reason": "x", "version": "1"}).status_code
        == 403
    )
    page = stranger.get(path(pending))
    assert ("王小明" in page, "wang@example.org" in page) == (True, False)
    assert "wang@example.org" not in stranger.get(path(pending, "/print"))
    desk("system_admin").get(path(pending), status=403)


@pytest.mark.article("meetings", 2)
def test_clearance_is_given_for_the_content_as_it_stands(desk: Sign, office: Office) -> None:
    reviewer = desk("secrecy_reviewer")
    ident = office.application(openness="closed", openness_ground="《突发事件应对法》", forms=[], invitees=[])["id"]
    assert "已填写不开放依据，还缺保密审查员对当前内容的核签" in desk("organiser").get(path(ident, "/edit"))
    assert act(reviewer, ident, "clear").status_code == 302
    assert "已对当前内容核签" in desk("organiser").get(path(ident))
    office.ok("organiser", "PATCH", f"meetings/applications/{ident}", {"title": "改名"}, If_Match='"2"')
    assert "还没有核签" in desk("organiser").get(path(ident))
    assert not hidden(desk("organiser").get(path(ident)), "submit")


@pytest.mark.article("meetings", 7)
def test_who_stands_in_for_whom_is_shown(desk: Sign, office: Office, pending: str) -> None:
    deputy, deputys_deputy = desk("deputy_leader"), desk("stenographer")
    now = utcnow()
    with jurisdictions.enter(office.place), write() as session:
        session.add(
            Delegation(
                jurisdiction_id=office.place.id, from_account_id=deputy.actor.id, to_account_id=deputys_deputy.actor.id,
                roles=["deputy_leader"], starts_at=now, ends_at=now + timedelta(days=7), scope_note="出差期间",
            )
        )  # fmt: skip
    assert act(deputys_deputy, pending, "approve").status_code == 302
    assert f"（代 {deputy.actor.name}）" in desk("leader").get(path(pending))


@pytest.mark.article("meetings", 5)
def test_an_approved_item_goes_onto_a_meeting(desk: Sign, office: Office) -> None:
    organiser, ident = desk("organiser"), office.approved()
    assert "现在没有筹备中的会议" in organiser.get(path(ident))
    meeting = office.meeting(title="第8次常务会议")
    assert act(organiser, ident, "schedule", meeting=meeting).status_code == 302
    page = organiser.get(path(ident))
    assert ("第8次常务会议" in page, state(office, ident)) == (True, "scheduled")
    assert act(organiser, ident, "postpone", reason="材料待补").status_code == 302
    assert act(organiser, ident, "schedule", meeting="0" * 32).status_code == 422
    assert state(office, ident) == "approved"


def test_a_withdrawn_application_ends_its_path(desk: Sign, office: Office, pending: str) -> None:
    organiser = desk("organiser")
    assert act(organiser, pending, "withdraw", reason="另行研究").status_code == 302
    page = organiser.get(path(pending))
    assert "已撤回" in page
    assert "这一步没有需要您办理的事。" in page


@pytest.mark.article("meetings", 7)
def test_the_printed_form_shows_plan_list_and_signatures(desk: Sign, office: Office, pending: str) -> None:
    office.fire("deputy_leader", f"applications/{pending}", "approve")
    page = desk("leader").get(path(pending, "/print"))
    for text in (
        "会议议题申报表",
        "会议组织形式",
        "公众参与方式",
        "邀请人员名单（1人）",
        "分管领导审批",
        "主要领导审批",
    ):
        assert text in page
    assert page.count("<td>同意</td>") == 1


@pytest.mark.article("meetings", 7)
def test_the_printed_form_says_what_the_word_file_says_in_the_same_order(
    desk: Sign, office: Office, pending: str
) -> None:
    who = desk("leader")
    page = unescape(re.sub(r"<[^>]+>", "\n", who.get(path(pending, "/print")).partition("<main")[2]))
    printed = [line.strip() for line in page.splitlines() if line.strip()]
    file = who.client.get(f"/admin/huichuan/meetings/applications/{pending}/documents/application_form.docx")
    written = [line.strip() for line in text_of(file.data).splitlines() if line.strip()]
    start = written.index("议题名称")
    end = written.index("主要领导审批") + 1
    assert written[start:end] == printed[printed.index("议题名称") : printed.index("主要领导审批") + 1]
    assert end - start > 40


# --- change of plan ---------------------------------------------------------------------------------

PLAN = {
    "forms": ["invitation", "internet"], "organisation_form": "视频会议", "participation_mode": "列席并可书面提出意见",
    "invitees-0-name": "王小明", "invitees-0-category": "public", "invitees-0-contact": "wang@example.org",
    "act": "change",
}  # fmt: skip


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


@pytest.mark.article("meetings", 7)
def test_a_change_of_plan_goes_back_to_approval_and_keeps_the_history(desk: Sign, office: Office) -> None:
    organiser, ident = desk("organiser"), office.approved()
    sent = PLAN | {"version": version(organiser.get(path(ident, "/plan"))), "reason": "会议室检修"}
    assert organiser.post(path(ident, "/plan"), sent).status_code == 302
    page = desk("deputy_leader").get(path(ident))
    assert ("视频会议" in page, "已失效" in page, "会议室检修" in page) == (True, True, True)
    assert act(desk("deputy_leader"), ident, "approve").status_code == 302
    assert state(office, ident) == "approved"


@pytest.mark.article("meetings", 7)
@pytest.mark.parametrize(
    ("change", "status", "fault"),
    [
        ({"reason": ""}, 422, "理由：请写明理由。"),
        ({"organisation_form": "会议室现场列席"}, 409, "参与方案没有变化"),
        ({"organisation_form": ""}, 409, "申报表应注明并一同报批：会议组织形式。"),
        ({"invitees-0-category": ""}, 422, "邀请人员名单第 1 行 类别：这一项必填。"),
        ({"invitees-0-remove": "1"}, 409, "请至少填写一名邀请人员"),
        ({"version": "1"}, 412, "现在保存着的"),
    ],
)
def test_a_refused_change_keeps_what_was_typed(
    desk: Sign, office: Office, change: dict[str, str], status: int, fault: str
) -> None:
    organiser, ident = desk("organiser"), office.approved()
    good = PLAN | {"version": version(organiser.get(path(ident, "/plan"))), "reason": "会议室检修"}
    answer = organiser.post(path(ident, "/plan"), good | change)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, fault in page) == (status, True)
    assert "列席并可书面提出意见</textarea>" in page
    assert state(office, ident) == "approved"


def test_a_plan_that_waits_for_approval_says_that_it_cannot_be_changed_now(desk: Sign, pending: str) -> None:
    page = desk("organiser").get(path(pending, "/plan"))
    assert "参与方案现在不能变更" in page
    assert 'name="organisation_form"' not in page
    desk("deputy_leader").get(path(pending, "/plan"), status=403)
