"""A county with meetings in every state, made by the services as people would, for tests of the public pages."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from core import storage
from core.db import clock_at, db, utcnow, write
from core.permissions import SYSTEM, Actor
from plugins.meetings.live import reading, writer
from plugins.meetings.live.writer import Line
from plugins.meetings.models import AgendaApplication, FollowUp, Meeting
from plugins.meetings.services import (
    applications,
    follow_ups,
    invitations,
    meetings,
    obligations,
    opinions,
    pool_intake,
    recusals,
    rules,
    slips,
    speaking,
)
from plugins.meetings.services.materials import NewMaterial
from plugins.meetings.services.pool_intake import Entry
from plugins.meetings.workflow.plans import Invitee

LINES = (
    ("notice", "", "", "会议开始。应到 9 人，实到 9 人，符合议事规则。"),
    ("item", "", "", "第一项：老旧小区加装电梯实施办法"),
    ("speech", "陈明", "区住建局局长", "全区 2000 年以前建成的多层住宅有 612 个单元，今年计划加装电梯 80 部。"),
    ("speech", "王小明", "公众代表", "一楼住户担心采光。方案里写了补偿，能不能说清楚由谁来定？"),
    ("speech", "陈明", "区住建局局长", "由本单元业主协商；协商不成的，社区组织听证，费用由区财政承担。"),
    ("vote", "", "", "表决：同意 9 票，反对 0 票，弃权 0 票。"),
)


@dataclass
class Stage:
    """What was made, by name; ids and tokens, so that it can be used after its session is gone."""

    meetings: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    posts: dict[str, str] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    follow_ups: dict[str, str] = field(default_factory=dict)

    def path(self, name: str, tail: str = "") -> str:
        """The address of a meeting's page, or of one below it."""
        return f"/huichuan/meetings/{self.meetings[name]}/{tail}"

    def link(self, name: str, tail: str = "") -> str:
        """The address of a personal link, or of one below it."""
        return f"/huichuan/meetings/invitations/{self.tokens[name]}/{tail}"


def item(title: str, **fields: Any) -> AgendaApplication:
    """An approved application; inside `write()`."""
    values = {
        "title": title, "subject_class": "none", "forms": ["invitation", "internet"], "openness": "open",
        "organisation_form": "会议室现场列席", "participation_mode": "列席并可书面提出意见",
        "invitees": [Invitee("王小明", "public", contact="wang@example.org"), Invitee("赵建华", "npc_deputy")],
    }  # fmt: skip
    made = applications.create(SYSTEM, values | fields)
    applications.move(SYSTEM, made, "submit")
    applications.move(SYSTEM, made, "approve")
    return made


def meeting(title: str, agenda: Sequence[AgendaApplication], *events: str, days: float = 1, **values: Any) -> Meeting:
    """A meeting with this agenda, taken through `events`; inside `write()`."""
    given = {
        "title": title,
        "kind": "executive",
        "place": "区政府三楼会议室",
        "starts_at": utcnow() + timedelta(days=days),
    }
    made = meetings.create(SYSTEM, given | {"agenda": [one.id for one in agenda]} | values)
    for event in events:
        meetings.move(SYSTEM, made, event)
    return made


def say(made: Meeting, lines: Sequence[tuple[str, str, str, str]] = LINES) -> list[str]:
    """Live lines of the meeting's first item; answers their posts; inside `write()`."""
    about = made.agenda[0].id if made.agenda else None
    posts = []
    for kind, speaker, role, text in lines:
        line = Line(kind, text, item=about, speaker=speaker or None, role=role or None)
        posts.append(str(writer.publish(writer.lock(made.id), SYSTEM, line).post))
    return posts


def invite(made: AgendaApplication) -> str:
    """Send the invitations of an item; answers the secret of the first one's personal link."""
    rows = [row for row in made.invitees if row.state == "approved"]
    for row in rows:
        invitations.move(SYSTEM, row, "send")
    return rows[0].fresh_token


def material(text: str = "会议材料正文") -> NewMaterial:
    """An uploaded document; stages outside, keeps inside `write()`."""
    kept = storage.keep(SYSTEM, storage.stage(io.BytesIO(text.encode()), "实施办法（送审稿）.txt"))
    return NewMaterial("draft", "实施办法（送审稿）", kept.id)


def build() -> Stage:
    """Everything, inside the county."""
    stage = Stage()
    with write():
        people = {"contact": "wang@example.org", "speciality": "社区治理", "region": "高坪街道", "trade": "物业"}
        pool_intake.take_in(
            SYSTEM, [Entry({"name": "王小明", **people}, "public"), Entry({"name": "孙建平"}, "expert")]
        )
    _live(stage)
    _coming(stage)
    _over(stage)
    _closed(stage)
    _voices(stage)
    _answered(stage)
    db.session.remove()
    return stage


def _live(stage: Stage) -> None:
    with write():
        first = item("老旧小区加装电梯实施办法", subject_class="urban_planning")
        second = item("中心城区停车收费标准调整", important=False)
        secret = item("某人事任免事项", openness="closed", openness_ground="依法不公开", forms=[], invitees=[])
        made = meeting("第12次常务会议", [first, second, secret], "announce", "open", days=-0.02)
        applications.move(SYSTEM, first, "call")
        posts = say(made)
        live = writer.lock(made.id)
        writer.correct(live, SYSTEM, posts[2], LINES[2][3].replace("80", "86"), "数字有误", 1)
        gone = str(writer.publish(live, SYSTEM, Line("speech", "住户身份证号 5203", speaker="李强")).post)
        writer.retract(live, SYSTEM, gone, "涉及个人信息", "涉及个人信息")
        stage.meetings["live"], stage.posts["corrected"], stage.posts["gone"] = made.id, posts[2], gone
        stage.items["live"], stage.items["secret"] = first.id, secret.id


