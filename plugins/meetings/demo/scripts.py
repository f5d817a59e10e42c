"""Scripts of the demonstration as data: agenda items with their papers, and the steps of a meeting line by line."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from plugins.meetings.transcripts import Line
from plugins.meetings.workflow.plans import Invitee

HERE = Path(__file__).parent
OWN = ("agency", "policy", "interpretation", "note", "until", "reason")
"""What an item's entry holds beyond the fields of an application."""


@dataclass(frozen=True)
class Call:
    """The meeting comes to an agenda item, counted from 0."""

    item: int


@dataclass(frozen=True)
class Vote:
    """The item is decided and the vote is announced."""

    line: Line
    result: str


@dataclass(frozen=True)
class Correct:
    """The line before is corrected."""

    text: str
    reason: str


@dataclass(frozen=True)
class Retract:
    """The line before is taken back."""

    note: str
    reason: str


Step = Line | Call | Vote | Correct | Retract


@dataclass(frozen=True)
class Item:
    """An agenda item: what is applied for, and what becomes of it."""

    values: dict[str, Any]
    """Fields of an application (contract.md) but its materials."""
    agency: str
    opinions: tuple[dict[str, Any], ...] = ()
    policy: str = ""
    interpretation: str = ""
    note: str = ""
    until: str = ""
    """How far an application came: draft, submit, returned (with `reason`), deputy, leader."""
    reason: str = ""

    @property
    def title(self) -> str:
        """The item's title."""
        return str(self.values["title"])


@dataclass(frozen=True)
class Script:
    """A meeting from its opening words to the close."""

    name: str
    items: tuple[Item, ...]
    steps: tuple[Step, ...]


@cache
def script(name: str, place: str) -> Script:
    """The script of that name as it is played in a place (its Chinese name)."""
    data = _load(HERE / "scripts" / f"{name}.toml", place)
    items = tuple(_item(entry) for entry in data["items"])
    steps: list[Step] = []
    current: int | None = None
    for entry in data["script"]["steps"]:
        steps.append(_step(entry, current))
        current = steps[-1].item if isinstance(steps[-1], Call) else current
    return Script(name, items, tuple(steps))


@cache
def applications(place: str) -> tuple[Item, ...]:
    """What else lies on the desks of a place."""
    return tuple(_item(entry) for entry in _load(HERE / "applications.toml", place)["items"])


@dataclass(frozen=True)
class Spoken:
    """What people say about things: an item decided some time ago, and the words as they stand in voices.toml."""

    item: Item
    data: dict[str, Any]


@cache
def spoken(place: str) -> Spoken:
    """What is said in a place."""
    data = _load(HERE / "voices.toml", place)
    return Spoken(_item(data["item"]), data)


def _load(path: Path, place: str) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8").replace("{place}", place))


def _item(entry: dict[str, Any]) -> Item:
    own = {name: str(entry.pop(name)).strip() for name in OWN if name in entry}
    opinions = tuple(entry.pop("opinions", ()))
    entry.pop("result", None)
    if "invitees" in entry:
        entry["invitees"] = [_invitee(person) for person in entry["invitees"]]
    if entry.get("organisation_form"):
        entry["forms"] = ["invitation", "internet"]
    return Item(entry, opinions=opinions, **own)


def _invitee(person: dict[str, str]) -> Invitee:
    """With an address, so that the mail with the personal link can be looked at (DATA/mail)."""
    return Invitee(**person, contact=f"{person['category']}@example.org")


def _step(entry: Any, item: int | None) -> Step:
    match entry:
        case [speaker, text]:
            return Line(item, speaker, "speech", text)
        case {"call": number}:
            return Call(number - 1)
        case {"vote": text, "result": result}:
            return Vote(Line(item, "主持人", "vote", text), result)
        case {"correct": text, "reason": reason}:
            return Correct(text, reason)
        case {"retract": note, "reason": reason}:
            return Retract(note, reason)
    raise ValueError(f"no step of a script: {entry}")
