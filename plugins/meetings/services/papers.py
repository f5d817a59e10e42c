"""What stands in the documents of a meeting (会议文档): values and lists for template, print page and .xlsx alike.

Documents are in Chinese whoever asks. What hangs on a wall (notice, agenda) says of closed items what the public may
know; documents that name people are for those who invite or check in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from core import permissions
from core.db import utcnow
from core.documents.papers import Paper
from core.jurisdictions import current
from core.languages import kept, listed
from core.permissions import ANONYMOUS, Actor
from core.refusals import Forbidden
from core.workdays import LOCAL, local_date
from plugins.meetings import timing
from plugins.meetings.content import content_hash
from plugins.meetings.documents.record_blocks import when
from plugins.meetings.models import AgendaApplication, Approval, Invitation, Meeting
from plugins.meetings.services import invitations
from plugins.meetings.services.visibility import public_title, sees_contacts, sees_invitation
from plugins.meetings.values import (
    CATEGORIES,
    FORMS,
    MATERIAL_KINDS,
    MEETING_KINDS,
    OPENNESS,
    SUBJECT_CLASSES,
    VITAL_CLASSES,
)
from plugins.meetings.workflow import APPLICATION

EXPECTED = ("sent", "accepted", "acknowledged", "checked_in", "checked_out")
"""Invited and not known to stay away."""
SIGNING = (
    (_l("保密核签"), "cleared", "secrecy_reviewer"),
    (_l("分管领导审批"), "approved", "deputy_leader"),
    (_l("主要领导审批"), "approved", "leader"),
)
YES = {True: "是", False: "否"}
"""As the form says it."""


@dataclass(frozen=True)
class Content:
    """A document before it has a form."""

    paper: Paper
    title: str
    values: dict[str, str]
    lists: dict[str, list[dict[str, str]]]


def content(actor: Actor, paper: Paper, subject: Any) -> Content:
    """What stands in a document about a meeting or an application that `actor` has found already.

    Raises:
        Forbidden: it names people, and this person neither invites nor checks in.
    """
    if paper.about == "application":
        return _form(actor, paper, subject)
    return _of_meeting(actor, paper, subject)


def expected(actor: Actor, meeting: Meeting) -> list[tuple[Invitation, list[int]]]:
    """Who is expected, each person once with the places of the items; raises Forbidden."""
    rows = people(actor, meeting)
    merged: dict[tuple[str, str, str], tuple[Invitation, list[int]]] = {}
    for row in rows:
        if row.state in EXPECTED:
            merged.setdefault(row.key, (row, []))[1].append(row.application.position)
    return list(merged.values())


def people(actor: Actor, meeting: Meeting) -> Sequence[Invitation]:
    """All on the lists of a meeting's items that `actor` invites for or checks in, by item and place.

    Raises:
        Forbidden: none of the items is his.
    """
    if not may_name(actor, meeting):
        raise Forbidden(_l("名单含个人信息，只有邀请或办理签到的人员可以下载。"))
    return [row for row in invitations.of_meeting(meeting) if sees_invitation(actor, row)]


def may_name(actor: Actor, meeting: Meeting) -> bool:
    """True for those who invite for one of the items, or check in."""
    rights = ("meetings.invite", "meetings.check_in")
    return any(permissions.can(actor, right, item) for item in meeting.agenda for right in rights)


def day(at: date) -> str:
    """2026年11月24日."""
    return f"{at.year}年{at.month}月{at.day}日"


def moment(at: datetime | None) -> str:
    """2026年11月24日（周二）09:05, in Zunyi's time."""
    return when(at.astimezone(LOCAL).isoformat()) if at else ""


# --- a meeting --------------------------------------------------------------------------------------


def _of_meeting(actor: Actor, paper: Paper, meeting: Meeting) -> Content:
    names = _people(actor, meeting) if paper.personal else []
    values = {
        "会议名称": meeting.title,
        "会议类别": kept(MEETING_KINDS[meeting.kind]),
        "召集单位": meeting.agency.name if meeting.agency else current().name,
        "时间": moment(meeting.starts_at),
        "地点": meeting.place or "另行通知",
        "旁听范围": "面向公众" if meeting.audience == "public" else "仅受邀人员",
        "开放说明": meeting.openness_note,
        "议题数": str(len(meeting.agenda)),
        "列席人数": str(len(names)),
        "本级": current().name,
        "落款日期": day(local_date(meeting.announced_at or utcnow())),
    }
    lists = {"议程": agenda_rows(meeting), "名单": names}
    title = f"{meeting.title}{kept(paper.title)}"
    return Content(paper, title, values, {name: lists[name] for name in paper.lists})


