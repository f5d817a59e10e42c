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
    """A move: the event of the machine, a reason where it needs one, and the event's own values."""

    model_config = ConfigDict(extra="allow")

    event: str = Field(max_length=40)
    reason: str = Field("", max_length=2000)

    @property
    def params(self) -> Mapping[str, Any]:
        """Everything beyond event and reason, as guards and effects read it."""
        return self.model_extra or {}


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
    return Answer(
        {"state": subject.state, "state_label": str(machine.label(subject.state))}, version=subject.version
    )


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
