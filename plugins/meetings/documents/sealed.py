"""The sealed record (封存记录) of a meeting as one piece of data: record.json, the page and the documents read it.

Beside the evidence (`live.record.record_json`, checked by verify_record.py) it holds what a reader wants:
`about` {title, kind, kind_label, agency, place, url and the meeting's times}, `agenda` [{id, title, result,
result_label, note}] as the public may see it at this moment, `posts`, the lines with corrections and tombstones.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select

from core.db import db
from core.jurisdictions import current
from core.permissions import ANONYMOUS
from core.workdays import LOCAL
from plugins.meetings.live import reading, record
from plugins.meetings.live.models import LiveSession
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.services.visibility import public_result, public_title
from plugins.meetings.values import MEETING_KINDS, RESULTS

TIMES = ("starts_at", "announced_at", "opened_at", "closed_at", "sealed_at")


def whole(meeting: Meeting, live: LiveSession) -> dict[str, Any]:
    """Evidence, heading and lines; call it in one read transaction (`reading.one_moment`)."""
    return record.record_json(live) | {
        "about": _about(meeting),
        "agenda": [_item(item) for item in meeting.agenda],
        "posts": reading.lines(live),
    }


def printed(meeting: Meeting, live: LiveSession) -> dict[str, Any]:
    """What `record_blocks` makes a document of: kind and results in Chinese words, whoever asks."""
    return {
        "posts": reading.lines(live),
        "count": live.head,
        "digest": live.head_digest,
        "epoch": live.epoch,
    } | heading(meeting)


def heading(meeting: Meeting) -> dict[str, Any]:
    """The part of a document that may change after the sealing: results as they are published."""
    about = _about(meeting)
    agenda = [_item(item) for item in meeting.agenda]
    return {
        "about": about | {"kind": about["kind_label"]},
        "agenda": [item | {"result": item["result_label"]} for item in agenda],
    }


def faults() -> Iterator[str]:
    """What is wrong with the live texts of the current jurisdiction, one sentence each."""
    rows = db.session.execute(
        select(LiveSession, Meeting).join(Meeting, Meeting.id == LiveSession.meeting_id).order_by(Meeting.starts_at)
    )
    for live, meeting in rows:
        for fault in record.faults(live):
            yield f"live text of meeting {meeting.id} ({meeting.title}): {fault}"


def _about(meeting: Meeting) -> dict[str, Any]:
    with force_locale("zh_Hans_CN"):
        kind = str(MEETING_KINDS[meeting.kind])
    return {
        "title": meeting.title,
        "kind": meeting.kind,
        "kind_label": kind,
        "agency": meeting.agency.name if meeting.agency else current().name,
        "place": meeting.place,
        "url": f"{current_app.config['PUBLIC_URL'].rstrip('/')}/{current().slug}/meetings/{meeting.id}/",
    } | {name: _time(getattr(meeting, name)) for name in TIMES}


def _item(item: AgendaApplication) -> dict[str, Any]:
    known = public_result(item)
    with force_locale("zh_Hans_CN"):
        title, label = str(public_title(item, ANONYMOUS)), str(RESULTS[known]) if known else None
    note = item.result_note or None if known else None
    return {"id": item.id, "title": title, "result": known, "result_label": label, "note": note}


def _time(at: datetime | None) -> str | None:
    return at.astimezone(LOCAL).isoformat(timespec="seconds") if at else None
