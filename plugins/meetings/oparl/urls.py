"""Addresses and values as OParl writes them: an object's id is its address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from core.jurisdictions import current
from core.web.requests import origin
from core.workdays import LOCAL

SCHEMA = "https://schema.oparl.org/1.1/"


def system() -> str:
    """The entry."""
    return f"{origin()}/oparl/v1/"


def body() -> str:
    """The jurisdiction being entered."""
    return f"{system()}{current().slug}/"


def listed(kind: str) -> str:
    """The list of a kind."""
    return f"{body()}{kind}"


def of(kind: str, ident: str) -> str:
    """One object."""
    return f"{body()}{kind}/{ident}"


def page(path: str) -> str:
    """A page of the portal."""
    return f"{origin()}{path}"


def at(moment: datetime | None) -> str | None:
    """A moment with its zone."""
    return moment.astimezone(LOCAL).isoformat(timespec="seconds") if moment else None


def on(moment: datetime | date | None) -> str | None:
    """A day."""
    if isinstance(moment, datetime):
        return moment.astimezone(LOCAL).date().isoformat()
    return moment.isoformat() if moment else None


def thing(kind: str, address: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """An OParl object: id, type, and every value that is there; empty ones are left out."""
    found = {name: value for name, value in values.items() if value not in (None, "", [])}
    return {"id": address, "type": f"{SCHEMA}{kind}", **found}


def gone(kind: str, address: str, created: datetime | None, modified: datetime | None) -> dict[str, Any]:
    """What is left of an object that was public: who copied it is to delete it."""
    return thing(kind, address, {"created": at(created), "modified": at(modified), "deleted": True})
