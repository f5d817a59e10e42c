"""The scenarios, what each demands, and how they are carried out one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import click

from core.bench.processes import machine, prepare
from plugins.meetings.bench.faults.outside import Postgres, postgres_server
from plugins.meetings.bench.sites import Site, site
from plugins.meetings.replay.client import ReplayError

SQLITE, POSTGRES = "SQLite", "PostgreSQL"
Figures = dict[str, float]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """Where a scenario happens: a fresh installation, and its database server where it has one."""

    site: Site
    postgres: Postgres | None = None


@dataclass(frozen=True)
class Scenario:
    """One fault. `run(place, **how)` answers figures; each of `demands` is the most its figure may be."""

    ident: str
    done: str
    """What is done, for the table; may name the values of `how`."""
    run: Callable[..., Figures]
    demands: Mapping[str, float]
    long: Mapping[str, Any]
    """How it is carried out by `bench faults`."""
    short: Mapping[str, Any]
    """How the tests carry it out: the same, smaller."""
    databases: tuple[str, ...] = (SQLITE,)
    at_least: Mapping[str, float] = field(default_factory=dict)
    """The least of figures that show that the fault has happened at all."""

    def told(self, how: Mapping[str, Any]) -> str:
        """What is done, with these values."""
        shown = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in how.items()}
        return self.done.format(**shown)

    def carry_out(self, how: Mapping[str, Any], database: str) -> dict[str, Any]:
        """Do it on a fresh installation; a row of the table.

        Raises:
            click.ClickException, ReplayError: something it needs is not here or did not start.
        """
        began = time.monotonic()
        with place(database) as where:
            figures = self.run(where, **how)
        faults = self.faults(figures)
        return {
            "id": self.ident, "database": database, "done": self.told(how), "demanded": dict(self.demands),
            "measured": figures, "faults": faults, "passed": not faults, "seconds": round(time.monotonic() - began, 1),
        }  # fmt: skip

    def faults(self, figures: Figures, patience: float = 1.0) -> list[str]:
        """The demands that are not met; those that a clock decides may be stretched."""
        most = {name: limit * (patience if is_time(name) else 1.0) for name, limit in self.demands.items()}
        above = [f"{name} {figures[name]:g} > {limit:g}" for name, limit in most.items() if figures[name] > limit]
        below = [
            f"{name} {figures[name]:g} < {least:g}" for name, least in self.at_least.items() if figures[name] < least
        ]
        return above + below


def is_time(name: str) -> bool:
    """Whether a figure depends on how busy the machine is."""
    return name.endswith(("_ms", "_s", "_percent"))


@contextmanager
def place(database: str) -> Iterator[Place]:
    """A fresh installation on this database."""
    if database == SQLITE:
        with site() as made:
            yield Place(made)
    else:
        with postgres_server() as server, site(DATABASE_URL=server.database("mingtang")) as made:
            yield Place(made, server)


def run(scenarios: Iterable[Scenario], only: tuple[str, ...], tell: Tell) -> dict[str, Any]:
    """Carry the long forms out; `tell` is called before each.

    What cannot be done here is named under `missing`, and is no success.
    """
    prepare()
    rows: list[dict[str, Any]] = []
    missing: list[str] = []
    for scenario in scenarios:
        if only and scenario.ident not in only:
            continue
        for database in scenario.databases:
            tell(f"{scenario.ident}, {database}: {scenario.told(scenario.long)}")
            try:
                rows.append(scenario.carry_out(scenario.long, database))
            except (click.ClickException, ReplayError, TimeoutError) as no:
                missing.append(f"{scenario.ident}, {database}: {getattr(no, 'message', no)}")
    return {"machine": machine(), "rows": rows, "missing": missing}


def sound(result: dict[str, Any]) -> bool:
    """Everything was done and came out as demanded."""
    return not result["missing"] and all(row["passed"] for row in result["rows"])
