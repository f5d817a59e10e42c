"""Access on request in the console: entered by proxy, every step by a button, and why a step cannot be taken."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from plugins.disclosure.admin.request_asks import ASKS
from plugins.disclosure.forms.requests import RequestMove
from plugins.disclosure.workflow import REQUEST
from plugins.disclosure.workflow import request_clocks as limits
from tests.disclosure.test_request_api import OFFICER
from tests.meetings.console.conftest import Desk, desk  # noqa: F401 - a fixture

PATH = "disclosure/requests"
LEADER = "disclosure_officer+deputy_leader"
PERSON = {
    "channel": "counter", "applicant_kind": "person", "applicant_name": "王小明", "identity_kind": "resident",
    "identity_number": "520302199001011234", "phone": "13800000000", "description": "2025年老旧小区改造计划",
    "form": "paper", "delivery": "pickup",
}  # fmt: skip


class Case:
    """One request entered at the counter, and the people who work on it."""

    def __init__(self, desk: Callable[..., Desk], **fields: Any) -> None:
        self.desk = desk
        page = desk(OFFICER).get(f"{PATH}/new")
        agency = re.search(r'<option value="([0-9a-f]{32})"', page[page.index('id="agency"') :])
        assert agency
        entered = PERSON | {"agency": agency[1], "arrived_on": limits.today().isoformat()} | fields
        answer = desk(OFFICER).post(f"{PATH}/new", entered)
        self.receipt = answer.get_data(as_text=True)
        assert answer.status_code == 200, self.receipt
        found = re.search(r"requests/([0-9a-f]{32})/", self.receipt)
        assert found
        self.path = f"{PATH}/{found[1]}/"

    def show(self, role: str = OFFICER) -> str:
        return self.desk(role).get(self.path)

    def press(self, event: str, role: str = OFFICER, to: str = "move", **more: Any) -> str:
        """The page that refuses, or "" when it was done."""
        version = re.search(r'name="version" value="(\d+)"', self.show(role))
        sent = {"event": event, "version": version[1] if version else "1", **more}
        answer = self.desk(role).post(f"{self.path}{to}", sent)
        return answer.get_data(as_text=True) if answer.status_code != 302 else ""

    def reply(self, result: str, **more: Any) -> str:
        return self.press("propose", to="reply", result=result, **{"reason": "依法答复", **more})

    def answered(self, result: str = "granted", **more: Any) -> None:
        assert self.reply(result, **more) == ""
        assert self.press("approve", LEADER) == ""
        assert self.press("deliver", proof="本人签收") == ""


@pytest.fixture
def case(desk: Callable[..., Desk]) -> Case:
    made = Case(desk)
    assert made.press("accept") == ""
    return made


@pytest.mark.article("disclosure", 12)
def test_from_the_counter_to_the_archive(case: Case) -> None:
    assert re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", case.receipt)
    assert "起数 20 个工作日" in case.show()
    assert case.reply("granted", reply_files=(io.BytesIO("计划".encode()), "计划.txt")) == ""
    assert "承办人不能审批自己办理的申请" in case.show()
    assert "答复书草稿" in case.show()
    draft = case.desk(OFFICER).client.get(f"/admin/huichuan/{case.path}letters/draft")
    assert (draft.status_code, draft.data[:2]) == (200, b"PK")
    assert case.press("approve", LEADER) == ""
    assert "请写明送达凭证" in case.press("deliver", proof=" ")
    assert case.press("deliver", proof="本人签收") == ""
    assert "这句话里有申请人的信息" in case.press("", to="note", public_note="王小明的申请")
    assert case.press("", to="note", public_note="老旧小区改造计划") == ""
    assert case.press("archive") == ""
    page = case.show()
    assert "已归档" in page
    assert "本人签收" in page
    assert "答复材料1.txt" in page


@pytest.mark.article("disclosure", 12)
def test_a_third_party_is_heard_on_the_page(case: Case) -> None:
    assert case.press("consult", kind="third_party", party="某公司") == ""
    page = case.show()
    assert "计时已中止" in page
    assert "还在征求意见：某公司" in page
    asked = re.search(r'name="consultation" value="(\w+)"', page)
    assert asked
    answer = {"consultation": asked[1], "answer": "refused", "justified": "1", "text": "商业秘密"}
    assert case.press("answer_consultation", **answer) == ""
    assert "第三方有合理理由不同意公开" in case.reply("granted")
    page = case.reply("partly", reason="写了很久的理由")
    assert "写了很久的理由" in page
    assert "请逐一写明不予公开的部分" in page
    assert "请由工作机构负责人办理" in case.show()
    assert case.press("override", LEADER, consultation=asked[1], reason="关系公共安全") == ""
    part = {"withheld-part": ["第三页"], "withheld-result": ["third_party"], "withheld-reason": ["个人隐私"]}
    assert case.reply("partly", **part) == ""
    assert "先由保密审查员审查" in case.show(LEADER)
    page = case.show("secrecy_reviewer")
    assert "第三页" in page
    assert "王小明" not in page
    assert case.press("review", "secrecy_reviewer") == ""
    assert case.press("approve", LEADER) == ""


@pytest.mark.article("disclosure", 12)
def test_correction_once_extension_once_and_why_not(case: Case) -> None:
    assert "请填写这一项" in case.press("notify_correction", items=" ")
    assert case.press("notify_correction", items="请写明小区", days="5") == ""
    assert case.press("correct", text="和平小区") == ""
    assert "补正只能告知一次" in case.show()
    page = case.press("extend", LEADER, days="21", reason="情况复杂")
    assert "最长不得超过 20 个工作日" in page
    assert "情况复杂" in page
    assert case.press("extend", LEADER, days="5", reason="情况复杂") == ""
    page = case.show(LEADER)
    assert "已延长 5：情况复杂" in page
    assert "已经延长过一次" in page


@pytest.mark.article("disclosure", 12)
def test_fees_and_forwarding(case: Case) -> None:
    assert "不收费" in case.show()
    assert case.press("ask_reason", reason="一个月三十次") == ""
    for typed in ("五十", "50.²", "５0"):
        assert "请写金额" in case.press("notify_fee", yuan=typed, reason="信息处理费")
    assert case.press("notify_fee", yuan="50.5", reason="信息处理费") == ""
    assert "50.50" in case.show()
    assert case.press("pay") == ""
    redirect = {"body": "区教育局", "contact": "0851-28000000", "reason": "由教育局负责", "proof": "短信告知"}
    bodies = re.findall(r'<option value="([0-9a-f]{32})"', case.show())
    assert case.press("redirect", **redirect, transfer_to=bodies[0]) == ""
    assert "区教育局" in case.show()


@pytest.mark.article("disclosure", 12)
def test_review_and_litigation_and_handled_again(case: Case) -> None:
    case.answered()
    assert "办理的机关：" in case.press("", to="challenges", kind="litigation", body=" ", opened_on="")
    assert case.press("", to="challenges", kind="litigation", body="区人民法院") == ""
    assert "还有没有审结的复议、诉讼或者投诉" in case.show()
    found = re.search(r'name="challenge" value="(\w+)"', case.show())
    assert found
    assert case.press("", to="challenges/result", challenge=found[1], result="corrected") == ""
    assert case.press("redo", reason="判决纠正") == ""
    assert "办理中" in case.show()


def test_pressed_twice_it_is_done_once_and_a_stale_page_says_so(case: Case) -> None:
    page = case.show()
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    sent = {"event": "ask_reason", "version": version[1], "reason": "太多"}
    assert [case.desk(OFFICER).post(f"{case.path}move", sent).status_code for _n in range(2)] == [302, 302]
    answer = case.desk(OFFICER).post(f"{case.path}move", sent | {"event": "accept_reason"})
    assert answer.status_code in {409, 412}


def test_the_list_filters_and_shows_nobodys_name(case: Case) -> None:
    number = re.search(r"YSQ\d{4}-\d{4}", case.receipt)
    assert number
    lists: tuple[tuple[bool, dict[str, Any]], ...] = (
        (True, {"whose": "mine"}), (False, {"whose": "nobody"}), (True, {"state": "processing"}),
        (False, {"due": "overdue", "whose": "all"}), (True, {"whose": "all", "words": "老旧小区"}),
    )  # fmt: skip
    for there, asked in lists:
        page = case.desk(OFFICER).get(f"{PATH}/", **asked)
        assert (number[0] in page) == there, asked
        assert "王小明" not in page
    case.desk("organiser").get(case.path, status=404)


def test_every_field_is_one_the_api_knows() -> None:
    named = {ask.name for asks in ASKS.values() for ask in asks} - {"yuan"}
    assert named <= set(RequestMove.model_fields)
    assert set(REQUEST.events) == set(ASKS) | {"propose", "receive", "lapse", "expire_consultation"}


def test_what_was_typed_at_the_counter_stays(desk: Callable[..., Desk]) -> None:
    answer = desk(OFFICER).post(
        f"{PATH}/new", {"channel": "mail", "description": "写了很久的内容", "applicant_kind": "person"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "写了很久的内容" in page
    assert "姓名或者名称" in page
