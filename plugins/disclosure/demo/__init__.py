"""The demonstration (演示): neutral content written for the product, told through the services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from core.contracts import JurisdictionRef
from core.db import clock_at, utcnow
from core.permissions import Actor
from plugins.disclosure.demo import documents, items, requests, withheld

AGO = timedelta(days=44)
"""After the places were set up, before what the plugins that come later in the alphabet tell: the trail is in order."""


def fill(place: JurisdictionRef, people: Mapping[str, Actor]) -> None:
    """Fill one place; each part adds its own."""
    with clock_at(utcnow() - AGO):
        documents.fill(place, people)
        items.fill(place, people)
        requests.fill(people)
        withheld.fill(people)
