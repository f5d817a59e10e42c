"""督办 (管4): urge a body, answer, close; inside the caller's `write()`."""

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
from plugins.disclosure.models import Urging
from plugins.disclosure.services.found import found
from plugins.disclosure.services.visibility import visible_urgings
from plugins.disclosure.workflow.urgings import OBJECT_TYPE, URGE, URGING, start_clock

LIMITS = {"title": 200, "demand": 2000}


def urge(
    actor: Actor, agency: Agency, *, title: str, demand: str, due_on: date, subject_type: str = "", subject_id: str = ""
) -> Urging:
    """Recorded, with its due date, on the desk of the body (管4).

    Raises:
        Forbidden: not the supervising department. Invalid: no text, a day that is over, an abolished body.
    """
    grant = require(actor, URGE)
    texts = checked({"title": title, "demand": demand}, LIMITS, ("title", "demand"))
    if due_on < local_date(utcnow()):
        raise Invalid({"due_on": [_l("限期不能早于今天。")]})
    if agency.abolished_at is not None:
        raise Invalid({"agency": [_l("这个机关已经撤销，请督办承接机关。")]})
    row = Urging(
        agency_id=agency.id, due_on=due_on, subject_type=subject_type, subject_id=subject_id, urged_by=actor.id,
        urged_name=actor.name, state="open", version=1, **texts,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    start_clock(row)
    data = {"agency": agency.code, "due_on": due_on.isoformat(), "subject": subject_id}
    audit.record(
        actor, f"{OBJECT_TYPE}.create", OBJECT_TYPE, row.id, grant=grant, article="管4", reason=demand, data=data
    )
    return row


def select_rows(actor: Actor) -> Select[Urging]:
    """What this person may see."""
    return select(Urging).where(visible_urgings(actor))


def find(actor: Actor, ident: str) -> Urging:
    """One of them; raises NotFound."""
    return found(db.session.scalar(select_rows(actor).where(Urging.id == ident)))


def move(actor: Actor, row: Urging, event: str, *, reason: str = "", version: int | None = None) -> Urging:
    """Answer, return, close."""
    URGING.fire(row, event, actor, reason=reason, version=version)
    return row
