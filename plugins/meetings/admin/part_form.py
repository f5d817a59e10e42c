"""The other forms of an interpretation in a console form: one drawing, questions and answers, one video (会9)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from core.refusals import Invalid

QUESTIONS = 5
"""Empty pairs that are offered; all those filled in before stand above them."""
_FIELD = re.compile(r"parts\[(\d+)\]\.(\w+)")
Files = Sequence[Mapping[str, str]]


def parts(form: Mapping[str, str], drawing: Files, prefix: str = "") -> list[dict[str, str]]:
    """What was filled in, in the order of the page."""
    return [part for _name, part in _named(form, drawing, prefix)]


def by_field(no: Invalid, form: Mapping[str, str], drawing: Files, prefix: str = "") -> Invalid:
    """The same refusal with the faults of parts at the fields of the page."""
    names = [name for name, _part in _named(form, drawing, prefix)]

    def place(field: str) -> str:
        found = _FIELD.search(field)
        return _input(names[int(found[1])], found[2], prefix) if found and int(found[1]) < len(names) else field

    return Invalid({place(field): sentences for field, sentences in no.errors.items()})


def questions(form: Mapping[str, str], prefix: str = "") -> int:
    """How many pairs the page shows."""
    pattern = re.compile(rf"{re.escape(prefix)}question-(\d{{1,2}})\.(?:title|text)")
    filled = [int(found[1]) for name, value in form.items() if value.strip() and (found := pattern.fullmatch(name))]
    return max(filled, default=-1) + 1 + QUESTIONS


def _named(form: Mapping[str, str], drawing: Files, prefix: str) -> list[tuple[str, dict[str, str]]]:
    def said(name: str, *fields: str) -> dict[str, str]:
        return {field: form.get(f"{prefix}{name}.{field}", "").strip() for field in fields}

    found = [
        (
            "diagram",
            {"kind": "diagram", "file": drawing[0]["id"] if drawing else "", **said("diagram", "title", "text")},
        )
    ]
    found += [
        (f"question-{n}", {"kind": "question", **said(f"question-{n}", "title", "text")})
        for n in range(questions(form, prefix))
    ]
    found.append(("video", {"kind": "video", **said("video", "title", "text", "url")}))
    return [(name, part) for name, part in found if any(value for field, value in part.items() if field != "kind")]


def _input(name: str, field: str, prefix: str) -> str:
    """The file of a drawing is an upload with a name of its own."""
    return f"{prefix.rstrip('.')}-drawing".lstrip("-") if field == "file" else f"{prefix}{name}.{field}"
