"""The clerk's desk for documents: what waits for whom and why; several at once, each refusal with its row's name."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import text

from core import plugins
from core.contracts import WorkItem
from core.db import db, write
from core.jurisdictions import enter
from plugins.disclosure.models import Document
from tests.disclosure.test_documents_console import DOCUMENTS, DRAFT, drafted, press
from tests.meetings.console.conftest import Desk, desk  # noqa: F401 - a fixture

ROAD = (
    ("drafter", "determine"), ("secrecy_reviewer", "review"), ("deputy_leader", "approve"), ("leader", "sign"),
    ("disclosure_officer", "issue"),
)  # fmt: skip


def items(person: Desk) -> dict[str, WorkItem]:
    """What a person's desk says of documents, by kind of work; keys are unique."""
    db.session.remove()
    with enter(person.place):
        found = list(plugins.collect("collect_work_items", person.place, actor=person.actor).items)
    assert len({item.key for item in found}) == len(found)
    kinds = {item.key.split(":")[0].removeprefix("disclosure."): item for item in found}
    return {kind: item for kind, item in kinds.items() if kind.startswith("document_") or kind == "publish"}


def walked(desk: Callable[..., Desk], until: str, **more: object) -> str:
    """A document on its way as far as `until`, which is the next step."""
    ident = drafted(desk, **more)
    for role, event in ROAD[: [event for _, event in ROAD].index(until)]:
        assert press(desk, role, ident, event) == "", event
    return ident


def bulk(desk: Callable[..., Desk], role: str, event: str, rows: list[str], **more: object) -> tuple[int, str]:
    page = desk(role).get(f"{DOCUMENTS}/")
    versions = dict(re.findall(r'name="(version-\w+)" value="(\d+)"', page))
    answer = desk(role).post(f"{DOCUMENTS}/bulk", {"event": event, "id": rows, **versions, **more})
    return answer.status_code, answer.get_data(as_text=True)


def state(ident: str) -> str:
    db.session.remove()
    return str(db.session.execute(text("select state from disclosure_document where id = :id"), {"id": ident}).scalar())


@pytest.mark.article("disclosure", 4, 6)
@pytest.mark.article("attribution", 8)
def test_a_document_goes_from_desk_to_desk(desk: Callable[..., Desk]) -> None:
    ident = drafted(desk)
    people = {role: desk(role) for role, _event in ROAD}
    assert {role: set(items(person)) for role, person in people.items()} == {
        "drafter": {"document_started"}, "secrecy_reviewer": set(), "deputy_leader": set(), "leader": set(), "disclosure_officer": set(),
    }  # fmt: skip
    for number, (role, event) in enumerate(ROAD):
        if number:
            waiting = {name for name, person in people.items() if "document_step" in items(person)}
            assert waiting == {role}, event
            assert "送来" in str(items(people[role])["document_step"].what)
        assert press(desk, role, ident, event, number="汇府办发〔2026〕3号") == "", event
    due = items(people["disclosure_officer"])
    assert set(due) == {"publish"}
    assert due["publish"].due_at is not None
    assert due["publish"].what == "请在期限内移交门户单位公开（认8）"
    assert items(people["drafter"]) == {}
    assert "主动公开" in people["disclosure_officer"].get(f"{DOCUMENTS}/{ident}/").split('id="clocks-title"')[1]


@pytest.mark.article("disclosure", 6)
def test_what_came_back_says_by_whom_and_why(desk: Callable[..., Desk]) -> None:
    ident = walked(desk, "approve")
    assert press(desk, "deputy_leader", ident, "return", reason="第二段不准确") == ""
    found = items(desk("drafter"))
    assert set(found) == {"document_returned"}
    assert str(found["document_returned"].what).endswith("退回：第二段不准确")


@pytest.mark.article("disclosure", 6)
def test_nobody_finds_his_own_draft_among_what_he_approves(desk: Callable[..., Desk]) -> None:
    for role in ("disclosure_officer", "deputy_leader"):
        desk(role)
    both = desk("drafter+secrecy_reviewer")
    answer = both.post(f"{DOCUMENTS}/new", DRAFT)
    ident = answer.headers["Location"].rstrip("/").rpartition("/")[2]
    assert press(desk, "drafter+secrecy_reviewer", ident, "determine") == ""
    assert set(items(both)) == {"document_started"}
    assert set(items(desk("secrecy_reviewer"))) == {"document_step"}


