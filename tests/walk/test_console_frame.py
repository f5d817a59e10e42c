"""The frame of the console is the same on every page: who is signed in and where; no page's own words stand in for it."""

from __future__ import annotations

from tests.walk.addresses import addresses
from tests.walk.conftest import Walk
from tests.walk.counties import EVERYTHING


def test_every_page_says_who_is_signed_in_and_offers_no_other_county(walk: Walk) -> None:
    visitor, name, seen, told = walk.visitor(EVERYTHING), f"{walk.here.place.name}{EVERYTHING}", 0, []
    for address in addresses(walk.app):
        where = address.filled(walk.app, walk.here)
        if address.method != "GET" or not where.startswith("/admin/"):
            continue
        text = visitor.ask(where).get_data().decode(errors="replace")
        if '<header class="bar">' not in text:
            continue
        bar = text.partition('<header class="bar">')[2].partition("</header>")[0]
        seen += 1
        told += [(where, name in bar, "chooser" in bar)] if name not in bar or "chooser" in bar else []
    assert seen > 60
    assert told == []
