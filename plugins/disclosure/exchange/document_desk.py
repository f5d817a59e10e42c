"""What waits on somebody's desk (待办) about documents (公文): what, since whom, until when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select, true

from core import clocks, jurisdictions, permissions
from core.contracts import WorkItem
from core.db import db
from core.models import Clock
from core.permissions import Actor
from plugins.disclosure import item_content
from plugins.disclosure.models import Document, Item
from plugins.disclosure.services import document_waiting
from plugins.disclosure.workflow import DOCUMENT
from plugins.disclosure.workflow.item_clocks import PUBLISH_KEY

MOST = 50
AT_REST = ("issued", *(name for name, state in DOCUMENT.states.items() if state.terminal))
HAND_OVER = _l("请在期限内移交门户单位公开（认8）")
PUBLISH = _l("已移交，请在期限内发布（认8）")


def work_items(actor: Actor) -> list[WorkItem]:
    """Each thing once: what waits for this person, then his own drafts under way."""
    found = [*_returned(actor), *_waiting(actor), *_joint(actor), *_due(actor)]
    seen = {item.url for item in found}
    return [*found, *(item for item in _started(actor) if item.url not in seen)]


def open_work() -> int:
    """Documents that are on their way."""
    query = select(func.count()).select_from(Document).where(Document.state.not_in(AT_REST))
    return db.session.scalar(query) or 0


def _waiting(actor: Actor) -> Iterable[WorkItem]:
    for row in document_waiting.waiting(actor, MOST):
        step = document_waiting.step_of(row)
        if step:
            yield _item("step", row, _since(row, step.what))


def _since(row: Document, what: Any) -> str:
    if not row.lines:
        return str(what)
    return str(_("%(what)s，%(name)s送来", what=what, name=row.lines[-1].actor_name))


def _returned(actor: Actor) -> Iterable[WorkItem]:
    for row, line in document_waiting.returned(actor, MOST):
        yield _item("returned", row, _("%(name)s退回：%(why)s", name=line.actor_name, why=line.opinion))


def _joint(actor: Actor) -> Iterable[WorkItem]:
    for row in document_waiting.to_countersign(actor, MOST):
        yield _item("cosign", row, _l("联合公文待本单位会签（认7）"))


def _due(actor: Actor) -> Iterable[WorkItem]:
    """认8: issued and to be public within the days: to hand over by its body, then to publish by the portal unit."""
    yield from _items(actor, "disclosure.items", Item.state == "editing", HAND_OVER)
    yield from _items(actor, "disclosure.release_item", Item.state == "to_release", PUBLISH)


def _items(actor: Actor, right: str, state: ColumnElement[bool], what: Any) -> Iterable[WorkItem]:
    if permissions.can(actor, right) is None:
        return
    bodies = permissions.permitted_agencies(actor, right)
    running = Clock.subject_id == Item.id, Clock.subject_type == item_content.SUBJECT, Clock.key == PUBLISH_KEY
    query = (
        select(Item, Clock)
        .join(Clock, running[0])
        .where(*running[1:], Clock.state.in_(clocks.OPEN), state, Item.document_id.is_not(None))
        .where(true() if bodies is None else Item.agency_id.in_(sorted(bodies)))
        .order_by(Clock.due_at)
        .limit(MOST)
    )
    for row, clock in db.session.execute(query):
        path = _console(row.document_id)
        yield WorkItem(f"disclosure.publish:{row.id}", row.title, what, path, due_at=clock.due_at, clock_id=clock.id)


def _started(actor: Actor) -> Iterable[WorkItem]:
    mine = Document.created_by == actor.id, Document.state.not_in(AT_REST)
    for row in db.session.scalars(select(Document).where(*mine).order_by(Document.updated_at.desc()).limit(MOST)):
        yield _item("started", row, DOCUMENT.label(row.state), group="started")


def _item(kind: str, row: Document, what: Any, group: str = "waiting") -> WorkItem:
    return WorkItem(f"disclosure.document_{kind}:{row.id}", row.title, what, _console(row.id), group=group)


def _console(ident: str | None) -> str:
    return f"/admin/{jurisdictions.current().slug}/disclosure/documents/{ident}/"
