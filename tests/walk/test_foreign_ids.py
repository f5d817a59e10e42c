"""Another county's object is nowhere: its id answers what an unknown id answers, byte for byte, to everybody."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from core.permissions import registered
from tests.walk.addresses import NO_IDS, Address, addresses
from tests.walk.conftest import Walk
from tests.walk.counties import EVERYTHING, IDLE, PEOPLE

SAID = ("Content-Type", "Location", "Cache-Control", "ETag", "Allow", "WWW-Authenticate", "Vary")
UNFILLED = ("/live/blocks/<generation>/<block>", "/redactions/<id>/copy", "/redactions/<id>/copy.pdf")
"""Addresses that want more rows, or work of the worker, than a county has here; they stand behind the same gate as the one before them."""


def said(answer: TestResponse, ids: dict[str, str]) -> tuple[Any, ...]:
    """What an asker can compare; what he asked for himself (in `next=`) tells him nothing."""
    told = [answer.status, answer.get_data(as_text=True), *(answer.headers.get(name) for name in SAID)]
    for name, ident in ids.items():
        told = [text and text.replace(ident, name) for text in told]
    return tuple(told)


def with_ids(walk: Walk) -> list[Address]:
    return [address for address in addresses(walk.app) if address.ids]


def test_every_parameter_of_every_address_is_known(walk: Walk) -> None:
    assert len(with_ids(walk)) > 50
    rules = [rule.rule for rule in walk.app.url_map.iter_rules()]
    assert [part for part in NO_IDS if not any(part in rule for rule in rules)] == []


def test_every_kind_of_object_is_there(walk: Walk) -> None:
    for county in (walk.here, walk.other):
        assert [kind for kind, ids in county.ids.items() if not ids] == []
    used = {kind for address in with_ids(walk) for kind in address.ids.values()}
    assert used <= set(walk.here.ids)


def test_an_own_id_is_found(walk: Walk) -> None:
    """Else the walk below would compare 404 with 404 and prove nothing."""
    visitor = walk.visitor(EVERYTHING)
    lost = []
    for address in with_ids(walk):
        if address.method == "GET":
            where = address.filled(walk.app, walk.here)
            answer = visitor.ask(where)
            if answer.status_code >= 400 and not address.rule.rule.endswith(UNFILLED):
                lost.append((answer.status_code, where, address.rule.rule))
    assert not lost, "\n".join(map(str, lost))


def test_the_roles_left_out_may_nothing_that_another_may_not(walk: Walk) -> None:
    with walk.app.app_context():
        rights = {role: {key for key, right in registered().items() if role in right.roles} for role in PEOPLE}
    assert [role for role in IDLE if not rights[role] <= rights["drafter"]] == []


@pytest.mark.parametrize("person", ["", *(name for name in PEOPLE if name not in IDLE)])
def test_another_countys_id_is_an_unknown_id(walk: Walk, person: str) -> None:
    visitor = walk.visitor(person)
    before = walk.rows()
    told = []
    for address in with_ids(walk):
        for foreign, unknown in address.foreign(walk.here, walk.other):
            where = address.of(walk.app, walk.here.place.slug, foreign)
            answer = visitor.ask(where, address.method)
            nowhere = visitor.ask(address.of(walk.app, walk.here.place.slug, unknown), address.method)
            if said(answer, foreign) != said(nowhere, unknown) or (person and answer.status_code < 400):
                told.append((address.method, where, address.rule.rule, answer.status, nowhere.status))
            if person != EVERYTHING:
                break
    assert not told, "\n".join(map(str, told))
    assert walk.rows() == before
