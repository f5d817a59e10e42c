"""What access on request lays on somebody's desk (待办, 管12): to take up, handle, review, approve, deliver."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from core import clocks, jurisdictions
from core.contracts import WorkItem
from core.db import db
from core.models import Clock
from core.permissions import Actor
from plugins.disclosure.models import AccessRequest
from plugins.disclosure.models.requests import ENDED
from plugins.disclosure.services import request_lists
from plugins.disclosure.services.request_lists import Wanted
from plugins.disclosure.workflow import REQUEST
from plugins.disclosure.workflow import request_clocks as limits

MOST = 50
WHAT: dict[str, Any] = {
    "to_confirm": _l("新的公开申请，请与申请人确认"),
    "received": _l("新的公开申请，请审查是否齐备"),
    "processing": _l("公开申请待您答复"),
    "explaining": _l("申请人已说明理由，请决定是否继续办理"),
    "to_approve": _l("公开申请的答复待您审查或者审批"),
    "to_deliver": _l("答复已审批，请送达并登记凭证"),
}
"""State → what the person whose turn it is does next."""


def work_items(actor: Actor) -> list[WorkItem]:
    """Each request once: what waits for this person comes before what others are to do about his own."""
    waiting = list(_rows(actor, "waiting"))
    known = {row.id for row in waiting}
    mine = [row for row in _rows(actor, "mine") if row.id not in known]
    running = clocks.of(limits.REQUEST_TYPE, [row.id for row in [*waiting, *mine]])
    found = [_item(row, str(WHAT[row.state]), running[row.id]) for row in waiting]
    return found + [_item(row, str(REQUEST.label(row.state)), running[row.id], "started") for row in mine]


def open_work() -> int:
    """Requests without a result."""
    return db.session.scalar(select(func.count()).select_from(AccessRequest).where(AccessRequest.result.is_(None))) or 0


def _rows(actor: Actor, whose: str) -> Iterable[AccessRequest]:
    query = request_lists.listed(actor, Wanted(whose)).where(AccessRequest.state.not_in(ENDED))
    return db.session.scalars(query.order_by(AccessRequest.created_at, AccessRequest.id).limit(MOST)).all()


def _item(row: AccessRequest, what: str, running: list[Clock], group: str = "waiting") -> WorkItem:
    clock = min((one for one in running if one.state in clocks.OPEN), key=lambda one: one.due_at, default=None)
    title = _("%(number)s %(about)s", number=row.number, about=row.description[:40])
    url = f"/admin/{jurisdictions.current().slug}/disclosure/requests/{row.id}/"
    return WorkItem(
        f"disclosure.request:{row.id}", title, what, url, due_at=clock.due_at if clock else None,
        clock_id=clock.id if clock else None, group=group,
    )  # fmt: skip
