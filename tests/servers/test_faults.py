"""The faults of `bench faults` in their short form: the same scenarios, smaller; what a clock decides is stretched."""

from __future__ import annotations

import pytest

from plugins.meetings.bench.faults.scenarios import SCENARIOS
from plugins.meetings.bench.faults.table import Scenario

pytestmark = [pytest.mark.server, pytest.mark.slow]
PATIENCE = 20.0
"""Machines that run the whole suite are slow: times are looked at in the long form."""


ON_POSTGRES = ("R1",)
"""Carried out there too; of the others only the long form is."""
CASES = [
    pytest.param(one, database, id=f"{one.ident}-{database}")
    for one in SCENARIOS
    for database in one.databases
    if database == one.databases[0] or one.ident in ON_POSTGRES
]


@pytest.mark.parametrize(("scenario", "database"), CASES)
def test_short_form(scenario: Scenario, database: str) -> None:
    row = scenario.carry_out(scenario.short, database)
    assert scenario.faults(row["measured"], PATIENCE) == []
