"""The JSON API (contract.md): `Api`, `Answer` and helpers. What an author needs is imported from here.

api = Api("meetings_api", __name__)

@api.get("/<id>", load=load_meeting, public=True, summary="One meeting", answer=MeetingOut)
def show(meeting: Meeting) -> Answer:
return Answer(meeting_json(meeting), version=meeting.version)
"""

from flask import Flask

from core.web.api import blueprint, common, imports, jobs, matters, publications
from core.web.api.answers import Answer
from core.web.api.blueprint import Api
from core.web.api.edge import Endpoint, if_match, parse_query
from core.web.api.jobs import JobOut, job_json
from core.web.api.moves import (
    ClockOut,
    EventOut,
    Moved,
    TransitionIn,
    clocks_json,
    events_json,
    moved,
    transition,
)
from core.web.api.pages import Deleted, Page, PageQuery, page
from core.web.api.uploads import uploaded
from core.web.problems import Problem

__all__ = [
    "Answer", "Api", "ClockOut", "Deleted", "Endpoint", "EventOut", "JobOut", "Moved", "Page", "PageQuery", "Problem",
    "TransitionIn", "clocks_json", "events_json", "if_match", "init_app", "job_json", "moved", "page", "parse_query",
    "transition", "uploaded",
]  # fmt: skip

matters.declare(common.api)
publications.declare(common.api)
jobs.declare(common.api)
imports.declare(common.api)


def init_app(app: Flask) -> None:
    """Mount the core's endpoints; must come before `core.web.requests.init_app`: 401 stands before 404."""
    blueprint.init_app(app)
    app.register_blueprint(common.root, url_prefix="/api/v1")
    app.register_blueprint(common.api, url_prefix="/api/v1/<jurisdiction>")
