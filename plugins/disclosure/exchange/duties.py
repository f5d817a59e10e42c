"""Duties around what is withheld, guides, urging and rectifications on somebody's desk (待办), each thing once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from core import clocks, jurisdictions
from core.contracts import WorkItem
from core.db import db, utcnow
from core.models import Agency
from core.permissions import Actor, can, permitted_agencies
from core.workdays import local_date
from core.workflow import Machine
from plugins.disclosure.models import Guide, Rectification, Urging, WithheldCatalogue, WithheldEntry
from plugins.disclosure.services import entries, guides
from plugins.disclosure.workflow import CATALOGUE, ENTRY, GUIDE, RECTIFICATION, URGING
from plugins.disclosure.workflow.catalogues import title, uncovered
from plugins.disclosure.workflow.guides import title as guide_title

MOST = 50
SUPERVISE = "disclosure.supervise"
Waiting = dict[str, tuple[str, Any]]
"""State → the right of whoever does the next step, and what it is."""
CATALOGUES: Waiting = {
    "approved": ("disclosure.withhold", _l("目录已审定，请报备")),
    "filed": (SUPERVISE, _l("目录已报备，待您备案或者退回")),
    "accepted": ("disclosure.withhold", _l("目录已备案，请公开")),
}
GUIDES: Waiting = {
    "drafting": ("disclosure.guide", _l("指南编写中，写好后请送审")),
    "review": ("disclosure.approve_guide", _l("指南待您审核")),
    "approved": ("disclosure.guide", _l("指南已审核，请发布")),
}
URGINGS: Waiting = {
    "open": ("disclosure.answer_urging", _l("督办事项，请按时报告办理情况")),
    "answered": (SUPERVISE, _l("督办已答复，待您销号或者退回")),
}
RECTIFICATIONS: Waiting = {
    "open": ("disclosure.rectify", _l("请按时整改并报告结果")),
    "reported": (SUPERVISE, _l("整改已报告，待您核验")),
}


def work_items(actor: Actor) -> Iterator[WorkItem]:
    """What waits for this person."""
    yield from _lines(actor, WithheldCatalogue, CATALOGUE, CATALOGUES, "withheld", title)
    yield from _compiling(actor)
    yield from _undecided(actor)
    yield from _reevaluations(actor)
    yield from _lines(actor, Guide, GUIDE, GUIDES, "guides", guide_title)
    yield from _stale_guides(actor)
    yield from _lines(actor, Urging, URGING, URGINGS, "urgings", lambda row: row.title)
    yield from _lines(actor, Rectification, RECTIFICATION, RECTIFICATIONS, "rectifications", lambda row: row.title)


def open_work() -> int:
    """Urgings, rectifications and catalogues that have not come to their end."""
    counted = (
        (Urging, Urging.state != "closed"),
        (Rectification, Rectification.state != "verified"),
        (WithheldCatalogue, WithheldCatalogue.state.not_in(("published", "superseded"))),
    )
    return sum(
        db.session.scalar(select(func.count()).select_from(model).where(condition)) or 0 for model, condition in counted
    )


def _lines(actor: Actor, model: Any, machine: Machine, waiting: Waiting, topic: str, name: Any) -> Iterable[WorkItem]:
    """The rows of a model that wait in one of the states for whoever holds the right to the next step."""
    wanted = [and_(model.state == state, _of(actor, right, model.agency_id)) for state, (right, _) in waiting.items()]
    rows = db.session.scalars(select(model).where(or_(*wanted)).order_by(model.updated_at).limit(MOST)).all()
    running = _running(machine, rows)
    for row in rows:
        what = waiting[row.state][1]
        yield _item(machine, row.id, name(row), what, f"{topic}/{row.id}/", running.get(row.id))


def _compiling(actor: Actor) -> Iterable[WorkItem]:
    """认9: to be compiled by the one; once its year is over and it is complete, to be approved by the other."""
    compiles = _of(actor, "disclosure.withhold", WithheldCatalogue.agency_id)
    approves = _of(actor, "disclosure.approve_catalogue", WithheldCatalogue.agency_id)
    query = select(WithheldCatalogue).where(WithheldCatalogue.state == "compiling", or_(compiles, approves))
    rows = db.session.scalars(query.order_by(WithheldCatalogue.year).limit(MOST)).all()
    running = _running(CATALOGUE, rows)
    for row in rows:
        if what := _next(actor, row):
            yield _item(CATALOGUE, row.id, title(row), what, f"withheld/{row.id}/", running.get(row.id))


def _next(actor: Actor, row: WithheldCatalogue) -> Any:
    """What this person does about a catalogue that is being compiled, "" for nothing."""
    whole = next(uncovered(row.agency_id, row.year), None) is None
    if can(actor, "disclosure.approve_catalogue", row) and row.compiled_by != actor.id:
        over = row.year < local_date(utcnow()).year or row.edition > 1
        return _l("目录已齐全，待您审定") if whole and over else ""
    if row.returned_reason:
        return _l("目录已退回，请补充后再送审定")
    return "" if whole else _l("目录编制中，还有没处理的公文")


def _undecided(actor: Actor) -> Iterable[WorkItem]:
    """管11: rows whose reason is not given yet, one line for each body."""
    query = (
        select(Agency.id, Agency.name, func.count(WithheldEntry.id))
        .join(WithheldEntry, WithheldEntry.agency_id == Agency.id)
        .where(WithheldEntry.state.in_(entries.OPEN), _of(actor, "disclosure.withhold", WithheldEntry.agency_id))
        .group_by(Agency.id, Agency.name)
        .order_by(Agency.name)
        .limit(MOST)
    )
    for ident, name, count in db.session.execute(query):
        what = _("有 %(count)s 条不予公开的信息待说明理由、列入目录", count=count)
        yield WorkItem(f"disclosure.undecided:{ident}", name, what, _console("withheld/entries/?list=open"))


def _reevaluations(actor: Actor) -> Iterable[WorkItem]:
    """条例第十八条: near or over."""
    query = select(WithheldEntry).where(
        entries.due_for_review(), _of(actor, "disclosure.reevaluate", WithheldEntry.agency_id)
    )
    rows = db.session.scalars(query.order_by(WithheldEntry.review_on).limit(MOST)).all()
    running = _running(ENTRY, rows)
    for row in rows:
        what = _l("请再评估：维持、转公开或者转依申请公开")
        yield _item(ENTRY, row.id, row.title, what, f"withheld/entries/{row.id}/", running.get(row.id))


def _stale_guides(actor: Actor) -> Iterable[WorkItem]:
    """管8: 更新提醒."""
    if not can(actor, "disclosure.guide"):
        return
    reasons = guides.outdated(permitted_agencies(actor, "disclosure.guide"))
    query = select(Agency).where(Agency.id.in_(sorted(reasons))).order_by(Agency.code).limit(MOST)
    for agency in db.session.scalars(query):
        yield WorkItem(f"disclosure.guide:{agency.id}", agency.name, reasons[agency.id], _console("guides/"))


def _of(actor: Actor, right: str, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Rows of the bodies for which `actor` holds `right`; whoever supervises sees every body (管4)."""
    if right == SUPERVISE:
        return true() if can(actor, right) else false()
    agencies = permitted_agencies(actor, right)
    if agencies is None:
        return true()
    return column.in_(sorted(agencies)) if agencies else false()


def _running(machine: Machine, rows: Sequence[Any]) -> dict[str, Any]:
    """Id → its open clock."""
    found = clocks.of(machine.object_type, [row.id for row in rows])
    return {ident: one for ident, some in found.items() for one in some if one.state in clocks.OPEN}


def _item(machine: Machine, ident: str, name: str, what: Any, path: str, clock: Any) -> WorkItem:
    return WorkItem(
        f"{machine.object_type}:{ident}", name, what, _console(path), due_at=clock.due_at if clock else None,
        clock_id=clock.id if clock else None,
    )  # fmt: skip


def _console(path: str) -> str:
    return f"/admin/{jurisdictions.current().slug}/disclosure/{path}"
