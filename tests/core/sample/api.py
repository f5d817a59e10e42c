"""The sample plugin's endpoints."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from flask import Blueprint, request
from pydantic import BaseModel, Field
from sqlalchemy import select

from core.db import db
from core.refusals import NotFound, Refusal, Refused, WrongState
from core.web.api import Answer, Api, Moved, Page, PageQuery, TransitionIn, events_json, page, transition
from core.web.api.bodies import Sent
from sample.models import MACHINE, Thing

api = Api("sample_api", __name__)
portal = Blueprint("sample_portal", __name__)


class Part(BaseModel):
    """Nested."""

    name: str = Field(max_length=5)
    on: date | None = None


class ThingIn(BaseModel):
    """A new thing."""

    title: str = Field(min_length=1, max_length=10)
    count: int = Field(0, ge=0, le=100)
    at: datetime | None = None
    kind: Literal["a", "b"] = "a"
    parts: list[Part] = Field(default_factory=list, max_length=3)


class ThingPatch(BaseModel):
    """Some fields."""

    title: str | None = Field(None, max_length=10)
    count: int | None = Field(None, ge=0)


class ThingOut(BaseModel):
    """A thing."""

    id: str
    title: str
    state: str
    etag: str


def load(thing_id: str) -> Thing:
    """The thing or NotFound."""
    thing = db.session.get(Thing, thing_id)
    if thing is None or thing.deleted:
        raise NotFound
    return thing


def as_json(thing: Thing) -> dict[str, Any]:
    """One thing."""
    return {"id": thing.id, "title": thing.title, "state": thing.state, "created_at": thing.created_at}


@api.post("/things", body=ThingIn, permission="sample.edit", status=201, answer=ThingOut, summary="Make a thing")
def create(body: ThingIn) -> Answer:
    thing = Thing(title=body.title, count=body.count)
    db.session.add(thing)
    db.session.flush()
    return Answer(as_json(thing), version=thing.version)


@api.get("/things", public=True, query=PageQuery, answer=Page[ThingOut], summary="Things")
def listing(query: PageQuery) -> Answer:
    return page(
        select(Thing), query, Thing.created_at, as_json, modified=Thing.updated_at, visible=Thing.deleted.is_(False)
    )


@api.get("/things/<id>", load=load, public=True, answer=ThingOut, summary="One thing")
def show(thing: Thing) -> Answer:
    return Answer(as_json(thing) | {"events": events_json(MACHINE, thing)}, version=thing.version)


@api.patch(
    "/things/<id>", load=load, body=ThingPatch, permission="sample.edit", versioned=True, summary="Change a thing"
)
def change(thing: Thing, body: ThingPatch) -> Answer:
    if thing.state != "draft":
        raise WrongState(MACHINE.label(thing.state))
    if "坏" in (body.title or ""):
        raise Refused(Refusal("TITLE_UNFIT", "名称不能用“坏”。", "会8"))
    thing.title = body.title or thing.title
    thing.count = thing.count if body.count is None else body.count
    thing.version += 1
    db.session.flush()
    return Answer(as_json(thing), version=thing.version)


@api.delete("/things/<id>", load=load, permission="sample.edit", versioned=True, summary="Remove a thing")
def remove(thing: Thing) -> Answer:
    thing.deleted = True
    thing.version += 1
    return Answer(None)


@api.post(
    "/things/<id>/transitions",
    load=load,
    body=TransitionIn,
    machine=MACHINE,
    answer=Moved,
    summary="Move a thing",
)
def move(thing: Thing, body: TransitionIn) -> Answer:
    return transition(MACHINE, thing, body)


def stored_by_service(_loaded: None, _sent: Sent) -> Answer | None:
    known = request.headers.get("Idempotency-Key") == "known-to-the-service"
    return Answer({"stored": True}, headers={"Idempotent-Replay": "1"}) if known else None


@api.post(
    "/own-keys", own_keys=stored_by_service, body=ThingIn, permission="sample.edit", status=201,
    summary="Keeps its keys itself",
)  # fmt: skip
def own_keys(body: ThingIn) -> Answer:
    return Answer({"title": body.title})


@portal.get("/")
def home() -> str:
    return "样例"
