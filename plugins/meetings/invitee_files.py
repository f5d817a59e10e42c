"""Lists of invitees (邀请人员名单) as people keep them, .xlsx or .csv (UTF-8, UTF-16 or GB18030); see row_reader.

Blanks inside a Chinese name go (张　三).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from core.row_reader import Column, Fault, read_rows, repeated
from core.tables import workbook

MOST_ROWS = 5000
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


def name_of(text: str) -> str:
    """A name without the blanks some put between its characters."""
    return _IN_NAME.sub("", text)


def category_of(text: str) -> str:
    """The category a word stands for; raises ValueError with a sentence."""
    found = _CATEGORY_OF.get(text.casefold())
    if found is None:
        raise ValueError(_l("“%(value)s”不是已有的类别。", value=text[:20]))
    return found


NAME = Column("name", _l("姓名"), ("姓名", "名字", "name"), 60, required=True, read=name_of)
CATEGORY = Column(
    "category", _l("类别"), ("类别", "人员类别", "类型", "category"), required=True, read=category_of
)  # fmt: skip
ORGANISATION = Column(
    "organisation", _l("单位"), ("单位", "工作单位", "所在单位", "organisation", "organization")
)  # fmt: skip
CONTACT = Column(
    "contact", _l("联系方式"), ("联系方式", "联系电话", "电话", "手机", "邮箱", "contact", "phone", "email")
)  # fmt: skip
REPRESENTS = Column("represents", _l("代表方面"), ("代表方面", "代表领域", "代表", "represents"))
COLUMNS = (NAME, CATEGORY, ORGANISATION, CONTACT, REPRESENTS)


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
        return {column.name: getattr(self, column.name) for column in COLUMNS}


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
    invitees: list[Invitee] = []
    faults: list[Fault] = []
    seen: dict[Any, int] = {}
    for found in read_rows(COLUMNS, content, filename, MOST_ROWS):
        row = found if found.faults else repeated(found, _key(found.values), seen)
        faults += row.faults
        if not row.faults:
            invitees.append(Invitee(row.number, **row.values))
    return InviteeFile(tuple(invitees), tuple(faults))


def template() -> bytes:
    """An empty list to fill in, as .xlsx, the categories as a choice."""
    heads = [column.words[0] for column in COLUMNS]
    choices = [words[0] for words in CATEGORIES.values()]
    return workbook("邀请人员名单", heads, {heads.index("类别"): choices}, MOST_ROWS)


def _key(values: Mapping[str, Any]) -> tuple[str, ...]:
    return (values["name"], values["category"], values.get("organisation", ""))
