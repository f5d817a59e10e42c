"""Tables of the annual report: a thousand random cases balance, and its text says what the tables say."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from plugins.disclosure.report_figures import (
    APPLICANT_COLUMNS,
    Case,
    Contest,
    table_four,
    table_three,
    total,
    unbalanced,
)
from plugins.disclosure.report_narrative import differences
from plugins.disclosure.values_reports import CARRIED, CASES, COLUMNS, FIGURES, LEFT, LINES, NEW, TOTAL
from plugins.disclosure.values_requests import CHALLENGES, RESULTS, ROWS

YEARS = (2023, 2024, 2025, 2026)


def cases(seed: int, count: int = 1000) -> list[Case]:
    """Requests of four years with every result, some answered in a later year, some open, at the edges of the years."""
    luck = random.Random(seed)
    made = []
    for _number in range(count):
        received = date(2023, 1, 1) + timedelta(days=luck.randrange(4 * 365))
        if luck.random() < 0.2:
            received = date(luck.choice(YEARS), *luck.choice([(1, 1), (12, 31)]))
        ended = received + timedelta(days=luck.choice([0, 1, 20, 40, 400])) if luck.random() < 0.85 else None
        result = luck.choice(list(RESULTS)) if ended else None
        made.append(Case(luck.choice(APPLICANT_COLUMNS), received, result, ended))
    return made


def contests(seed: int) -> list[Contest]:
    luck = random.Random(seed)
    made = []
    for _number in range(300):
        opened = date(2023, 1, 1) + timedelta(days=luck.randrange(4 * 365))
        closed = opened + timedelta(days=luck.randrange(500)) if luck.random() < 0.7 else None
        made.append(
            Contest(
                luck.choice(list(CHALLENGES)), opened,
                luck.choice(["upheld", "corrected", "other"]) if closed else "open", closed,
            )
        )  # fmt: skip
    return made


def tables(seed: int, year: int) -> dict[str, Any]:
    return {
        "two": dict.fromkeys(FIGURES, seed), "three": table_three(cases(seed), year),
        "four": table_four(contests(seed), year),
    }  # fmt: skip


@pytest.mark.article("disclosure", 12)
@pytest.mark.parametrize("seed", range(10))
def test_a_thousand_random_cases_balance(seed: int) -> None:
    by_year = {year: tables(seed, year) for year in YEARS}
    for year, found in by_year.items():
        assert unbalanced(found) == [], year
        assert len(found["three"]) == 25
        assert {len(row) for row in found["three"]} == {7}
    for year in YEARS[1:]:
        assert by_year[year]["three"][CARRIED - 1] == by_year[year - 1]["three"][LEFT - 1]
    counted = sum(by_year[year]["three"][NEW - 1][-1] for year in YEARS)
    assert counted == sum(case.received_on.year in YEARS for case in cases(seed))


@pytest.mark.article("disclosure", 12)
def test_the_governments_report_is_the_sum_and_balances_too() -> None:
    parts = [tables(seed, 2025) for seed in range(5)]
    whole = total(parts)
    assert unbalanced(whole) == []
    assert whole["three"][NEW - 1][-1] == sum(part["three"][NEW - 1][-1] for part in parts)
    assert whole["two"]["permits"] == 0 + 1 + 2 + 3 + 4


@pytest.mark.article("disclosure", 12)
@pytest.mark.parametrize("result", list(RESULTS))
def test_each_result_is_counted_in_one_row(result: str) -> None:
    day = date(2025, 5, 6)
    found = table_three([Case("research", day, result, day)], 2025)
    rows = [number for number, row in enumerate(found, 1) if any(row)]
    assert rows == [NEW, ROWS[result], TOTAL]
    assert found[ROWS[result] - 1] == [0, 0, 1, 0, 0, 0, 1]


def test_the_format_has_25_rows_and_7_columns() -> None:
    assert (len(LINES), len(COLUMNS)) == (25, 7)
    assert sorted(set(ROWS.values())) == list(range(3, 24))


def test_what_ended_before_it_was_received_counts_as_ended_then() -> None:
    found = table_three([Case("person", date(2025, 1, 1), "granted", date(2024, 12, 31))], 2025)
    assert [number for number, row in enumerate(found, 1) if row[-1]] == [NEW, 3, TOTAL]


def test_complaints_stand_in_no_table_and_an_open_case_in_every_year() -> None:
    day = date(2024, 3, 1)
    found = table_four([Contest("complaint", day, "open", None), Contest("litigation", day, "open", None)], 2025)
    assert found["litigation"] == {"upheld": 0, "corrected": 0, "other": 0, "open": 1, "total": 1}
    assert sum(found[kind]["total"] for kind in CASES) == 1


def test_a_changed_table_is_found_out() -> None:
    found = tables(1, 2025)
    found["three"][4][0] += 1
    assert unbalanced(found) == ["24=3..23 person", "总计 5"]


def said(text: str) -> list[tuple[str, str]]:
    found = {
        "two": dict.fromkeys(FIGURES, 0) | {"permits": 1234, "fees": 3_500_000, "normative_made": 2},
        "three": [[0] * 6 + [row] for row in range(1, 26)],
        "four": {kind: {"total": number} for number, kind in enumerate(CASES, 1)},
    }
    return [(one.said, one.table) for one in differences([text], found)]


@pytest.mark.article("disclosure", 12)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("全年新收政府信息公开申请1件，上年结转2件。", []),
        ("全年新收政府信息公开申请12件。", [("12件", "1件")]),
        ("新收申请１２件", [("12件", "1件")]),
        ("去年新收申请12件，同比新收增加3件", []),
        ("予以公开3件，部分公开4件，不予公开68件", []),
        ("不予公开3件", [("3件", "68件")]),
        ("答复24件，结转下年度继续办理20件", [("20件", "25件")]),
        ("行政复议1件，行政诉讼5件", []),
        ("行政诉讼4件", [("4件", "5件")]),
        ("作出行政许可1,234件；行政事业性收费3.5万元", []),
        ("行政事业性收费3.6万元", [("3.6万元", "3.5万元")]),
        ("制发行政规范性文件2件。办理建议提案30件。", []),
    ],
)
def test_a_figure_of_the_text_that_is_not_the_tables_is_named_with_both(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert said(text) == expected
