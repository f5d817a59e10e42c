"""What time does by itself: nobody answered a consultation, corrected a request or paid, and papers are destroyed."""

from __future__ import annotations

from sqlalchemy import select

from core.db import db, utcnow, write
from core.models import Clock
from core.permissions import SYSTEM
from plugins.disclosure.models import AccessRequest, Consultation
from plugins.disclosure.services import request_files, requests
from plugins.disclosure.workflow import REQUEST
from plugins.disclosure.workflow import request_clocks as limits

BATCH = 200
LAPSING = (limits.CORRECT.key, limits.PAY.key)


def sweep() -> None:
    """Carry out what is due here, each case in a transaction of its own; a second worker finds nothing left."""
    for ident in _over(limits.CONSULTATION_TYPE, ("consult",)):
        with write() as session:
            _silent(session.get_one(Consultation, ident))
    for ident in _over(limits.REQUEST_TYPE, LAPSING):
        with write() as session:
            request = session.get_one(AccessRequest, ident)
            if REQUEST.row_for("lapse", request.state) and not REQUEST.obstacles(request, "lapse", SYSTEM):
                requests.move(SYSTEM, request, "lapse")
    request_files.purge()


def _over(kind: str, keys: tuple[str, ...]) -> list[str]:
    query = select(Clock.subject_id).where(
        Clock.state == "running", Clock.due_at <= utcnow(), Clock.subject_type == kind, Clock.key.in_(keys)
    )
    return list(db.session.scalars(query.order_by(Clock.due_at).limit(BATCH)))


def _silent(asked: Consultation) -> None:
    if asked.answer == "waiting" and asked.request.state == "consulting":
        REQUEST.fire(asked.request, "expire_consultation", SYSTEM, params={"consultation": asked})
