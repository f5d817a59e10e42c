"""Documents over the API: the sealed record as a file, made in the background."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from core.web.api import Answer, Api, JobOut, job_json
from core.web.requests import actor
from plugins.meetings.api import meetings
from plugins.meetings.models import Meeting
from plugins.meetings.services import record_jobs


class RecordFileIn(BaseModel):
    """Which file."""

    kind: Literal["docx", "pdf"]


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.post(
        "/<id>/record", load=meetings.load, body=RecordFileIn, permission="core.staff", status=202, answer=JobOut,
        summary="Have the sealed record made as a file: a background job, followed at jobs/<id>",
    )(record)  # fmt: skip


def record(meeting: Meeting, body: RecordFileIn) -> Answer:
    """Asked twice it is one job."""
    return Answer(job_json(record_jobs.ask(actor(), meeting, body.kind)))
