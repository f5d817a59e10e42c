"""The core's own endpoints: places, who am I, working days, files, matters. Publications stand in their own file."""

from __future__ import annotations

from datetime import date
from typing import Any, BinaryIO, cast

from flask import Response, g
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import generate_csrf
from pydantic import BaseModel, Field
from sqlalchemy import select

from core import jurisdictions, plugins, storage
from core.contracts import JurisdictionRef
from core.db import db
from core.models import Account, Agency, Attachment
from core.permissions import ROLES
from core.refusals import Invalid
from core.storage import Opened, Staged
from core.web import calculator
from core.web.api.answers import Answer
from core.web.api.blueprint import Api
from core.web.api.pages import Page, PageQuery, page
from core.web.api.uploads import uploaded
from core.web.requests import actor
from core.workdays import Span, end_of

root = Api("root_api", __name__)
api = Api("core_api", __name__)


class PlaceOut(BaseModel):
    """A jurisdiction and the plugins that are on there."""

    slug: str
    name: str
    name_en: str
    parent: str | None
    plugins: list[str]


class PlacesOut(BaseModel):
    """All jurisdictions, the city first."""

    items: list[PlaceOut]


@root.get("/", public=True, answer=PlacesOut, summary="Jurisdictions and the plugins switched on in each")
def places() -> Answer:
    """Public: the city first."""
    everywhere = jurisdictions.everywhere()
    slugs = {place.id: place.slug for place in everywhere}
    return Answer({"items": [_place(place, slugs) for place in everywhere]})


def _place(place: JurisdictionRef, slugs: dict[str, str]) -> dict[str, Any]:
    parent = slugs[place.lineage[1]] if len(place.lineage) > 1 else None
    on = sorted(plugins.enabled(place))
    return {"slug": place.slug, "name": place.name, "name_en": place.name_en, "parent": parent, "plugins": on}


class AgencyOut(BaseModel):
    """An agency; `code` is what other endpoints call `agency`."""

    id: str
    code: str
    name: str
    name_en: str
    kind: str


class AgenciesOut(BaseModel):
    """The agencies at work, by code."""

    items: list[AgencyOut]


@api.get("/agencies", public=True, answer=AgenciesOut, summary="Agencies of the jurisdiction")
def agencies() -> Answer:
    """Public: the bodies not abolished."""
    rows = db.session.scalars(select(Agency).where(Agency.abolished_at.is_(None)).order_by(Agency.code))
    return Answer({"items": [{name: getattr(row, name) for name in AgencyOut.model_fields} for row in rows]})


class RoleOut(BaseModel):
    """A role held here; `agency` empty = in the whole jurisdiction."""

    role: str
    label: str
    agency: str | None
    on_behalf_of: str


class MeOut(BaseModel):
    """The caller. `csrf_token` only for a browser session: send it back as X-CSRFToken with every write."""

    id: str
    login: str
    name: str
    roles: list[RoleOut]
    csrf_token: str | None = None


@api.get("/me", answer=MeOut, summary="Who calls, with the roles held in this jurisdiction")
def me() -> Answer:
    """Also the way a browser session gets its CSRF token."""
    account = db.session.get(Account, actor().id)
    assert account
    codes = {row.id: row.code for row in db.session.scalars(select(Agency))}
    here = jurisdictions.current().id
    roles = [
        {
            "role": grant.role,
            "label": ROLES.get(grant.role, grant.role),
            "agency": codes.get(grant.agency_id or ""),
            "on_behalf_of": grant.on_behalf_of,
        }
        for grant in actor().grants
        if grant.jurisdiction_id == here
    ]
    token = generate_csrf() if g.auth == "cookie" else None
    return Answer({"id": account.id, "login": account.login, "name": account.name, "roles": roles, "csrf_token": token})


_DAY = r"\d{4}-\d\d-\d\d"
SPANS = rf"^({_DAY}/{_DAY}(,{_DAY}/{_DAY})*)?$"


