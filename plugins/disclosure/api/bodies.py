"""Bodies (管3, 管4), urging (督办) and the register of rectifications (认10) over the API."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from core.models import Agency
from core.web.api import (
    Answer,
    Api,
    ClockOut,
    EventOut,
    Page,
    PageQuery,
    clocks_json,
    events_json,
    if_match,
    moved,
    page,
)
from core.web.api.moves import Moved
from core.web.requests import actor
from core.workflow import Machine
from plugins.disclosure.forms.withheld import BodyIn, MoveIn, RectificationIn, RectificationMove, UrgingIn
from plugins.disclosure.models import Rectification, Urging
from plugins.disclosure.services import bodies, rectifications, urgings
from plugins.disclosure.workflow import RECTIFICATION, URGING


class BodyOut(BaseModel):
    """A body; `vacant` names the posts nobody fills: nothing of it enters review until then (`ORG_UNSTAFFED`)."""

    agency: str
    name: str
    kind: str
    by_reference: bool
    assessed: bool
    supervises: bool
    office_name: str
    address: str
    phone: str
    fax: str
    hours: str
    mail: str
    website: str
    deputy_name: str
    officers: list[str]
    deputies: list[str]
    vacant: list[str]
    etag: str


class BodiesOut(BaseModel):
    """The bodies at work; public bodies (参照执行) last."""

    items: list[BodyOut]


class UrgingOut(BaseModel):
    """One urging."""

    id: str
    agency: str
    title: str
    demand: str
    due_on: str
    subject_type: str
    subject_id: str
    answer: str
    answered_name: str
    urged_name: str
    state: str
    state_label: str
    clocks: list[ClockOut]
    events: list[EventOut]
    etag: str


class RectificationOut(BaseModel):
    """A record of the register."""

    id: str
    agency: str | None
    title: str
    finding: str
    ordered_by: str
    severity: str
    due_on: str
    subject_type: str
    subject_id: str
    measures: str
    outcome: str | None
    returned_reason: str
    reported_name: str
    verification: str
    verified_name: str
    state: str
    state_label: str
    clocks: list[ClockOut]
    events: list[EventOut]
    etag: str


class UrgingQuery(PageQuery):
    """Filters."""

    state: Literal["", "open", "answered", "closed"] = ""


class RectificationQuery(PageQuery):
    """Filters."""

    state: Literal["", "open", "reported", "verified"] = ""


def declare(api: Api) -> None:
    """Add the endpoints; nothing here is ever deleted."""
    api.get("/bodies", permission="core.staff", answer=BodiesOut, summary="Bodies and who fills their posts")(listing)
    api.get("/bodies/<id>", load=bodies.by_code, permission="core.staff", answer=BodyOut, summary="One body")(show)
    api.put(
        "/bodies/<id>", load=bodies.by_code, body=BodyIn, permission="disclosure.bodies", answer=BodyOut,
        summary="Write down a body's working office and deputy leader",
    )(save)  # fmt: skip
    api.get("/urgings", permission="core.staff", query=UrgingQuery, answer=Page[UrgingOut], summary="Urged matters")(
        urged
    )
    api.post(
        "/urgings", body=UrgingIn, permission="disclosure.supervise", status=201, answer=UrgingOut,
        summary="Urge a body, with a due date",
    )(urge)  # fmt: skip
    api.get("/urgings/<id>", load=load_urging, permission="core.staff", answer=UrgingOut, summary="One urged matter")(
        show_urging
    )
    api.post(
        "/urgings/<id>/transitions", load=load_urging, body=MoveIn, machine=URGING, answer=Moved,
        summary="Answer, return, close",
    )(move_urging)  # fmt: skip
    api.get(
        "/rectifications", permission="core.staff", query=RectificationQuery, answer=Page[RectificationOut],
        summary="The register of rectifications",
    )(register)  # fmt: skip
    api.post(
        "/rectifications", body=RectificationIn, permission="disclosure.supervise", status=201,
        answer=RectificationOut, summary="Order a rectification",
    )(order)  # fmt: skip
    api.get(
        "/rectifications/<id>", load=load_record, permission="core.staff", answer=RectificationOut,
        summary="One record of the register",
    )(show_record)  # fmt: skip
    api.post(
        "/rectifications/<id>/transitions", load=load_record, body=RectificationMove, machine=RECTIFICATION,
        answer=Moved, summary="Report, return, verify",
    )(move_record)  # fmt: skip


def listing() -> Answer:
    """By code."""
    return Answer({"items": [_body(row) for row in bodies.here()]})


def show(agency: Agency) -> Answer:
    """Typed data, and the holders of the roles."""
    shape = _body(bodies.posts(agency))
    return Answer(shape, version=int(shape["etag"]))


def save(agency: Agency, body: BodyIn) -> Answer:
    """The administrator's and the body's own."""
    known = bodies.of(agency)
    bodies.save(actor(), agency, body.values(), version=if_match(known.version if known else 0))
    return show(agency)


def urged(query: UrgingQuery) -> Answer:
    """Of the caller's bodies; the supervisor sees all."""
    statement = urgings.select_rows(actor())
    if query.state:
        statement = statement.where(Urging.state == query.state)
    return page(statement, query, Urging.created_at, _urging, modified=Urging.updated_at)


