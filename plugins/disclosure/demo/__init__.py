"""The demonstration (演示): neutral content written for the product, told through the services."""

from __future__ import annotations

from collections.abc import Mapping

from core.contracts import JurisdictionRef
from core.permissions import Actor
from plugins.disclosure.demo import documents


def fill(place: JurisdictionRef, people: Mapping[str, Actor]) -> None:
    """Fill one place; each part adds its own."""
    documents.fill(place, people)
