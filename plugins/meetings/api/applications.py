"""Agenda applications (议题申报) over the API."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from sqlalchemy import select

from core import matters
from core.web.api import Answer, Api, if_match, moved
from core.web.api.moves import Moved
from core.web.api.pages import Page, PageQuery, page
from core.web.requests import actor
from plugins.meetings.api import shapes
from plugins.meetings.api.outlines import ApplicationFull, ApplicationOut
from plugins.meetings.forms import ApplicationIn, ApplicationMove, ApplicationPatch
from plugins.meetings.models import AgendaApplication
from plugins.meetings.models.applications import APPLICATION_STATES
from plugins.meetings.services import applications
from plugins.meetings.services.visibility import visible_applications
from plugins.meetings.workflow import APPLICATION

ONE = "/applications/<id>"


class ApplicationsQuery(PageQuery):
    """Filters of the list."""

    state: Literal[APPLICATION_STATES] | None = None  # type: ignore[valid-type]
    matter: str | None = Field(None, max_length=32)
    meeting: str | None = Field(None, max_length=32)


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(
        "/applications", permission="core.staff", query=ApplicationsQuery, answer=Page[ApplicationOut],
        summary="Agenda applications, newest first",
    )(listing)  # fmt: skip
    api.post(
        "/applications", body=ApplicationIn, permission="meetings.apply", status=201, answer=ApplicationFull,
        summary="Draft an agenda application",
    )(create)  # fmt: skip
    api.get(ONE, load=load, permission="core.staff", answer=ApplicationFull, summary="One agenda application")(show)
    api.patch(
        ONE, load=load, body=ApplicationPatch, permission="meetings.apply", versioned=True, answer=ApplicationFull,
        summary="Change a draft",
    )(change)  # fmt: skip
    api.post(
        f"{ONE}/transitions", load=load, body=ApplicationMove, machine=APPLICATION, answer=Moved,
        summary="Move an agenda application along its life",
    )(move)  # fmt: skip


def load(ident: str) -> AgendaApplication:
    """What the caller may see; raises NotFound."""
    return applications.find(actor(), ident)


def listing(query: ApplicationsQuery) -> Answer:
    """Staff only; other bodies' applications from approval on."""
    statement = select(AgendaApplication).where(visible_applications(actor()))
    if query.state:
        statement = statement.where(AgendaApplication.state == query.state)
    if query.matter:
        statement = statement.where(AgendaApplication.matter_id.in_(matters.family(query.matter)))
    if query.meeting:
        statement = statement.where(AgendaApplication.meeting_id == query.meeting)
    order = AgendaApplication.created_at
    return page(statement, query, order, shapes.application, modified=AgendaApplication.updated_at)


def show(item: AgendaApplication) -> Answer:
    """With plan, list, materials, approvals and events."""
    return Answer(shapes.application_full(item, actor()), version=item.version)


def create(body: ApplicationIn) -> Answer:
    """A draft; only title and subject_class are required."""
    return show(applications.create(actor(), body.values()))


def change(item: AgendaApplication, body: ApplicationPatch) -> Answer:
    """The fields that were sent; lists are replaced."""
    return show(applications.edit(actor(), item, body.values(), version=if_match(item.version)))


def move(item: AgendaApplication, body: ApplicationMove) -> Answer:
    """Every refusal names its article."""
    applications.move(
        actor(), item, body.event, reason=body.reason, version=if_match(item.version), params=body.values()
    )
    return moved(APPLICATION, item)
