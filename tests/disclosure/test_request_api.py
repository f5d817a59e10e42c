"""Access on request over the API: by the web, over the counter, to the reply and beyond; what is forbidden has a code."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from core import calendar_data, jurisdictions
from core.db import db
from core.models import Notice
from core.workdays import Calendar
from plugins.disclosure.workflow import request_clocks as limits
from tests.office import Office

PATH = "disclosure/requests"
PERSON = {
    "agency": "office", "applicant_kind": "person", "applicant_name": "王小明", "identity_kind": "resident",
    "identity_number": "520302199001011234", "phone": "13800000000", "email": "wang@example.org",
    "description": "2025年老旧小区改造计划及资金安排", "form": "electronic", "delivery": "email",
}  # fmt: skip
OFFICER, HEAD = "disclosure_officer", "disclosure_officer+deputy_leader"


@pytest.fixture(autouse=True)
def calendar(office: Office) -> None:
    """The years of the golden dates."""
    with jurisdictions.enter(office.place):
        calendar_data.ensure()


class Desk:
    """One request and those who work on it."""

    def __init__(self, office: Office, **fields: Any) -> None:
        self.office = office
        role = OFFICER if "channel" in fields else ""
        self.receipt = office.ok(role, "POST", PATH, PERSON | fields)
        self.path = f"{PATH}/{self.receipt['id']}"

    def do(self, event: str, role: str = OFFICER, **values: Any) -> Any:
        return self.office.ok(role, "POST", f"{self.path}/transitions", {"event": event, **values})

    def refused(self, event: str, role: str = OFFICER, **values: Any) -> list[str]:
        return self.office.codes(role, "POST", f"{self.path}/transitions", {"event": event, **values})

    def show(self, role: str = OFFICER) -> Any:
        return self.office.ok(role, "GET", self.path)

    def clock(self, key: str = "reply") -> Any:
        return [clock for clock in self.show()["clocks"] if clock["key"] == key][-1]

    def own(self, **values: Any) -> Any:
        secret = {"number": self.receipt["number"], "secret": self.receipt["secret"]}
        return self.office.ok("", "POST", f"{PATH}/own", secret | values)

    def answered(self, result: str = "granted", **values: Any) -> None:
        self.do("propose", result=result, reason="依法可以公开", **values)
        if result != "granted":
            self.do("review", "secrecy_reviewer")
        self.do("approve", HEAD)
        self.do("deliver", proof="邮件已送达", delivery="email")


def counter(office: Office, day: str = "2025-09-15", **fields: Any) -> Desk:
    """Handed in over the counter on that day, and taken up."""
    desk = Desk(office, channel="counter", arrived_on=day, **fields)
    desk.do("accept")
    return desk


@pytest.mark.article("disclosure", 12)
def test_from_the_web_form_to_the_public_register(office: Office) -> None:
    desk = Desk(office)
    assert desk.receipt["state"] == "to_confirm"
    assert desk.own()["sentence"].startswith("我们已经收到")
    desk.do("confirm")
    desk.do("accept")
    assert desk.clock()["article"] == "管12"
    desk.answered()
    assert desk.clock()["state"] == "met"
    mine = desk.own()
    assert mine["reply"]["result"] == "granted"
    assert "行政复议" in mine["rights"]
    assert office.ok("", "GET", f"{PATH}/register")["items"] == []
    office.ok(OFFICER, "PUT", f"{desk.path}/public-note", {"public_note": "老旧小区改造计划"})
    desk.do("archive")
    lines = office.ok("", "GET", f"{PATH}/register")
    assert [line["public_note"] for line in lines["items"]] == ["老旧小区改造计划"]
    assert lines["results"] == {"granted": 1}
    assert "王小明" not in str(lines)


@pytest.mark.article("disclosure", 12)
def test_the_golden_suspension(office: Office) -> None:
    """received 2025-09-15, third party 09-22 → 10-13: eleven working days do not count, due becomes 11-03."""
    desk = counter(office)
    assert desk.clock()["due"] == "2025-10-17"
    desk.do("consult", kind="third_party", party="某公司", day="2025-09-22")
    assert desk.clock()["state"] == "suspended"
    asked = desk.show()["consultations"][0]["id"]
    desk.do("answer_consultation", consultation=asked, answer="agreed", day="2025-10-13")
    assert desk.clock()["due"] == "2025-11-03"
    assert desk.show()["state"] == "processing"


@pytest.mark.article("disclosure", 12)
def test_a_corrected_request_counts_anew_and_is_asked_once(office: Office) -> None:
    today = limits.today().isoformat()
    desk = Desk(office, channel="registered_mail", arrived_on=today, form="")
    assert desk.refused("accept") == ["REQUEST_INCOMPLETE"]
    desk.do("notify_correction", items="请写明所需信息的形式", days=5)
    assert desk.own()["correction_items"] == "请写明所需信息的形式"
    office.ok("", "POST", f"{PATH}/own/transitions", _secret(desk) | {"event": "correct", "text": "要电子文件"})
    assert desk.clock()["state"] == "running"
    assert desk.refused("notify_correction", items="再补正一次") == ["CORRECTION_ONCE"]
    desk.answered("unclear")


def test_a_late_correction_notice_is_refused(office: Office) -> None:
    desk = Desk(office, channel="counter", arrived_on="2025-09-15")
    assert desk.refused("notify_correction", items="请补正") == ["CORRECTION_LATE"]


@pytest.mark.article("disclosure", 12)
def test_an_extension_is_short_once_and_in_time_by_another(office: Office) -> None:
    late = counter(office)
    assert late.refused("extend", HEAD, reason="情况复杂", days=5) == ["EXTENSION_LATE"]
    desk = counter(office, limits.today().isoformat())
    assert desk.refused("extend", reason="情况复杂", days=5) == ["OWN_APPROVAL"]
    assert desk.refused("extend", HEAD, reason="情况复杂", days=21) == ["EXTENSION_TOO_LONG"]
    desk.do("extend", HEAD, reason="情况复杂", days=20)
    clock = desk.clock()
    assert clock["due"] == _after(limits.today(), 40)
    assert clock["original_due"] == _after(limits.today(), 20)
    assert desk.refused("extend", HEAD, reason="情况复杂", days=1) == ["EXTENSION_ONCE"]


@pytest.mark.article("disclosure", 12)
def test_a_third_party_that_refuses_with_reason_is_heard(office: Office) -> None:
    desk = counter(office, limits.today().isoformat())
    desk.do("consult", party="某公司")
    asked = desk.show()["consultations"][0]["id"]
    assert desk.refused("propose", result="granted", reason="可以公开") == ["CONSULTATION_OPEN"]
    desk.do("answer_consultation", consultation=asked, answer="refused", justified=True, text="涉及商业秘密")
    assert desk.refused("propose", result="granted", reason="可以公开") == ["THIRD_PARTY_REFUSED"]
    assert desk.refused("propose", result="partly", reason="区分处理") == ["WITHHELD_REASON_MISSING"]
    assert desk.refused("override", consultation=asked, reason="关系公共安全") == ["OWN_APPROVAL"]
    desk.do("override", HEAD, consultation=asked, reason="关系公共安全")
    desk.do("propose", result="granted", reason="可以公开")


@pytest.mark.article("disclosure", 12)
def test_partly_names_every_part_and_is_reviewed(office: Office) -> None:
    desk = counter(office, limits.today().isoformat())
    part = {"part": "第三页联系人电话", "result": "third_party", "reason": "个人隐私"}
    desk.do("propose", result="partly", reason="区分处理", withheld=[part])
    assert desk.refused("approve", HEAD) == ["REVIEW_MISSING"]
    desk.do("review", "secrecy_reviewer")
    assert desk.refused("approve") == ["OWN_APPROVAL"]
    desk.do("approve", HEAD)
    assert desk.refused("deliver", proof=" ") == ["DELIVERY_PROOF_MISSING"]
    desk.do("deliver", proof="EMS 1234567890")
    reply = desk.own()["reply"]
    assert (reply["withheld"], reply["proof"]) == ([part], "EMS 1234567890")


@pytest.mark.article("disclosure", 12)
def test_mass_requests_explain_themselves_or_pay(office: Office) -> None:
    desk = counter(office, limits.today().isoformat())
    assert desk.refused("propose", result="mass", reason="数量过多") == ["RESULT_UNFIT"]
    assert desk.refused("notify_fee", cents=5000, reason="数量过多") == ["FEE_NOT_ALLOWED"]
    desk.do("ask_reason", reason="一个月内申请三十次")
    office.ok("", "POST", f"{PATH}/own/transitions", _secret(desk) | {"event": "explain", "text": "做研究"})
    desk.do("notify_fee", cents=5000, reason="信息处理费")
    desk.do("pay")
    assert desk.clock()["state"] == "running"
    desk.do("ask_reason", reason="再次说明")
    desk.do("accept_reason", days=10)
    assert desk.clock()["due"] == _after(limits.today(), 30)


@pytest.mark.article("disclosure", 12)
def test_another_body_is_named_and_may_be_handed_the_request(office: Office) -> None:
    desk = counter(office, limits.today().isoformat())
    desk.do(
        "redirect", reason="由教育局负责", body="区教育局", contact="0851-28000000", proof="短信告知",
        transfer_to="education",
    )  # fmt: skip
    mine = desk.own()
    assert (mine["state"], mine["reply"]["other_body"]) == ("answered", "区教育局")
    onward = office.ok("", "POST", f"{PATH}/own", _secret(desk) | {"number": mine["passed_on"]})
    assert (onward["state"], onward["due"]) == ("received", _after(limits.today(), 20))


@pytest.mark.article("disclosure", 12)
def test_a_ruling_lets_it_be_handled_again_under_a_new_clock(office: Office) -> None:
    desk = counter(office, limits.today().isoformat())
    body = {"kind": "reconsideration", "body": "市人民政府"}
    assert office.codes(OFFICER, "POST", f"{desk.path}/challenges", body) == ["NOT_ANSWERED"]
    desk.answered()
    assert desk.refused("redo", reason="复议决定") == ["NOT_CORRECTED"]
    case = office.ok(OFFICER, "POST", f"{desk.path}/challenges", body)["id"]
    assert desk.refused("archive") == ["CHALLENGE_OPEN"]
    office.ok(OFFICER, "POST", f"{desk.path}/challenges/result", {"challenge": case, "result": "corrected"})
    desk.do("redo", reason="复议决定纠正")
    shown = desk.show()
    assert (shown["state"], shown["result"], desk.clock()["state"]) == ("processing", None, "running")
    desk.answered("partly", withheld=[{"part": "附件二", "result": "internal", "reason": "内部流程"}])
    assert [reply["number"] for reply in desk.show()["replies"]] == [1, 2]
    assert request_figures(office) == {"partly": 1}


@pytest.mark.article("disclosure", 12)
def test_what_is_registered_stays_and_is_nobody_elses(office: Office) -> None:
    desk = Desk(office)
    assert office.codes(OFFICER, "DELETE", desk.path) == ["REQUEST_KEPT"]
    assert office.call("organiser", "GET", desk.path).status_code == 404
    assert office.call("", "GET", desk.path).status_code == 401
    assert desk.show("secrecy_reviewer")["person"] is None
    assert desk.show()["person"]["applicant_name"] == "王小明"
    assert office.ok(OFFICER, "GET", PATH)["items"][0]["applicant"] == "王**"
    wrong = office.call("", "POST", f"{PATH}/own", _secret(desk) | {"secret": "AAAA-AAAA-AAAA"})
    unknown = office.call("", "POST", f"{PATH}/own", _secret(desk) | {"number": "YSQ2026-9999"})
    assert (wrong.status_code, wrong.data) == (404, unknown.data)
    office.ok("", "POST", f"{PATH}/own/transitions", _secret(desk) | {"event": "withdraw"})
    office.ok("", "POST", f"{PATH}/own/transitions", _secret(desk) | {"event": "withdraw"})
    assert desk.show()["result"] == "withdrawn"


def test_a_note_that_names_the_applicant_is_refused(office: Office) -> None:
    desk = counter(office, limits.today().isoformat())
    desk.answered()
    assert office.codes(OFFICER, "PUT", f"{desk.path}/public-note", {"public_note": "王小明申请的计划"}) == [
        "NOTE_REVEALS"
    ]


def test_guessing_is_slowed_down(office: Office) -> None:
    office.app.config["LINK_FAILURES"] = 2
    desk = Desk(office)
    for _ in range(2):
        office.call("", "POST", f"{PATH}/own", _secret(desk) | {"secret": "AAAA-AAAA-AAAA"})
    assert office.call("", "POST", f"{PATH}/own", _secret(desk)).status_code == 429


def test_a_request_says_all_it_must(office: Office) -> None:
    answer = office.call("", "POST", PATH, PERSON | {"identity_number": "", "phone": "", "email": ""})
    assert answer.status_code == 422
    assert {"identity_number", "phone"} <= {error["field"] for error in (answer.json or {})["errors"]}
    business = PERSON | {"applicant_kind": "business", "organisation_code": ""}
    assert office.call("", "POST", PATH, business).status_code == 422


@pytest.mark.article("disclosure", 12)
def test_the_applicant_is_told_once_and_nothing_of_the_matter(office: Office) -> None:
    Desk(office).do("confirm")
    with jurisdictions.enter(office.place):
        mails = db.session.scalars(select(Notice).where(Notice.address == PERSON["email"])).all()
    assert [(mail.channel, "老旧小区" in mail.body + mail.subject) for mail in mails] == [("email", False)]


def _secret(desk: Desk) -> dict[str, str]:
    return {"number": desk.receipt["number"], "secret": desk.receipt["secret"]}


def _after(day: Any, days: int) -> str:
    return Calendar().add(day, days).due.isoformat()


def request_figures(office: Office) -> dict[str, int]:
    return dict(office.ok("", "GET", f"{PATH}/register")["results"])
