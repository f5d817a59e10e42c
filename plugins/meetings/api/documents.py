"""Documents over the API: files of meetings and applications, their templates, the sealed record made as a file."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, Literal, cast

from flask import Response, send_file
from pydantic import BaseModel

from core import storage
from core.filetypes import MEDIA_TYPES
from core.web.api import Answer, Api, JobOut, job_json, uploaded
from core.web.requests import actor
from plugins.meetings.api import applications, meetings
from plugins.meetings.documents.papers import PAPERS
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.services import paper_files, record_jobs, templates
from plugins.meetings.services.templates import Standing


class DocumentOut(BaseModel):
    """A document this person may have; each of `files` is a name for the next address."""

    key: str
    title: str
    files: list[str]


class DocumentsOut(BaseModel):
    """What there is of a meeting or an application."""

    items: list[DocumentOut]


class TemplateOut(BaseModel):
    """The template of a document here: `own` when it was uploaded; `names` may stand in it as {{name}}."""

    paper: str
    title: str
    own: bool
    names: list[str]
    etag: str


class TemplatesOut(BaseModel):
    """One for each document."""

    items: list[TemplateOut]


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
    declare_templates(api)


def declare_templates(api: Api) -> None:
    """The editable templates."""
    root, right = "/document-templates", {"permission": templates.RIGHT}
    one = f"{root}/<id>"
    api.get(root, **right, answer=TemplatesOut, summary="Templates of the documents")(listing)
    api.get(one, load=templates.standing, **right, answer=TemplateOut, summary="One template")(template)
    api.get(f"{one}/content", load=templates.standing, **right, summary="The Word file in force")(template_content)
    api.put(
        one, load=templates.standing, **right, multipart=("file",), prepare=_stage, versioned=True, answer=TemplateOut,
        summary="Use another template; one with an unknown placeholder is refused by its name",
    )(replace)  # fmt: skip
    api.delete(
        one, load=templates.standing, **right, versioned=True, answer=TemplateOut, summary="Use the built-in one again"
    )(reset)


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


def listing() -> Answer:
    """In the order of work."""
    return Answer({"items": [_template(templates.standing(key)) for key in PAPERS]})


def template(found: Standing) -> Answer:
    """With the names it may use."""
    return Answer(_template(found), version=found.version)


def template_content(found: Standing) -> Response:
    """To be changed in Word."""
    content = templates.bytes_of(found.own, found.paper.key)
    name = storage.safe_name(f"{found.paper.title}.docx")
    return _file(paper_files.File(name, MEDIA_TYPES["docx"], content))


def replace(found: Standing, staged: storage.Staged) -> Answer:
    """Earlier versions stay."""
    templates.replace(actor(), found.paper.key, staged)
    return template(templates.standing(found.paper.key))


def reset(found: Standing) -> Answer:
    """Uploaded versions stay."""
    templates.reset(actor(), found.paper.key)
    return template(templates.standing(found.paper.key))


def _stage() -> storage.Staged:
    upload = uploaded("file")
    return storage.stage(cast(BinaryIO, upload.stream), upload.filename or "")


def _documents(about: str, subject: Any) -> Answer:
    found = paper_files.listed(actor(), about, subject)
    items = [{"key": key, "title": title, "files": [f"{key}.{kind}" for kind in kinds]} for key, title, kinds in found]
    return Answer({"items": items})


def _template(found: Standing) -> dict[str, Any]:
    names = sorted(found.paper.names)
    etag = str(found.version)
    key = found.paper.key
    return {"paper": key, "title": found.paper.title, "own": found.own is not None, "names": names, "etag": etag}


def _file(file: paper_files.File) -> Response:
    answer = send_file(io.BytesIO(file.content), file.media_type, as_attachment=True, download_name=file.name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
