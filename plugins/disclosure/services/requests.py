"""Access on request (依申请公开, 管12): registered by the applicant or by an officer, found, moved; never deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.exc import IntegrityError

from core import audit, clocks, permissions, receipts
from core.db import db, new_id, utcnow
from core.models import Agency
from core.permissions import ANONYMOUS, Actor, permitted_agencies
from core.refusals import Invalid, NotFound, Refused, TooMany
from core.text import checked
from core.workflow import Move
from plugins.disclosure.models import AccessRequest, Consultation
from plugins.disclosure.services import letters, request_files, request_letters
from plugins.disclosure.services.request_files import Upload
from plugins.disclosure.values_requests import CHANNELS, CONSULTATIONS, DELIVERIES, RECEIVED_ON_ARRIVAL, RESULTS
from plugins.disclosure.workflow import REQUEST
from plugins.disclosure.workflow import request_clocks as limits
from plugins.disclosure.workflow import request_guards as guards
from plugins.disclosure.workflow.requests import DECIDE, HANDLE, REVIEW, begin

LIMITS = {
    "applicant_name": 100, "identity_number": 40, "organisation_code": 18, "contact_person": 60, "phone": 30,
    "email": 200, "address": 200, "agent_name": 60, "agent_identity": 40, "help_needed": 300, "description": 2000,
}  # fmt: skip
LONGEST = 5000
FROM_ONE, FROM_ALL = 10, 300
"""How many requests one applicant, and everybody together, may send by the web in an hour."""


@dataclass(frozen=True)
class Entry:
    """What a request says; texts as they came, codes of values_requests."""

    applicant_kind: str
    applicant_name: str
    description: str
    identity_kind: str = ""
    identity_number: str = ""
    organisation_code: str = ""
    contact_person: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    agent_name: str = ""
    agent_identity: str = ""
    help_needed: str = ""
    form: str = ""
    delivery: str = ""


# --- registering -----------------------------------------------------------------------------------------


def hand_in(agency_id: str, entry: Entry, uploads: Sequence[Upload] = ()) -> tuple[AccessRequest, str]:
    """A request by the public form, inside `write()`: complete, with its secret, which is nowhere stored.

    Raises:
        Invalid: no such agency, or what 条例第二十九条 asks for is missing. TooMany.
    """
    _against_floods(entry)
    missing = unsaid(entry, uploads)
    if missing:
        raise Invalid(missing)
    return _register(ANONYMOUS, agency_id, entry, "web", limits.today(), uploads)


def unsaid(entry: Entry, uploads: Sequence[Upload] = ()) -> dict[str, list[Any]]:
    """What 条例第二十九条 asks for and a request does not say: control of the form → the sentence."""
    authority = any(one.kind == guards.AUTHORITY for one in uploads)
    missing = guards.unsaid(entry, authority=authority)
    return {_FIELDS.get(name, name): [_l("请填写：%(name)s。", name=label)] for name, label in missing.items()}


def _against_floods(entry: Entry) -> None:
    recent = select(func.count()).select_from(AccessRequest)
    recent = recent.where(AccessRequest.channel == "web", AccessRequest.created_at > utcnow() - timedelta(hours=1))
    same = recent.where(
        or_(
            and_(AccessRequest.phone == entry.phone, AccessRequest.phone != ""),
            and_(AccessRequest.email == entry.email, AccessRequest.email != ""),
        )
    )
    if (db.session.scalar(recent) or 0) >= FROM_ALL or (db.session.scalar(same) or 0) >= FROM_ONE:
        raise TooMany(_l("短时间内提交的申请过多，请一小时后再试。您填写的内容还在。"))


_FIELDS = {"contact": "phone", "authority": "authority_files"}
"""Where the form shows what is missing under another name."""


def enter(
    actor: Actor, agency_id: str, entry: Entry, channel: str, arrived_on: date, uploads: Sequence[Upload] = ()
) -> tuple[AccessRequest, str]:
    """A request that came over the counter, by letter or fax, filled in by an officer (条例第二十九条).

    Handed in or signed for, that day is the day of receipt; otherwise it is confirmed with the applicant first.

    Raises:
        Forbidden. Invalid: channel, day in the future, no such agency, name or description missing.
    """
    if channel not in CHANNELS or channel == "web":
        raise Invalid({"channel": [_l("请选择申请的来源。")]})
    _require_past("arrived_on", arrived_on)
    permissions.require(actor, HANDLE, _Of(_agency(agency_id).id))
    return _register(actor, agency_id, entry, channel, arrived_on, uploads)


def _register(
    actor: Actor, agency_id: str, entry: Entry, channel: str, arrived_on: date, uploads: Sequence[Upload]
) -> tuple[AccessRequest, str]:
    texts = {field.name: getattr(entry, field.name) for field in fields(Entry)}
    texts |= checked({name: texts[name].strip() for name in LIMITS}, LIMITS, ("applicant_name", "description"))
    agency, secret = _agency(agency_id), receipts.new_secret()
    values: dict[str, Any] = texts | {
        "agency_id": agency.id, "channel": channel, "arrived_on": arrived_on, "secret_hash": receipts.digest(secret),
        "entered_by": actor.id or None, "state": "to_confirm", "version": 1, "fee_cents": 0,
    }  # fmt: skip
    made = _numbered(values)
    if channel in RECEIVED_ON_ARRIVAL:
        _receive(made, arrived_on)
    else:
        rule = limits.CONFIRM_TODAY if channel == "mail" else limits.CONFIRM
        clocks.start(limits.REQUEST_TYPE, made, rule, at=limits.moment(arrived_on))
    request_files.attach(actor, made, uploads)
    audit.record(
        actor, "disclosure.request.register", limits.REQUEST_TYPE, made.id, article="管12",
        data={"number": made.number, "channel": channel},
    )  # fmt: skip
    return made, secret


def _receive(request: AccessRequest, day: date) -> None:
    request.received_on, request.state = day, "received"
    db.session.flush()
    begin(request, day)
    letters.issue(request, "receipt")


def _numbered(values: Mapping[str, Any]) -> AccessRequest:
    """A row with the next number of the year; another process may have taken it in this moment."""
    year = limits.today().year
    while True:
        taken = db.session.scalar(
            select(func.count()).select_from(AccessRequest).where(AccessRequest.number.startswith(f"YSQ{year}-"))
        )
        row = AccessRequest(id=new_id(), number=f"YSQ{year}-{(taken or 0) + 1:04d}", **values)
        try:
            with db.session.begin_nested():
                db.session.add(row)
        except IntegrityError as error:
            if "number" not in str(error.orig):
                raise
            continue
        return row


def _agency(agency_id: str) -> Agency:
    query = select(Agency).where(or_(Agency.id == agency_id, Agency.code == agency_id), Agency.abolished_at.is_(None))
    found = db.session.scalar(query)
    if found is None:
        raise Invalid({"agency": [_l("请选择受理申请的机关。")]})
    return found


class _Of:
    """Something of one agency, for asking a right before the row is there."""

    def __init__(self, agency_id: str) -> None:
        self.agency_id = agency_id


def _require_past(field: str, day: date) -> None:
    if day > limits.today():
        raise Invalid({field: [_l("日期不能晚于今天。")]})


# --- finding ---------------------------------------------------------------------------------------------


def visible(actor: Actor) -> ColumnElement[bool]:
    """THE filter of requests: those who handle, decide or review them, in their agency or everywhere here."""
    bodies = [permitted_agencies(actor, right) for right in (HANDLE, DECIDE, REVIEW)]
    if None in bodies:
        return true()
    return AccessRequest.agency_id.in_(sorted(frozenset().union(*(body or frozenset() for body in bodies))))


def find(actor: Actor, ident: str) -> AccessRequest:
    """One request, for those who work on it; raises NotFound."""
    found = db.session.scalar(select(AccessRequest).where(AccessRequest.id == ident, visible(actor)))
    if found is None:
        raise NotFound
    return found


def sees_person(actor: Actor, request: AccessRequest) -> bool:
    """True for those who handle it: name, identity and contact; reviewers read the rest alone."""
    return permissions.can(actor, HANDLE, request) is not None


def keep(request: AccessRequest) -> None:
    """What is registered is never deleted.

    Raises:
        Refused: REQUEST_KEPT, always.
    """
    detail = _l("%(number)s 已经登记，不能删除。申请人可以撤回申请。", number=request.number)
    raise Refused(guards.no("REQUEST_KEPT", detail))


# --- moving ----------------------------------------------------------------------------------------------


def move(
    actor: Actor,
    request: AccessRequest,
    event: str,
    *,
    reason: str = "",
    version: int | None = None,
    params: Mapping[str, Any] | None = None,
) -> Move:
    """Carry out an event of `REQUEST`, inside `write()`, and tell the applicant what concerns him.

    Values: `day` of what happened (today) · notify_correction `items`, `days` · correct, explain `text` · consult
    `kind`, `party`, `contact` · answer_consultation `consultation`, `answer`, `text`, `justified` · override
    `consultation` · extend, accept_reason `days` · notify_fee `cents` · propose `result`, `text`, `withheld` ·
    redirect `body`, `contact`, `delivery`, `proof`, `transfer_to` (an agency here) · deliver `delivery`, `proof`.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: as the table says.
    """
    REQUEST.require_right(request, event, actor)
    given = _shaped(request, event, dict(params or {}))
    done = REQUEST.fire(request, event, actor, reason=reason, version=version, params=given)
    if given.get("transfer_to"):
        _pass_on(actor, request, given["transfer_to"])
    letters.after(request, done, given)
    request_letters.tell(request, done)
    return done


def _pass_on(actor: Actor, request: AccessRequest, target: Agency) -> AccessRequest:
    """The same request at the body that is responsible, under the same secret."""
    values = {field.name: getattr(request, field.name) for field in fields(Entry)}
    made = _numbered(
        values | {
            "agency_id": target.id, "channel": request.channel, "arrived_on": limits.today(), "state": "to_confirm",
            "secret_hash": request.secret_hash, "transferred_from_id": request.id, "version": 1, "fee_cents": 0,
            "entered_by": actor.id,
        }
    )  # fmt: skip
    _receive(made, limits.today())
    request_files.copy(request, made)
    audit.record(
        actor, "disclosure.request.transfer", limits.REQUEST_TYPE, request.id, article="管12",
        data={"to": target.code, "number": made.number},
    )  # fmt: skip
    return made


_DEMANDED = {
    "notify_correction": ("items",), "correct": ("text",), "explain": ("text",), "consult": ("party",),
    "redirect": ("body", "contact"),
}  # fmt: skip
_TEXTS = ("items", "text", "party", "contact", "body", "proof")
_DELIVERED = ("deliver", "redirect")


def _shaped(request: AccessRequest, event: str, given: dict[str, Any]) -> dict[str, Any]:
    """Check the values an event brings; texts are there, as "" where not sent."""
    texts = {name: str(given.get(name) or "") for name in _TEXTS if name in given or name in _DEMANDED.get(event, ())}
    limits_of = dict.fromkeys(("items", "text"), LONGEST) | dict.fromkeys(("party", "contact", "body"), 200)
    given |= checked(texts, limits_of | {"proof": 300}, _DEMANDED.get(event, ()))
    if event in _DELIVERED:
        given["proof"] = given.get("proof", "")
        given["delivery"] = given.get("delivery") or request.delivery
        _one_of("delivery", given["delivery"], DELIVERIES)
    if event == "consult":
        _one_of("kind", given.get("kind"), CONSULTATIONS)
    if event == "propose":
        _one_of("result", given.get("result"), RESULTS)
    if event in {"answer_consultation", "override"}:
        given["consultation"] = _consultation(request, event, str(given.get("consultation") or ""))
    if event == "answer_consultation":
        _one_of("answer", given.get("answer"), ("agreed", "refused"))
    if event == "redirect" and given.get("transfer_to"):
        given["transfer_to"] = _agency(str(given["transfer_to"]))
    if given.get("day"):
        _sensible_day(request, event, given)
    return given


def _one_of(field: str, value: Any, options: Any) -> None:
    if value not in options:
        raise Invalid({field: [_l("请选择一项。")]})


def _consultation(request: AccessRequest, event: str, ident: str) -> Consultation:
    wanted = ("waiting",) if event == "answer_consultation" else ("refused",)
    found = next((one for one in request.consultations if one.id == ident and one.answer in wanted), None)
    if found is None:
        raise Invalid({"consultation": [_l("请选择征求意见的对象。")]})
    return found


def _sensible_day(request: AccessRequest, event: str, given: Mapping[str, Any]) -> None:
    """Nothing happens tomorrow, nor before what it answers."""
    day: date = given["day"]
    _require_past("day", day)
    asked: Consultation | None = given.get("consultation")
    earliest = {
        "correct": request.correction_told_on, "pay": request.fee_told_on,
        "answer_consultation": asked.sent_on if asked else None, "confirm": request.arrived_on,
    }.get(event, request.received_on)  # fmt: skip
    if earliest and day < earliest:
        raise Invalid({"day": [_l("日期不能早于 %(day)s。", day=earliest)]})
