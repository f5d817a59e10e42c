"""Redacted copies (区分处理, 管12) against a table written by hand: all states × events × roles."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from core import storage
from core.db import db, new_id, write
from core.models import Attachment
from core.permissions import SYSTEM, Actor
from plugins.disclosure.models import Redaction, RedactionRegion
from plugins.disclosure.models.redactions import REDACTION_STATES
from plugins.disclosure.workflow import REDACTION
from tests.disclosure import tables
from tests.disclosure.tables import Table, expected, outcome
from tests.disclosure.test_request_table import request_in
from tests.installations import Installations

ROLES = ("disclosure_officer", "handler", "secrecy_reviewer", "nobody", "system")
STAFF = ("disclosure_officer", "handler")
TABLE: Table = {
    "make": ((), {"marking": "made"}),
    "mark": (STAFF, {"made": "marking"}),
    "drop": (STAFF, {"marking": "dropped", "made": "dropped"}),
}


@pytest.fixture(scope="module")
def people(installations: Installations, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Actor]]:
    """One county for the module; cases undo what they write."""
    with tables.county(installations, tmp_path_factory.mktemp("redactions") / "data", ROLES[:-2]) as found:
        yield found


@pytest.fixture(scope="module")
def file(people: dict[str, Actor]) -> str:
    """A file to be marked, and for want of work also its copy."""
    staged = storage.stage(io.BytesIO("名单".encode()), "名单.txt")
    with write():
        return storage.keep(SYSTEM, staged).id


def redaction_in(state: str, file: str, *, regions: int = 1) -> Redaction:
    """One put straight into a state; inside `write()`."""
    request = request_in("processing")
    made = Redaction(
        id=new_id(), subject_type="disclosure.request", subject_id=request.id, agency_id=request.agency_id,
        source_id=file, copy_id=file if state == "made" else None, sizes=[[595, 842]], state=state, version=1,
    )  # fmt: skip
    place = {"page": 1, "x": 10, "y": 10, "width": 100, "height": 20}
    made.regions = [RedactionRegion(ground="1c", reason="个人隐私", **place) for _n in range(regions)]
    db.session.add(made)
    db.session.flush()
    return made


def test_the_table_names_every_event_and_state() -> None:
    assert set(TABLE) == set(REDACTION.events)
    assert set(REDACTION_STATES) == set(REDACTION.states)


@pytest.mark.article("disclosure", 12)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", TABLE)
def test_redaction(people: dict[str, Actor], file: str, event: str, role: str) -> None:
    for state in REDACTION_STATES:
        found = outcome(
            lambda: redaction_in(state, file),  # noqa: B023
            lambda one: REDACTION.fire(one, event, people[role], params={"copy_id": file}),
        )
        assert found == expected(TABLE, state, event, role), state


@pytest.mark.article("disclosure", 12)
def test_a_copy_of_which_nothing_is_kept_back_is_not_made(people: dict[str, Actor], file: str) -> None:
    found = outcome(
        lambda: redaction_in("marking", file, regions=0),
        lambda one: REDACTION.fire(one, "make", SYSTEM, params={"copy_id": file}),
    )
    assert found == "NOTHING_MARKED"
    assert db.session.get(Attachment, file) is not None
