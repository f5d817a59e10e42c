"""The generated pages: the regulation as a table says what the product holds, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from core import docs


def test_the_seven_regulations_have_69_articles() -> None:
    found = {item["mark"]: len(item["articles"]) for item in docs.articles()}
    assert found == {"管": 13, "认": 11, "考": 8, "预": 8, "舆": 10, "留": 8, "会": 11}
    assert sum(found.values()) == 69


def test_every_article_has_one_row_that_names_its_tests_or_says_it_is_not_built(app: Flask) -> None:
    rows = [line for line in docs.regulations().splitlines() if re.match(r"\| [管认考预舆留会]\d", line)]
    assert len(rows) == 69
    for row in rows:
        assert row.count("|") == 8, row
        built = "| not built yet |" not in row and "| None: " not in row
        partly = "**Not built yet:**" in row
        assert ("`tests/" in row) == built or (partly and built), row


def test_the_table_claims_nothing_the_product_does_not_hold(app: Flask) -> None:
    assert list(docs.faults()) == []


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        ({"rule": "x", "codes": ["NO_SUCH"]}, "会7: no code NO_SUCH in the plugin"),
        ({"rule": "x", "events": ["meetings.meeting.explode"]}, "会7: no event meetings.meeting.explode"),
        ({"rule": "x", "screens": ["/nowhere/"]}, "会7: no address /nowhere/"),
    ],
)
def test_a_false_claim_is_named(app: Flask, monkeypatch: pytest.MonkeyPatch, claim: Any, fault: str) -> None:
    monkeypatch.setattr(docs, "_details", lambda plugin: {"meetings": {"7": claim}} if plugin == "meetings" else {})
    assert list(docs.faults()) == [fault]


def test_an_article_without_test_or_a_test_without_article_is_named(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    cited = docs.cited_tests()
    cited["meetings", 7] = []
    cited["meetings", 12] = ["`tests/test_x.py`"]
    monkeypatch.setattr(docs, "cited_tests", lambda: cited)
    assert list(docs.faults()) == [
        "`tests/test_x.py` cites ('meetings', 12), which no regulation has",
        "会7: no test cites it",
    ]


def test_a_page_the_code_has_outrun_is_stale(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr(docs, "pages", lambda: {"docs/reference.md": "now"})
    (tmp_path / "docs").mkdir()
    assert docs.build() == ["docs/reference.md"]
    assert docs.stale() == []
    (tmp_path / "docs/reference.md").write_text("then")
    assert docs.stale() == ["docs/reference.md"]
