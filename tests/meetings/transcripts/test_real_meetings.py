"""Every real meeting: what the reader makes of it is the source text, worked out here without the reader's means."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from pathlib import Path

from plugins.meetings.transcripts import LONGEST, read


def source_text(path: Path) -> str:
    raw = path.read_text(encoding="utf-8")
    if path.suffix == ".xml":  # the documented clean-up: layout is folded, tags fall away, their text stays
        paragraphs = re.findall(r"<p>(.*?)</p>", raw, re.DOTALL)
        return "".join(" ".join(re.sub(r"<[^>]*>", "", text).split()) for text in map(html.unescape, paragraphs))
    if path.suffix == ".json":
        return "".join(turn["content"] for turn in json.loads(raw)["meeting_transcripts"])
    return "".join("".join(turn) for line in raw.splitlines() for turn in json.loads(line)["context"])


def speakers(path: Path) -> Counter[str]:
    """How often each person speaks, as the file says."""
    raw = path.read_text(encoding="utf-8")
    if path.suffix == ".xml":
        shown = dict(re.findall(r'id="([^"]*)"\s+showAs="([^"]*)"', raw))
        return Counter(shown[by] for by in re.findall(r'<speech by="#([^"]*)"', raw))
    if path.suffix == ".json":
        return Counter(turn["speaker"] for turn in json.loads(raw)["meeting_transcripts"] if turn["content"])
    return Counter()


def test_the_text_is_the_source_after_the_documented_clean_up(meeting_file: Path) -> None:
    transcript = read(meeting_file)
    assert transcript.text == source_text(meeting_file)
    assert len(transcript.text) > 4000
    assert all(0 < len(line.text) <= LONGEST for line in transcript.lines)


def test_every_line_has_its_speaker_and_item(meeting_file: Path) -> None:
    transcript = read(meeting_file)
    said = Counter(line.speaker for line in transcript.lines if line.type == "speech")
    if expected := speakers(meeting_file):
        assert said == expected
    assert all(said)
    items = {line.item for line in transcript.lines} - {None}
    assert items == set(range(len(transcript.agenda)))
    assert all(transcript.agenda)
