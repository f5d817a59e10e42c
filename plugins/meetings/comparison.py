"""Two texts side by side (对照), paragraph by paragraph; of changed ones the very words, to be shown as ins/del."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

LONGEST = 1500
"""Characters up to which two paragraphs are compared one by one; longer ones by sentences."""
ALIKE = 0.35
"""How much two paragraphs have in common, at least, to be shown as one that was changed."""
_SENTENCES = re.compile(r"[^。；！？;!?]*[。；！？;!?]?")


@dataclass(frozen=True)
class Row:
    """A paragraph on both sides; `kind` is same, changed, removed or added.

    `before` and `after` are runs of (struck or new?, text); the side that is not there is empty.
    """

    kind: str
    before: tuple[tuple[bool, str], ...] = ()
    after: tuple[tuple[bool, str], ...] = ()


@lru_cache(maxsize=64)
def compare(before: str, after: str) -> tuple[Row, ...]:
    """Both texts from beginning to end. What is marked on neither side is equal on both; nothing is left out."""
    old, new = _paragraphs(before), _paragraphs(after)
    rows: list[Row] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [Row("same", ((False, text),), ((False, text),)) for text in old[a:b]]
        else:
            rows += _replaced(old[a:b], new[c:d])
    return tuple(rows)


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    """Pair what is alike, in order; the rest was removed or added."""
    done = 0
    for text in old:
        fits = (n for n in range(done, min(len(new), done + 5)) if _ratio(text, new[n]) >= ALIKE)
        match = next(fits, None)
        if match is None:
            yield Row("removed", before=((True, text),))
            continue
        yield from (Row("added", after=((True, one),)) for one in new[done:match])
        yield _changed(text, new[match])
        done = match + 1
    yield from (Row("added", after=((True, one),)) for one in new[done:])


def _ratio(a: str, b: str) -> float:
    matcher = SequenceMatcher(None, a[:LONGEST], b[:LONGEST], autojunk=False)
    quick = matcher.quick_ratio()
    return quick if quick < ALIKE else matcher.ratio()


def _changed(a: str, b: str) -> Row:
    left, right = (_units(text) for text in (a, b))
    if max(len(a), len(b)) <= LONGEST:
        left, right = list(a), list(b)
    before: list[tuple[bool, str]] = []
    after: list[tuple[bool, str]] = []
    for tag, i, j, k, m in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for runs, words in ((before, left[i:j]), (after, right[k:m])):
            if words:
                runs.append((tag != "equal", "".join(words)))
    return Row("changed", tuple(before), tuple(after))


def _units(text: str) -> list[str]:
    return [one for one in _SENTENCES.findall(text) if one]
