"""What can be taken away as a table (导出): columns, rows, and who may have them; one gate with the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, extract, select

from core.permissions import ANONYMOUS, Actor
from plugins.disclosure import values, values_requests
from plugins.disclosure.models import AccessRequest, CatalogueRow, Document, WithheldCatalogue, WithheldEntry
from plugins.disclosure.services import request_register
from plugins.disclosure.services.document_gate import visible_documents
from plugins.disclosure.services.public_rows import public_rows
from plugins.disclosure.services.visibility import visible_catalogues, visible_entries
from plugins.disclosure.workflow import DOCUMENT, ENTRY


@dataclass(frozen=True)
class Column:
    """One value of a row: `words` are the labels of its codes; a program reads the code, a person the label."""

    name: str
    label: Any
    of: Callable[[Any], Any]
    words: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """`rows` answers what an actor may have of a year (None: all), in a settled order; `right` is "" for everybody."""

    key: str
    title: Any
    right: str
    rows: Callable[[Actor, int | None], Select[Any]]
    columns: tuple[Column, ...]
    lines: Callable[[Any], list[Any]] = lambda row: [row]
    """The lines a row stands for: an edition of the withheld catalogue has many."""


def _at(name: str, label: Any, words: Mapping[str, Any] | None = None) -> Column:
    return Column(name, label, lambda row: getattr(row, name), words or {})


def _in(name: str, label: Any, words: Mapping[str, Any] | None = None) -> Column:
    """Of a line that is a mapping."""
    return Column(name, label, lambda line: line[name], words or {})


def _agency(row: Any) -> str:
    return row.agency.name if row.agency else ""


AGENCY = Column("agency", _l("机关"), _agency)


def _year(query: Select[Any], column: Any, year: int | None) -> Select[Any]:
    return query if year is None else query.where(extract("year", column) == year)


def _documents(actor: Actor, year: int | None) -> Select[Any]:
    query = _year(select(Document).where(visible_documents(actor)), Document.formed_on, year)
    return query.order_by(Document.created_at.desc(), Document.id)


def _entries(actor: Actor, year: int | None) -> Select[Any]:
    query = select(WithheldEntry).where(visible_entries(actor))
    query = query if year is None else query.where(WithheldEntry.year == year)
    return query.order_by(WithheldEntry.year.desc(), WithheldEntry.agency_id, WithheldEntry.formed_on, WithheldEntry.id)


def _catalogue(_actor: Actor, year: int | None) -> Select[Any]:
    return public_rows() if year is None else public_rows().where(CatalogueRow.year == year)


def _withheld(_actor: Actor, year: int | None) -> Select[Any]:
    """Editions whose page is public, with the rows that were approved; for staff no more than for everybody."""
    query = select(WithheldCatalogue).where(visible_catalogues(ANONYMOUS))
    query = query if year is None else query.where(WithheldCatalogue.year == year)
    return query.order_by(WithheldCatalogue.year.desc(), WithheldCatalogue.agency_id)


def _register(_actor: Actor, year: int | None) -> Select[Any]:
    return _year(request_register.published(), AccessRequest.closed_on, year)


def _withheld_lines(edition: WithheldCatalogue) -> list[dict[str, Any]]:
    return [{**line, "agency": edition.agency.name, "year": edition.year} for line in edition.rows]


def _moment(row: CatalogueRow) -> datetime:
    return row.released_at


DOCUMENTS = Table(
    "documents", _l("公文"), "core.staff", _documents,
    (
        _at("id", _l("标识")), AGENCY, _at("title", _l("标题")), _at("genre", _l("文种"), values.GENRES),
        _at("number", _l("文号")), _at("attribute", _l("公开属性"), values.ATTRIBUTES),
        _at("attribute_reason", _l("公开属性的理由")), _at("secrecy_level", _l("密级"), values.SECRECY),
        _at("key_area", _l("重点领域")), _at("origin", _l("信息来源"), values.ORIGINS), _at("source", _l("来源机关")),
        _at("formed_on", _l("形成日期")), _at("issued_on", _l("印发日期")),
        Column("state", _l("状态"), lambda row: row.state, {key: one.label for key, one in DOCUMENT.states.items()}),
        _at("text", _l("正文")),
    ),
)  # fmt: skip
CATALOGUE = Table(
    "catalogue", _l("政府信息公开目录"), "", _catalogue,
    (
        _at("index_number", _l("索引号")), AGENCY, _at("title", _l("标题")), _at("number", _l("文号")),
        _at("genre", _l("文种"), values.GENRES), _at("summary", _l("内容概述")), _at("keywords", _l("关键词")),
        _at("source", _l("来源机关")), _at("formed_on", _l("形成日期")), Column("released_at", _l("发布时间"), _moment),
        _at("expired_on", _l("失效日期")), _at("publication_id", _l("标识")),
    ),
)  # fmt: skip
WITHHELD = Table(
    "withheld", _l("不予公开目录"), "", _withheld,
    (
        _in("agency", _l("机关")), _in("year", _l("年度")), _in("title", _l("标题")), _in("number", _l("文号")),
        _in("ground", _l("不予公开的情形"), values.GROUNDS), _in("facts", _l("理由")), _in("basis", _l("依据")),
        _in("formed_on", _l("形成日期")), _in("unit", _l("责任单位")), _in("review_on", _l("再评估日期")),
    ),
    _withheld_lines,
)  # fmt: skip
ENTRIES = Table(
    "entries", _l("不予公开条目"), "disclosure.see_withheld", _entries,
    (
        _at("id", _l("标识")), AGENCY, _at("year", _l("年度")), _at("title", _l("标题")),
        _at("public_title", _l("对外标题")), _at("number", _l("文号")), _at("code_name", _l("代号")),
        _at("ground", _l("不予公开的情形"), values.GROUNDS), _at("facts", _l("理由")), _at("basis", _l("依据")),
        _at("formed_on", _l("形成日期")), _at("unit", _l("责任单位")), _at("review_on", _l("再评估日期")),
        Column("state", _l("状态"), lambda row: row.state, {key: one.label for key, one in ENTRY.states.items()}),
    ),
)  # fmt: skip
REGISTER = Table(
    "requests", _l("依申请公开答复情况"), "", _register,
    (
        _at("number", _l("申请编号")), AGENCY, _at("closed_on", _l("答复日期")),
        _at("applicant_kind", _l("申请人类别"), values_requests.APPLICANTS),
        _at("result", _l("处理结果"), values_requests.RESULTS), _at("public_note", _l("公开说明")),
    ),
)  # fmt: skip
TABLES = {table.key: table for table in (DOCUMENTS, CATALOGUE, WITHHELD, ENTRIES, REGISTER)}