def _coming(stage: Stage) -> None:
    with write():
        first = item("农村饮水安全提升工程方案", materials=[material()])
        made = meeting("乡村振兴专题会议", [first, item("校园周边交通整治")], "announce", days=3, kind="special")
        stage.meetings["coming"], stage.tokens["coming"], stage.items["coming"] = made.id, invite(first), first.id
        recusals.declare_own(first.invitees[1], "interest", "本人的亲属承包了这个工程。")
        stage.meetings["preparing"] = meeting("还没有公告的会议", [item("还没有公告的议题")], days=9).id
        cancelled = meeting("第11次常务会议", [item("推迟的议题")], "announce", days=2)
        meetings.move(SYSTEM, cancelled, "cancel", reason="另行安排")
        stage.meetings["cancelled"] = cancelled.id


def _over(stage: Stage) -> None:
    with write():
        first, second = item("城市更新专项资金管理办法"), item("公租房分配方案")
        made = meeting("第10次常务会议", [first, second], "announce", "open", days=-20)
        for one, result in ((first, "passed_in_principle"), (second, "passed")):
            applications.move(SYSTEM, one, "call")
            applications.move(SYSTEM, one, "deliberate", params={"result": result})
        posts = say(made)
        writer.correct(writer.lock(made.id), SYSTEM, posts[3], "一楼住户关心采光补偿由谁来定。", "口误", 1)
        writer.retract(writer.lock(made.id), SYSTEM, posts[4], "有误", "发言有误")
        for event in ("close", "seal"):
            meetings.move(SYSTEM, made, event)
        applications.move(SYSTEM, first, "publish")
        _settle(made, first)
        stage.meetings["sealed"], stage.items["decided"], stage.items["undisclosed"] = made.id, first.id, second.id


def _settle(made: Meeting, about: AgendaApplication) -> None:
    """The first item's outcome is published, its interpretation exempted, the rest still owed."""
    rows = {row.kind: row for row in made.obligations if row.application_id == about.id}
    page = obligations.Page(body="会议原则通过《城市更新专项资金管理办法》。")
    obligations.move(SYSTEM, rows["outcome"], "publish", page=page)
    obligations.move(SYSTEM, rows["interpretation"], "exempt", reason="内部管理制度，不涉及公众权利义务")
    obligations.move(SYSTEM, rows["interpretation"], "approve_exemption")


def _closed(stage: Stage) -> None:
    with write():
        secret = item(
            "突发事件处置方案", openness="closed", openness_ground="涉及国家秘密", forms=["invitation"],
            invitees=[Invitee("钱学文", "expert")],
        )  # fmt: skip
        made = meeting("应急工作专题会议", [secret], "announce", days=-0.01, kind="special")
        stage.tokens["closed"] = invite(secret)
        meetings.move(SYSTEM, made, "open")
        say(made, (("speech", "钱学文", "专家", "建议先封闭道路。"),))
        stage.meetings["closed"] = made.id


def _voices(stage: Stage) -> None:
    """A question that was admitted and one that was not, a request to speak; opinions on the published decision."""
    with write():
        rules.ensure_first_version()
        about = db.session.get_one(AgendaApplication, stage.items["live"])
        stage.tokens["live"] = invite(about)
        person = invitations.by_token(stage.tokens["live"])
        invitations.answer(person, "acknowledge")
        admitted = slips.hand_in(person, "question", "一楼的采光补偿由谁来定？")
        slips.move(SYSTEM, admitted, "admit")
        slips.hand_in(person, "opinion", "还没有审核的意见")
        speaking.ask(person)
    with write():
        row = follow_ups.of_item(db.session.get_one(AgendaApplication, stage.items["decided"]))
        assert row is not None, "its outcome is public"
        first, _secret = opinions.give(row, "补贴标准偏低", name="张三", contact="13800000000")
        opinions.give(row, "请延长公示期")
        opinions.group(SYSTEM, row, [first.id], title="提高补贴标准")
        stage.follow_ups["decided"] = row.id


def _answered(stage: Stage) -> None:
    """A decision of long ago: opinions answered, the revised plan published beside it."""
    with clock_at(utcnow() - timedelta(days=45)), write():
        about = item("老年食堂补贴办法")
        made = meeting("第9次常务会议", [about], "announce", "open", days=-1)
        applications.move(SYSTEM, about, "call")
        applications.move(SYSTEM, about, "deliberate", params={"result": "passed"})
        meetings.move(SYSTEM, made, "close")
        applications.move(SYSTEM, about, "publish")
        outcome = next(row for row in made.obligations if row.kind == "outcome")
        obligations.move(SYSTEM, outcome, "publish", page=obligations.Page(body="每餐补贴三元。"))
        row = follow_ups.of_item(about)
        assert row is not None, "its outcome is public"
        opinion, _secret = opinions.give(row, "三元太少", name="李四", contact="13900000000")
        stage.follow_ups["answered"], stage.meetings["answered"] = row.id, made.id
    with write():
        row = db.session.get_one(FollowUp, stage.follow_ups["answered"])
        follow_ups.close_if_over(row)
        group = opinions.group(SYSTEM, row, [opinion.id], title="提高每餐补贴")
        opinions.answer(SYSTEM, group, "partly", "财力只够提高到五元。")
        follow_ups.revise(SYSTEM, row, "老年食堂补贴办法（修改方案）", "每餐补贴五元。")
        follow_ups.approve_revision(Actor(None, "审核"), row)
        follow_ups.move(SYSTEM, row, "publish")


def head_of(meeting_id: str) -> int:
    """The number of the last event of a meeting's live text."""
    return reading.of_meeting(meeting_id).head
