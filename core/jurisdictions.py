"""The tree of jurisdictions (行政区划) and the current one.

A request for `/<jurisdiction>/…`, `/api/v1/<jurisdiction>/…` or `/admin/<jurisdiction>/…` runs inside `enter()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import select

from core.contracts import JurisdictionRef
from core.db import db, scope
from core.models import Jurisdiction
from core.refusals import NotFound

RESERVED = frozenset(
    [
        "-",
        "_",
        "admin",
        "api",
        "feed",
        "files",
        "healthz",
        "livez",
        "login",
        "logout",
        "metrics",
        "oparl",
        "readyz",
        "search",
        "socket.io",
        "static",
        "account",
    ]
)
_current: ContextVar[JurisdictionRef | None] = ContextVar("mingtang_jurisdiction", default=None)


def current() -> JurisdictionRef:
    """The jurisdiction of the running request, task or command.

    Raises:
        NotFound: outside of one.
    """
    found = _current.get()
    if found is None:
        raise NotFound
    return found


def current_or_none() -> JurisdictionRef | None:
    """The current jurisdiction, or None on pages of the whole city and in the shell."""
    return _current.get()


@contextmanager
def enter(jurisdiction: JurisdictionRef) -> Iterator[JurisdictionRef]:
    """Work for one jurisdiction: sets it as current and opens its row scope."""
    token = _current.set(jurisdiction)
    try:
        with scope(jurisdiction.id):
            yield jurisdiction
    finally:
        _current.reset(token)


def by_slug(slug: str) -> JurisdictionRef:
    """Find a jurisdiction by its address part.

    Raises:
        NotFound: no such slug.
    """
    row = db.session.scalar(select(Jurisdiction).where(Jurisdiction.slug == slug))
    if row is None:
        raise NotFound
    return as_ref(row)


def by_id(jurisdiction_id: str) -> JurisdictionRef:
    """Find a jurisdiction by id; raises NotFound."""
    row = db.session.get(Jurisdiction, jurisdiction_id)
    if row is None:
        raise NotFound
    return as_ref(row)


def as_ref(row: Jurisdiction) -> JurisdictionRef:
    """The frozen form that travels through hooks, with the lineage up to the root."""
    lineage, place = [row.id], row.parent
    while place is not None:
        lineage.append(place.id)
        place = place.parent
    return JurisdictionRef(row.id, row.slug, row.name, row.name_en, tuple(lineage))


def everywhere() -> list[JurisdictionRef]:
    """All jurisdictions, the city first, then by position."""
    rows = db.session.scalars(select(Jurisdiction).order_by(Jurisdiction.position, Jurisdiction.slug)).all()
    return [as_ref(row) for row in rows]
