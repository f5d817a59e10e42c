"""The register of rectifications (认10): record by hand, report, verify; nothing is deleted."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from core import audit
from core.db import db, utcnow
from core.models import Agency
from core.permissions import Actor, require
from core.refusals import Invalid
from core.text import checked
from core.workdays import local_date
from plugins.disclosure.models import Rectification
from plugins.disclosure.services.found import found
from plugins.disclosure.services.visibility import visible_rectifications
from plugins.disclosure.values import SEVERITIES
from plugins.disclosure.workflow.rectifications import OBJECT_TYPE, RECTIFICATION, VERIFY, open_rectification

LIMITS = {"title": 200, "found": 5000, "ordered_by": 80}


def record(
    actor: Actor,
    agency: Agency,
    *,
    title: str,
    finding: str,
    severity: str,
    ordered_by: str = "",
    due_on: date | None = None,
) -> Rectification:
    """Order a rectification by hand (认10).

    Raises:
        Forbidden: not the supervising department. Invalid: no title or finding, a day that is over.
    """
    grant = require(actor, VERIFY)
    texts = checked({"title": title, "found": finding, "ordered_by": ordered_by}, LIMITS, ("title", "found"))
    if severity not in SEVERITIES:
        raise Invalid({"severity": [_l("请选择程度。")]})
    if due_on is not None and due_on < local_date(utcnow()):
        raise Invalid({"due_on": [_l("限期不能早于今天。")]})
    row = open_rectification(actor, agency_id=agency.id, severity=severity, due_on=due_on, **texts)
    data = {"agency": agency.code, "due_on": row.due_on.isoformat(), "severity": severity}
    audit.record(actor, f"{OBJECT_TYPE}.create", OBJECT_TYPE, row.id, grant=grant, article="认10", data=data)
    return row


def select_rows(actor: Actor) -> Select[Rectification]:
    """What this person may see."""
    return select(Rectification).where(visible_rectifications(actor))


def find(actor: Actor, ident: str) -> Rectification:
    """One of them; raises NotFound."""
    return found(db.session.scalar(select_rows(actor).where(Rectification.id == ident)))


def move(
    actor: Actor,
    row: Rectification,
    event: str,
    *,
    reason: str = "",
    version: int | None = None,
    measures: str = "",
    outcome: str = "",
) -> Rectification:
    """Report with measures and outcome, return, verify. Raises as the machine does: `RECTIFICATION_INCOMPLETE`."""
    texts = checked({"measures": measures}, {"measures": 5000})
    RECTIFICATION.fire(row, event, actor, reason=reason, version=version, params=texts | {"outcome": outcome})
    return row