class WorkdaysQuery(BaseModel):
    """Count `days` working days from the day after `from`, `extension` more, without the days of suspensions."""

    start: date = Field(alias="from", ge=calculator.EARLIEST, le=calculator.LATEST)
    days: int = Field(ge=0, le=1000)
    extension: int = Field(0, ge=0, le=1000)
    suspended: str = Field("", max_length=300, pattern=SPANS, examples=["2025-09-22/2025-10-13,2025-10-20/2025-10-21"])
    """Suspensions as began/ended, parted by commas; each counts from the day after it began to the day it ended."""

    def spans(self) -> list[Span]:
        """The suspensions as pairs of days; raises Invalid."""
        try:
            pairs = [one.split("/") for one in self.suspended.split(",") if one]
            return [(date.fromisoformat(began), date.fromisoformat(ended)) for began, ended in pairs]
        except ValueError:
            raise Invalid({"suspended": [_l("请按 2026-11-24 的样子填写日期。")]}) from None


class DayOut(BaseModel):
    """A day that was looked at: workday, weekend, holiday, bridge or makeup."""

    date: date
    kind: str


class CountedOut(BaseModel):
    """How a day of `days` was counted, in the same order."""

    number: int
    """The how-manieth of the days that count; 0 for one that does not."""
    suspended: bool
    source: str
    """Where a holiday, bridge or make-up day is written; empty for plain weekdays and weekends."""


class WorkdaysOut(BaseModel):
    """The last day and how it was counted; provisional while a year's calendar is not official."""

    due: date
    due_at: str
    original_due: date
    """Without extension and suspensions."""
    suspended_days: int
    provisional: bool
    sources: list[str]
    days: list[DayOut]
    counted: list[CountedOut]


@api.get(
    "/workdays", public=True, query=WorkdaysQuery, answer=WorkdaysOut, summary="When a number of working days is over"
)
def workdays(query: WorkdaysQuery) -> Answer:
    """The same counting as every clock of the product."""
    explained = calculator.explain(query.start, query.days, query.extension, query.spans())
    found = explained.found
    return Answer(
        {
            "due": found.due, "due_at": end_of(found.due), "original_due": found.original,
            "suspended_days": len(found.stopped), "provisional": found.provisional, "sources": list(explained.sources),
            "days": [{"date": one.day.date, "kind": one.day.kind} for one in explained.days],
            "counted": [
                {"number": one.number, "suspended": one.stopped, "source": one.source} for one in explained.days
            ],
        }
    )  # fmt: skip


class FileOut(BaseModel):
    """A stored file."""

    id: str
    sha256: str
    media_type: str
    size: int
    filename: str


def _file(attachment: Attachment) -> dict[str, Any]:
    stored = attachment.file
    return {
        "id": attachment.id,
        "sha256": stored.sha256,
        "media_type": stored.media_type,
        "size": stored.size,
        "filename": attachment.filename,
    }


def _stage() -> Staged:
    upload = uploaded("file")
    return storage.stage(cast(BinaryIO, upload.stream), upload.filename or "")


def _open(attachment_id: str) -> Opened:
    return storage.open_for(actor(), attachment_id)


@api.post(
    "/files", prepare=_stage, multipart=("file",), permission="core.staff", status=201, answer=FileOut,
    summary="Upload a file; its id is used wherever a `file` or `attachments[]` is asked for",
)  # fmt: skip
def upload_file(staged: Staged) -> Answer:
    """The bytes lie on the disk already; here they become somebody's file."""
    return Answer(_file(storage.keep(actor(), staged)))


@api.get("/files", permission="core.staff", query=PageQuery, answer=Page[FileOut], summary="Files you uploaded")
def files(query: PageQuery) -> Answer:
    """Newest first."""
    mine = select(Attachment).where(Attachment.uploaded_by == actor().id)
    return page(mine, query, Attachment.uploaded_at, _file, modified=Attachment.uploaded_at)


@api.get("/files/<id>", load=_open, public=True, may_be_gone=True, answer=FileOut, summary="What a file is")
def file(opened: Opened) -> Answer:
    """For everybody who may read it."""
    return Answer(_file(opened.attachment))


@api.get("/files/<id>/content", load=_open, public=True, may_be_gone=True, summary="The bytes of a file")
def file_content(opened: Opened) -> Response:
    """Always as an attachment."""
    return storage.respond(opened)
