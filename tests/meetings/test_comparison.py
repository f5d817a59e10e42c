"""Two texts side by side: complete on both sides, marked where they differ and nowhere else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugins.meetings.comparison import LONGEST, Row, compare

TEXT = st.lists(st.text("第一二条补贴。百分之0123456789；", max_size=30), max_size=8).map("\n".join)


def side(rows: tuple[Row, ...], name: str) -> list[str]:
    runs = [getattr(row, name) for row in rows]
    return ["".join(text for _, text in run) for run in runs if run]


def plain(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@given(TEXT, TEXT)
def test_nothing_is_lost_or_invented(before: str, after: str) -> None:
    rows = compare(before, after)
    assert side(rows, "before") == plain(before)
    assert side(rows, "after") == plain(after)
    for row in rows:
        unmarked = ["".join(text for marked, text in run if not marked) for run in (row.before, row.after)]
        assert unmarked[0] == unmarked[1]


@given(TEXT)
def test_equal_texts_have_no_marks(text: str) -> None:
    assert {row.kind for row in compare(text, text)} <= {"same"}


def test_a_number_is_marked_and_its_sentence_is_not() -> None:
    rows = compare("标题\n每户补贴三千元。\n旧的一条。", "标题\n每户补贴五千元。\n另外增加公示期十个工作日。")
    assert [row.kind for row in rows] == ["same", "changed", "removed", "added"]
    assert rows[1].before == ((False, "每户补贴"), (True, "三"), (False, "千元。"))
    assert rows[1].after == ((False, "每户补贴"), (True, "五"), (False, "千元。"))


def test_a_very_long_paragraph_is_compared_by_sentences() -> None:
    long = "甲乙丙丁。" * LONGEST
    (row,) = compare(long, long + "新增一句。")
    assert row.kind == "changed"
    assert row.after[-1] == (True, "新增一句。")
