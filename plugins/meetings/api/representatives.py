"""The representative pool (代表库) over the API: for those who keep it, in their own jurisdiction."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy import select

from core import imports
from core.web.api import Answer, Api, events_json, if_match, job_json, moved
from core.web.api.moves import EventOut, Moved
from core.web.api.pages import Page, PageQuery, page
from core.web.api.tables import Table, TakeQuery, faults_json, table
from core.web.requests import actor
from plugins.meetings import representative_files
from plugins.meetings.eligibility import today, why_not
from plugins.meetings.forms import Category
from plugins.meetings.models import Representative, RepresentativeTerm
from plugins.meetings.models.representatives import REPRESENTATIVE_STATES
from plugins.meetings.pool_forms import RenewIn, RepresentativeIn, RepresentativeMove, RepresentativePatch
from plugins.meetings.representative_files import PoolFile
from plugins.meetings.services import import_jobs, pool_intake, representatives, rotation
from plugins.meetings.services.representatives import Wanted
from plugins.meetings.values import CATEGORIES
from plugins.meetings.workflow import REPRESENTATIVE

ALL, ONE = "/representatives", "/representatives/<id>"
RIGHT = representatives.RIGHT


class RepresentativesQuery(PageQuery):
    """Filters of the list; `due` shows those to renew."""

    q: str = Field("", max_length=100)
    category: Category | None = None
    region: str = Field("", max_length=100)
    speciality: str = Field("", max_length=200)
    state: Literal[REPRESENTATIVE_STATES] | None = None  # type: ignore[valid-type]
    due: bool = False


class TermOut(BaseModel):
    """A term; `until` null: until further notice. `why_not`: why nobody may be proposed from it today, or empty."""

    id: str
    category: str
    category_label: str
    from_: str = Field(alias="from")
    until: str | None
    why_not: str


class RotationOut(BaseModel):
    """Fair rotation: in the last 12 months, and the last invitation ever; counted from invitations."""

    invited: int
    attended: int
    last: str | None


class RepresentativeOut(BaseModel):
    """An entry of the pool."""

    id: str
    name: str
    organisation: str
    contact: str
    speciality: str
    region: str
    trade: str
    publish_name: bool
    renewal_due: str
    terms: list[TermOut]
    state: str
    state_label: str
    state_note: str
    updated_at: str
    rotation: RotationOut
    etag: str


class RepresentativeFull(RepresentativeOut):
    """One entry with what may be done."""

    events: list[EventOut]


class RenewedOut(BaseModel):
    """How many were renewed."""

    renewed: int


class TakenOut(BaseModel):
    """What a file does, or did, row by row: new, extended (another term), unchanged."""

    dry_run: bool
    rows: list[dict[str, Any]]
    errors: list[dict[str, Any]]
    created: int
    extended: int
    unchanged: int


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(
        ALL, permission=RIGHT, query=RepresentativesQuery, answer=Page[RepresentativeOut],
        summary="The representative pool, newest entries first",
    )(listing)  # fmt: skip
    api.post(
        ALL, body=RepresentativeIn, permission=RIGHT, status=201, answer=RepresentativeFull,
        summary="Add a person to the pool",
    )(create)  # fmt: skip
    api.post(
        f"{ALL}/renew", body=RenewIn, permission=RIGHT, answer=RenewedOut,
        summary="Renew several entries by a year, all or none",
    )(renew)  # fmt: skip
    api.post(
        f"{ALL}/import", query=TakeQuery, prepare=_read, multipart=("file",), permission=RIGHT, answer=TakenOut,
        may_be_job=True,
        summary="Add people and terms from .xlsx or .csv; the same file twice changes nothing",
    )(take)  # fmt: skip
    api.get(ONE, load=load, permission=RIGHT, answer=RepresentativeFull, summary="One entry of the pool")(show)
    api.patch(
        ONE, load=load, body=RepresentativePatch, permission=RIGHT, versioned=True, answer=RepresentativeFull,
        summary="Change an entry of the pool",
    )(change)  # fmt: skip
    api.post(
        f"{ONE}/transitions", load=load, body=RepresentativeMove, machine=REPRESENTATIVE, answer=Moved,
        summary="Renew, pause, resume or end an entry",
    )(move)  # fmt: skip


def load(ident: str) -> Representative:
    """Those who keep the pool; raises NotFound."""
    return representatives.find(actor(), ident)


def listing(query: RepresentativesQuery) -> Answer:
    """With the figures of fair rotation."""
    asked = {name: value for name, value in query if name in Wanted.__dataclass_fields__ and value}
    within = representatives.search(actor(), Wanted(**asked)).order_by(None).with_only_columns(Representative.id)
    statement = select(Representative).where(Representative.id.in_(within))
    order, changed = Representative.created_at, Representative.updated_at
    return page(statement, query, order, _out, modified=changed)


def show(person: Representative) -> Answer:
    """With the events this viewer may fire."""
    return Answer(_out(person) | {"events": events_json(REPRESENTATIVE, person)}, version=person.version)


def create(body: RepresentativeIn) -> Answer:
    """Active from now on, to be renewed in a year unless said otherwise."""
    return show(representatives.create(actor(), body.values()))


def change(person: Representative, body: RepresentativePatch) -> Answer:
    """The fields that were sent; terms are replaced."""
    return show(representatives.edit(actor(), person, body.values(), version=if_match(person.version)))


def move(person: Representative, body: RepresentativeMove) -> Answer:
    """Pausing and ending want a reason."""
    representatives.move(actor(), person, body.event, reason=body.reason, version=if_match(person.version))
    return moved(REPRESENTATIVE, person)


def renew(body: RenewIn) -> Answer:
    """Whoever cannot be renewed is named, and nobody is renewed."""
    return Answer({"renewed": representatives.renew_all(actor(), body.ids)})


def take(_query: TakeQuery, given: Table[PoolFile]) -> Answer:
    """What stands in the pool is never overwritten by a file."""
    file = given.found
    entries = list(file.entries.values())
    if given.staged:
        kept = imports.keep(actor(), given.staged)
        job = import_jobs.import_pool(actor(), kept, len(entries), skip=given.skip)
        return Answer(job_json(job), status=202)
    found = pool_intake.statuses(entries)
    counts = dict.fromkeys((pool_intake.NEW, pool_intake.EXTENDED, pool_intake.UNCHANGED), 0)
    if not given.dry_run:
        counts = pool_intake.take_in(actor(), entries)
    return Answer(
        {
            "dry_run": given.dry_run,
            "rows": [
                {"row": number, "name": entry.key[0], "organisation": entry.key[1], "category": entry.category,
                 "status": status}
                for (number, entry), status in zip(file.entries.items(), found, strict=True)
            ],
            "errors": faults_json(file.faults),
            "created": counts[pool_intake.NEW],
            "extended": counts[pool_intake.EXTENDED],
            "unchanged": counts[pool_intake.UNCHANGED],
        }
    )  # fmt: skip


def _read() -> Table[PoolFile]:
    return table(TakeQuery, representative_files.read, lambda file: len(file.entries))


def _out(person: Representative) -> dict[str, Any]:
    told = rotation.figures([person.id]).get(person.id, rotation.Rotation())
    return {
        **{name: getattr(person, name) for name in representatives.FIELDS},
        "id": person.id,
        "terms": [_term(term) for term in person.terms],
        "state": person.state,
        "state_label": REPRESENTATIVE.label(person.state),
        "state_note": person.state_note,
        "updated_at": person.updated_at,
        "rotation": {"invited": told.invited, "attended": told.attended, "last": told.last},
        "etag": str(person.version),
    }


def _term(term: RepresentativeTerm) -> dict[str, Any]:
    return {
        "id": term.id,
        "category": term.category,
        "category_label": CATEGORIES[term.category],
        "from": term.begins,
        "until": term.ends,
        "why_not": str(why_not(term, today())),
    }
