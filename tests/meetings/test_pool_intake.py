"""Tables into the pool: by command, and the same rows again in any order and mixture change nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import commands, jurisdictions, row_reader
from core.db import db, write
from core.permissions import SYSTEM
from plugins.meetings.eligibility import why_not
from plugins.meetings.models import Representative, RepresentativeTerm
from plugins.meetings.services import pool_intake
from plugins.meetings.services.pool_intake import Entry
from plugins.meetings.values import CATEGORIES

TABLE = "姓名,类别,单位,任期开始\n李芳,人大代表,区人大,2024-01-10\n周岚,专家,师范学院,2025-03-01\n"
DAYS = st.sampled_from([date(2024, 1, 1), date(2025, 6, 1), None])
ROWS = st.builds(
    lambda name, organisation, category, begins: Entry({"name": name, "organisation": organisation}, category, begins),
    st.sampled_from("甲乙丙"),
    st.sampled_from(["", "一村"]),
    st.sampled_from(list(CATEGORIES)[:3]),
    DAYS,
)


class Undo(Exception):
    """Ends a case: its rows go."""


def state() -> dict[Any, Any]:
    db.session.flush()
    rows = db.session.scalars(select(Representative))
    return {row.key: sorted((t.category, t.begins, t.id) for t in row.terms) for row in rows}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(first=st.lists(ROWS, max_size=8), data=st.data())
def test_what_was_taken_in_changes_nothing_a_second_time(world: Any, first: list[Entry], data: st.DataObject) -> None:
    again: Sequence[Entry] = data.draw(st.permutations(first + first)) if first else []
    with suppress(Undo), write():
        looked = pool_intake.statuses(first)
        counts = pool_intake.take_in(SYSTEM, first)
        assert counts == {status: looked.count(status) for status in ("new", "extended", "unchanged")}
        before = state()
        assert len(before) == counts["new"] == len({entry.key for entry in first})
        assert pool_intake.take_in(SYSTEM, again)["unchanged"] == len(again)
        assert state() == before
        raise Undo


def test_a_table_is_taken_by_command(app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "代表库.csv"
    file.write_text(TABLE + "赵六,村民,,\n", encoding="utf-8")
    words = ["import", "representatives", str(file), "--in", "huichuan"]
    assert commands.run(words, app) == 1
    assert "row 4 类别: “村民”不是已有的类别。" in capsys.readouterr().err
    for dry, new, unchanged in ((True, 2, 0), (False, 2, 0), (False, 0, 2)):
        assert commands.run([*words, "--skip-faulty", "--json", *(["--dry-run"] if dry else [])], app) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["dry_run"], told.get("new", 0), told.get("unchanged", 0)) == (dry, new, unchanged)
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")):
        assert set(db.session.scalars(select(Representative.name))) == {"李芳", "周岚"}
    with jurisdictions.enter(jurisdictions.by_slug("meitan")):
        assert db.session.scalars(select(Representative.name)).all() == []
    file.write_text("没有表头", encoding="utf-8")
    assert commands.run(words, app) == 1
    assert "没有找到表头" in capsys.readouterr().err


@pytest.mark.article("meetings", 3, 7)
def test_an_invited_list_is_taken_by_command_into_a_draft_alone(
    office: Any, app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    item = office.application(invitees=[])["id"]
    file = tmp_path / "名单.csv"
    file.write_text(TABLE + "赵六,村民,,\n", encoding="utf-8")
    words = ["import", "invitees", str(file), "--in", "huichuan"]
    assert commands.run(words, app) == 2
    assert "--into ID" in capsys.readouterr().err
    assert commands.run([*words, "--into", "f" * 32], app) == 1
    assert "There is no such" in capsys.readouterr().err
    words += ["--into", item]
    assert commands.run(words, app) == 1
    assert "row 4 类别: “村民”不是已有的类别。" in capsys.readouterr().err
    for dry, new, unchanged in ((True, 2, 0), (False, 2, 0), (False, 0, 2)):
        assert commands.run([*words, "--skip-faulty", "--json", *(["--dry-run"] if dry else [])], app) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["dry_run"], told["new"], told["unchanged"]) == (dry, new, unchanged)
        assert [error["row"] for error in told["errors"]] == [4]
    assert len(office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"]) == 2
    office.fire("organiser", f"applications/{item}", "submit")
    assert commands.run([*words, "--skip-faulty"], app) == 1
    assert "WRONG_STATE" in capsys.readouterr().err
    assert commands.run(["import", "representatives", str(file), "--in", "huichuan", "--into", item], app) == 2
    assert "leave --into out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01", date(2026, 3, 1)), ("2026/3/1", date(2026, 3, 1)), ("2026年3月1日", date(2026, 3, 1)),
        ("2026.03.01", date(2026, 3, 1)), ("20260301", date(2026, 3, 1)), ("2026-03-01 00:00:00", date(2026, 3, 1)),
        ("2026-03-01 10:00", date(2026, 3, 1)), ("2026/3/1 9:32:09", date(2026, 3, 1)),
        ("2026年3月1日9时32分", date(2026, 3, 1)), ("", None),
    ],
)  # fmt: skip
def test_days_as_people_write_them(text: str, day: date | None) -> None:
    assert row_reader.day_of(text) == day


@pytest.mark.parametrize("text", ["2026-02-30", "昨天", "1900-01-01", "3/1/2026", "2026-03-01 夜", "2026"])
def test_what_is_no_day_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="不是日期"):
        row_reader.day_of(text)


@pytest.mark.article("meetings", 3)
@given(
    begins=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    length=st.integers(0, 3000) | st.none(),
    due=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    day=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_proposable_exactly_while_the_term_runs_and_the_year_is_renewed(
    begins: date, length: int | None, due: date, day: date
) -> None:
    ends = None if length is None else date.fromordinal(begins.toordinal() + length)
    person = Representative(name="甲", state="active", state_note="", renewal_due=due)
    term = RepresentativeTerm(category="expert", begins=begins, ends=ends, representative=person)
    runs = begins <= day <= (ends or date.max)
    assert (why_not(term, day) == "") == (runs and day <= due)
    assert term.runs_on(day) == runs


def test_what_was_prepared_counts_only_while_nobody_changes_the_pool(world: Any) -> None:
    entries = [Entry({"name": name, "organisation": ""}, "expert", date(2025, 6, 1)) for name in ("先来", "后到")]
    before = set(state())
    prepared = pool_intake.prepare(SYSTEM, entries)
    assert set(state()) == before, "nothing is written yet"
    with write():
        assert pool_intake.take_in(SYSTEM, entries[:1])["new"] == 1
    with write():
        assert pool_intake.take_in(SYSTEM, entries, prepared) == {"new": 1, "extended": 0, "unchanged": 1}
    assert [len(state()[name, ""]) for name in ("先来", "后到")] == [1, 1]


def test_a_table_that_fails_half_way_leaves_nothing(world: Any) -> None:
    good = [Entry({"name": f"第{number}位", "organisation": ""}, "expert", date(2025, 6, 1)) for number in range(500)]
    bad = Entry({"name": "末位", "organisation": ""}, "no such category", date(2025, 6, 1))
    before = state()
    prepared = pool_intake.prepare(SYSTEM, [*good, bad])
    with pytest.raises(IntegrityError), write():
        pool_intake.take_in(SYSTEM, [*good, bad], prepared)
    assert state() == before
