"""Letters of access on request: a template for each of the 22 results, kept as sent, for officer and applicant alone."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import pytest
from docx import Document

from core import calendar_data, jurisdictions
from core.documents import fill
from plugins.disclosure.documents.letters import LETTERS, REPLIES, basis
from plugins.disclosure.values_requests import RESULTS
from plugins.disclosure.workflow import request_clocks as limits
from tests.disclosure.test_request_api import HEAD, OFFICER, Desk, counter
from tests.office import Office


@pytest.fixture(autouse=True)
def calendar(office: Office) -> None:
    """Working days."""
    with jurisdictions.enter(office.place):
        calendar_data.ensure()


def text_of(content: bytes) -> str:
    """All words of a Word file, tables included."""
    return "\n".join(_texts(Document(io.BytesIO(content))))


def _texts(document: Any) -> Iterator[str]:
    for paragraph in document.paragraphs:
        yield paragraph.text
    for table in document.tables:
        for row in table.rows:
            yield " | ".join(cell.text for cell in row.cells)


def letter(desk: Desk, ident: str, role: str = OFFICER) -> str:
    answer = desk.office.call(role, "GET", f"{desk.path}/letters/{ident}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "private, no-store"
    return text_of(answer.data)


def own_letter(desk: Desk, ident: str, secret: str = "") -> Any:
    body = {"number": desk.receipt["number"], "secret": secret or desk.receipt["secret"], "letter": ident}
    return desk.office.call("", "POST", "disclosure/requests/own/letters", body)


def own_file(desk: Desk, ident: str) -> bytes:
    return base64.b64decode(own_letter(desk, ident).json["content"])


def keys(desk: Desk) -> list[str]:
    return [one["key"] for one in desk.office.ok(OFFICER, "GET", f"{desk.path}/letters")["items"]]


def test_every_result_has_its_letter() -> None:
    assert list(REPLIES) == list(RESULTS)
    assert len(REPLIES) == 22


@pytest.mark.article("disclosure", 12)
@pytest.mark.parametrize("key", list(LETTERS))
def test_a_built_in_letter_uses_known_names_and_says_its_basis(key: str) -> None:
    paper = LETTERS[key]
    content = paper.build()
    asked = fill.names(content)
    assert set(asked) <= paper.names
    assert {"登记号", "收件人", "机关", "落款日期"} <= set(asked)
    assert ("权利告知" in asked) == (key not in WITHOUT_RIGHTS)
    assert "法律依据" in asked
    assert basis(key)
    assert key == "reply_withdrawn" or "条例" in basis(key)


WITHOUT_RIGHTS = {
    "receipt", "correction", "third_party", "co_author", "extension", "reasons", "reply_withdrawn",
}  # fmt: skip
"""Steps on the way and the applicant's own will: nothing to contest."""


@pytest.mark.article("disclosure", 12)
def test_a_partial_reply_names_every_part_and_stays_as_it_was_sent(office: Office) -> None:
    desk = counter(office, limits.today().isoformat())
    parts = [
        {"part": "第三页联系人电话", "result": "third_party", "reason": "属于个人隐私"},
        {"part": "附件二会议讨论", "result": "process", "reason": "尚在讨论之中"},
    ]
    desk.do("propose", result="partly", reason="可以作区分处理", text="公开部分见附件", withheld=parts)
    draft = letter(desk, "draft")
    for said in ("王小明", "第三十七条", "可以作区分处理", "公开部分见附件", "行政复议", "行政诉讼", "2025年老旧小区"):
        assert said in draft
    assert "1 | 第三页联系人电话 | 不予公开：保护第三方合法权益 | 属于个人隐私" in draft
    assert "2 | 附件二会议讨论 | 不予公开：属于四类过程性信息 | 尚在讨论之中" in draft
    assert "{{" not in draft
    desk.do("review", "secrecy_reviewer")
    desk.do("approve", HEAD)
    assert desk.own()["letters"] == [row for row in desk.own()["letters"] if row["title"] == "收件回执"]
    desk.do("deliver", proof="邮件已送达", delivery="email")
    assert keys(desk) == ["receipt", "reply_partly"]
    mine = desk.own()["letters"][-1]
    assert text_of(own_file(desk, mine["id"])) == letter(desk, mine["id"])
    assert own_letter(desk, mine["id"], "wrong-wrong-wrong").status_code == 404
    assert own_letter(desk, "draft").status_code == 404
    assert office.call("", "GET", f"{desk.path}/letters/{mine['id']}").status_code == 401
    assert office.call("secrecy_reviewer", "GET", f"{desk.path}/letters/{mine['id']}").status_code == 403


