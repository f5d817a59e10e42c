"""Life of an entry in the representative pool (代表库): renewed every year, paused, taken up again, ended."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l

from core.workflow import Machine, Move, State, Transition
from plugins.meetings.eligibility import renewal_near, today
from plugins.meetings.models import Representative


def year_after(day: date) -> date:
    """The same day of the next year; of 29 February the 28th."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _note(person: Representative, move: Move) -> None:
    person.state_note = move.reason[:500]


def _renew(person: Representative, _move: Move) -> None:
    person.renewal_due = year_after(max(person.renewal_due, today()))


REPRESENTATIVE = Machine(
    "meetings.representative",
    {
        "active": State(_l("在库"), "done"),
        "paused": State(_l("暂停"), "paused"),
        "ended": State(_l("已退出"), "stopped", terminal=True),
    },
    (
        Transition(
            "renew", _l("续聘一年"), ("active",), "active", "meetings.pool", "会3",
            guards=(renewal_near,), effects=(_renew,),
        ),
        Transition(
            "pause", _l("暂停"), ("active",), "paused", "meetings.pool", "会3", needs_reason=True, effects=(_note,)
        ),
        Transition("resume", _l("恢复"), ("paused", "ended"), "active", "meetings.pool", "会3", effects=(_note,)),
        Transition(
            "end", _l("退出代表库"), ("active", "paused"), "ended", "meetings.pool", "会3",
            needs_reason=True, effects=(_note,),
        ),
    ),
)  # fmt: skip
