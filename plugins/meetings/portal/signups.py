"""Public sign-up (公众报名): the call, the form, one's own page behind the secret link, the draw anyone runs again.

Everything works without JavaScript; the browser's own check of the draw needs it, the Python program does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import exports
from core.db import utcnow, write
from core.permissions import ANONYMOUS
from core.refusals import Invalid, NotFound, Refused
from core.web import prefs
from core.web.api import bodies
from core.web.api.answers import dumps
from core.web.once import FIELD, new_key, once
from core.web.portal.pages import View, everybodys, one_persons, problems
from core.web.requests import actor
from plugins.meetings import telling, values
from plugins.meetings.documents import verify_draw
from plugins.meetings.models import Signup, SignupCall
from plugins.meetings.portal.common import crumbs
from plugins.meetings.services import signup_calls, signups
from plugins.meetings.services.public import agency_name
from plugins.meetings.signup_forms import SignupIn
from plugins.meetings.workflow import SIGNUP, SIGNUP_CALL

TONES = {
    "planned": "ahead",
    "open": "live",
    "closed": "soon",
    "drawn": "done",
    "settled": "done",
    "cancelled": "stopped",
}
OWN_TONES = {"applied": "ahead", "selected": "done", "waiting": "soon"}
KNOWN = "="
"""Before a receipt: the entry was there already, so that nobody gets a second link."""
SENTENCES: dict[str, Any] = {
    "applied": _l("报名已登记，截止之后公开抽签。"),
    "selected": _l("您已入选。请等候召集单位的邀请，按邀请里的链接答复。"),
    "waiting": _l("您在候补名单第 %(place)s 位。有人让出名额时按次序递补，并通知您。"),
    "withdrawn": _l("您已撤回报名。报名截止之前可以重新报名。"),
    "released": _l("名额已让出，由候补人员递补。谢谢您的关心。"),
}


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/meetings/signups/<call_id>/` and what hangs on it; `verify_draw.py` beside the list."""
    bp.add_url_rule("/signups/<call_id>/", "signup", page)
    bp.add_url_rule("/signups/<call_id>/apply/", "signup_form", form)
    bp.add_url_rule("/signups/<call_id>/apply/", "signup_apply", apply, methods=["POST"])
    bp.add_url_rule("/signups/<call_id>/draw.json", "signup_json", as_json)
    bp.add_url_rule("/signups/<call_id>/list.csv", "signup_csv", as_csv)
    bp.add_url_rule("/signups/mine/<token>/", "signup_own", own)
    bp.add_url_rule("/signups/mine/<token>/", "signup_withdraw", withdraw, methods=["POST"])
    bp.add_url_rule("/verify_draw.py", "verify_draw", verifier)


# --- the call ---------------------------------------------------------------------------------------


@everybodys
def page(call_id: str) -> str:
    """One published call, always as the public sees it."""
    call = signup_calls.find(ANONYMOUS, call_id)
    meeting = call.application.meeting
    return render_template(
        "meetings/portal/signup.html",
        crumbs=crumbs((_("公众报名"), "")),
        call=call,
        item=call.application,
        meeting=meeting if meeting is not None and meeting.is_public else None,
        agency=agency_name(call.application.agency),
        label=SIGNUP_CALL.label(call.state),
        tone=TONES[call.state],
        lead=_lead(call),
        until=telling.until(call.closes_at),
        method=values.SIGNUP_METHODS[call.method],
        words=values.CATEGORIES,
        counts=signups.counts(call),
        rows=signups.published(call),
        takes=call.takes_entries(utcnow()),
    )


def brief(call: SignupCall) -> dict[str, Any]:
    """The call as the pages of meetings list it."""
    return {
        "title": call.application.title,
        "url": url_for("meetings.signup", call_id=call.id),
        "label": SIGNUP_CALL.label(call.state),
        "tone": TONES[call.state],
        "seats": call.seats,
        "method": values.SIGNUP_METHODS[call.method],
        "until": telling.until(call.closes_at),
        "running": call.state in {"planned", "open"},
    }


def _lead(call: SignupCall) -> str:
    sentences: dict[str, str] = {
        "planned": _("报名即将开始，名额 %(seats)s 个。", seats=call.seats),
        "open": _("正在报名，名额 %(seats)s 个。不用登录，一分钟填完。", seats=call.seats),
        "closed": _("报名已经截止，结果确定后在这里公布。"),
        "drawn": _("已公开抽签，结果如下，任何人都可以核验。"),
        "settled": _("名单已经确定。"),
        "cancelled": _("这次报名已经取消。原因：%(reason)s", reason=call.cancel_reason),
    }
    return sentences[call.state]


@everybodys
def as_json(call_id: str) -> Response:
    """The draw as the verifier reads it."""
    call = signup_calls.find(ANONYMOUS, call_id)
    answer = make_response(dumps(signups.document(call)))
    answer.content_type = "application/json"
    answer.headers.set("Content-Disposition", "inline", filename="draw.json")
    return answer


