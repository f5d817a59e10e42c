"""Matters over the API: the life-line for everybody; merging and parting for those who may."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from core import clocks, matters
from core.contracts import TimelineEntry
from core.jurisdictions import current
from core.matters import MACHINE
from core.models import Clock, Matter
from core.web.api.answers import Answer
from core.web.api.blueprint import Api
from core.web.api.edge import if_match
from core.web.api.moves import ClockOut, EventOut, Moved, events_json, moved
from core.web.requests import actor


class StepOut(BaseModel):
    """A public step of a matter; one that is `owed` is still to be taken, before `at`, as its `clock` counts."""

    at: str
    label: str
    title: str
    url: str
    unit: str
    owed: bool
    clock: ClockOut | None


class MergedOut(BaseModel):
    """A matter that is part of this one; its own address answers 301. `note` is what the public may know of it."""

    id: str
    title: str
    note: str
    merged_at: str
    etag: str


class MatterOut(BaseModel):
    """A matter with its life-line; `gaps` name plugins that failed to answer."""

    id: str
    title: str
    url: str
    state: str
    state_label: str
    timeline: list[StepOut]
    merged: list[MergedOut]
    gaps: list[str]
    events: list[EventOut]
    etag: str


class MatterMove(BaseModel):
    """`merge` names the matter it becomes part of; `part` lets it stand by itself again."""

    event: Literal["merge", "part"]
    into: str = Field("", max_length=32)
    reason: str = Field("", max_length=500)
    public_note: str = Field("", max_length=500, description="With `merge`: what the life-line says of it.")


def declare(api: Api) -> None:
    """Add the endpoints to the core's API."""
    api.get(
        "/matters/<id>", load=_at, public=True, answer=MatterOut,
        summary="A matter and its public life-line; 301 where it was merged into another one",
    )(matter)  # fmt: skip
    api.post(
        "/matters/<id>/transitions", load=_own, body=MatterMove, machine=MACHINE, answer=Moved,
        summary="Merge a matter into another one of the same place, or part them again",
    )(matter_move)  # fmt: skip


def matter(found: Matter) -> Answer:
    """What the public page shows, and what was merged into it."""
    steps, gaps = matters.timeline(found.id)
    running = clocks.by_ids([step.clock_id for step in steps if step.clock_id])
    return Answer(
        {
            "id": found.id,
            "title": found.title,
            "url": f"/{current().slug}/matters/{found.id}/",
            "state": found.state,
            "state_label": str(MACHINE.label(found.state)),
            "timeline": [_step(step, running.get(step.clock_id or "")) for step in steps],
            "merged": [_merged(*one) for one in matters.merged_into(actor(), found.id)],
            "gaps": [gap.message for gap in gaps],
            "events": events_json(MACHINE, found),
            "etag": str(found.version),
        }
    )


def matter_move(subject: Matter, body: MatterMove) -> Answer:
    """Both keep their ids; the right is asked for on both."""
    version = if_match(subject.version)
    if body.event == "merge":
        matters.merge(actor(), subject, body.into, body.reason, public_note=body.public_note, version=version)
    else:
        matters.part(actor(), subject, body.reason, version=version)
    return moved(MACHINE, subject)


def _step(step: TimelineEntry, clock: Clock | None) -> dict[str, Any]:
    shown = {name: getattr(step, name) for name in StepOut.model_fields if name != "clock"}
    return {**shown, "clock": clocks.as_json(clock) if clock else None}


def _merged(part: Matter, record: Any) -> dict[str, Any]:
    return {
        "id": part.id,
        "title": part.title,
        "note": record.public_note,
        "merged_at": record.moved_at,
        "etag": str(part.version),
    }


def _at(matter_id: str) -> Matter:
    return matters.at(actor(), matter_id)


def _own(matter_id: str) -> Matter:
    return matters.own(actor(), matter_id)
