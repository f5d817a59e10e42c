"""Tables of official documents (公文) as counties keep them: exports of old portals, registers, lists of the archive.

Headings are known by many names, or a person says which is which. One value for the whole file may be chosen for the
attribute, the body and the genre: there is no default, and a row without an attribute is refused (认3).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from core.contracts import ImportFault
from core.row_reader import Column, Row, day_of, read_rows
from core.tables import sheet
from plugins.disclosure import numbers
from plugins.disclosure.genres import genres
from plugins.disclosure.values import ATTRIBUTES, GENRES

MOST_ROWS = 20_000
MOST_TEXT = 500_000
MOST_TITLE = 200
ATTRIBUTE_MISSING = _l("没有公开属性。请在表格里填写，或者为整个文件选定一种（认3）。")
_ATTRIBUTE_WORDS = {"主动公开": "voluntary", "依申请公开": "on_request", "不予公开": "withheld"}
_GENRE_WORDS = {
    "决议": "resolution", "决定": "decision", "命令": "order", "令": "order", "公报": "communique",
    "公告": "announcement", "通告": "public_notice", "意见": "opinion", "通知": "notice", "通报": "circular",
    "报告": "report", "请示": "request", "批复": "reply", "议案": "motion", "函": "letter", "纪要": "minutes",
}  # fmt: skip
"""As tables write them, whatever language the reader has; kinds of the local rule by their own label."""
_CUT = re.compile(r"(?:\.{3,}|…+)$")


def _word(words: Mapping[str, str], known: Mapping[str, Any]) -> Callable[[str], str]:
    def read(text: str) -> str:
        value = words.get(text, text)
        if text and value not in known:
            raise ValueError(_l("“%(value)s”不在可选的值里。", value=text[:20]))
        return value

    return read


def _genre(text: str) -> str:
    if not text or text in _GENRE_WORDS or text in GENRES:
        return _GENRE_WORDS.get(text, text)
    own = genres()
    return _word({str(label): genre for genre, label in own.items()}, own)(text)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


COLUMNS = (
    Column("title", _l("标题"), ("标题", "公文标题", "信息名称", "名称", "title"), long=True, read=_one_line),
    Column(
        "number", _l("文号"), ("文号", "发文字号", "发布文号", "文件编号", "doc_number", "number"), numbers.MOST,
        read=numbers.normalised,
    ),
    Column("formed_on", _l("成文日期"), ("成文日期", "生成日期", "发文日期", "印发日期", "date"), read=day_of),
    Column(
        "published_on", _l("发布日期"),
        ("发布日期", "发布时间", "时间", "日期", "publishingdate", "pub_date", "pub_date_parsed"), read=day_of,
    ),
    Column("issuer", _l("发文机关"), ("发文机关", "发布机构", "制发机关", "main_issuer", "issuer"), 100),
    Column("genre", _l("文种"), ("文种", "体裁", "genre"), read=_genre),
    Column(
        "attribute", _l("公开属性"), ("公开属性", "公开类别", "公开方式", "attribute"),
        read=_word(_ATTRIBUTE_WORDS, ATTRIBUTES),
    ),
    Column("reason", _l("公开属性的理由"), ("理由", "不予公开理由", "免予公开理由", "reason"), 1_000, long=True),
    Column("text", _l("正文"), ("正文", "内容", "body", "text", "content"), MOST_TEXT, long=True),
    Column("url", _l("原网址"), ("网址", "访问地址", "链接", "原网址", "url", "link"), 500),
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A document as a row tells it; `notes` say what was not in the row and where it was taken from."""

    line: int
    title: str
    attribute: str
    number: str = ""
    formed_on: date | None = None
    published_on: date | None = None
    issuer: str = ""
    genre: str = "other"
    reason: str = ""
    text: str = ""
    url: str = ""
    notes: tuple[Any, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 over all fields of the row, line and notes apart."""
        days = [day.isoformat() if day else "" for day in (self.formed_on, self.published_on)]
        return _sha(
            self.title, self.number, *days, self.issuer, self.genre, self.attribute, self.reason, self.text, self.url
        )

    @property
    def identity(self) -> str:
        """SHA-256 over what names the document: its number, else its address, else title and day."""
        if self.number:
            return _sha("number", self.number)
        if self.url:
            return _sha("url", self.url)
        return _sha("title", self.title, str(self.formed_on or self.published_on or ""))


@dataclass(frozen=True)
class DocumentFile:
    """A file as read: the entries in its order, the rows said twice, and the faults."""

    entries: tuple[Entry, ...]
    repeated: tuple[int, ...]
    faults: tuple[ImportFault, ...]


def read(content: bytes, filename: str, columns: Mapping[str, str], values: Mapping[str, str]) -> DocumentFile:
    """Read a table of documents.

    Raises:
        TableError: nothing can be read; one sentence.
    """
    entries: list[Entry] = []
    faults: list[ImportFault] = []
    again: list[int] = []
    seen: set[str] = set()
    for row in _rows(content, filename, columns):
        found = _entry(row, values) if not row.faults else row.faults
        if not isinstance(found, Entry):
            faults += found
        elif found.digest in seen:
            again.append(row.number)
        else:
            seen.add(found.digest)
            entries.append(found)
    return DocumentFile(tuple(entries), tuple(again), tuple(faults))


def _rows(content: bytes, filename: str, chosen: Mapping[str, str]) -> Iterator[Row]:
    """The rows, found by their titles, or by their numbers where the table has no titles."""
    columns = [replace(one, words=(_bare(chosen[one.name]),)) if one.name in chosen else one for one in COLUMNS]
    heads = _heads(content, filename)
    known = {one.name for one in columns if heads & set(one.words)}
    lead = "number" if "number" in known and "title" not in known else "title"
    wanted = [replace(one, required=one.name == lead) for one in columns]
    return read_rows(wanted, content, filename, MOST_ROWS)


def _heads(content: bytes, filename: str) -> set[str]:
    for _number, cells in sheet(content, filename):
        if any(cell.text for cell in cells):
            return {_bare(cell.text) for cell in cells}
    return set()


def _bare(text: str) -> str:
    return re.sub(r"[\s*＊:：]|[（(].*[）)]$", "", text).casefold()


def _entry(row: Row, whole: Mapping[str, str]) -> Entry | tuple[ImportFault, ...]:
    """The document of a row, completed from what stands in the row itself; or why it cannot be taken."""
    values = {name: value for name, value in row.values.items() if value not in ("", None)}
    attribute = values.get("attribute") or whole.get("attribute", "")
    notes = []
    if not attribute:
        return (ImportFault(row.number, _l("公开属性"), ATTRIBUTE_MISSING),)
    if not values.get("number") and (found := numbers.found_in(values.get("text", ""))):
        values["number"] = found
        notes.append(_l("文号取自正文：%(number)s", number=found))
    title = values.get("title") or values["number"]
    if "title" not in values:
        notes.append(_l("没有标题，暂以文号为标题"))
    if _CUT.search(title) and (whole_title := _title_in(values.get("text", ""), _CUT.sub("", title))):
        title = whole_title
        notes.append(_l("标题取自正文，表格里的不完整"))
    elif _CUT.search(title):
        notes.append(_l("标题不完整，请补全"))
    if len(title) > MOST_TITLE:
        said = _l("最多 %(limit)s 个字，现有 %(count)s 个。", limit=MOST_TITLE, count=len(title))
        return (ImportFault(row.number, _l("标题"), said),)
    published = values.get("published_on")
    given = {name: values[name] for name in ("number", "issuer", "reason", "text", "url") if name in values}
    return Entry(
        row.number, title, attribute, formed_on=values.get("formed_on") or published, published_on=published,
        genre=values.get("genre") or whole.get("genre") or genre_of(title), notes=tuple(notes), **given,
    )  # fmt: skip


def genre_of(title: str) -> str:
    """The genre a title ends with (关于……的通知), else "other"."""
    bare = re.sub(r"[（(][^（()）]*[）)]$", "", title)
    return next((genre for word, genre in _GENRE_WORDS.items() if bare.endswith(word) and word != "令"), "other")


def _title_in(text: str, beginning: str) -> str:
    """The line of a text that goes on where a title was cut, empty where there is none."""
    lines = (_one_line(line) for line in text.split("\n", 40)[:40])
    return next((line for line in lines if line.startswith(beginning) and len(line) <= MOST_TITLE), "")


def _sha(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
