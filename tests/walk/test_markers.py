"""Nothing of another county stands on any page, list, feed, calendar or answer of this one: ids and addresses as markers."""

from __future__ import annotations

import pytest

from tests.walk.addresses import PLACE, addresses
from tests.walk.conftest import Walk
from tests.walk.counties import EVERYTHING, County

SHOWN = {"": {"meeting", "publication", "matter"}, EVERYTHING: {"application", "invitation", "obligation", "account"}}
"""Of which kinds somebody surely sees some of his own county: else the walk would prove nothing."""
QUERIES = ("search?q=会议", "search?q=供水", "publications/?kind=notice", "meetings/?kind=executive")


def markers(county: County) -> dict[str, str]:
    """What is the county's alone → its kind."""
    found = {ident: kind for kind, idents in county.ids.items() for ident in idents}
    return found | {f"@{county.place.slug}.test": "address"}


def reads(walk: Walk) -> list[str]:
    """Every address of this county that can be read, filled with its own ids, and what can be searched."""
    slug = walk.here.place.slug
    rules = [one for one in addresses(walk.app) if one.method == "GET" and PLACE in one.rule.arguments]
    return [one.filled(walk.app, walk.here) for one in rules] + [f"/{slug}/{query}" for query in QUERIES]


@pytest.mark.parametrize("person", ["", EVERYTHING])
def test_nothing_of_another_county_is_shown(walk: Walk, person: str) -> None:
    visitor, told, own = walk.visitor(person), [], set()
    here, other = markers(walk.here), markers(walk.other)
    for where in reads(walk):
        answer = visitor.ask(where)
        if answer.status_code >= 400:
            continue
        text = answer.get_data().decode(errors="replace")
        told += [(where, kind, marker) for marker, kind in other.items() if marker in text]
        asked = {marker for marker in here if marker in where}
        own |= {kind for marker, kind in here.items() if marker in text and marker not in asked}
    assert not told, "\n".join(map(str, told))
    assert own >= SHOWN[person]
