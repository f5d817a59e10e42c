"""Documents of a meeting as files (会议文档): `<paper>.docx` from the template, lists as `<list>.xlsx` and `.csv`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from core import exports
from core.documents import fill
from core.filetypes import MEDIA_TYPES
from core.languages import kept
from core.permissions import Actor
from core.refusals import NotFound
from core.storage import safe_name
from plugins.meetings.documents.papers import AGENDA, PAPERS
from plugins.meetings.models import Meeting
from plugins.meetings.services import papers
from plugins.meetings.services.templates import templates
from plugins.meetings.services.visibility import sees_contacts
from plugins.meetings.values import CATEGORIES
from plugins.meetings.workflow import INVITATION

Table = tuple[list[Any], list[list[Any]]]


def invited_table(actor: Actor, meeting: Meeting) -> Table:
    """Everyone on the lists, with contact and answer; raises Forbidden."""
    head = ["议题", "姓名", "类别", "单位", "联系方式", "代表方面", "状态", "发出", "答复", "同意公布姓名"]
    rows = [
        [
            row.application.title, row.name, kept(CATEGORIES[row.category]), row.organisation,
            row.contact if sees_contacts(actor, row.application) else "", row.represents,
            kept(INVITATION.label(row.state)), row.sent_at, row.replied_at, papers.YES[row.publish_name],
        ]
        for row in papers.people(actor, meeting)
    ]  # fmt: skip
    return head, rows


def attendance_table(actor: Actor, meeting: Meeting) -> Table:
    """Who was expected and who came, when; raises Forbidden."""
    head = ["议题", "姓名", "类别", "单位", "状态", "签到", "签退"]
    rows = [
        [
            row.application.title, row.name, kept(CATEGORIES[row.category]), row.organisation,
            kept(INVITATION.label(row.state)), row.checked_in_at, row.checked_out_at,
        ]
        for row in papers.people(actor, meeting)
        if row.state in papers.EXPECTED
    ]  # fmt: skip
    return head, rows


def agenda_table(_actor: Actor, meeting: Meeting) -> Table:
    """The agenda as the public may know it."""
    head = list(AGENDA)
    rows = [list(row.values()) for row in papers.agenda_rows(meeting)]
    return head, rows


TABLES: dict[str, tuple[Any, Callable[[Actor, Meeting], Table]]] = {
    "invited": (_l("邀请名单"), invited_table),
    "attendance": (_l("签到情况"), attendance_table),
    "agenda": (_l("会议议程"), agenda_table),
}


@dataclass(frozen=True)
class File:
    """What is sent."""

    name: str
    media_type: str
    content: bytes


def make(actor: Actor, about: str, name: str, subject: Any) -> File:
    """The file `name` of a "meeting" or an "application" that `actor` has found already.

    Raises:
        NotFound: there is no such document. Forbidden: it names people who are none of this person's business.
    """
    key, _dot, kind = name.partition(".")
    if kind == "docx" and key in PAPERS and PAPERS[key].about == about:
        found = papers.content(actor, PAPERS[key], subject)
        made = fill.fill(templates.content(key), found.values, found.lists, title=found.title)
        return File(safe_name(f"{found.title}.docx"), MEDIA_TYPES["docx"], made)
    if kind in {"xlsx", "csv"} and key in TABLES and about == "meeting":
        title, (head, rows) = kept(TABLES[key][0]), TABLES[key][1](actor, subject)
        made = exports.xlsx_bytes(head, rows, title=title) if kind == "xlsx" else exports.csv_bytes(head, rows)
        return File(safe_name(f"{subject.title}{title}.{kind}"), MEDIA_TYPES[kind], made)
    raise NotFound


def listed(actor: Actor, about: str, subject: Any) -> list[tuple[str, Any, list[str]]]:
    """What this person may have: (key, title, kinds of file), in the order of work."""
    named = about != "meeting" or papers.may_name(actor, subject)
    tables = TABLES if about == "meeting" else {}
    found = []
    for key in dict.fromkeys([*(paper.key for paper in PAPERS.values() if paper.about == about), *tables]):
        paper = PAPERS.get(key)
        if named or not (paper.personal if paper else True):
            title = paper.title if paper else tables[key][0]
            found.append((key, title, ["docx"] * (paper is not None) + ["xlsx", "csv"] * (key in tables)))
    return found
