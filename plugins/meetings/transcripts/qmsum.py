"""QMSum: committees as JSON, `meeting_transcripts` with turns and `topic_list` with spans of turns.

A turn is a line, its `content` as it stands after the shared clean-up. The topics are the agenda, in the order in which
they first come up. Spans overlap: a turn belongs to the topic whose span begins last at or before it (the one the
meeting came to most recently); of spans that begin together the one that ends first, then the one listed first.
Turns outside all spans belong to no item.
"""

from __future__ import annotations

import json
from typing import Any

from flask_babel import lazy_gettext as _l

from plugins.meetings.transcripts.model import Line, Transcript, TranscriptError, clean, fold, lines, name

Span = tuple[int, int, int]
"""First turn, last turn, number of the topic."""


def parse(text: str, title: str) -> Transcript:
    """Read a meeting.

    Raises:
        TranscriptError: not JSON, or JSON of another shape.
    """
    found = load(text)
    try:
        turns = [(_string(turn["speaker"]), _string(turn["content"])) for turn in found["meeting_transcripts"]]
        topics = [(fold(_string(topic["topic"])), _spans(topic)) for topic in found.get("topic_list", [])]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise TranscriptError(_l("不是 QMSum 的会议记录（meeting_transcripts、topic_list）。")) from error
    topics = sorted((topic for topic in topics if topic[1]), key=lambda topic: min(topic[1]))
    spans = [(first, last, number) for number, (_topic, pairs) in enumerate(topics) for first, last in pairs]
    said: list[Line] = []
    for position, (speaker, content) in enumerate(turns):
        said += lines(item_at(spans, position), name(speaker), "speech", clean(content))
    return Transcript(title, tuple(topic for topic, _pairs in topics), tuple(said))


def item_at(spans: list[Span], turn: int) -> int | None:
    """The topic a turn belongs to; the rule stands in the module's docstring."""
    around = [(-first, last, number) for first, last, number in spans if first <= turn <= last]
    return min(around)[2] if around else None


def load(text: str) -> Any:
    """JSON of any shape; raises TranscriptError."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TranscriptError(_l("不是完整的 JSON。")) from error


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _spans(topic: Any) -> list[tuple[int, int]]:
    return [(int(first), int(last)) for first, last in topic["relevant_text_span"]]
