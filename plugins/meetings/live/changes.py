"""What was changed in a live text: every correction with its difference, every line taken back without its text."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from plugins.meetings.live import reading
from plugins.meetings.live.models import LiveSession

Parts = tuple[tuple[str, str], ...]
"""(same | gone | new, text)"""
LONGEST = 600
"""Characters compared one by one; a longer text is shown whole, before and after, so that a page costs no seconds."""

ALIKE = 0.6
"""Texts less alike than this were written anew: a patchwork of their characters could not be read."""


@dataclass(frozen=True)
class Change:
    """One correction or retraction. `parts` is empty where the text is blank; `at` is empty for what was withdrawn
    after sealing, which is no event of the record.
    """

    at: str
    post: str
    kind: str
    speaker: str
    parts: Parts
    why: str


def changes(session: LiveSession, lines: list[dict[str, Any]] | None = None) -> list[Change]:
    """All of them in the order of time; what has no time stands last. `lines` are all lines, where they are known."""
    gone_at = reading.retractions(session)
    found: list[Change] = []
    for line in reading.lines(session) if lines is None else lines:
        found += _corrections(line)
        if line["state"] == "retracted":
            found.append(_change(line, "retracted", gone_at.get(line["post"], ""), line.get("public_note")))
    return sorted(found, key=lambda change: (not change.at, change.at))


def difference(before: str, after: str) -> Parts:
    """The texts in parts: what stayed, what went, what came."""
    if max(len(before), len(after)) > LONGEST:
        return ("gone", before), ("new", after)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < ALIKE:
        return ("gone", before), ("new", after)
    parts: list[tuple[str, str]] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            parts.append(("same", before[i:j]))
            continue
        parts += [("gone", before[i:j])] if j > i else []
        parts += [("new", after[k:m])] if m > k else []
    return tuple(parts)


# --- inside -----------------------------------------------------------------------------------------


def _corrections(line: dict[str, Any]) -> list[Change]:
    steps = line["corrections"]
    texts = [step["before"] for step in steps] + [line["text"]]
    return [
        _change(line, "corrected", step["at"], step["reason"], _parts(before, after))
        for step, before, after in zip(steps, texts, texts[1:], strict=False)
    ]


def _parts(before: str | None, after: str | None) -> Parts:
    return difference(before, after) if before is not None and after is not None else ()


def _change(line: dict[str, Any], kind: str, at: str, why: str | None, parts: Parts = ()) -> Change:
    return Change(at, line["post"], kind, line.get("speaker") or "", parts, why or "")
