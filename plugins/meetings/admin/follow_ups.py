"""Opinions on decisions (会10) in the console: take in, group, merge, split, answer, revise, publish together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel

from core import clocks, exports, publications
from core.db import db, write
from core.permissions import can
from core.refusals import Forbidden, Invalid, Refused
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse, problems
from core.web.once import FIELD, new_key, once
from core.web.requests import actor
from plugins.meetings import forms, telling, values
from plugins.meetings.admin import shown
from plugins.meetings.models import FollowUp, Opinion, OpinionGroup
from plugins.meetings.services import follow_ups, opinions, voices
from plugins.meetings.workflow import FOLLOW_UP

MOST = 200
LABELS: dict[str, Any] = {
    "text": _l("意见内容"),
    "name": _l("姓名"),
    "contact": _l("联系方式"),
    "source": _l("来源"),
    "given_on": _l("收到日期"),
    "opinions": _l("意见"),
    "title": _l("标题"),
    "into": _l("分组"),
    "disposition": _l("答复"),
    "reply": _l("答复说明"),
    "body": _l("修改后的方案"),
}


class FollowUpsView(ConsoleView):
    """What came in on each decision, and what is still to be answered."""

    @expose("/")
    def index(self) -> str:
        """The newest first."""
        query = follow_ups.visible(actor()).order_by(FollowUp.opened_at.desc(), FollowUp.id).limit(MOST)
        rows = db.session.scalars(query).all()
        return self.render(
            "meetings/console/follow_ups.html",
            rows=[(row, voices.follow_up(row)) for row in rows],
            running=clocks.of(FOLLOW_UP.object_type, [row.id for row in rows]),
        )

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """Everything about one."""
        return _page(follow_ups.find(actor(), id))

    @expose("/<id>/export")
    def export(self, id: str) -> Response:  # noqa: A002
        """All opinions as a workbook, for those who answer."""
        row = follow_ups.find_handled(actor(), id)
        header = (
            _("编号"), _("来源"), _("意见内容"), _("姓名"), _("联系方式"), _("收到时间"), _("分组"), _("答复"),
            _("答复说明"),
        )  # fmt: skip
        answer = make_response(exports.xlsx_bytes(header, map(_line, row.opinions), title=_("对决定的意见")))
        answer.headers["Content-Type"] = exports.XLSX_TYPE
        answer.headers["Content-Disposition"] = 'attachment; filename="opinions.xlsx"'
        return answer

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Any:  # noqa: A002
        """Publish all answers."""
        event, version = request.form.get("event", ""), request.form.get("version", -1, type=int)
        FOLLOW_UP.require_right(follow_ups.find(actor(), id), event, actor())
        return _act(id, lambda row: follow_ups.move(actor(), row, event, version=version), _("答复已公布。"))

    @expose("/<id>/enter", methods=["POST"])
    def enter(self, id: str) -> Any:  # noqa: A002
        """An opinion that came another way; the same form sent twice enters it once."""

        def make() -> str:
            row = follow_ups.find(actor(), id)
            body = _parsed(forms.EnteredOpinionIn, "source", "text", "name", "contact", "given_on")
            return opinions.enter(
                actor(), row, body.source, body.text, name=body.name, contact=body.contact, given_on=body.given_on
            ).id

        return _answer(id, lambda: once(actor(), request.form.get(FIELD, ""), make), _("已登记。"), "enter")

    @expose("/<id>/group", methods=["POST"])
    def group(self, id: str) -> Any:  # noqa: A002
        """Chosen opinions into a new group or one that is there."""
        form = request.form
        chosen, title, into = form.getlist("opinions"), form.get("title", ""), form.get("into", "")

        def act(row: FollowUp) -> None:
            opinions.group(actor(), row, chosen, title=title, into=into)

        return _act(id, act, _("已分组。"), "group")

    @expose("/groups/<one>", methods=["POST"])
    def act_on_group(self, one: str) -> Any:
        """Answer, merge or split a group."""
        found, form = opinions.find_group(actor(), one), request.form
        kind = form.get("act", "")

        def act(_row: FollowUp) -> None:
            row = opinions.find_group(actor(), one)
            if kind == "merge":
                opinions.merge(actor(), row, form.get("into", ""))
            elif kind == "split":
                opinions.split(actor(), row, form.getlist("opinions"), form.get("title", ""))
            else:
                body = _parsed(forms.GroupAnswerIn, "disposition", "reply", "title")
                version = form.get("version", -1, type=int)
                opinions.answer(actor(), row, body.disposition, body.reply, title=body.title, version=version)

        return _act(found.follow_up_id, act, _("已保存。"), f"{kind}-{one}", f"#group-{found.number}")

    @expose("/<id>/revision", methods=["POST"])
    def revision(self, id: str) -> Any:  # noqa: A002
        """Draft the revised plan, or approve it."""
        form, version = request.form, request.form.get("version", -1, type=int)

        def act(row: FollowUp) -> None:
            if form.get("act") == "approve":
                follow_ups.approve_revision(actor(), row, version=version)
            else:
                body = _parsed(forms.RevisionIn, "title", "body")
                follow_ups.revise(actor(), row, body.title, body.body, version=version)

        return _act(id, act, _("已保存。"), "revision", "#revision")


def _act(ident: str, act: Callable[[FollowUp], Any], said: str, where: str = "", anchor: str = "") -> Any:
    """Do something to the follow-up in one transaction; refused, the page shows why and what was typed."""

    def run() -> None:
        with write():
            act(follow_ups.find(actor(), ident))

    return _answer(ident, run, said, where, anchor)


def _answer(ident: str, run: Callable[[], Any], said: str, where: str = "", anchor: str = "") -> Any:
    try:
        run()
    except Forbidden:
        raise
    except (Invalid, Refused) as no:
        return _page(follow_ups.find(actor(), ident), no, where)
    flash(said, "done")
    return redirect(url_for(".show", id=ident) + anchor)


def _parsed(model: type[Any], *names: str) -> Any:
    """These fields of the form as the API's own model; what is empty was not sent."""
    assert issubclass(model, BaseModel)
    return parse(model, {name: text for name in names if (text := request.form.get(name, "").strip())})