@everybodys
def as_csv(call_id: str) -> Response:
    """The published list as a table."""
    call = signup_calls.find(ANONYMOUS, call_id)
    heads = (_("报名编号"), _("姓名"), _("类别"), _("结果"), _("次序"), _("目前状态"))
    rows = [
        (row.receipt, row.name, row.category, result(call, row), row.place, row.now) for row in signups.published(call)
    ]
    answer = make_response(exports.csv_bytes(heads, rows))
    answer.content_type = exports.CSV_TYPE
    answer.headers.set("Content-Disposition", "attachment", filename="list.csv")
    return answer


def result(call: SignupCall, row: signups.Listed) -> str:
    """What the decision gave somebody; empty before it."""
    if not call.decided_at:
        return ""
    word: str = _("入选") if row.selected else _("候补")
    return word


@everybodys
def verifier() -> Response:
    """The program itself, so that nobody has to trust this site."""
    path = Path(verify_draw.__file__)
    return send_file(path, mimetype="text/x-python", as_attachment=True, download_name=path.name)


# --- signing up -------------------------------------------------------------------------------------


@one_persons
def form(call_id: str) -> str:
    """The form; it carries a key, so that sending it twice does nothing twice."""
    return _form(signup_calls.find(ANONYMOUS, call_id), {FIELD: new_key()})


@one_persons
def apply(call_id: str) -> Any:
    """Take the entry; what was typed stays when it is refused."""
    call, typed = signup_calls.find(ANONYMOUS, call_id), request.form.to_dict()
    try:
        entry = bodies.validate(SignupIn, _values(typed), strict=False).entry()
        made = once(actor(), typed.get(FIELD, ""), lambda: _enter(call_id, entry))
    except (Invalid, Refused) as no:
        return _form(signup_calls.find(ANONYMOUS, call_id), typed, no), no.status
    if made.startswith(KNOWN):
        return render_template("meetings/portal/signup_known.html", receipt=made[1:], call=call)
    flash(_("已收到您的报名。请保存这一页的地址，凭它查询结果或者撤回。"), "done")
    return redirect(url_for("meetings.signup_own", token=made), 303)


def _enter(call_id: str, entry: signups.Entry) -> str:
    done = signups.sign_up(signup_calls.find(ANONYMOUS, call_id), entry)
    return done.token or f"{KNOWN}{done.signup.receipt}"


def _values(typed: Mapping[str, str]) -> dict[str, Any]:
    names = ("name", "category", "organisation", "contact", "reason")
    given: dict[str, Any] = {name: typed.get(name, "").strip() for name in names}
    given["publish_name"] = bool(typed.get("publish_name"))
    if not given["category"]:
        del given["category"]
    cleaned: dict[str, Any] = bodies.Cleaner().clean(given, 0, "")
    return cleaned


def _form(call: SignupCall, typed: Mapping[str, Any], no: Invalid | Refused | None = None) -> str:
    return render_template(
        "meetings/portal/signup_form.html",
        crumbs=crumbs((_("公众报名"), url_for("meetings.signup", call_id=call.id)), (_("填写报名表"), "")),
        call=call,
        takes=call.takes_entries(utcnow()),
        until=telling.until(call.closes_at),
        categories={name: label for name, label in values.CATEGORIES.items() if name in call.categories},
        form={"typed": typed, "errors": no.errors if isinstance(no, Invalid) else {}},
        problems=problems(no),
    )


# --- one's own page ---------------------------------------------------------------------------------


def by_link(view: View) -> View:
    """Give the view the sign-up behind the link; a link that is none answers one and the same page, 404."""

    @one_persons
    @wraps(view)
    def shown(token: str) -> Any:
        try:
            signup = signups.by_token(token)
        except NotFound:
            return render_template("meetings/portal/link_dead.html", ui=prefs.ui(here="/")), 404
        return view(token, signup)

    return shown


@by_link
def own(token: str, signup: Signup) -> str:
    """Receipt, where it stands, and the way back."""
    return _own(token, signup)


@by_link
def withdraw(token: str, signup: Signup) -> Any:
    """Take the sign-up back; twice does nothing twice."""
    try:
        if signup.state not in {"withdrawn", "released"}:
            with write():
                mine = signups.by_token(token)
                signups.withdraw(signups.as_actor(mine), mine)
    except Refused as no:
        return _own(token, signups.by_token(token), problems(no)), no.status
    flash(_("已撤回报名。"), "done")
    return redirect(url_for("meetings.signup_own", token=token), 303)


def _own(token: str, signup: Signup, faults: list[dict[str, Any]] | None = None) -> str:
    call, place = signup.call, signups.waiting_place(signup)
    can_leave = SIGNUP.row_for("withdraw", signup.state) is not None and call.state != "cancelled"
    sentence = _("这次报名已经取消。原因：%(reason)s", reason=call.cancel_reason)
    return render_template(
        "meetings/portal/signup_own.html",
        token=token,
        signup=signup,
        call=call,
        item=call.application,
        label=SIGNUP.label(signup.state),
        tone=OWN_TONES.get(signup.state, "stopped"),
        sentence=sentence if call.state == "cancelled" else str(SENTENCES[signup.state]) % {"place": place},
        category=values.CATEGORIES[signup.category],
        until=telling.until(call.closes_at),
        may_leave=can_leave,
        problems=faults or [],
    )
