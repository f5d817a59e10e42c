"""A draw that anyone runs again: Python and the browser's module agree on any list, and no tampered one passes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.meetings.documents import verify_draw
from tests.meetings.test_live_js import node

PROGRAM = Path(verify_draw.__file__)
AGAIN = Path(__file__).parents[1] / "js" / "draw_again.mjs"
CATEGORIES = ("public", "stakeholder", "expert")
Ask = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Ask]:
    """The browser's module in node: give it a published draw, it says what it makes of it."""
    run = subprocess.Popen([node(), str(AGAIN)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert run.stdin
    assert run.stdout
    told, heard = run.stdin, run.stdout

    def ask(document: dict[str, Any]) -> dict[str, Any]:
        told.write(json.dumps(document, ensure_ascii=True) + "\n")
        told.flush()
        answer: dict[str, Any] = json.loads(heard.readline())
        return answer

    yield ask
    told.close()
    assert run.wait(10) == 0


def published(
    seed: str, salt: str, seats: int, quotas: dict[str, int], people: list[tuple[str, str]]
) -> dict[str, Any]:
    """A draw as the page publishes it."""
    entries = [
        {"receipt": f"{number:04d}", "category": category, "name": f"{first}**"}
        for number, (category, first) in enumerate(people, 1)
    ]
    return {
        "format": "mingtang-draw", "version": 1, "seats": seats, "quotas": quotas, "seed": seed, "salt": salt,
        "commitment": verify_draw.commitment_of(seed, salt), "list_digest": verify_draw.digest_of(entries),
        "entries": entries, "results": verify_draw.draw(seed, seats, quotas, entries),
    }  # fmt: skip


@st.composite
def draws(draw: st.DrawFn, least: int = 0) -> dict[str, Any]:
    """Any list, names in any script, any seats."""
    hexadecimal = "0123456789abcdef"
    seats = draw(st.integers(1, 12))
    quotas: dict[str, int] = {}
    for name in draw(st.permutations(CATEGORIES)):
        quota = draw(st.integers(0, seats - sum(quotas.values())))
        quotas |= {name: quota} if quota else {}
    letters = st.characters(blacklist_categories=("Cs", "Cc"))
    people = draw(st.lists(st.tuples(st.sampled_from(CATEGORIES), letters), min_size=least, max_size=40))
    seed, salt = (draw(st.text(hexadecimal, min_size=n, max_size=n)) for n in (64, 32))
    return published(seed, salt, seats, quotas, people)


together = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@together
@given(document=draws())
def test_python_and_the_browser_draw_the_same(browser: Ask, document: dict[str, Any]) -> None:
    assert browser(document) == {"again": document["results"], "fault": ""}
    chosen = [row for row in document["results"] if row["selected"]]
    assert verify_draw.verify(document, document["commitment"].upper()) == (len(chosen), len(document["entries"]))
    assert len(chosen) == min(document["seats"], len(document["entries"]))
    assert [row["place"] for row in document["results"]] == list(range(1, len(document["entries"]) + 1))


def other_letter(text: str, at: int) -> str:
    return text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]


def seed_exchanged(document: dict[str, Any], at: int) -> str:
    """Another seed, drawn honestly with it."""
    document["seed"] = other_letter(document["seed"], at % 64)
    document["results"] = verify_draw.draw(document["seed"], document["seats"], document["quotas"], document["entries"])
    return "seed"


def entry_added(document: dict[str, Any], at: int) -> str:
    """Somebody slipped in after the deadline."""
    place = at % (len(document["entries"]) + 1)
    document["entries"].insert(place, {"receipt": f"{place:04d}x", "category": "public", "name": "某**"})
    return "list"


def entry_removed(document: dict[str, Any], at: int) -> str:
    del document["entries"][at % len(document["entries"])]
    return "list"


def category_changed(document: dict[str, Any], at: int) -> str:
    row = document["entries"][at % len(document["entries"])]
    row["category"] = "journalist"
    return "list"


def name_changed(document: dict[str, Any], at: int) -> str:
    row = document["entries"][at % len(document["entries"])]
    row["name"] = row["name"] + "某"
    return "list"


def favourite_put_first(document: dict[str, Any], at: int) -> str:
    """A result that was not drawn."""
    results = document["results"]
    results.insert(0, results.pop(1 + at % (len(results) - 1)))
    for place, row in enumerate(results, 1):
        row["place"] = place
    return "results"


def seat_given(document: dict[str, Any], at: int) -> str:
    row = document["results"][at % len(document["results"])]
    row["selected"] = not row["selected"]
    return "results"


def result_left_out(document: dict[str, Any], at: int) -> str:
    del document["results"][at % len(document["results"])]
    return "results"


TAMPERING = (
    seed_exchanged, entry_added, entry_removed, category_changed, name_changed, favourite_put_first, seat_given,
    result_left_out,
)  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERING)
@together
@given(document=draws(least=2), at=st.integers(0, 1000))
def test_no_tampered_draw_passes(browser: Ask, tamper: Any, document: dict[str, Any], at: int) -> None:
    changed = deepcopy(document)
    fault = tamper(changed, at)
    with pytest.raises(verify_draw.Wrong):
        verify_draw.verify(changed)
    assert browser(changed)["fault"] == fault


def test_seats_exceeded_by_those_kept_are_named(browser: Ask) -> None:
    document = published("a" * 64, "b" * 32, 1, {}, [("public", "张"), ("expert", "李")])
    document["quotas"] = {"public": 1, "expert": 1}
    with pytest.raises(verify_draw.Wrong, match="总名额"):
        verify_draw.verify(document)
    assert browser(document)["fault"] == "quotas"


def test_the_example_of_the_handbook() -> None:
    """Fixed values, computed once with sha256sum, so that no later change alters what was drawn before."""
    people = [("public", "张"), ("expert", "李"), ("public", "王"), ("stakeholder", "赵"), ("expert", "钱")]
    document = published("00" * 32, "11" * 16, 3, {"expert": 1}, people)
    drawn = [row["receipt"] for row in document["results"] if row["selected"]]
    assert document["commitment"] == "6feefefa7b2cd657287cc43ad806aa50d7e1fa92e574ee8b14bd66bcd53f84bd"
    assert document["list_digest"] == "1056695e26b6a2238979d06c000b43137c99dad9c8e3392a1e31d1f3cf011ab1"
    assert drawn == ["0005", "0002", "0004"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", str(PROGRAM), *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_the_program_stands_alone_and_speaks_one_sentence(tmp_path: Path) -> None:
    document = published("ab" * 32, "cd" * 16, 1, {}, [("public", "张"), ("expert", "李")])
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    good = run(str(file), document["commitment"])
    assert (good.returncode, good.stdout.strip()) == (0, "抽签无误：2 人报名，1 人入选，重新抽签的结果与公布的相同。")
    assert run(str(file), "0" * 64).returncode == 1
    assert "承诺值" in run(str(file), "0" * 64).stderr
    assert run().returncode == 2
    assert run(str(tmp_path / "none.json")).returncode == 1
    for text in ("{", "[]", '{"format": "mingtang-draw", "version": 1}', json.dumps(document | {"seed": None})):
        file.write_text(text, encoding="utf-8")
        bad = run(str(file))
        assert bad.returncode == 1
        assert len(bad.stderr.strip().splitlines()) == 1
