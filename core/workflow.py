"""The transition-table engine (流转表): state, guard, refusal with article, audit row, clock effect, version.

A plugin writes its regulation as a `Machine`: a list of states and a list of `Transition` rows. The same table
renders buttons and flow charts, answers the API's `events`, and is walked by the truth-table tests.
Order of answers (contract.md): right 403, shape 422, state 409, version 412, guards 409 in article order; what a row
asks `first` goes before the state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from core import audit, clocks, permissions
from core.db import db, utcnow
from core.permissions import Actor, Grant
from core.refusals import Forbidden, Invalid, Refusal, Refused, Stale, WrongState


@dataclass(frozen=True)
class State:
    """A state's label, its look (`tone`: plain, live, done, soon, late) and whether it ends the life."""

    label: Any
    tone: str = "plain"
    terminal: bool = False


@dataclass(frozen=True)
class Move:
    """One attempt to move an object: what guards and effects may look at."""

    actor: Actor
    grant: Grant | None
    event: str
    source: str
    target: str
    reason: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    at: datetime = field(default_factory=utcnow)


Guard = Callable[[Any, Move], Refusal | Sequence[Refusal] | None]
Effect = Callable[[Any, Move], None]


@dataclass(frozen=True)
class Transition:
    """A row of the table. `target` may be a function of the object (e.g. important or not)."""

    event: str
    label: Any
    sources: tuple[str, ...]
    target: str | Callable[[Any], str]
    permission: str
    article: str = ""
    needs_reason: bool = False
    first: tuple[Guard, ...] = ()
    """Asked in every state, before the state itself: what a regulation refuses wherever the object stands."""
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    starts: tuple[clocks.ClockRule, ...] = ()
    meets: tuple[str, ...] = ()
    by_system: bool = False
    """Happens by itself: listed among the events, offered to nobody."""

    def goes_to(self, subject: Any) -> str:
        """The state after this row for `subject`."""
        return self.target(subject) if callable(self.target) else self.target


@dataclass(frozen=True)
class EventView:
    """An event as console and API show it: allowed, or refused with code, article and sentence."""

    event: str
    label: Any
    allowed: bool
    needs_reason: bool = False
    code: str = ""
    article: str = ""
    detail: Any = ""


