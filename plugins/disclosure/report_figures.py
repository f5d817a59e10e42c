"""Counting for the annual report: tables three and four from cases, balanced by construction; sums of reports.

Every request lies in exactly one row of results or in row 25, in one column; what came in (1 and 2) is counted over the
same requests as what became of it (24 and 25). The last row of a year and the second of the next count the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from plugins.disclosure.values_reports import CARRIED, CASES, COLUMNS, ENDS, FIGURES, LEFT, LINES, NEW, TOTAL
from plugins.disclosure.values_requests import ROWS

Table = list[list[int]]
APPLICANT_COLUMNS = list(COLUMNS)[:-1]


@dataclass(frozen=True)
class Case:
    """A request as it is counted: its day of receipt, its first result and that result's day; open without one."""

    column: str
    received_on: date
    result: str | None
    ended_on: date | None


@dataclass(frozen=True)
class Contest:
    """A case before another body."""

    kind: str
    opened_on: date
    result: str
    closed_on: date | None


def table_three(cases: Iterable[Case], year: int) -> Table:
    """25 rows of 7 columns; `result[row - 1][column]`."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    table = [[0] * len(COLUMNS) for _line in LINES]
    for case in cases:
        ended = max(case.ended_on, case.received_on) if case.ended_on and case.result else None
        if case.received_on > last or (ended and ended < first):
            continue
        column = APPLICANT_COLUMNS.index(case.column)
        came = NEW if case.received_on >= first else CARRIED
        became = [TOTAL, ROWS[case.result]] if case.result and ended and ended <= last else [LEFT]
        for row in (came, *became):
            table[row - 1][column] += 1
            table[row - 1][-1] += 1
    return table


def table_four(contests: Iterable[Contest], year: int) -> dict[str, dict[str, int]]:
    """Kind → result → number; a case counts in the year of its result, and while it is open in every year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    table = {kind: dict.fromkeys(ENDS, 0) for kind in CASES}
    for contest in contests:
        if contest.kind not in CASES or contest.opened_on > last or (contest.closed_on and contest.closed_on < first):
            continue
        result = contest.result if contest.closed_on and contest.closed_on <= last else "open"
        table[contest.kind][result] += 1
        table[contest.kind]["total"] += 1
    return table


def total(reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The tables of several reports added up, for the government's."""
    return {
        "two": {key: sum(one["two"][key] for one in reports) for key in FIGURES},
        "three": [
            [sum(one["three"][row][column] for one in reports) for column in range(len(COLUMNS))]
            for row in range(len(LINES))
        ],
        "four": {kind: {end: sum(one["four"][kind][end] for one in reports) for end in ENDS} for kind in CASES},
    }


def unbalanced(tables: Mapping[str, Any]) -> list[str]:
    """Which identities of the format do not hold; none, unless stored tables were changed from outside."""
    three, four = tables["three"], tables["four"]
    faults = []
    for place, name in enumerate(COLUMNS):
        column = [row[place] for row in three]
        if column[NEW - 1] + column[CARRIED - 1] != column[TOTAL - 1] + column[LEFT - 1]:
            faults.append(f"1+2=24+25 {name}")
        if column[TOTAL - 1] != sum(column[2:23]):
            faults.append(f"24=3..23 {name}")
    faults += [f"总计 {number}" for number, row in enumerate(three, 1) if row[-1] != sum(row[:-1])]
    faults += [f"表四 {kind}" for kind, row in four.items() if row["total"] != sum(row.values()) - row["total"]]
    return faults
