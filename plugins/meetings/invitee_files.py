"""Lists of invitees (邀请人员名单) as people keep them: .xlsx and .csv, read row by row with every fault by its place.

Columns are found by their Chinese or English heading, in any order, in one of the first rows; blank rows and columns
nobody asked for are passed over. CSV may be UTF-8 (with or without BOM), UTF-16 or GB18030. Blanks around a value go,
and so do blanks inside a Chinese name (张　三); nothing else is changed. No cell is ever calculated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from plugins.meetings.tables import Cell, TableError, sheet, workbook

MOST_ROWS = 5000
HEADER_WITHIN = 10
LENGTHS = {"name": 60, "organisation": 200, "contact": 200, "represents": 200}
COLUMNS = {
    "name": ("姓名", "名字", "name"),
    "category": ("类别", "人员类别", "类型", "category"),
    "organisation": ("单位", "工作单位", "所在单位", "organisation", "organization"),
    "contact": ("联系方式", "联系电话", "电话", "手机", "邮箱", "contact", "phone", "email"),
    "represents": ("代表方面", "代表领域", "代表", "represents"),
}
LABELS: dict[str, Any] = {
    "name": _l("姓名"),
    "category": _l("类别"),
    "organisation": _l("单位"),
    "contact": _l("联系方式"),
    "represents": _l("代表方面"),
}
CATEGORIES = {
    "stakeholder": ("利益相关方", "利益相关者"),
    "expert": ("专家学者", "专家", "学者"),
    "journalist": ("媒体记者", "记者", "媒体"),
    "party_delegate": ("党代表",),
    "npc_deputy": ("人大代表",),
    "cppcc_member": ("政协委员",),
    "public": ("其他公众代表", "公众代表", "群众代表"),
}
_CATEGORY_OF = {word: code for code, words in CATEGORIES.items() for word in (code, *words)}
_IN_NAME = re.compile(r"(?<=[\u3400-\u9fff])[ \u3000\xa0]+(?=[\u3400-\u9fff])")
_UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Invitee:
    """A row that can be invited; `row` is its number in the file, from 1."""

    row: int
    name: str
    category: str
    organisation: str = ""
    contact: str = ""
    represents: str = ""

    def values(self) -> dict[str, str]:
        """The fields as the application's `invitees` take them."""
        return {name: getattr(self, name) for name in COLUMNS}


@dataclass(frozen=True)
class Fault:
    """What is wrong in a row; `column` is the column's label, empty where the whole row is meant."""

    row: int
    column: Any
    detail: Any


@dataclass(frozen=True)
class InviteeFile:
    """A file as read: what can be taken, and what cannot."""

    invitees: tuple[Invitee, ...]
    faults: tuple[Fault, ...]


def read(content: bytes, filename: str) -> InviteeFile:
    """Read a list.

    Raises:
        TableError: nothing can be read; one sentence.
    """
    rows = iter(sheet(content, filename))
    places = _header(rows)
    invitees: list[Invitee] = []
    faults: list[Fault] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in rows:
        if not any(cell.text for cell in cells):
            continue
        if len(invitees) + len({fault.row for fault in faults}) >= MOST_ROWS:
            raise TableError(_l("名单超过 %(n)s 人，请分成几个文件。", n=MOST_ROWS))
        given = {name: cells[place] if place < len(cells) else Cell("") for name, place in places.items()}
        wrong = list(_faults(number, given))
        if not wrong:
            invitee = _invitee(number, given)
            wrong = list(_repeated(invitee, seen))
            invitees += [] if wrong else [invitee]
        faults += wrong
    if not invitees and not faults:
        raise TableError(_l("表头下面没有人员，名单是空的。"))
    return InviteeFile(tuple(invitees), tuple(faults))


def template() -> bytes:
    """An empty list to fill in, as .xlsx, the categories as a choice."""
    heads = [words[0] for words in COLUMNS.values()]
    choices = [words[0] for words in CATEGORIES.values()]
    return workbook("邀请人员名单", heads, {heads.index("类别"): choices}, MOST_ROWS)


def _header(rows: Iterator[tuple[int, tuple[Cell, ...]]]) -> dict[str, int]:
    for number, cells in rows:
        words = [re.sub(r"[\s*＊:：]|[（(].*[）)]$", "", cell.text).casefold() for cell in cells]
        places = {name: [at for at, word in enumerate(words) if word in known] for name, known in COLUMNS.items()}
        if places["name"] and places["category"]:
            return {name: _only(LABELS[name], at) for name, at in places.items() if at}
        if number >= HEADER_WITHIN:
            break
    raise TableError(_l("没有找到表头：前 %(n)s 行里要有一行写明“姓名”和“类别”。", n=HEADER_WITHIN))


def _only(label: Any, places: list[int]) -> int:
    if len(places) > 1:
        raise TableError(_l("“%(column)s”一列写了不止一次。", column=label))
    return places[0]


def _faults(row: int, given: dict[str, Cell]) -> Iterator[Fault]:
    for name, cell in given.items():
        label = LABELS[name]
        if cell.fault or cell.text.startswith("="):
            yield Fault(row, label, cell.fault or _l("是公式，请改为文字。"))
        elif _UNPRINTABLE.search(cell.text):
            yield Fault(row, label, _l("含有不能显示的字符。"))
        elif name in {"name", "category"} and not cell.text:
            yield Fault(row, label, _l("没有填写。"))
        elif name == "category" and cell.text.casefold() not in _CATEGORY_OF:
            yield Fault(row, label, _l("“%(value)s”不是已有的类别。", value=cell.text[:20]))
        elif len(cell.text) > LENGTHS.get(name, 200):
            limit, count = LENGTHS[name], len(cell.text)
            yield Fault(row, label, _l("最多 %(limit)s 个字，现有 %(count)s 个。", limit=limit, count=count))


def _invitee(row: int, given: dict[str, Cell]) -> Invitee:
    texts = {name: cell.text for name, cell in given.items()}
    texts["name"] = _IN_NAME.sub("", texts["name"])
    texts["category"] = _CATEGORY_OF[texts["category"].casefold()]
    return Invitee(row, **texts)


def _repeated(invitee: Invitee, seen: dict[tuple[str, ...], int]) -> Iterable[Fault]:
    key = (invitee.name, invitee.category, invitee.organisation)
    first = seen.setdefault(key, invitee.row)
    return [] if first == invitee.row else [Fault(invitee.row, "", _l("与第 %(row)s 行重复。", row=first))]
