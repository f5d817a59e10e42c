"""One's own request behind number and secret (查询申请): state, date, letters, and what one can do next.

Number and secret go along in every form, so that nothing personal stands in an address and no account is needed.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core import clocks, storage
from core.permissions import ANONYMOUS
from core.refusals import Invalid, NotFound, Refused
from core.web.attempts import attempts
from core.web.once import FIELD, new_key, once
from core.web.portal.pages import one_persons, problems
from plugins.disclosure import values_requests as words
from plugins.disclosure.forms import request_form
from plugins.disclosure.models import AccessRequest
from plugins.disclosure.portal.common import request_crumbs
from plugins.disclosure.portal.requests import said
from plugins.disclosure.services import letters, own_requests, request_files
from plugins.disclosure.workflow import REQUEST
from plugins.disclosure.workflow import request_clocks as limits
from plugins.disclosure.workflow.requests import RIGHTS_NOTICE

FILES = {"files": "disclosure.request"}
LIMITS: dict[str, Any] = {
    limits.REPLY.key: _l("我们最迟答复的日期"),
    limits.CORRECT.key: _l("请您在这一天以前补正"),
    limits.PAY.key: _l("请您在这一天以前缴费"),
}
"""The clocks that concern him, in his words."""
DONE: dict[str, Any] = {
    "correct": _l("补正内容已收到，答复期限从今天重新计算。"),
    "explain": _l("您的说明已收到。"),
    "receive": _l("已登记您确认收到答复。"),
    "withdraw": _l("您的申请已经撤回。"),
}


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/disclosure/requests/own/`."""
    bp.add_url_rule("/requests/own/", "own_request", ask)
    bp.add_url_rule("/requests/own/", "own_request_found", show, methods=["POST"])
    bp.add_url_rule("/requests/own/file", "own_request_file", download, methods=["POST"])


@one_persons
def ask() -> str:
    """Number and secret."""
    return _ask()


@one_persons
def show() -> Any:
    """Where it stands, or a step of the applicant's; a wrong number and a wrong secret say the same.

    One address for both: switching the language or the size of the letters leads back to the question for the receipt.
    """
    found = _found()
    if found is None:
        return _missing()
    return _move(found.number) if "event" in request.form else _page(found)


@one_persons
def download() -> Any:
    """A letter as it went out, or a file that came with the reply."""
    found = _found()
    if found is None:
        return _missing()
    if letter := request.form.get("letter"):
        return letters.read_own(found, letter).answer()
    return storage.respond(own_requests.file(found, request.form.get("file", "")))


def _move(number: str) -> Any:
    """Correct, explain, receive, withdraw; sent twice it is done once, and what was typed stays when it is refused."""
    typed = request.form
    uploads, faults = request_form.chosen(typed, request.files, FILES)

    def act() -> str:
        own_requests.act(_again(), typed["event"], typed.get("text", ""), uploads)
        return number

    try:
        if faults:
            raise faults[0]
        once(ANONYMOUS, typed.get(FIELD, ""), act)
    except (Invalid, Refused) as no:
        return _page(_again(), no, request_form.shown(uploads, FILES)), no.status
    flash(str(DONE[typed["event"]]), "done")
    return _page(_again())


def _again() -> AccessRequest:
    return own_requests.look_up(request.form.get("number", ""), request.form.get("secret", ""))


def _found() -> AccessRequest | None:
    """None for a wrong number or secret; whoever tries too often waits."""
    attempts().refuse_crowd()
    try:
        return _again()
    except NotFound:
        attempts().failed()
        return None


def _missing() -> tuple[str, int]:
    return _ask([{"text": _("没有找到。请核对回执上的编号和查询码。"), "target": "number"}]), 404


def _ask(faults: list[dict[str, Any]] | None = None) -> str:
    return render_template(
        "disclosure/portal/own_request_ask.html",
        crumbs=request_crumbs((_("查询申请"), "")),
        typed=request.form,
        problems=faults or [],
    )


def _page(
    found: AccessRequest, no: Invalid | Refused | None = None, kept: dict[str, list[dict[str, str]]] | None = None
) -> str:
    running = clocks.of(limits.REQUEST_TYPE, [found.id])[found.id]
    answer = own_requests.answer(found)
    typed = request.form if no else {}
    return render_template(
        "disclosure/portal/own_request.html",
        crumbs=request_crumbs((_("查询申请"), "")),
        row=found,
        secret=request.form.get("secret", ""),
        state=REQUEST.states[found.state],
        sentence=own_requests.sentence(found),
        clocks=[(LIMITS[one.key], one) for one in running if one.state in clocks.OPEN and one.key in LIMITS],
        may=own_requests.may(found),
        told=told(found, running),
        letters=[(one, letters.title(one)) for one in letters.own(found)],
        answer=answer,
        files=own_requests.files(found),
        mine_files=[one for one in request_files.of(found) if one.subject_type != request_files.REPLY_FILES],
        onward=own_requests.passed_on(found),
        rights=RIGHTS_NOTICE,
        words=words,
        typed=typed,
        errors=no.errors if isinstance(no, Invalid) else {},
        problems=problems(no, said),
        kept=kept or {},
        form_key=typed.get(FIELD) or new_key(),
    )


def told(row: AccessRequest, running: list[Any]) -> list[dict[str, Any]]:
    """What he was told on the way, in the order of time; who else was asked is not named."""
    extension = next((one.extension_reason for one in reversed(running) if one.key == "reply" and one.extension), "")
    steps = [
        (row.received_on, _("收到申请"), ""),
        (row.correction_told_on, _("告知补正"), row.correction_items),
        (row.corrected_on, _("您补正了申请"), row.correction_text),
        *((one.sent_on, _("征求%(party)s意见", party=words.CONSULTATIONS[one.kind]), "") for one in row.consultations),
        (row.extended_on, _("延长答复期限"), extension),
        (row.reason_asked_on, _("请您说明申请的理由"), ""),
        (row.reason_asked_on if row.explanation else None, _("您的说明"), row.explanation),
        (row.fee_told_on, _("通知缴纳信息处理费"), _("金额 %(sum)s 元", sum=f"{row.fee_cents / 100:.2f}")),
        (row.fee_paid_on, _("已缴费"), ""),
        (row.closed_on, REQUEST.label(row.state), ""),
    ]
    found = [{"at": day, "title": title, "text": text} for day, title, text in steps if day]
    return sorted(found, key=lambda one: one["at"])
