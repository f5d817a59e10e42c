"""The representative pool (代表库) as a table, .xlsx or .csv: read with every fault by its place, and written out.

A person in several terms stands in several rows. Days are 2026-03-01, 2026/3/1, 2026年3月1日 or 20260301.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from core.row_reader import Column, Fault, Row, day_of, read_rows, repeated
from core.tables import workbook
from plugins.meetings.invitee_files import CATEGORIES, CATEGORY, CONTACT, NAME, ORGANISATION
from plugins.meetings.models import Representative
from plugins.meetings.services.pool_intake import Entry
from plugins.meetings.values import CATEGORIES as LABELS

MOST_ROWS = 5000
_YES, _NO = ("是", "同意", "yes", "y", "true", "1"), ("", "否", "不同意", "no", "n", "false", "0")


def yes_or_no(text: str) -> bool:
    """是 or 否; an empty cell is no consent; raises ValueError with a sentence."""
    if text.casefold() in _YES:
        return True
    if text.casefold() in _NO:
        return False
    raise ValueError(_l("请填“是”或“否”。"))


COLUMNS = (
    NAME,
    CATEGORY,
    ORGANISATION,
    Column("begins", _l("任期开始"), ("任期开始", "任期起", "开始", "from"), read=day_of),
    Column("ends", _l("任期届满"), ("任期届满", "任期止", "届满", "until"), read=day_of),
    Column("speciality", _l("专长"), ("专长", "专业特长", "speciality", "specialty")),
    Column("region", _l("区域"), ("区域", "所在区域", "地区", "region"), 100),
    Column("trade", _l("行业"), ("行业", "所属行业", "trade"), 100),
    CONTACT,
    Column("publish_name", _l("同意公布姓名"), ("同意公布姓名", "公布姓名", "consent"), read=yes_or_no),
)
HEADS = [column.words[0] for column in COLUMNS]


@dataclass(frozen=True)
class PoolFile:
    """A file as read: the entries by row number, and the faults."""

    entries: dict[int, Entry]
    faults: tuple[Fault, ...]


def read(content: bytes, filename: str) -> PoolFile:
    """Read a pool.

    Raises:
        TableError: nothing can be read; one sentence.
    """
    entries: dict[int, Entry] = {}
    faults: list[Fault] = []
    seen: dict[Any, int] = {}
    for row in _checked(read_rows(COLUMNS, content, filename, MOST_ROWS), seen):
        faults += row.faults
        if not row.faults:
            entries[row.number] = _entry(row)
    return PoolFile(entries, tuple(faults))


def template() -> bytes:
    """An empty table to fill in, as .xlsx."""
    choices = {"类别": [words[0] for words in CATEGORIES.values()], "同意公布姓名": ["是", "否"]}
    return workbook("代表库", HEADS, {HEADS.index(head): found for head, found in choices.items()}, MOST_ROWS)


def rows(people: Iterable[Representative]) -> Iterator[Sequence[Any]]:
    """The pool as `read` takes it again: one row a term."""
    for person in people:
        for term in person.terms:
            yield (
                person.name, str(LABELS[term.category]), person.organisation, term.begins, term.ends,
                person.speciality, person.region, person.trade, person.contact, person.publish_name,
            )  # fmt: skip


def _checked(found: Iterable[Row], seen: dict[Any, int]) -> Iterator[Row]:
    for row in found:
        values = row.values
        begins, ends = values.get("begins"), values.get("ends")
        if row.faults:
            yield row
        elif begins and ends and ends < begins:
            detail = _l("任期的最后一天早于第一天。")
            yield Row(row.number, {}, (Fault(row.number, _l("任期届满"), detail),))
        else:
            yield repeated(row, (values["name"], values.get("organisation", ""), values["category"], begins), seen)


def _entry(row: Row) -> Entry:
    values = dict(row.values)
    category, begins, ends = values.pop("category"), values.pop("begins", None), values.pop("ends", None)
    return Entry(values, category, begins, ends)