@pytest.mark.article("attribution", 3)
@pytest.mark.article("disclosure", 6)
def test_several_at_once_each_with_its_own_refusal(desk: Callable[..., Desk]) -> None:
    good, changed, bare = (walked(desk, "sign", title=title) for title in ("可以签发", "改过的", "没有属性的"))
    with enter(desk("leader").place), write() as session:
        session.get_one(Document, changed).text = "审核以后改的正文"
        session.get_one(Document, bare).attribute = None
    status, page = bulk(desk, "leader", "sign", [good, changed, bare])
    assert status == 409
    assert (state(good), state(changed), state(bare)) == ("signed", "to_sign", "to_sign")
    problem = page.split('id="problem"')[1].split("</section>")[0]
    assert "内容和审核通过时不一致" in problem.split("改过的")[1].split("</li>")[0]
    assert "没有认定公开属性" in problem.split("没有属性的")[1].split("</li>")[0]
    assert "可以签发" not in problem
    assert "已办理 1 份公文" in page
    assert len(re.findall(r'name="id"[^>]*checked', page)) == 2


@pytest.mark.article("attribution", 3)
def test_several_are_numbered_one_after_the_other_and_none_twice(desk: Callable[..., Desk]) -> None:
    before = walked(desk, "issue", title="先前的")
    assert press(desk, "disclosure_officer", before, "issue", number="汇府办发〔2026〕7号") == ""
    first, second, third = (walked(desk, "issue", title=title) for title in ("第一份", "第二份", "第三份"))
    page = desk("disclosure_officer").get(f"{DOCUMENTS}/")
    numbers = dict(re.findall(r'name="(number-\w+)"[^>]* value="([^"]*)"', page))
    year = numbers[f"number-{first}"][5:9]
    assert [numbers[f"number-{one}"] for one in (first, second, third)] == [
        f"汇府办发〔{year}〕{serial}号" for serial in ((8, 9, 10) if year == "2026" else (1, 2, 3))
    ]  # fmt: skip
    numbers[f"number-{second}"] = numbers[f"number-{first}"]
    status, page = bulk(desk, "disclosure_officer", "issue", [first, second], **numbers)
    assert status == 409
    assert (state(first), state(second), state(third)) == ("issued", "signed", "signed")
    assert "已经用过" in page
    status, _page = bulk(
        desk, "disclosure_officer", "issue", [first, second], **{f"number-{second}": "汇府办发〔2026〕99号"}
    )
    assert (status, state(second)) == (409, "issued")


@pytest.mark.article("attribution", 9)
def test_a_secrecy_review_is_one_by_one_and_nothing_chosen_is_said(desk: Callable[..., Desk]) -> None:
    ident = walked(desk, "review")
    desk("secrecy_reviewer").get(f"{DOCUMENTS}/")
    assert desk("secrecy_reviewer").post(f"{DOCUMENTS}/bulk", {"event": "review", "id": [ident]}).status_code == 404
    assert state(ident) == "secrecy_review"
    answer = desk("leader").post(f"{DOCUMENTS}/bulk", {"event": "sign"})
    assert "请先选中要办理的公文" in answer.get_data(as_text=True)
    status, page = bulk(desk, "leader", "sign", ["0" * 32])
    assert status == 409
    assert "有 1 份没有找到" in page


def test_who_may_not_is_refused_by_row(desk: Callable[..., Desk]) -> None:
    ident = walked(desk, "sign")
    status, page = bulk(desk, "deputy_leader", "sign", [ident])
    assert (status, state(ident)) == (409, "to_sign")
    assert "关于加强饮用水管理的通知" in page.split('id="problem"')[1].split("</section>")[0]


@pytest.mark.article("attribution", 7)
def test_a_joint_document_waits_on_the_desk_of_each_body(desk: Callable[..., Desk]) -> None:
    desk("disclosure_officer")
    form = desk("drafter").get(f"{DOCUMENTS}/new")
    other = re.findall(r'name="joint_agencies" value="(\w+)"', form)[0]
    ident = walked(desk, "review", joint_agencies=[other])
    assert "document_cosign" in items(desk("disclosure_officer"))
    assert press(desk, "disclosure_officer", ident, "cosign", agency=other) == ""
    assert "document_cosign" not in items(desk("disclosure_officer"))
