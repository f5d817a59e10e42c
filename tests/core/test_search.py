"""Search: two-character words, any script, hostile queries, no other county's or switched-off plugin's rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import jurisdictions, plugins, search
from core.bigrams import MAX_LENGTH, bigrams, words
from core.contracts import JurisdictionRef
from core.db import new_id, write
from core.refusals import Invalid

START = datetime(2026, 1, 1, tzinfo=UTC)


def put(title: str, text: str = "", *, day: int = 0, plugin: str = "", key: str = "") -> str:
    object_id = key or new_id()
    with write():
        search.put(
            "test.thing",
            object_id,
            title=title,
            text=text,
            url=f"/x/{object_id}/",
            at=START + timedelta(day),
            plugin=plugin,
        )
    return object_id


def titles(query: str, **options: object) -> list[str]:
    page = search.find(query, **options)  # type: ignore[arg-type]
    return ["".join(part for part, _ in hit.title) for hit in page.items]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("遵义市", ["遵义", "义市", "市"]),
        ("5G 基站", ["5g", "g", "基站", "站"]),
        ("会议，2026", ["会议", "议", "20", "02", "26", "6"]),
        ("A", ["a"]),
        ("ＡＢ", ["ab", "b"]),
        ("，。！", []),
        ("", []),
        ("a_b", ["a", "b"]),
    ],
)
def test_bigrams(text: str, terms: list[str]) -> None:
    assert bigrams(text) == terms


@pytest.mark.parametrize(
    "query",
    ["供水", "供", "水", "改造方案", "老城区供水改造方案", "2026", "26", "第2026", "PE管", "pe", "ＰＥ管", "Water", "WATER", "供水 方案", "方案,供水", "é", "e\u0301", "遵义"],
)  # fmt: skip
def test_found(county: JurisdictionRef, query: str) -> None:
    put("老城区供水改造方案", "遵义第2026号：更换PE管。Drinking water café")
    put("别的", "没有关系")
    assert titles(query) == ["老城区供水改造方案"]


@pytest.mark.parametrize("query", ["水供", "老城改造", "20 27", "供水 学校", "遵义供水", "改造案", "202 6号x", "城供"])
def test_not_found(county: JurisdictionRef, query: str) -> None:
    put("老城区供水改造方案", "遵义第2026号：更换PE管")
    assert titles(query) == []


def test_pairs_in_two_places_are_no_word(county: JurisdictionRef) -> None:
    put("甲乙 乙丙", "丙丁")
    assert titles("甲乙丙") == []
    assert titles("甲乙 乙丙 丙丁") == ["甲乙 乙丙"]


HOSTILE = [
    "", " ", '"', "'", '""', "*", "-", "NEAR", "NEAR(a b)", "AND", "OR", "NOT", "a AND", "a OR b", "facet:x", "words : x", "^a", "a*",
    "{a b}", "(", ")", "((((", "a) OR (b", "'; DROP TABLE core_search_entry;--", "%", "_", "\\", "\x00", "a\x00b", "\ud800", "a\udfffb",
    "'供水':*", "供水' & 'x", "供水:*", "!供水", "<->", "供" * 5000, "a " * 5000, "😀", "👨‍👩‍👧", "١٢٣", "नि", "\u202e", "ﷺ", "ß", "İ", "\n\t", "1=1",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_queries_answer(county: JurisdictionRef, query: str) -> None:
    put("老城区供水改造方案", "x")
    search.find(query)
    assert titles("供水") == ["老城区供水改造方案"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.text(st.characters(codec=None), max_size=60), query=st.text(max_size=12))
def test_what_is_there_is_found(county: JurisdictionRef, content: str, query: str) -> None:
    """Against the plain definition: every word of the query stands inside one run of the content.

    Any text at all: what may not be stored (NUL, lone surrogates) parts words and is not shown.
    """
    from core.bigrams import runs

    object_id = put("标", content)
    wanted = words(query)
    try:
        found = any(hit.object_id == object_id for hit in search.find(query).items)
        there = bool(wanted) and all(any(word in run for run in runs(f"标\n{content}")) for word in wanted)
        assert found is there
        for at in range(max(0, len(content) - 2)):
            piece = content[at : at + 2]
            if words(piece) == [piece]:
                assert any(hit.object_id == object_id for hit in search.find(piece).items)
    finally:
        with write():
            search.drop("test.thing", object_id)


def test_the_newest_comes_first_and_pages_follow(county: JurisdictionRef) -> None:
    for day in (3, 1, 4, 0, 2):
        put(f"会议{day}", day=day)
    found, after = [], ""
    for _ in range(3):
        page = search.find("会议", limit=2, after=after)
        found += ["".join(part for part, _ in hit.title) for hit in page.items]
        after = page.next
    assert found == ["会议4", "会议3", "会议2", "会议1", "会议0"]
    assert after == ""


@pytest.mark.parametrize("after", ["x", "1 OR 1=1", "1.5", "9" * 30, "--1"])
def test_a_made_up_cursor_is_refused(county: JurisdictionRef, after: str) -> None:
    with pytest.raises(Invalid):
        search.find("会议", after=after)


def test_an_entry_is_replaced_and_dropped_with_the_transaction(county: JurisdictionRef) -> None:
    key = put("旧的题目")
    put("新的题目", key=key)
    assert (titles("旧的"), titles("新的")) == ([], ["新的题目"])

    def fail() -> None:
        search.drop("test.thing", key)
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"), write():
        fail()
    assert titles("新的") == ["新的题目"]
    with write():
        search.drop("test.thing", key)
        search.drop("test.thing", "never there")
    assert titles("新的") == []


def test_places_are_kept_apart(county: JurisdictionRef, other_county: JurisdictionRef, city: JurisdictionRef) -> None:
    put("汇川的供水")
    with jurisdictions.enter(other_county):
        put("湄潭的供水", day=1)
        assert titles("供水") == ["湄潭的供水"]
    assert titles("供水") == ["汇川的供水"]
    assert titles("供水", places=[city]) == []
    assert titles("供水", places=[]) == []
    with jurisdictions.enter(city):
        assert titles("供水", places=[county, other_county]) == ["湄潭的供水", "汇川的供水"]


def test_a_switched_off_plugins_pages_are_not_found_and_come_back(
    county: JurisdictionRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("会议的直播", plugin="club")
    put("会议的公告")
    on: set[str] = set()
    monkeypatch.setattr(plugins, "enabled", lambda _place: frozenset(on))
    assert titles("会议") == ["会议的公告"]
    on.add("club")
    assert sorted(titles("会议")) == ["会议的公告", "会议的直播"]


def test_hits_show_where_the_words_stand(county: JurisdictionRef) -> None:
    put("供水<b>方案</b>", "前文" * 100 + "更换 Water 管道" + "后文" * 100)
    (hit,) = search.find("water 供水").items
    assert hit.title == (("供水", True), ("<b>方案</b>", False))
    assert ("Water", True) in hit.snippet
    shown = "".join(part for part, _ in hit.snippet)
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) <= search.SNIPPET + 2


def test_long_texts_are_found_at_their_end(county: JurisdictionRef) -> None:
    put("实录", "发言内容。" * 30_000 + "最后一句提到遵义会址")
    assert titles("遵义会址") == ["实录"]


def test_words_are_few_and_short() -> None:
    assert words("a " * 100) == ["a"] * 8
    assert [len(word) for word in words("供" * 500)] == [MAX_LENGTH]
