"""VCSum: round tables as JSON lines. A file is one transcript, each of its lines an agenda item named by `agenda`.

`context` holds turns, each a list of sentences as they came live: every sentence is a line, as it stands after the
shared clean-up. Speakers are numbers that begin anew with each recording (`av_num`), so a file with several
recordings says which one.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from plugins.meetings.transcripts.model import Line, Transcript, TranscriptError, clean, fold, lines, name
from plugins.meetings.transcripts.qmsum import load


def parse(text: str, title: str) -> Transcript:
    """Read the parts of a file, one after the other.

    Raises:
        TranscriptError: a line is not JSON, or JSON of another shape.
    """
    parts = [load(line) for line in text.split("\n") if line.strip()]
    try:
        agenda = tuple(fold(_text(part["agenda"])) for part in parts)
        recordings = list(dict.fromkeys(str(part.get("av_num")) for part in parts))
        said: list[Line] = []
        for item, part in enumerate(parts):
            place = recordings.index(str(part.get("av_num"))) + 1 if len(recordings) > 1 else 0
            said += _part(item, part, place)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TranscriptError(_l("不是 VCSum 的会议记录（每行一段：agenda、context、speaker）。")) from error
    return Transcript(title, agenda, tuple(said))


def _part(item: int, part: Any, recording: int) -> list[Line]:
    said: list[Line] = []
    for speaker, sentences in zip(part["speaker"], part["context"], strict=True):
        label = f"第{recording}场 发言人{speaker}" if recording else f"发言人{speaker}"
        for sentence in sentences if isinstance(sentences, list) else [None]:
            said += lines(item, name(label), "speech", clean(_text(sentence)))
    return said


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