@pytest.mark.article("disclosure", 12)
def test_what_is_told_on_the_way_is_a_letter(office: Office) -> None:
    today = limits.today().isoformat()
    desk = Desk(office, channel="registered_mail", arrived_on=today, form="")
    desk.do("notify_correction", items="请写明所需信息的形式", days=5)
    said = letter(desk, office.ok(OFFICER, "GET", f"{desk.path}/letters")["items"][-1]["id"])
    assert "请写明所需信息的形式" in said
    assert "第三十条" in said
    assert "{{" not in said
    office.ok(
        "", "POST", "disclosure/requests/own/transitions",
        {"number": desk.receipt["number"], "secret": desk.receipt["secret"], "event": "correct", "text": "电子文件"},
    )  # fmt: skip
    desk.do("consult", party="某公司")
    asked = desk.show()["consultations"][0]["id"]
    third = letter(desk, office.ok(OFFICER, "GET", f"{desk.path}/letters")["items"][-1]["id"])
    assert "某公司：" in third
    assert "王小明" not in third
    desk.do("answer_consultation", consultation=asked, answer="agreed")
    desk.do("extend", HEAD, reason="需要核对历年档案", days=10)
    said = letter(desk, office.ok(OFFICER, "GET", f"{desk.path}/letters")["items"][-1]["id"])
    assert "需要核对历年档案" in said
    assert "延长10个工作日" in said
    desk.do("ask_reason", reason="一个月内提出三十件")
    desk.do("notify_fee", reason="超过三十件的部分按件计收", cents=12_300)
    said = letter(desk, office.ok(OFFICER, "GET", f"{desk.path}/letters")["items"][-1]["id"])
    assert "123.00元" in said
    assert "超过三十件的部分按件计收" in said
    desk.do("pay")
    desk.do("redirect", reason="由住建部门制作", body="区住房和城乡建设局", contact="0851-1234567", proof="已邮寄")
    assert keys(desk) == ["receipt", "correction", "third_party", "extension", "reasons", "fee", "elsewhere"]
    titles = [row["title"] for row in desk.own()["letters"]]
    assert "告知由其他机关负责" in titles
    assert "征求第三方意见书" not in titles
    assert "区住房和城乡建设局" in text_of(own_file(desk, desk.own()["letters"][-1]["id"]))


@pytest.mark.article("disclosure", 12)
def test_withdrawing_is_confirmed_and_a_letter_follows_the_template_in_force(office: Office) -> None:
    path = "disclosure/document-templates/reply_withdrawn"
    first = office.ok(OFFICER, "GET", path)
    document = Document(io.BytesIO(office.call(OFFICER, "GET", f"{path}/content").data))
    document.add_paragraph("本级加的一句话")
    changed = io.BytesIO()
    document.save(changed)
    sent = {"file": (io.BytesIO(changed.getvalue()), "模板.docx")}
    assert office.ok(OFFICER, "PUT", path, sent, If_Match=f'"{first["etag"]}"')["own"] is True
    desk = counter(office, limits.today().isoformat())
    office.ok(
        "", "POST", "disclosure/requests/own/transitions",
        {"number": desk.receipt["number"], "secret": desk.receipt["secret"], "event": "withdraw"},
    )  # fmt: skip
    assert keys(desk) == ["receipt", "reply_withdrawn"]
    mine = desk.own()["letters"][-1]["id"]
    assert "本级加的一句话" in text_of(own_file(desk, mine))
    assert office.call("handler", "GET", path).status_code == 403
