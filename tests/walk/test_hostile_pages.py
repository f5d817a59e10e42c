"""Whatever stands in an address or a form, a page answers: no error of ours, on either database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.routing import IntegerConverter

from tests.walk.addresses import PLACE, Address, addresses
from tests.walk.conftest import Walk
from tests.walk.counties import EVERYTHING

ROOT = Path(__file__).parents[2]
HOSTILE = ("a\x00b", "9" * 40, "-1", "'\"><", "一" * 300)
READ = re.compile(r"""request\.(?:args|form|values)\.get(?:list)?\(\s*"([a-z_]+)\"""")


def names() -> list[str]:
    """The names pages look for in a query or form."""
    paths = [path for folder in ("core", "plugins") for path in (ROOT / folder).rglob("*.py")]
    return sorted({name for path in paths for name in READ.findall(path.read_text(encoding="utf-8"))})


def asked(walk: Walk, address: Address, value: str) -> Iterator[str]:
    """The address with the value in the place of each of its parameters, and in the query."""
    slug = walk.here.place.slug
    own = {name: walk.here.ids[kind][0] for name, kind in address.ids.items()}
    for name in address.rule.arguments - {PLACE}:
        number = isinstance(address.rule._converters[name], IntegerConverter)  # no other value is its address
        if "/" not in value and not (number and not value.isdigit()):
            yield Address(address.rule, address.method, address.ids, address.more | {name: value}).of(
                walk.app, slug, {key: ident for key, ident in own.items() if key != name}
            )


@pytest.mark.parametrize("person", ["", EVERYTHING])
def test_no_page_breaks(own_walk: Walk, person: str) -> None:
    walk, looked_for = own_walk, names()
    visitor = walk.visitor(person)
    assert {"q", "after", "kind"} <= set(looked_for)
    broken = []
    for address in addresses(walk.app):
        staffs = address.rule.rule.startswith(("/admin/", "/api/"))
        if address.rule.endpoint == "login.sign_out" or (staffs and not person):
            continue
        for value in HOSTILE:
            query = dict.fromkeys(looked_for, value)
            answers = [visitor.ask(where, address.method) for where in asked(walk, address, value)]
            where = address.filled(walk.app, walk.here)
            if address.method == "GET":
                answers.append(visitor.client.get(where, query_string=query))
            elif not where.startswith("/api/"):
                form = query | {"csrf_token": visitor.headers["X-CSRFToken"]}
                answers.append(visitor.client.post(where, data=form))
            broken += [
                (address.method, where, value[:9], answer.status) for answer in answers if answer.status_code >= 500
            ]
    assert not broken, "\n".join(map(str, broken))
