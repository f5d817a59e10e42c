"""Workflow objects in the API: transitions, the events a viewer sees, the clocks an object is under."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core import clocks
from core.permissions import Actor
from core.web.api.answers import Answer
from core.web.api.edge import if_match
from core.web.requests import actor
from core.workflow import Machine


class TransitionIn(BaseModel):
    """A move: the event of the machine, a reason where it needs one, and the event's own values.

    These come from the wire as they are: a guard or effect that reads one checks it, or a subclass declares them with
    `model_config = ConfigDict(extra="forbid")` and gets them typed.
    """

    model_config = ConfigDict(extra="allow")

    event: str = Field(max_length=40)
    reason: str = Field("", max_length=2000)

    @property
    def params(self) -> Mapping[str, Any]:
        """Everything sent beyond event and reason, as guards and effects read it."""
        return {name: value for name, value in self if name in self.model_fields_set - {"event", "reason"}}


class EventOut(BaseModel):
    """An event of the machine for this viewer."""

    event: str
    label: str
    allowed: bool
    needs_reason: bool
    code: str
    article: str
    detail: str


class SuspensionOut(BaseModel):
    """A stretch that does not count."""

    from_: str = Field(alias="from")
    until: str | None
    reason: str


class ClockOut(BaseModel):
    """A deadline: `due` is the date of the last day (null for hour clocks), `due_at` exclusive."""

    key: str
    label: str
    basis: str
    article: str
    unit: str
    amount: int
    started: str
    due: str | None
    due_at: str
    original_due: str | None
    suspensions: list[SuspensionOut]
    provisional: bool
    state: str


class Moved(BaseModel):
    """Where the object stands after a move."""

    state: str
    state_label: str
    etag: str


def transition(machine: Machine, subject: Any, body: TransitionIn) -> Answer:
    """Fire the event for the current actor; If-Match is looked at where it was sent."""
    machine.fire(
        subject,
        body.event,
        actor(),
        reason=body.reason,
        version=if_match(subject.version),
        params=body.params,
    )
    return moved(machine, subject)


def moved(machine: Machine, subject: Any) -> Answer:
    """The answer to a move that a service carried out."""
    return Answer({"state": subject.state, "state_label": str(machine.label(subject.state))}, version=subject.version)


def events_json(machine: Machine, subject: Any, viewer: Actor | None = None) -> list[dict[str, Any]]:
    """Every event of the machine for this viewer: allowed, or why not."""
    return [
        {
            "event": view.event,
            "label": str(view.label),
            "allowed": view.allowed,
            "needs_reason": view.needs_reason,
            "code": view.code,
            "article": view.article,
            "detail": str(view.detail),
        }
        for view in machine.look(subject, viewer or actor())
    ]


def clocks_json(object_type: str, subject: Any) -> list[dict[str, Any]]:
    """The clocks of one object; for lists read `core.clocks.of` once and use `core.clocks.as_json`."""
    return [clocks.as_json(clock) for clock in clocks.of(object_type, [subject.id])[subject.id]]
