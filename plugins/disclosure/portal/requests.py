"""Access on request (依申请公开, 管12) for everybody: how to ask, the form, the receipt, the register of replies."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from core import agencies
from core.db import db
from core.permissions import ANONYMOUS
from core.refusals import Invalid, Refused
from core.web.once import FIELD, new_key, once
from core.web.portal.pages import everybodys, one_persons, problems
from plugins.disclosure import values_requests as words
from plugins.disclosure.forms import request_form
from plugins.disclosure.portal.common import request_crumbs
from plugins.disclosure.services import request_register, requests
from plugins.disclosure.services.request_files import Upload
from plugins.disclosure.workflow import request_clocks as limits

PAGE = 50


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/disclosure/requests/` and the form below it."""
    bp.add_url_rule("/requests/", "requests", index)
    bp.add_url_rule("/requests/new/", "request_form", form)
    bp.add_url_rule("/requests/new/", "request_hand_in", hand_in, methods=["POST"])


@everybodys
def index() -> str:
    """What one may ask for and how, then the answered requests, without anybody's data."""
    number = max(1, min(request.args.get("page", 1, type=int), 10_000))
    rows = db.session.scalars(request_register.published().limit(PAGE + 1).offset((number - 1) * PAGE)).all()
    return render_template(
        "disclosure/portal/requests.html",
        crumbs=request_crumbs(),
        rows=rows[:PAGE],
        older=number + 1 if len(rows) > PAGE else 0,
        figures=request_register.figures(limits.today().year),
        words=words,
        days={name: limits.days(name) for name in ("reply_days", "extension_days", "notice_days")},
    )


@one_persons
def form() -> str:
    """The form; `?agency=` names the body that is asked."""
    return _form(MultiDict(request.args.items()), [])


@one_persons
def hand_in() -> Any:
    """Sent twice it is one request, and the receipt is the same; what was typed and chosen stays."""
    typed = request.form
    uploads, faults = request_form.chosen(typed, request.files)

    def make() -> str:
        made, secret = requests.hand_in(body.agency, body.entry(), uploads)
        return f"{made.number} {secret}"

    try:
        body = request_form.read(typed, uploads, faults)
        number, _blank, secret = once(ANONYMOUS, typed.get(FIELD, ""), make).partition(" ")
    except (Invalid, Refused) as no:
        return _form(typed, uploads, no), no.status
    return render_template(
        "disclosure/portal/request_receipt.html",
        crumbs=request_crumbs((_("回执"), "")),
        number=number,
        secret=secret,
        body=body,
        agency=next((one.name for one in agencies.here() if one.id == body.agency), ""),
        day=limits.today(),
        words=words,
    )


def _form(typed: MultiDict[str, str], uploads: list[Upload], no: Invalid | Refused | None = None) -> str:
    bodies = [(one.id, one.name) for one in agencies.here()]
    asked = next((one.id for one in agencies.here() if typed.get("agency") in {one.id, one.code}), "")
    return render_template(
        "disclosure/portal/request_form.html",
        crumbs=request_crumbs((_("提出申请"), "")),
        f={"typed": typed, "errors": no.errors if isinstance(no, Invalid) else {}},
        agency=asked or (bodies[0][0] if len(bodies) == 1 else ""),
        bodies=bodies,
        kept=request_form.shown(uploads),
        problems=problems(no, said),
        limits=requests.LIMITS,
        form_key=typed.get(FIELD) or new_key(),
        words=words,
    )


def said(name: str, line: Any) -> str:
    """A fault with the name of its control, where it does not say it itself."""
    label = request_form.LABELS.get(name)
    return str(line) if not label or str(label) in str(line) else _("%(field)s：%(error)s", field=label, error=line)