def _line(row: Opinion) -> tuple[Any, ...]:
    group = row.group
    return (
        row.number, values.OPINION_SOURCES[row.source], row.text, row.name, row.contact,
        row.given_on or row.received_at, group.title if group else "",
        values.DISPOSITIONS[group.disposition] if group and group.disposition else "", group.reply if group else "",
    )  # fmt: skip


def _page(row: FollowUp, no: Invalid | Refused | None = None, where: str = "") -> Response:
    meeting = row.application.meeting
    mine = follow_ups.handles(actor(), row)
    typed: Mapping[str, Any] = request.form if no else {}
    page = render_template(
        "meetings/console/follow_up.html",
        crumbs=shown.meeting_crumbs(meeting, _("对决定的意见")) if meeting else [],
        row=row,
        shown=voices.follow_up(row),
        state=FOLLOW_UP.states[row.state],
        item_url=telling.desk_path(row.application),
        decided_url=publications.address(row.decided) if row.decided.state == "released" else "",
        clocks=clocks.of(FOLLOW_UP.object_type, [row.id])[row.id][-2:],
        mine=mine,
        may_change=mine and row.state in {"open", "answering"},
        may_approve=row.revised is not None
        and row.revised.state == "draft"
        and can(actor(), "core.approve_publication", row.revised) is not None,
        loose=[one for one in row.opinions if one.group_id is None] if mine else [],
        groups=row.live_groups,
        history=_history(row),
        events=[view for view in shown.acts(FOLLOW_UP, row) if view["code"] != "FORBIDDEN"],
        words=values,
        form_key=new_key(),
        where=where,
        form={"typed": typed, "errors": no.errors if isinstance(no, Invalid) else {}},
        chosen=request.form.getlist("opinions") if no else [],
        problems=problems(no, LABELS) if no else [],
        revision=_revision(row, typed if where == "revision" else {}),
    )
    return make_response(page, no.status if no else 200)


def _history(row: FollowUp) -> dict[str, list[OpinionGroup]]:
    """Living group → the groups that were merged into it, on whatever way."""
    by_id = {one.id: one for one in row.groups}
    found: dict[str, list[OpinionGroup]] = {}
    for one in row.groups:
        end = one
        while end.merged_into_id:
            end = by_id[end.merged_into_id]
        if end is not one:
            found.setdefault(end.id, []).append(one)
    return found


def _revision(row: FollowUp, typed: Mapping[str, Any]) -> dict[str, str]:
    """What the form of the revised plan shows: what was typed, the draft, else the decided text to begin with."""
    page = row.revised or row.decided
    title = page.title if row.revised else _("%(title)s（修改方案）", title=page.title)[:200]
    return {"title": typed.get("title") or title, "body": typed.get("body") or page.body}
