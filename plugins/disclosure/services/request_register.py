"""The public register of answered requests (依申请公开情况): number, day, kind, result and a neutral line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from core import audit, permissions
from core.db import db
from core.permissions import Actor
from core.refusals import Refused, WrongState
from core.text import checked
from plugins.disclosure.models import AccessRequest
from plugins.disclosure.values_requests import RESULTS
from plugins.disclosure.workflow import REQUEST
from plugins.disclosure.workflow import request_clocks as limits
from plugins.disclosure.workflow.request_guards import no
from plugins.disclosure.workflow.requests import HANDLE

SHOWN = ("answered", "archived")


@dataclass(frozen=True)
class Year:
    """The figures of one year, each request counted once."""

    year: int
    received: int
    closed: int
    open: int
    results: dict[str, int]


def note(actor: Actor, request: AccessRequest, text: str) -> None:
    """Confirm the neutral line under which an answered request stands in the register; empty takes it off.

    Raises:
        Forbidden, Invalid, WrongState. Refused: NOTE_REVEALS, the applicant can be recognised.
    """
    permissions.require(actor, HANDLE, request)
    if request.state not in SHOWN:
        raise WrongState(REQUEST.label(request.state))
    said = checked({"public_note": text.strip()}, {"public_note": 200})["public_note"]
    if any(word and word in said for word in _telling(request)):
        raise Refused(no("NOTE_REVEALS", _l("这句话里有申请人的信息，请改成不涉及个人的说法。"), ("public_note",)))
    request.public_note, request.public_noted_by = said, actor.id if said else None
    request.version += 1
    db.session.flush()
    audit.record(actor, "disclosure.request.note", limits.REQUEST_TYPE, request.id, article="管12")


def _telling(request: AccessRequest) -> tuple[str, ...]:
    return (
        request.applicant_name, request.identity_number, request.organisation_code, request.contact_person,
        request.phone, request.email, request.address, request.agent_name,
    )  # fmt: skip


def published() -> Select[Any]:
    """THE filter of the register: answered, and the line confirmed by a person; newest first."""
    return (
        select(AccessRequest)
        .where(AccessRequest.state.in_(SHOWN), AccessRequest.public_note != "")
        .order_by(AccessRequest.closed_on.desc(), AccessRequest.number.desc())
    )


def figures(year: int) -> Year:
    """What came in and what became of it in a year, over the whole place."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    received = _count(AccessRequest.received_on.between(first, last))
    query = (
        select(AccessRequest.result, func.count())
        .where(AccessRequest.closed_on.between(first, last), AccessRequest.received_on.is_not(None))
        .group_by(AccessRequest.result)
    )
    found = {row[0]: row[1] for row in db.session.execute(query)}
    results = {name: found[name] for name in RESULTS if name in found}
    waiting = _count(AccessRequest.result.is_(None) & AccessRequest.received_on.is_not(None))
    return Year(year, received, sum(results.values()), waiting, results)


def _count(condition: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(AccessRequest).where(condition)) or 0
