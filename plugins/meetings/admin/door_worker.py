"""The check-in desk without network: the page its worker keeps, and the worker itself, for this address alone."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from flask import current_app, make_response, render_template, url_for
from werkzeug.wrappers import Response

from core import jurisdictions, permissions
from core.web.admin import expose
from core.web.requests import actor
from plugins.meetings.models import Meeting
from plugins.meetings.services import meetings, rules

STATIC = Path(__file__).parents[1] / "static"
CORE = ("css/tokens.css", "css/base.css", "css/forms.css", "css/console.css", "img/favicon.svg")
OWN = ("door/door.css", "door/door.js", "door/keeping.js", "door/list.js", "live/queue.js", "live/feed.js")
"""Every file the page needs; tests/meetings/test_door_worker.py reads that none is missing."""
CAMERA = "camera=(self), microphone=(), geolocation=()"


class DoorWorkerActs:
    """A part of `MeetingsView`; whoever may not check in gets neither."""

    @expose("/<id>/door/shell")
    def door_shell(self, id: str) -> Response:  # noqa: A002 — the address part
        """The desk without a single name; they stay in the tab that loaded them."""
        page = render_template(
            "meetings/console/door_shell.html",
            meeting=_meeting(id),
            data=None,
            base=api_base(id),
            sheets=[
                path for path in assets() if path.endswith(".css") and not path.endswith(("tokens.css", "base.css"))
            ],
            rule=rules.in_force(),
        )
        return _private(page)

    @expose("/<id>/door/worker.js")
    def door_worker(self, id: str) -> Response:  # noqa: A002
        """Its address is its scope: it answers for the desk of this one meeting and for nothing else."""
        _meeting(id)
        page = url_for(".door", id=id)
        family = f"mingtang.door.{page}"
        kept = {
            "family": family,
            "cache": f"{family}.{_version()}",
            "page": page,
            "shell": url_for(".door_shell", id=id),
            "assets": assets(),
        }
        script = (STATIC / "door" / "worker.js").read_text(encoding="utf-8")
        answer = _private(f"const KEPT = {json.dumps(kept)};\n{script}")
        answer.content_type = "text/javascript; charset=utf-8"
        return answer


def assets() -> list[str]:
    """Paths of the files the desk needs."""
    core = [url_for("static", filename=name) for name in CORE]
    return core + [url_for("meetings.static", filename=name) for name in OWN]


def api_base(meeting_id: str) -> str:
    """Where the desk sends what it notes."""
    return f"/api/v1/{jurisdictions.current().slug}/meetings/{meeting_id}"


def _meeting(ident: str) -> Meeting:
    meeting = meetings.find(actor(), ident)
    permissions.require(actor(), "meetings.check_in", meeting)
    return meeting


def _version() -> str:
    """Another one as soon as any of the files is another: the worker then fills a new store and drops the old."""
    core = Path(str(current_app.static_folder))
    templates = STATIC.parent / "templates" / "meetings" / "console"
    files = [*(core / name for name in CORE), *(STATIC / name for name in OWN), *sorted(templates.glob("*door*.html"))]
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _private(text: str) -> Response:
    answer = make_response(text)
    answer.headers["Permissions-Policy"] = CAMERA
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
