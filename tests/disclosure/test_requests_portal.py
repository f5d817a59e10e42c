"""Access on request as citizens see it: form, receipt, look-up, correction, the reply, the register; no JavaScript."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from core import jurisdictions, storage
from core.db import db, write
from core.models import Agency
from core.permissions import SYSTEM
from plugins.disclosure.models import AccessRequest
from plugins.disclosure.services import request_files
from tests.disclosure.test_request_api import HEAD, OFFICER
from tests.meetings.portal.conftest import Visitor
from tests.office import Office

PATH = "/huichuan/disclosure/requests/"
PERSON = {
    "applicant_kind": "person", "applicant_name": "王小明", "identity_kind": "resident",
    "identity_number": "520302199001011234", "phone": "13800000000", "description": "2025年老旧小区改造计划",
    "form": "electronic", "delivery": "online",
}  # fmt: skip


class Applicant(Visitor):
    """Somebody who asks, and keeps the receipt."""

    def __init__(self, office: Office) -> None:
        super().__init__(office.app)
        self.office = office
        with jurisdictions.enter(office.place):
            self.agency = db.session.query(Agency.id).filter_by(code="office").scalar()
        self.receipt: dict[str, str] = {}

    def ask(self, **fields: Any) -> str:
        page = self.send(f"{PATH}new/", 200, **PERSON | {"agency": self.agency} | fields)
        self.receipt = {
            "number": re.search(r"YSQ\d{4}-\d{4}", page)[0],  # type: ignore[index]
            "secret": re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b", page)[0],  # type: ignore[index]
        }
        return page

    def look(self, status: int = 200, **more: str) -> str:
        return self.send(f"{PATH}own/", status, **self.receipt | more)

    def act(self, event: str, status: int = 200, **more: Any) -> str:
        """As the form of the page does it, key and all."""
        page = self.look()
        token, key = (re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("csrf_token", "form_key"))
        assert token
        sent = self.receipt | {"event": event, "csrf_token": token[1], "form_key": key[1] if key else ""} | more
        answer = self.client.post(f"{PATH}own/", data=sent)
        assert answer.status_code == status, answer.get_data(as_text=True)[:3000]
        self.sent = sent
        return answer.get_data(as_text=True)

    def staff(self, event: str, role: str = OFFICER, **values: Any) -> None:
        with jurisdictions.enter(self.office.place):
            ident = db.session.query(AccessRequest.id).filter_by(number=self.receipt["number"]).scalar()
        path = f"disclosure/requests/{ident}/transitions"
        self.office.ok(role, "POST", path, {"event": event, **values})


@pytest.fixture
def applicant(office: Office) -> Applicant:
    return Applicant(office)


@pytest.mark.article("disclosure", 12)
def test_from_the_form_to_the_reply_that_was_received_by_the_web(applicant: Applicant) -> None:
    assert "查询码只显示这一次" in applicant.ask()
    assert "工作人员会与您联系确认" in applicant.look()
    for event in ("confirm", "accept"):
        applicant.staff(event)
    page = applicant.look()
    assert "怎么算的" in page
    assert "520302199001011234" not in page
    applicant.staff("propose", result="granted", reason="依法公开如下")
    assert "依法公开如下" not in applicant.look()
    applicant.staff("approve", HEAD)
    with jurisdictions.enter(applicant.office.place), write() as session:
        row = session.query(AccessRequest).one()
        staged = storage.stage(io.BytesIO("计划".encode()), "计划.txt")
        request_files.attach(SYSTEM, row, [request_files.Upload(request_files.REPLY_FILES, staged)])
        file = request_files.of(row)[0].attachment_id
    assert "依法公开如下" not in applicant.look()
    page = applicant.act("receive")
    assert "依法公开如下" in page
    assert "六十日内依法申请行政复议" in page
    answer = applicant.client.post(f"{PATH}own/file", data=applicant.sent | {"file": file})
    assert (answer.status_code, answer.data.decode()) == (200, "计划")
    assert applicant.client.post(f"{PATH}own/file", data=applicant.sent | {"file": "0" * 32}).status_code == 404
    letters = re.findall(r'name="letter" value="(\w+)"', page)
    answer = applicant.client.post(f"{PATH}own/file", data=applicant.sent | {"letter": letters[-1]})
    assert (answer.status_code, answer.data[:2], len(letters)) == (200, b"PK", 2)
    other = applicant.client.post(f"{PATH}own/file", data=applicant.sent | {"letter": "0" * 32})
    assert other.status_code == 404


@pytest.mark.article("disclosure", 12)
def test_a_correction_once_by_the_applicant_and_sent_twice_it_is_one(applicant: Applicant) -> None:
    applicant.ask()
    applicant.staff("confirm")
    applicant.staff("notify_correction", items="请写明是哪个小区")
    assert "请写明是哪个小区" in applicant.look()
    assert "请填写这一项" in applicant.act("correct", 422, text=" ")
    assert "答复期限从今天重新计算" in applicant.act("correct", text="和平小区")
    again = applicant.client.post(f"{PATH}own/", data=applicant.sent)
    assert again.status_code == 200
    assert "提交补正" not in applicant.look()
    assert "您补正了申请" in applicant.look()
    assert "您的申请已经撤回" in applicant.act("withdraw")


def test_bad_input_keeps_what_was_typed_and_the_files(applicant: Applicant) -> None:
    file = (io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"0" * 50), "身份证.png")
    page = applicant.send(
        f"{PATH}new/", 422, agency=applicant.agency, applicant_kind="person", description="写了很久的内容",
        email="坏地址", agent_name="李四", identity_files=file,  # type: ignore[arg-type]
    )  # fmt: skip
    assert "写了很久的内容" in page
    for name in ("applicant_name", "identity_number", "form", "delivery", "email", "authority_files"):
        assert f'href="#{name}"' in page, name
    kept = re.search(r'name="kept" value="([^"]+)" checked', page)
    assert kept, page
    applicant.ask(kept=kept[1])
    assert "1 个文件" in applicant.look()


def test_sent_twice_it_is_one_request_with_one_receipt(applicant: Applicant) -> None:
    applicant.ask(form_key="a" * 32)
    first = applicant.receipt
    applicant.ask(form_key="a" * 32)
    assert applicant.receipt == first


def test_a_wrong_secret_and_a_wrong_number_say_the_same(applicant: Applicant) -> None:
    applicant.ask()
    wrong = applicant.look(404, secret="AAAA-AAAA-AAAA")
    unknown = applicant.look(404, number="YSQ2026-9999")
    assert "没有找到" in wrong
    assert wrong.count("没有找到") == unknown.count("没有找到")
    assert applicant.client.post(f"{PATH}own/", data=applicant.receipt | {"event": "withdraw"}).status_code == 403


@pytest.mark.article("disclosure", 12)
def test_the_register_tells_nobodys_name(applicant: Applicant) -> None:
    assert "还没有可以公布的答复" in applicant.get(PATH)
    applicant.ask()
    for event, role, values in (
        ("confirm", OFFICER, {}), ("accept", OFFICER, {}),
        ("propose", OFFICER, {"result": "not_held", "reason": "本机关没有"}), ("approve", HEAD, {}),
        ("deliver", OFFICER, {"proof": "当面", "delivery": "pickup"}),
    ):  # fmt: skip
        applicant.staff(event, role, **values)
    assert applicant.receipt["number"] not in applicant.get(PATH)
    with jurisdictions.enter(applicant.office.place), write() as session:
        session.query(AccessRequest).one().public_note = "老旧小区改造计划"
    page = applicant.get(PATH)
    assert "老旧小区改造计划" in page
    assert "王小明" not in page