def urge(body: UrgingIn) -> Answer:
    """On the desk of the body at once."""
    row = urgings.urge(
        actor(), bodies.by_code(body.agency), title=body.title, demand=body.demand, due_on=body.due_on,
        subject_type=body.subject_type, subject_id=body.subject_id,
    )  # fmt: skip
    return show_urging(row)


def load_urging(ident: str) -> Urging:
    """One the caller may see; raises NotFound."""
    return urgings.find(actor(), ident)


def show_urging(row: Urging) -> Answer:
    """With clock and events."""
    return Answer(_urging(row), version=row.version)


def move_urging(row: Urging, body: MoveIn) -> Answer:
    """The answer stands in `reason`."""
    urgings.move(actor(), row, body.event, reason=body.reason, version=if_match(row.version))
    return moved(URGING, row)


def register(query: RectificationQuery) -> Answer:
    """Of the caller's bodies; the supervisor sees all."""
    statement = rectifications.select_rows(actor())
    if query.state:
        statement = statement.where(Rectification.state == query.state)
    return page(statement, query, Rectification.created_at, _record, modified=Rectification.updated_at)


def order(body: RectificationIn) -> Answer:
    """By hand; a withdrawal of what should not have been public opens one by itself."""
    row = rectifications.record(actor(), bodies.by_code(body.agency), **body.values("agency"))
    return show_record(row)


def load_record(ident: str) -> Rectification:
    """One the caller may see; raises NotFound."""
    return rectifications.find(actor(), ident)


def show_record(row: Rectification) -> Answer:
    """With clock and events."""
    return Answer(_record(row), version=row.version)


def move_record(row: Rectification, body: RectificationMove) -> Answer:
    """Reported by one, verified by another."""
    rectifications.move(
        actor(), row, body.event, reason=body.reason, version=if_match(row.version), measures=body.measures,
        outcome=body.outcome,
    )  # fmt: skip
    return moved(RECTIFICATION, row)


def _body(row: bodies.Posts) -> dict[str, Any]:
    typed = row.body
    own = ("office_name", "address", "phone", "fax", "hours", "mail", "website", "deputy_name")
    return {
        "agency": row.agency.code,
        "name": row.agency.name,
        "kind": row.agency.kind,
        **{name: getattr(row, name) for name in ("by_reference", "assessed", "supervises")},
        **{name: getattr(typed, name) if typed else "" for name in own},
        **{name: list(getattr(row, name)) for name in ("officers", "deputies", "vacant")},
        "etag": str(typed.version if typed else 0),
    }


def _urging(row: Urging) -> dict[str, Any]:
    return _shape(row, UrgingOut, URGING) | {"agency": row.agency.code}


def _record(row: Rectification) -> dict[str, Any]:
    agency = row.agency.code if row.agency else None
    return _shape(row, RectificationOut, RECTIFICATION) | {"agency": agency, "finding": row.found}


def _shape(row: Any, shape: type[BaseModel], machine: Machine) -> dict[str, Any]:
    own = shape.model_fields.keys() - {"agency", "finding", "state_label", "clocks", "events", "etag"}
    return {
        **{name: getattr(row, name) for name in own},
        "state_label": machine.label(row.state),
        "clocks": clocks_json(machine.object_type, row),
        "events": events_json(machine, row),
        "etag": str(row.version),
    }
