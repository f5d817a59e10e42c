"""What every format is turned into, and the clean-up they share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

LONGEST = 4000
"""The most characters (code points) a line of live text takes."""
LONGEST_NAME = 100
"""The most characters a speaker's name takes; a longer one is cut."""

_SENTENCE_END = re.compile(r"(?:[。！？!?；;…\n]|\.(?=\s))[”’」』）)\"']*\s*")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class TranscriptError(Exception):
    """The file cannot be read as what it claims to be; the message is one sentence for the person who gave it."""


@dataclass(frozen=True)
class Line:
    """One line to publish: `item` is the number of its agenda item, None between items."""

    item: int | None
    speaker: str | None
    type: str
    text: str


@dataclass(frozen=True)
class Transcript:
    """A meeting as read: its agenda in order, and its lines as they were said."""

    title: str
    agenda: tuple[str, ...]
    lines: tuple[Line, ...]

    @cached_property
    def text(self) -> str:
        """The whole text: the lines one after the other, nothing between them."""
        return "".join(line.text for line in self.lines)


def clean(text: str) -> str:
    """The shared clean-up; see the package's docstring."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", _CONTROL.sub("", text))


def fold(text: str) -> str:
    """Clean, with every run of blanks and line breaks as one blank and none at the ends: for names and titles."""
    return re.sub(r"[ \n]+", " ", clean(text)).strip(" ")


def name(text: str | None) -> str | None:
    """A speaker's name as live text takes it, None where there is none."""
    return fold(text)[:LONGEST_NAME].rstrip() or None if text else None


def lines(item: int | None, speaker: str | None, kind: str, text: str) -> Iterator[Line]:
    """The line or lines a cleaned text makes: none when it is blank, several when it is longer than LONGEST."""
    if text.strip():
        for piece in pieces(text):
            yield Line(item, speaker, kind, piece)


def pieces(text: str, longest: int = LONGEST) -> Iterator[str]:
    """Cut a text at sentence ends, else at a blank, else anywhere; joined, the pieces are the text again."""
    while len(text) > longest:
        end = _cut(text, longest)
        yield text[:end]
        text = text[end:]
    yield text


def _cut(text: str, longest: int) -> int:
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, longest) if text[match.end() :].strip()]
    end = ends[-1] if ends else text.rfind(" ", 1, longest) + 1 or longest
    while end > 1 and unicodedata.combining(text[end]):
        end -= 1
    return end
