"""Character bigrams (二元切分): the one way text becomes searchable, in either database.

A run of letters and digits of any script is cut into overlapping pairs, and its last character stands alone, so that
a pair search finds two-character words and a prefix search finds single characters: 遵义市 → 遵义 义市 市.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

MAX_WORDS, MAX_LENGTH = 8, 50


def fold(text: str) -> str:
    """The form in which text is compared: compatibility forms and case do not matter."""
    return unicodedata.normalize("NFKC", text).casefold()


def runs(text: str) -> Iterator[str]:
    """The stretches of letters, marks and digits in folded text."""
    run = ""
    for char in fold(text):
        if unicodedata.category(char)[0] in "LMN":
            run += char
        elif run:
            yield run
            run = ""
    if run:
        yield run


def bigrams(text: str) -> list[str]:
    """The index terms of a text, in order."""
    terms: list[str] = []
    for run in runs(text):
        terms += [run[at : at + 2] for at in range(len(run) - 1)]
        terms.append(run[-1])
    return terms


def words(query: str) -> list[str]:
    """The words somebody looks for: at most eight of at most fifty characters."""
    return [run[:MAX_LENGTH] for run, _ in zip(runs(query[:2000]), range(MAX_WORDS), strict=False)]


def pairs(word: str) -> list[str]:
    """The pairs of a word of two or more characters; they follow one another wherever the word stands."""
    return [word[at : at + 2] for at in range(len(word) - 1)]
