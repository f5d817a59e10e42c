"""The documents of a sealed record, made once and kept under DATA/records until what they say changes.

A short record is made while the reader waits; a long one by a background job, because seconds of computing would stop
everybody who follows a live text at this moment. A file is named by its content, so one that is out of date is never
found again; it is deleted when the next is made.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from flask import current_app

from core.filetypes import MEDIA_TYPES
from core.jobs import Step, no_steps
from core.storage import safe_name
from plugins.meetings.documents import record_docx, record_pdf, sealed
from plugins.meetings.live import reading
from plugins.meetings.live.models import LiveSession
from plugins.meetings.models import Meeting

MAKERS = {"docx": record_docx.build, "pdf": record_pdf.build}
SHORT = 150
"""Events of a record that is made at once."""
LAYOUT = "1"
"""Raise it when the look of the documents changes."""


def ready(meeting: Meeting, live: LiveSession, kind: str) -> Path | None:
    """The file as it has to be now; None while it must first be made in the background."""
    path = _path(meeting, live, kind)
    if path.exists():
        return path
    return make(meeting, live, kind) if live.head <= SHORT else None


def make(meeting: Meeting, live: LiveSession, kind: str, step: Step = no_steps) -> Path:
    """Make the file, in one read transaction (`reading.one_moment`); its name is there when it is whole."""
    path = _path(meeting, live, kind)
    content = MAKERS[kind](sealed.printed(meeting, live), step)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{os.getpid()}-{path.name}")
    part.write_bytes(content)
    part.replace(path)
    for old in path.parent.glob(f"*.{kind}"):
        if old != path and not old.name.startswith("."):
            old.unlink(missing_ok=True)
    return path


def filename(meeting: Meeting, kind: str) -> str:
    """What a reader's computer calls it."""
    return safe_name(f"{meeting.title}会议记录.{kind}")


def media_type(kind: str) -> str:
    """For the header."""
    return MEDIA_TYPES[kind]


def _path(meeting: Meeting, live: LiveSession, kind: str) -> Path:
    said = json.dumps([LAYOUT, reading.etag(live), sealed.heading(meeting)], ensure_ascii=False, sort_keys=True)
    name = hashlib.sha256(said.encode()).hexdigest()[:32]
    return Path(current_app.config["DATA"]) / "records" / live.id / f"{name}.{kind}"