def agenda_rows(meeting: Meeting) -> list[dict[str, str]]:
    """The items in their order, as the public may know them."""
    when = timing.slots(meeting, utcnow())
    items = sorted(meeting.agenda, key=lambda item: item.position)
    return [_agenda_row(number, item, when.get(item.id)) for number, item in enumerate(items, 1)]


def _agenda_row(number: int, item: AgendaApplication, slot: timing.Slot | None) -> dict[str, str]:
    closed = item.openness == "closed"
    return {
        "序号": str(number),
        "议题": kept(public_title(item, ANONYMOUS)),
        "申报单位": "" if closed or item.agency is None else item.agency.name,
        "开放程度": kept(OPENNESS[item.openness]),
        "开放形式": "" if closed else _words(FORMS, item.forms),
        "时间": f"{slot.begins.astimezone(LOCAL):%H:%M}—{slot.ends.astimezone(LOCAL):%H:%M}" if slot else "",
    }


def _people(actor: Actor, meeting: Meeting) -> list[dict[str, str]]:
    return [
        {
            "序号": str(number),
            "姓名": row.name,
            "类别": kept(CATEGORIES[row.category]),
            "单位": row.organisation,
            "代表方面": row.represents,
            "议题": "、".join(str(place) for place in sorted(places)),
        }
        for number, (row, places) in enumerate(expected(actor, meeting), 1)
    ]


# --- an application ---------------------------------------------------------------------------------


def _form(actor: Actor, paper: Paper, item: AgendaApplication) -> Content:
    contacts = sees_contacts(actor, item)
    values = {
        "议题名称": item.title,
        "所属事项": item.matter.title,
        "申报单位": item.agency.name if item.agency else "",
        "事项类别": kept(SUBJECT_CLASSES[item.subject_class]),
        "开放程度": kept(OPENNESS[item.openness]),
        "依据": item.openness_ground,
        "需要公众参与": YES[item.needs_participation],
        "应当听证": YES[item.hearing_required],
        "重要议题": YES[item.important],
        "开放形式": _words(FORMS, item.forms),
        "组织形式": item.organisation_form,
        "参与方式": item.participation_mode,
        "名额要求": "、".join(f"{kept(CATEGORIES[code])} {count}" for code, count in item.quotas.items() if count),
        "名单人数": str(len(item.invitees)),
        "状态": kept(APPLICATION.label(item.state)),
        "内容编号": content_hash(item)[:12],
        "本级": current().name,
        "落款日期": day(local_date(item.submitted_at or utcnow())),
    }
    lists = {
        "名单": [_invitee_row(number, row, contacts=contacts) for number, row in enumerate(item.invitees, 1)],
        "材料": [
            {"序号": str(number), "种类": kept(MATERIAL_KINDS[row.kind]), "名称": row.title}
            for number, row in enumerate(item.materials, 1)
        ],
        "审批": [_signature(item, *row) for row in SIGNING if _signs(item, row[2])],
    }
    return Content(paper, f"{item.title}{kept(paper.title)}", values, lists)


def _invitee_row(number: int, row: Invitation, *, contacts: bool) -> dict[str, str]:
    return {
        "序号": str(number),
        "姓名": row.name,
        "类别": kept(CATEGORIES[row.category]),
        "单位": row.organisation,
        "联系方式": row.contact if contacts else "",
        "代表方面": row.represents,
    }


def _signs(item: AgendaApplication, role: str) -> bool:
    if role == "secrecy_reviewer":
        return item.openness != "open" and item.subject_class in VITAL_CLASSES
    return role != "leader" or item.important


def _signature(item: AgendaApplication, label: Any, decision: str, role: str) -> dict[str, str]:
    made = [row for row in item.approvals if row.decision == decision and row.role == role and not row.void]
    signed: Approval | None = made[-1] if made else None
    if signed is None:
        return {"环节": kept(label)}
    name = f"{signed.actor_name}（代 {signed.on_behalf_of}）" if signed.on_behalf_of else signed.actor_name
    return {"环节": kept(label), "意见": "同意", "签名": name, "日期": day(local_date(signed.at))}


def _words(labels: dict[str, Any], codes: Sequence[str]) -> str:
    return kept(listed(word for code, word in labels.items() if code in codes))
