"""Reconsideration, litigation, complaints (复议、诉讼、投诉) linked to an answered request, with their results."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l

from core import audit, permissions
from core.db import db, new_id
from core.permissions import Actor
from core.refusals import Invalid, Refused
from core.text import checked
from plugins.disclosure.models import AccessRequest, Challenge
from plugins.disclosure.values_requests import CHALLENGE_RESULTS, CHALLENGES
from plugins.disclosure.workflow import request_clocks as limits
from plugins.disclosure.workflow.request_guards import no
from plugins.disclosure.workflow.requests import HANDLE

ANSWERED = ("answered", "archived")


def open_one(
    actor: Actor, request: AccessRequest, kind: str, body: str, *, number: str = "", opened_on: date | None = None
) -> Challenge:
    """Enter a case before another body, inside `write()`.

    Raises:
        Forbidden, Invalid. Refused: NOT_ANSWERED, there is nothing to contest yet.
    """
    permissions.require(actor, HANDLE, request)
    if request.state not in ANSWERED:
        raise Refused(no("NOT_ANSWERED", _l("申请还没有答复，没有可以复议、起诉或者投诉的答复。")))
    if kind not in CHALLENGES:
        raise Invalid({"kind": [_l("请选择一项。")]})
    texts = checked({"body": body, "number": number}, {"body": 200, "number": 60}, ("body",))
    day = opened_on or limits.today()
    if day > limits.today():
        raise Invalid({"opened_on": [_l("日期不能晚于今天。")]})
    made = Challenge(id=new_id(), request=request, kind=kind, opened_on=day, result="open", **texts)
    db.session.add(made)
    _count(actor, request, "challenge", kind)
    return made


def close(
    actor: Actor, request: AccessRequest, ident: str, result: str, *, note: str = "", closed_on: date | None = None
) -> Challenge:
    """Enter the result of a case; «corrected» lets the request be handled again.

    Raises:
        Forbidden. Invalid: no such open case, no such result, a day before it was opened or in the future.
    """
    permissions.require(actor, HANDLE, request)
    found = next((one for one in request.challenges if one.id == ident and one.result == "open"), None)
    if found is None:
        raise Invalid({"challenge": [_l("没有这个未审结的案件。")]})
    if result not in CHALLENGE_RESULTS or result == "open":
        raise Invalid({"result": [_l("请选择一项。")]})
    day = closed_on or limits.today()
    if not found.opened_on <= day <= limits.today():
        raise Invalid({"closed_on": [_l("日期应在立案之后、今天之前。")]})
    found.note = checked({"note": note}, {"note": 500})["note"]
    found.result, found.closed_on = result, day
    _count(actor, request, "challenge_closed", result)
    return found


def _count(actor: Actor, request: AccessRequest, act: str, what: str) -> None:
    request.version += 1
    db.session.flush()
    audit.record(
        actor, f"disclosure.request.{act}", limits.REQUEST_TYPE, request.id, article="管12", data={"what": what}
    )
