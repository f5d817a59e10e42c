"""What people say, on public and personal pages: handed in once, kept when refused, and nothing of it leaks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from core import publications
from core.db import db, write
from core.permissions import SYSTEM
from plugins.meetings.models import FollowUp, Opinion, Slip
from plugins.meetings.services import meetings, slips
from tests.meetings.portal.conftest import Read, Visitor
from tests.meetings.portal.stage import Stage

MARKS = ("还没有审核的意见", "张三", "13800000000", "补贴标准偏低", "请延长公示期", "提高补贴标准")
"""What only the staff may read, before anything is answered."""


def key_of(page: str) -> str:
    found = re.search(r'name="form_key" value="(\w+)"', page)
    assert found
    return found[1]


@pytest.mark.article("meetings", 8, 10)
def test_nothing_unpublished_and_nobodys_data_is_on_a_public_page(read: Read, stage: Stage) -> None:
    ident = stage.follow_ups["decided"]
    paths = [stage.path(name, tail) for name in ("live", "sealed") for tail in ("", "live/")]
    paths += [f"/huichuan/meetings/follow-ups/{ident}/{tail}" for tail in ("", "opinion/")]
    paths += ["/huichuan/", "/huichuan/meetings/", "/huichuan/feed.atom", "/huichuan/search?q=补贴标准偏低"]
    paths += [f"/api/v1/huichuan/meetings/{stage.meetings[name]}{tail}" for name in ("live", "sealed") for tail in (
        "", "/slips", "/live/snapshot", "/obligations")]  # fmt: skip
    paths += [f"/api/v1/huichuan/meetings/follow-ups/{ident}", "/api/v1/huichuan/meetings/follow-ups"]
    for path in paths:
        page = read(path).replace("q=补贴标准偏低", "").replace('value="补贴标准偏低"', "")
        found = [mark for mark in MARKS if mark in page and not (path.endswith("补贴标准偏低") and mark == MARKS[3])]
        assert not found, (path, found)


@pytest.mark.article("meetings", 8)
def test_an_admitted_question_stands_on_the_meetings_page_by_category(read: Read, stage: Stage) -> None:
    page = read(stage.path("live"))
    assert "一楼的采光补偿由谁来定？" in page
    part = page[page.index('id="slips"') :]
    assert "其他公众代表" in part
    assert "王小明" not in part[: part.index("</section>")]


@pytest.mark.article("meetings", 8)
def test_a_representative_hands_in_once_and_reads_what_became_of_it(made: Stage, visitor: Visitor) -> None:
    path = made.link("live", "voice/")
    page = visitor.get(path)
    assert "您排在第 1 位" in page
    sent = {"kind": "question", "text": "费用怎么分摊？", "form_key": key_of(page)}
    assert "已提交。" in visitor.send(path, **sent)
    visitor.send(path, **sent)
    (row,) = db.session.scalars(select(Slip).where(Slip.text == "费用怎么分摊？"))
    with write():
        slips.move(SYSTEM, db.session.get_one(Slip, row.id), "return", reason="与议题无关")
    assert "没有收下的理由：与议题无关" in visitor.get(path)
    kept = visitor.send(path, 422, kind="question", text="长" * 2001)
    assert "长" * 2001 in kept
    assert "最多 2000 个字" in kept


@pytest.mark.article("meetings", 8)
def test_after_the_meeting_the_last_day_for_opinions_is_named_to_its_end(made: Stage, visitor: Visitor) -> None:
    with write():
        meetings.move(SYSTEM, meetings.find(SYSTEM, made.meetings["live"]), "close")
    page = visitor.get(made.link("live", "voice/"))
    assert re.search(r"书面意见收到这一时间为止：[^<]*日（周.）24:00", page)


@pytest.mark.article("meetings", 8)
def test_the_floor_is_left_and_asked_for_again(made: Stage, visitor: Visitor) -> None:
    path = made.link("live", "voice/")

    def send(event: str) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get(path))
        assert token
        answer = visitor.client.post(f"{path}floor", data={"event": event, "csrf_token": token[1]})
        assert answer.status_code == 303
        return visitor.get(path)

    assert "请求发言</button>" in send("withdraw")
    assert "您排在第 1 位" in send("ask")
    assert "您排在第 1 位" in send("ask")
    assert "您排在第 1 位" in visitor.get(f"{path}floor")
    assert "一楼的采光补偿" in visitor.get(f"{path}slips")


@pytest.mark.article("meetings", 8)
def test_a_dead_link_says_nothing(made: Stage, visitor: Visitor) -> None:
    assert made
    for tail in ("voice/", "voice/floor", "voice/slips"):
        assert "这个链接不能用" in visitor.get(f"/huichuan/meetings/invitations/{'x' * 32}/{tail}", 404)


@pytest.mark.article("meetings", 10)
def test_an_opinion_is_given_once_with_one_receipt_and_looked_up_by_it(made: Stage, visitor: Visitor) -> None:
    path = f"/huichuan/meetings/follow-ups/{made.follow_ups['decided']}/opinion/"
    sent = {"text": "希望分两年实施", "name": "李四", "form_key": key_of(visitor.get(path))}
    refused = visitor.send(path, 422, **sent)
    assert "请先同意" in refused
    assert "希望分两年实施" in refused
    receipt = visitor.send(path, 200, consent="1", **sent)
    again = visitor.send(path, 200, consent="1", **sent)
    number, secret = (re.search(pattern, receipt)[1] for pattern in (r"<b>([\d-]+)</b>", r'class="code">(\w+)<'))  # type: ignore[index]
    assert number in again
    assert secret in again
    assert db.session.scalar(select(func.count()).select_from(Opinion).where(Opinion.text == "希望分两年实施")) == 1
    found = visitor.send("/huichuan/meetings/opinions/", 200, number=number, secret=secret.lower())
    assert "希望分两年实施" in found
    assert "还没有答复" in found
    wrong = visitor.send("/huichuan/meetings/opinions/", 404, number=number, secret="AAAAAAAAAA")
    assert "希望分两年实施" not in wrong


@pytest.mark.article("meetings", 10)
def test_answers_and_comparison_are_public_together(made: Stage, visitor: Visitor) -> None:
    path = f"/huichuan/meetings/follow-ups/{made.follow_ups['answered']}/"
    page = visitor.get(path)
    for words in ("提高每餐补贴", "部分采纳", "财力只够提高到五元。"):
        assert words in page
    assert not [mark for mark in ("李四", "13900000000", "三元太少") if mark in page]
    compared = visitor.get(f"{path}comparison/")
    assert "每餐补贴<del>三</del>元。" in compared
    assert "每餐补贴<ins>五</ins>元。" in compared
    assert "期限已过" in visitor.get(f"{path}opinion/")
    with write():
        publications.withdraw(SYSTEM, db.session.get_one(FollowUp, made.follow_ups["answered"]).decided, "有误")
    visitor.get(f"{path}comparison/", 404)
    assert f"publications/{db.session.get_one(FollowUp, made.follow_ups['answered']).decided_id}" not in visitor.get(
        path
    )


@pytest.mark.article("meetings", 10)
def test_no_comparison_before_the_answers(read: Read, stage: Stage) -> Any:
    read(f"/huichuan/meetings/follow-ups/{stage.follow_ups['decided']}/comparison/", 404)
