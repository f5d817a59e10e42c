"""Groups of opinions (归类) over the API: made, merged, split, answered; published together (预7)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from core.refusals import NotFound
from core.web.api import Answer, Api, if_match
from core.web.requests import actor
from plugins.predisclosure.forms import GroupAct, GroupIn
from plugins.predisclosure.models import ConsultationGroup, PublicConsultation
from plugins.predisclosure.services import consultations, groups, opinions
from plugins.predisclosure.workflow.summaries import groups_of

OF, ONE = "/consultations/<id>/groups", "/groups/<id>"


class GroupOut(BaseModel):
    """A group with its answer and where it came from."""

    id: str
    number: int
    title: str
    opinions: list[str]
    disposition: str
    reason: str
    split_from: str | None
    merged_into: str | None
    etag: str


class GroupsOut(BaseModel):
    """All groups that stand."""

    items: list[GroupOut]


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(OF, load=load, permission="core.staff", answer=GroupsOut, summary="Groups of one consultation")(listing)
    api.post(
        OF, load=load, body=GroupIn, permission="core.staff", status=201, answer=GroupOut,
        summary="Put opinions together that say the same",
    )(create)  # fmt: skip
    api.post(
        f"{ONE}/transitions", load=load_one, body=GroupAct, permission="core.staff", answer=GroupOut,
        summary="Answer a group, merge it into another one, split it",
    )(act)  # fmt: skip


def load(ident: str) -> PublicConsultation:
    """For the drafting body's staff; raises NotFound."""
    return consultations.find(actor(), ident)


def load_one(ident: str) -> ConsultationGroup:
    """One the caller may see; raises NotFound."""
    return groups.find(actor(), ident)


def listing(row: PublicConsultation) -> Answer:
    """Private until they are published."""
    if not opinions.sees_inside(actor(), row):
        raise NotFound
    return Answer({"items": [_group(one) for one in groups_of(row.id)]})


def create(row: PublicConsultation, body: GroupIn) -> Answer:
    """A new one, or more opinions for an existing one."""
    made = groups.group(actor(), row, body.opinions, body.title, into=body.into)
    return Answer(_group(made), version=made.version)


def act(one: ConsultationGroup, body: GroupAct) -> Answer:
    """The group that was answered, or the one the opinions stand in now."""
    version = if_match(one.version)
    if body.event == "answer":
        done = groups.answer(actor(), one, body.disposition, body.reason, title=body.title, version=version)
    elif body.event == "merge":
        done = groups.merge(actor(), one, body.into, version=version)
    else:
        done = groups.split(actor(), one, body.opinions, body.title, version=version)
    return Answer(_group(done), version=done.version)


def _group(one: ConsultationGroup) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in ("id", "number", "title", "disposition", "reason")},
        "opinions": [each.id for each in one.opinions],
        "split_from": one.split_from_id,
        "merged_into": one.merged_into_id,
        "etag": str(one.version),
    }
