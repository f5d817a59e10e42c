"""More of a request in the console: the draft reply, files, the line of the public register, review and litigation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core import permissions
from core.db import write
from core.refusals import Forbidden, Invalid, Refused
from core.web.admin import expose
from core.web.admin.forms import parse, problems
from core.web.requests import actor
from plugins.disclosure import values_requests as words
from plugins.disclosure.admin import request_asks, request_page
from plugins.disclosure.forms import request_form
from plugins.disclosure.forms.requests import ChallengeIn, ChallengeResultIn, NoteIn, RequestMove
from plugins.disclosure.models import AccessRequest
from plugins.disclosure.services import challenges, letters, request_files, request_register, requests
from plugins.disclosure.workflow import REQUEST
from plugins.disclosure.workflow.requests import HANDLE

ROWS = 3
"""Empty lines for parts kept back, beside those that were filled in."""
PART = ("part", "result", "reason")


class MoreOfRequests:
    """Mixed into RequestsView."""

    @expose("/<id>/reply", methods=["GET", "POST"])
    def reply(self, id: str) -> Response:  # noqa: A002 — the address part
        """The draft reply: result code, reason, parts kept back, files."""
        row = requests.find(actor(), id)
        permissions.require(actor(), HANDLE, row)
        if request.method == "GET":
            return _reply(row)
        form, kinds = request.form, request_form.reply_kinds()
        uploads, faults = request_form.chosen(form, request.files, kinds)
        try:
            if faults:
                raise faults[0]
            sent = parse(RequestMove, _proposed())
            with write():
                row = requests.find(actor(), id)
                request_files.add(actor(), row, uploads)
                requests.move(
                    actor(), row, "propose", reason=sent.reason, version=form.get("version", -1, type=int),
                    params=sent.values(),
                )  # fmt: skip
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _reply(requests.find(actor(), id), no, request_form.shown(uploads, kinds))
        flash(_("答复已经拟好，等待审批。"), "done")
        return redirect(url_for(".show", id=id))

    @expose("/<id>/letters/<letter>")
    def letter(self, id: str, letter: str) -> Response:  # noqa: A002
        """A letter as it went out; `draft` is the reply in the making."""
        return letters.read(actor(), requests.find(actor(), id), letter).answer()

    @expose("/<id>/files", methods=["POST"])
    def files(self, id: str) -> Response:  # noqa: A002
        """Scans of what came on paper, and what goes with the reply."""
        kind = request.form.get("kind", "")
        uploads, faults = request_form.chosen(request.form, request.files, {"file": kind})

        def add(row: AccessRequest) -> None:
            if faults:
                raise faults[0]
            request_files.add(actor(), row, uploads)

        return _done(id, add)

    @expose("/<id>/note", methods=["POST"])
    def note(self, id: str) -> Response:  # noqa: A002
        """The line of the public register; empty takes it off."""
        text = request.form.get("public_note", "")
        return _done(
            id, lambda row: request_register.note(actor(), row, parse(NoteIn, {"public_note": text}).public_note)
        )

    @expose("/<id>/challenges", methods=["POST"])
    def challenge(self, id: str) -> Response:  # noqa: A002
        """A case before another body."""

        def add(row: AccessRequest) -> None:
            body = parse(ChallengeIn, {"body": request.form.get("body", "")} | _sent("kind", "number", "opened_on"))
            challenges.open_one(actor(), row, body.kind, body.body, number=body.number, opened_on=body.opened_on)

        return _done(id, add)

    @expose("/<id>/challenges/result", methods=["POST"])
    def ruled(self, id: str) -> Response:  # noqa: A002
        """How it ended."""

        def end(row: AccessRequest) -> None:
            body = parse(ChallengeResultIn, _sent("challenge", "result", "note", "closed_on"))
            challenges.close(actor(), row, body.challenge, body.result, note=body.note, closed_on=body.closed_on)

        return _done(id, end)


def _done(ident: str, act: Callable[[AccessRequest], Any]) -> Response:
    """Carry it out, or show the page again with what was typed."""
    try:
        with write():
            act(requests.find(actor(), ident))
    except Forbidden:
        raise
    except (Invalid, Refused) as no:
        return request_page.page(requests.find(actor(), ident), no)
    flash(_("已登记。"), "done")
    return redirect(url_for(".show", id=ident))


def _sent(*names: str) -> dict[str, str]:
    return {name: request.form[name].strip() for name in names if request.form.get(name, "").strip()}


def _parts() -> list[dict[str, str]]:
    """The parts kept back, line by line; empty lines are none."""
    columns = [request.form.getlist(f"withheld-{name}") for name in PART]
    lines = [dict(zip(PART, (text.strip() for text in line), strict=True)) for line in zip(*columns, strict=False)]
    return [line for line in lines if line["part"] or line["reason"]]


def _proposed() -> dict[str, Any]:
    """The form as the API's model takes it; parts go along where the result keeps parts back."""
    sent: dict[str, Any] = {"event": "propose", **_sent("result", "reason", "text")}
    if sent.get("result") == "partly":
        sent["withheld"] = [line if line["result"] else line | {"result": "third_party"} for line in _parts()]
    return sent


def _reply(
    row: AccessRequest, no: Invalid | Refused | None = None, kept: dict[str, list[dict[str, str]]] | None = None
) -> Response:
    last = row.reply
    typed: dict[str, Any] = request.form.to_dict() if no else {}
    if not no and last is not None:
        typed = {"result": last.result, "reason": last.reason, "text": last.text}
    parts = _parts() if no else (last.withheld if last is not None else [])
    view = next((one for one in REQUEST.look(row, actor()) if one.event == "propose"), None)
    text = render_template(
        "disclosure/console/request_reply.html",
        crumbs=request_page.crumbs((row.number, url_for(".show", id=row.id)), (_("拟答复"), "")),
        row=row,
        f={"typed": typed, "errors": no.errors if isinstance(no, Invalid) else {}},
        parts=[*parts, *({} for _n in range(ROWS))],
        results={code: word for code, word in words.RESULTS.items() if code not in words.BY_SYSTEM},
        withholding={code: words.RESULTS[code] for code in words.WITHHOLDING if code != "partly"},
        kept=kept or {},
        view=view,
        problems=problems(no, request_asks.LABELS) if no else [],
    )
    return make_response(text, no.status if no else 200)
