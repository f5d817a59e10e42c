"""Public sign-up (公众报名) in the console: set up a call, see who signed up, decide, hand over to the invited list."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import exports, permissions
from core.db import db, write
from core.refusals import Forbidden, Invalid, Refused, Stale
from core.storage import safe_name
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse, problems
from core.web.once import FIELD, new_key, once
from core.web.requests import actor
from plugins.meetings import telling, values
from plugins.meetings.admin import shown, signup_form
from plugins.meetings.admin.load import load
from plugins.meetings.models import AgendaApplication, SignupCall
from plugins.meetings.services import signup_calls, signups
from plugins.meetings.services.visibility import visible_calls
from plugins.meetings.signup_forms import SignupCallPatch
from plugins.meetings.workflow import SIGNUP, SIGNUP_CALL

MOST = 200
NEXT_ACT = {"draft": "publish", "planned": "open", "open": "close"}


class SignupsView(ConsoleView):
    """From the first draft of a call to the invited list."""

    @expose("/")
    def index(self) -> str:
        """Every call one may see, newest first."""
        query = select(SignupCall).where(visible_calls(actor())).order_by(SignupCall.created_at.desc(), SignupCall.id)
        calls = db.session.scalars(query.limit(MOST)).all()
        return self.render(
            "meetings/console/signups.html",
            rows=[(call, sum(signups.counts(call).values()), telling.until(call.closes_at)) for call in calls],
            machine=SIGNUP_CALL,
            words=values,
        )

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> Response:
        """A call for the item in `application`; the same form sent twice makes one call."""
        item = load(request.values.get("application", ""))
        permissions.require(actor(), "meetings.signups", item)
        if request.method == "GET":
            return _edit_page(item, signup_form.typed_of(signup_calls.proposed(item)) | {FIELD: new_key()})
        try:
            body = parse(SignupCallPatch, signup_form.payload(request.form))
            key = request.form.get(FIELD, "")
            ident = once(actor(), key, lambda: signup_calls.create(actor(), load(item.id), body.values()).id)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _edit_page(load(item.id), signup_form.from_request(request.form), no)
        flash(_("报名公告已拟好，还没有发布。"), "done")
        return make_response(redirect(url_for(".show", id=ident)))

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """One call: terms, acts, who signed up."""
        return _page(signup_calls.find(actor(), id))

    @expose("/<id>/edit", methods=["GET", "POST"])
    def edit(self, id: str) -> Response:  # noqa: A002
        """Before it is published; what was typed stays when it is refused or stale."""
        call = signup_calls.find(actor(), id)
        permissions.require(actor(), "meetings.signups", call)
        if request.method == "GET":
            begin = signup_form.typed_of(signup_form.stored(call)) | {"version": call.version}
            return _edit_page(call.application, begin, call=call)
        try:
            body = parse(SignupCallPatch, signup_form.payload(request.form))
            with write():
                version = request.form.get("version", -1, type=int)
                signup_calls.edit(actor(), signup_calls.find(actor(), id), body.values(), version=version)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            call = signup_calls.find(actor(), id)
            typed = signup_form.from_request(request.form) | {"version": call.version}
            return _edit_page(call.application, typed, no, call)
        flash(_("已保存。"), "done")
        return make_response(redirect(url_for(".show", id=id)))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """An event of the call."""
        form = request.form
        signup_calls.find(actor(), id)
        try:
            with write():
                call = signup_calls.find(actor(), id)
                version = form.get("version", -1, type=int)
                signup_calls.move(actor(), call, form.get("event", ""), reason=form.get("reason", ""), version=version)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _page(signup_calls.find(actor(), id), no)
        flash(_("公众报名现在是“%(state)s”。", state=SIGNUP_CALL.label(signup_calls.find(actor(), id).state)), "done")
        return make_response(redirect(url_for(".show", id=id)))

    @expose("/<id>/hand-over", methods=["POST"])
    def hand_over(self, id: str) -> Response:  # noqa: A002
        """Those selected join the invited list (会7)."""
        signup_calls.find(actor(), id)
        try:
            with write():
                call = signup_calls.find(actor(), id)
                added = signup_calls.hand_over(actor(), call, version=request.form.get("version", -1, type=int))
                in_plan = call.in_plan
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _page(signup_calls.find(actor(), id), no)
        if not added:
            flash(_("入选人员都已在邀请名单中。"), "soon")
        elif in_plan:
            flash(_("已列入邀请名单 %(count)s 人，可以发出邀请。", count=added), "done")
        else:
            flash(
                _("已列入邀请名单 %(count)s 人。名单有变，议题回到审批，批准后再发出邀请（会7）。", count=added), "soon"
            )
        return make_response(redirect(url_for(".show", id=id)))

    @expose("/applicants/<one>/withdraw", methods=["POST"])
    def withdraw(self, one: str) -> Response:
        """For somebody who telephoned."""
        call_id = signups.find(actor(), one).call_id
        try:
            with write():
                reason = request.form.get("reason", "").strip()[:500] or str(_("本人来电撤回"))
                version = request.form.get("version", -1, type=int)
                signups.withdraw(actor(), signups.find(actor(), one), reason=reason, version=version)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _page(signup_calls.find(actor(), call_id), no)
        flash(_("已撤回。有候补的，已按次序递补并通知。"), "done")
        return make_response(redirect(url_for(".show", id=call_id, _anchor="people")))

    @expose("/<id>/applicants.xlsx")
    def people(self, id: str) -> Response:  # noqa: A002
        """Everyone who signed up, with contacts, for those who run the call."""
        call = signup_calls.find(actor(), id)
        permissions.require(actor(), "meetings.signups", call)
        heads = [_("报名编号"), _("姓名"), _("类别"), _("单位"), _("联系方式"), _("理由"), _("同意公布姓名")]
        heads += [_("次序"), _("状态"), _("报名时间")]
        rows = [
            [row.receipt, row.name, values.CATEGORIES[row.category], row.organisation, row.contact, row.reason,
             row.publish_name, row.place or None, SIGNUP.label(row.state), row.created_at]
            for row in call.signups
        ]  # fmt: skip
        answer = make_response(exports.xlsx_bytes(heads, rows, title=_("报名名单")))
        answer.content_type = exports.XLSX_TYPE
        name = safe_name(f"{call.application.title}报名名单.xlsx")
        answer.headers.set("Content-Disposition", "attachment", filename=name)
        return answer


def _edit_page(
    item: AgendaApplication, typed: dict[str, Any], no: Invalid | Refused | None = None, call: SignupCall | None = None
) -> Response:
    page = render_template(
        "meetings/console/signup_edit.html",
        crumbs=_crumbs(_("修改报名公告") if call else _("设置公众报名")),
        item=item,
        call=call,
        fixed=call is not None and call.in_plan and item.state != "draft",
        words=values,
        form={"typed": typed, "errors": no.errors if isinstance(no, Invalid) else {}},
        differences=signup_form.differences(call, typed) if call and isinstance(no, Stale) else [],
        problems=problems(no, signup_form.LABELS) if no else [],
    )
    return make_response(page, no.status if no else 200)


def _page(call: SignupCall, no: Invalid | Refused | None = None) -> Response:
    runs = permissions.can(actor(), "meetings.signups", call) is not None
    decide = "draw" if call.method == "draw" else "settle"
    wrong = {"settle", "draw"} - {decide}
    events = [
        view
        for view in shown.acts(SIGNUP_CALL, call, asks=_asks(call), grave=("cancel", "draw"))
        if view["event"] not in wrong
    ]
    page = render_template(
        "meetings/console/signup.html",
        crumbs=_crumbs(call.application.title),
        call=call,
        item=call.application,
        item_url=telling.desk_path(call.application),
        public_url=telling.signup_path(call) if call.published_at else "",
        state=SIGNUP_CALL.states[call.state],
        steps_of=_steps(call),
        events=events if runs else [],
        primary=NEXT_ACT.get(call.state, decide),
        runs=runs,
        people=sorted(call.signups, key=lambda row: (row.place or row.number, row.number)) if runs else [],
        counts=signups.counts(call),
        waiting_list=signup_calls.to_hand_over(call),
        until=telling.until(call.closes_at),
        machine=SIGNUP,
        words=values,
        typed=request.form,
        problems=problems(no, signup_form.LABELS) if no else [],
    )
    return make_response(page, no.status if no else 200)


def _crumbs(here: str) -> list[dict[str, Any]]:
    return [{"label": _("公众报名"), "url": url_for(".index")}, {"label": here, "url": ""}]


def _asks(call: SignupCall) -> dict[str, str]:
    title = call.application.title
    count = sum(signups.counts(call).values())
    return {
        "publish": _("发布《%(title)s》的报名公告？发布后名额、条件和时间对公众公开，不能再改。", title=title),
        "draw": _("对《%(title)s》的报名名单抽签？只能抽一次，结果随即公布，不能更改。", title=title),
        "settle": _(
            "按先后次序确定《%(title)s》的名单？结果随即公布，%(count)s 人会得到通知。", title=title, count=count
        ),
        "cancel": _(
            "取消《%(title)s》的公众报名？原因会公布，已报名的 %(count)s 人会得到通知。", title=title, count=count
        ),
    }


PATH: tuple[tuple[str, Any, str], ...] = (
    ("draft", _l("拟定"), "created_at"),
    ("planned", _l("发布"), "published_at"),
    ("open", _l("开始报名"), "opened_at"),
    ("closed", _l("截止"), "closed_at"),
)


def _steps(call: SignupCall) -> list[dict[str, Any]]:
    """From the draft to the decided list, with dates."""
    end = SIGNUP_CALL.label("drawn" if call.method == "draw" else "settled")
    path = [(label, getattr(call, name)) for _state, label, name in PATH] + [(end, call.decided_at)]
    if call.state == "cancelled":
        path = [step for step in path if step[1]] + [(SIGNUP_CALL.label("cancelled"), call.cancelled_at)]
    now = next((n for n, step in enumerate(path) if step[1] is None), len(path))
    return [
        {"label": label, "at": at, "state": "done" if n < now else "now" if n == now else "ahead"}
        for n, (label, at) in enumerate(path)
    ]
