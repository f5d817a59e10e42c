"""Lists of requests for those who work on them: what waits for whom, what is due when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from core.db import utcnow
from core.models import Clock
from core.permissions import Actor, can, permitted_agencies
from core.workdays import end_of, local_date
from plugins.disclosure.models import AccessRequest, Reply
from plugins.disclosure.models.requests import ENDED
from plugins.disclosure.services.requests import visible
from plugins.disclosure.values_requests import WITHHOLDING
from plugins.disclosure.workflow import request_clocks as limits
from plugins.disclosure.workflow.requests import DECIDE, HANDLE, REVIEW

WHOSE: dict[str, Any] = {
    "waiting": _l("待我办理"),
    "mine": _l("我承办的"),
    "nobody": _l("还没有人承办"),
    "all": _l("全部"),
}
DUE: dict[str, Any] = {"overdue": _l("已超期"), "today": _l("今天到期"), "week": _l("七天内到期")}
FRESH = ("to_confirm", "received")
UNDER_WAY = ("processing", "to_deliver")


@dataclass(frozen=True)
class Wanted:
    """Filters of the list: codes of WHOSE and DUE, a state, a part of number or description."""

    whose: str = "all"
    state: str = ""
    due: str = ""
    words: str = ""


def listed(actor: Actor, wanted: Wanted) -> Select[Any]:
    """What `actor` may see and asks for; the caller sorts it."""
    query = select(AccessRequest).where(visible(actor), _whose(actor, wanted.whose))
    if wanted.state:
        query = query.where(AccessRequest.state == wanted.state)
    if wanted.due in DUE:
        query = query.where(AccessRequest.id.in_(_due(wanted.due)))
    if wanted.words:
        part = wanted.words.strip()
        query = query.where(
            or_(
                AccessRequest.number.contains(part, autoescape=True),
                AccessRequest.description.contains(part, autoescape=True),
            )
        )
    return query


def _whose(actor: Actor, whose: str) -> ColumnElement[bool]:
    if whose == "mine":
        return AccessRequest.handler_id == actor.id
    if whose == "nobody":
        return and_(AccessRequest.handler_id.is_(None), AccessRequest.state.not_in(ENDED))
    return waiting(actor) if whose == "waiting" else true()


def _due(due: str) -> Select[Any]:
    """Requests with a limit of that kind; what stands still is not due."""
    query = select(Clock.subject_id).where(Clock.subject_type == limits.REQUEST_TYPE, Clock.state == "running")
    now, tonight = utcnow(), end_of(local_date(utcnow()))
    if due == "overdue":
        return query.where(Clock.due_at <= now)
    last = tonight if due == "today" else tonight + timedelta(days=7)
    return query.where(Clock.due_at > now, Clock.due_at <= last)


def waiting(actor: Actor) -> ColumnElement[bool]:
    """What this person is to do next: take up, handle, deliver; review or approve what another proposed."""
    return or_(
        *(
            and_(_of_bodies(actor, right), condition)
            for right, condition in (
                (HANDLE, _to_handle(actor)), (DECIDE, _to_decide(actor)), (REVIEW, _to_review(actor)),
            )
        )
    )  # fmt: skip


def _to_handle(actor: Actor) -> ColumnElement[bool]:
    explained = and_(AccessRequest.state == "explaining", AccessRequest.explanation != "")
    open_to = or_(AccessRequest.handler_id.is_(None), AccessRequest.handler_id == actor.id)
    return or_(
        AccessRequest.state.in_(FRESH), and_(or_(AccessRequest.state.in_(UNDER_WAY), explained), open_to)
    )  # fmt: skip


def _to_decide(actor: Actor) -> ColumnElement[bool]:
    ready = or_(Reply.result.not_in(WITHHOLDING), Reply.reviewed_at.is_not(None))
    return and_(AccessRequest.handler_id.is_distinct_from(actor.id), _proposed(actor, ready))


def _to_review(actor: Actor) -> ColumnElement[bool]:
    return _proposed(actor, and_(Reply.result.in_(WITHHOLDING), Reply.reviewed_at.is_(None)))


def _proposed(actor: Actor, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    query = select(Reply.request_id).where(
        Reply.state == "proposed", Reply.proposed_by.is_distinct_from(actor.id), condition
    )
    return and_(AccessRequest.state == "to_approve", AccessRequest.id.in_(query))


def _of_bodies(actor: Actor, right: str) -> ColumnElement[bool]:
    if not can(actor, right):
        return false()
    agencies = permitted_agencies(actor, right)
    return true() if agencies is None else AccessRequest.agency_id.in_(sorted(agencies))