class Machine:
    """A state machine over a model with the columns `state` and `version`.

    `object_type` names the object in the audit trail, e.g. "meetings.application".
    """

    def __init__(self, object_type: str, states: Mapping[str, State], rows: tuple[Transition, ...]) -> None:
        self.object_type = object_type
        self.states = dict(states)
        self.rows = rows
        unknown = {s for row in rows for s in row.sources if s not in states} | {
            row.target for row in rows if isinstance(row.target, str) and row.target not in states
        }
        if unknown:
            raise ValueError(f"{object_type}: unknown states {sorted(unknown)}")

    @property
    def events(self) -> list[str]:
        """Every event of the machine, in table order, each once."""
        return list(dict.fromkeys(row.event for row in self.rows))

    def row_for(self, event: str, state: str) -> Transition | None:
        """The row an event takes from a state, None when it has none there."""
        return next((row for row in self.rows if row.event == event and state in row.sources), None)

    def label(self, state: str) -> Any:
        """The state's Chinese name (lazy)."""
        return self.states[state].label

    def fire(
        self,
        subject: Any,
        event: str,
        actor: Actor,
        *,
        reason: str = "",
        version: int | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Move:
        """Move `subject` inside the current `write()`: checks, effects, clocks, audit; flushes, never commits.

        Raises:
            Forbidden, Invalid, WrongState, Stale, Refused: in this order of precedence.
        """
        rows = [row for row in self.rows if row.event == event]
        if not rows:
            raise Invalid({"event": [_l("没有“%(event)s”这一步。", event=event)]})
        row = self.row_for(event, subject.state)
        grant = self._right(row or rows[0], subject, actor)
        if (row or rows[0]).needs_reason and not reason.strip():
            raise Invalid({"reason": [_l("请写明理由。")]})
        if row is None:
            raise self._elsewhere(rows[0], subject, actor, reason)
        if version is not None and version != subject.version:
            raise Stale(subject.version)
        move = Move(actor, grant, event, subject.state, row.goes_to(subject), reason.strip(), params or {})
        refusals = self._refusals(row, subject, move)
        if refusals:
            raise Refused(*refusals)
        self._carry_out(row, subject, move)
        return move

    def require_right(self, subject: Any, event: str, actor: Actor) -> None:
        """Refuse an actor who may never fire `event` here, whatever the state; unknown events pass.

        Raises:
            Forbidden: no role for it.
        """
        row = self.row_for(event, subject.state) or next((row for row in self.rows if row.event == event), None)
        if row:
            self._right(row, subject, actor)

    def obstacles(self, subject: Any, event: str, actor: Actor) -> Sequence[Refusal]:
        """All that stands in the way of `event` now, whoever fires it, in article order; empty when nothing does."""
        row = self.row_for(event, subject.state)
        if row is None:
            anywhere = next((one for one in self.rows if one.event == event), None)
            no = self._elsewhere(anywhere, subject, actor) if anywhere else WrongState(self.label(subject.state))
            return no.refusals
        return self._refusals(row, subject, Move(actor, None, event, subject.state, row.goes_to(subject)))

    def look(self, subject: Any, actor: Actor) -> list[EventView]:
        """Every event of the machine for this viewer, allowed or with the reason why not."""
        return [self._view(event, subject, actor) for event in self.events]

    def _view(self, event: str, subject: Any, actor: Actor) -> EventView:
        rows = [row for row in self.rows if row.event == event]
        row = self.row_for(event, subject.state)
        shown = row or rows[0]
        try:
            grant = self._right(shown, subject, actor)
            if row is None:
                raise self._elsewhere(shown, subject, actor)
            refusals = self._refusals(row, subject, Move(actor, grant, event, subject.state, row.goes_to(subject)))
            if refusals:
                raise Refused(*refusals)
        except Refused as no:
            first = no.refusals[0]
            return EventView(
                event, shown.label, False, shown.needs_reason, first.code, first.article or shown.article, first.detail
            )
        return EventView(event, shown.label, True, shown.needs_reason)

    @staticmethod
    def _right(row: Transition, subject: Any, actor: Actor) -> Grant:
        if row.by_system and not actor.is_system:
            raise Forbidden(_l("这一步由系统在条件满足时自动完成。"))
        return permissions.require(actor, row.permission, subject)

    def _elsewhere(self, row: Transition, subject: Any, actor: Actor, reason: str = "") -> Refused:
        """Why an event that does not start in this state is refused."""
        move = Move(actor, None, row.event, subject.state, subject.state, reason)
        found = [no for guard in row.first if isinstance(no := guard(subject, move), Refusal)]
        return Refused(*found) if found else WrongState(self.label(subject.state))

    @staticmethod
    def _refusals(row: Transition, subject: Any, move: Move) -> list[Refusal]:
        found = [guard(subject, move) or () for guard in (*row.first, *row.guards)]
        return [refusal for answer in found for refusal in ([answer] if isinstance(answer, Refusal) else answer)]

    def _carry_out(self, row: Transition, subject: Any, move: Move) -> None:
        for effect in row.effects:
            effect(subject, move)
        subject.state = move.target
        subject.version += 1
        db.session.flush()
        for rule in row.starts:
            clocks.start(self.object_type, subject, rule, at=move.at)
        for key in row.meets:
            clocks.meet(self.object_type, subject.id, key, at=move.at)
        audit.record(
            move.actor,
            f"{self.object_type}.{move.event}",
            self.object_type,
            subject.id,
            grant=move.grant,
            article=row.article,
            reason=move.reason,
            data={"from": move.source, "to": move.target},
            content_hash=getattr(subject, "content_hash", None) or "",
            at=move.at,
        )
