"""Background jobs over the API: watched and cancelled by who asked. They are started where the thing itself is."""

from __future__ import annotations

from typing import Any, Literal

from flask import url_for
from pydantic import BaseModel
from sqlalchemy import select

from core import jobs
from core.models import Job
from core.web.api.answers import Answer
from core.web.api.blueprint import Api
from core.web.api.pages import Page, PageQuery, page
from core.web.requests import actor


class JobFileOut(BaseModel):
    """The file that came of a job; read it at `files/<id>/content`."""

    id: str
    filename: str
    media_type: str
    size: int


class JobOut(BaseModel):
    """A job: `total` is 0 while nobody knows how much there is; `sentence` says what came of it, `report` says it to a
    program where the kind has one (an import: counts, and faults by row and column).
    """

    id: str
    kind: str
    title: str
    subject: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    state_label: str
    done: int
    total: int
    sentence: str
    report: dict[str, Any] | None
    result: JobFileOut | None
    created_at: str
    ended_at: str | None
    expires_at: str | None
    url: str


class JobMove(BaseModel):
    """What may be done with a job."""

    event: Literal["cancel"]


class JobMoved(BaseModel):
    """Where it stands now."""

    state: str
    state_label: str


def declare(api: Api) -> None:
    """Add the endpoints to the core's API."""
    api.get("/jobs", query=PageQuery, answer=Page[JobOut], summary="Background jobs you asked for")(job_list)
    api.get("/jobs/<id>", load=_find, answer=JobOut, summary="How far a job is, and what came of it")(job_one)
    api.post("/jobs/<id>/transitions", load=_find, body=JobMove, answer=JobMoved, summary="Cancel a job")(job_move)


def job_json(job: Job) -> dict[str, Any]:
    """One job; also the 202 answer of an endpoint that started it."""
    names = ("id", "kind", "title", "subject", "state", "done", "total", "sentence", "report")
    times = ("created_at", "ended_at", "expires_at")
    file = job.result
    return {
        **{name: getattr(job, name) for name in (*names, *times)},
        "state_label": jobs.STATES[job.state],
        "result": file
        and {"id": file.id, "filename": file.filename, "media_type": file.file.media_type, "size": file.file.size},
        "url": url_for("jobs.show", id=job.id),
    }


def _find(job_id: str) -> Job:
    return jobs.find(actor(), job_id)


def job_list(query: PageQuery) -> Answer:
    """Newest first; a job past its time is gone."""
    asked = select(Job).where(Job.asked_by == actor().id)
    return page(asked, query, Job.created_at, job_json)


def job_one(job: Job) -> Answer:
    """For who asked, and nobody else."""
    return Answer(job_json(job))


def job_move(job: Job, _body: JobMove) -> Answer:
    """A running one stops before its next write."""
    jobs.cancel(actor(), job)
    return Answer({"state": job.state, "state_label": jobs.STATES[job.state]})
