"""Documents over the API: files of meetings and applications, their templates, the sealed record made as a file."""

from __future__ import annotations

import io
from typing import Any, Literal

from flask import Response, send_file
from pydantic import BaseModel

from core.web.api import Answer, Api, JobOut, job_json
from core.web.api.templates import add_templates
from core.web.requests import actor
from plugins.meetings.api import applications, meetings
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.services import paper_files, record_jobs
from plugins.meetings.services.templates import templates


class DocumentOut(BaseModel):
    """A document this person may have; each of `files` is a name for the next address."""

    key: str
    title: str
    files: list[str]


class DocumentsOut(BaseModel):
    """What there is of a meeting or an application."""

    items: list[DocumentOut]


class RecordFileIn(BaseModel):
    """Which file."""

    kind: Literal["docx", "pdf"]


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.post(
        "/<id>/record", load=meetings.load, body=RecordFileIn, permission="core.staff", status=202, answer=JobOut,
        summary="Have the sealed record made as a file: a background job, followed at jobs/<id>",
    )(record)  # fmt: skip
    for kind, load in (("", meetings.load), ("/applications", applications.load)):
        what = kind.strip("/").rstrip("s") or "meeting"
        one: dict[str, Any] = {"load": load, "permission": "core.staff"}
        api.get(f"{kind}/<id>/documents", **one, answer=DocumentsOut, summary=f"Documents of one {what}")(
            of_application if kind else of_meeting
        )
        api.get(f"{kind}/<id>/documents/<name>", **one, summary=f"A document of one {what}: .docx, .xlsx or .csv")(
            application_file if kind else meeting_file
        )
    add_templates(api, templates)


def record(meeting: Meeting, body: RecordFileIn) -> Answer:
    """Asked twice it is one job."""
    return Answer(job_json(record_jobs.ask(actor(), meeting, body.kind)))


def of_meeting(meeting: Meeting) -> Answer:
    """Those that name people only for who invites or checks in."""
    return _documents("meeting", meeting)


def of_application(item: AgendaApplication) -> Answer:
    """The application form."""
    return _documents("application", item)


def meeting_file(meeting: Meeting, name: str) -> Response:
    """Made from the template in force."""
    return _file(paper_files.make(actor(), "meeting", name, meeting))


def application_file(item: AgendaApplication, name: str) -> Response:
    """Made from the template in force."""
    return _file(paper_files.make(actor(), "application", name, item))


def _documents(about: str, subject: Any) -> Answer:
    found = paper_files.listed(actor(), about, subject)
    items = [{"key": key, "title": title, "files": [f"{key}.{kind}" for kind in kinds]} for key, title, kinds in found]
    return Answer({"items": items})


def _file(file: paper_files.File) -> Response:
    answer = send_file(io.BytesIO(file.content), file.media_type, as_attachment=True, download_name=file.name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
