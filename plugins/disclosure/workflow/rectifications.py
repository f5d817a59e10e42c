"""Life of a rectification (认10): ordered until a day, reported with its outcome, verified by the supervisor."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l

from core import clocks, settings
from core.db import db, utcnow
from core.jurisdictions import current
from core.permissions import Actor
from core.refusals import Refusal
from core.workdays import Calendar, local_date
from core.workflow import Machine, Move, State, Transition
from plugins.disclosure import guards
from plugins.disclosure.models import Rectification
from plugins.disclosure.values import OUTCOMES

OBJECT_TYPE = "disclosure.rectification"
RIGHT, VERIFY = "disclosure.rectify", "disclosure.supervise"
BASIS = _l("公文公开属性源头认定制度第十条：责令限期整改")


def open_rectification(
    actor: Actor,
    *,
    title: str,
    found: str,
    agency_id: str | None = None,
    ordered_by: str = "",
    severity: str = "serious",
    due_on: date | None = None,
    subject_type: str = "",
    subject_id: str = "",
) -> Rectification:
    """认10: a record of the register, with its clock; `ordered_by` empty means the supervising department.

    Whoever calls it has looked at the right to do so: a withdrawal opens one by itself.
    """
    supervising = guards.supervising()
    row = Rectification(
        agency_id=agency_id, subject_type=subject_type, subject_id=subject_id, title=title[:200], found=found,
        ordered_by=ordered_by.strip() or (supervising.name if supervising else current().name), severity=severity,
        due_on=due_on or usual_day(), opened_name=actor.name, state="open", version=1,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    start_clock(row)
    return row


def usual_day() -> date:
    """The local rule's working days from today."""
    days = max(1, int(settings.get("disclosure.rectification_days")))
    return Calendar(current().lineage).add(local_date(utcnow()), days).due


def start_clock(row: Rectification) -> None:
    """To the end of the day that was ordered."""
    days = max(0, (row.due_on - local_date(utcnow())).days)
    clocks.start(OBJECT_TYPE, row, clocks.ClockRule("rectify", "认10", _l("限期整改"), "CD", days, BASIS))


def reported_whole(_row: Rectification, move: Move) -> Refusal | None:
    """认10: what was done and what came of it; a page that only asks what is possible gives neither."""
    params = {"measures": "?", "outcome": "rectified"} | dict(move.params)
    missing = tuple(
        name
        for name, bad in (
            ("measures", not str(params["measures"]).strip()),
            ("outcome", params["outcome"] not in OUTCOMES),
        )
        if bad
    )
    if not missing:
        return None
    return Refusal("RECTIFICATION_INCOMPLETE", _l("请写明整改措施和结果。"), "认10", missing)


def by_another(row: Rectification, move: Move) -> Refusal | None:
    """认10: who reported it does not verify it."""
    stands_for = move.grant.on_behalf_of_id if move.grant else ""
    if row.reported_by is None or row.reported_by not in {move.actor.id, stands_for}:
        return None
    return Refusal("OWN_APPROVAL", _l("整改由另一人核验，报告人不能核验自己的报告。"), "认10")


def _report(row: Rectification, move: Move) -> None:
    row.measures, row.outcome = str(move.params["measures"]).strip(), move.params["outcome"]
    row.reported_by, row.reported_name, row.returned_reason = move.actor.id, move.actor.name, ""


def _return(row: Rectification, move: Move) -> None:
    row.returned_reason = move.reason
    start_clock(row)


def _verify(row: Rectification, move: Move) -> None:
    row.verification, row.verified_name, row.verified_at = move.reason, move.actor.name, move.at


RECTIFICATION = Machine(
    OBJECT_TYPE,
    {
        "open": State(_l("限期整改中"), "soon"),
        "reported": State(_l("已报告，待核验"), "soon"),
        "verified": State(_l("已核验"), "done", terminal=True),
    },
    (
        Transition(
            "report", _l("报告整改结果"), ("open",), "reported", RIGHT, "认10",
            guards=(reported_whole,), effects=(_report,), meets=("rectify",),
        ),
        Transition(
            "return", _l("退回重新整改"), ("reported",), "open", VERIFY, "认10", needs_reason=True, effects=(_return,),
        ),
        Transition(
            "verify", _l("核验通过"), ("reported",), "verified", VERIFY, "认10",
            needs_reason=True, guards=(by_another,), effects=(_verify,),
        ),
    ),
)  # fmt: skip
