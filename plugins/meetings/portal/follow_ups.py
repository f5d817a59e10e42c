"""Opinions on a published decision (会10): where it stands, the form, the receipt, the look-up, and the comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from core import publications
from core.permissions import ANONYMOUS
from core.refusals import Invalid, NotFound, Refused
from core.web.once import FIELD, new_key, once
from core.web.portal.pages import everybodys, one_persons, problems
from core.web.requests import sender_address
from plugins.meetings import telling
from plugins.meetings.comparison import compare
from plugins.meetings.models import FollowUp, OpinionGroup
from plugins.meetings.portal.common import crumbs
from plugins.meetings.services import follow_ups, opinions, voices
from plugins.meetings.services.public import agency_name, matter_url
from plugins.meetings.values import DISPOSITIONS
from plugins.meetings.workflow.follow_ups import is_over

WORD_TONES = {"adopted": "done", "partly": "now", "not_adopted": "stopped"}


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/meetings/follow-ups/<id>/` and `/<jurisdiction>/meetings/opinions/`."""
    bp.add_url_rule("/follow-ups/<follow_up_id>/", "follow_up", page)
    bp.add_url_rule("/follow-ups/<follow_up_id>/opinion/", "opinion", form)
    bp.add_url_rule("/follow-ups/<follow_up_id>/opinion/", "opinion_give", give, methods=["POST"])
    bp.add_url_rule("/follow-ups/<follow_up_id>/comparison/", "comparison", comparison)
    bp.add_url_rule("/opinions/", "opinion_look_up", look_up_form)
    bp.add_url_rule("/opinions/", "opinion_found", look_up, methods=["POST"])


@everybodys
def page(follow_up_id: str) -> str:
    """What was decided, until when opinions are taken, how they were answered."""
    row = follow_ups.find(ANONYMOUS, follow_up_id)
    groups = row.live_groups if row.state == "answered" else []
    return _render(
        "follow_up.html",
        row,
        groups=[_group(group) for group in groups],
        compared=follow_ups.compared(row) is not None,
        decided=_address(row),
    )


@one_persons
def form(follow_up_id: str) -> Any:
    """The form; a page of its own, so that the other one may be kept by caches."""
    return _form(follow_ups.find(ANONYMOUS, follow_up_id))


@one_persons
def give(follow_up_id: str) -> Any:
    """Sent twice it is one opinion, and the receipt is the same; what was typed stays when it is refused."""
    row, typed = follow_ups.find(ANONYMOUS, follow_up_id), request.form

    def make() -> str:
        if not typed.get("consent"):
            raise Invalid({"consent": [_("请先同意我们为办理意见使用您填写的内容。")]})
        opinion, secret = opinions.give(
            follow_ups.find(ANONYMOUS, follow_up_id), typed.get("text", ""), name=typed.get("name", ""),
            contact=typed.get("contact", ""), address=sender_address(),
        )  # fmt: skip
        return f"{opinion.number} {secret}"

    try:
        number, _blank, secret = once(ANONYMOUS, typed.get(FIELD, ""), make).partition(" ")
    except (Invalid, Refused) as no:
        return _form(follow_ups.find(ANONYMOUS, follow_up_id), no, typed), no.status
    row = follow_ups.find(ANONYMOUS, follow_up_id)
    return _render("opinion_receipt.html", row, number=number, secret=secret)


@everybodys
def comparison(follow_up_id: str) -> str:
    """The decided text and the revised plan, side by side; only while both are public."""
    row = follow_ups.find(ANONYMOUS, follow_up_id)
    both = follow_ups.compared(row)
    if both is None:
        raise NotFound
    decided, revised = both
    return _render(
        "comparison.html",
        row,
        decided=decided,
        revised=revised,
        decided_url=publications.address(decided),
        revised_url=publications.address(revised),
        rows=compare(decided.body, revised.body),
    )


@one_persons
def look_up_form() -> str:
    """Ask by receipt."""
    return render_template("meetings/portal/opinion_look_up.html", crumbs=crumbs((_("查询意见答复"), "")), typed={})


@one_persons
def look_up() -> Any:
    """One's own opinion and its answer; a wrong number and a wrong secret say the same."""
    typed = request.form
    trail = crumbs((_("查询意见答复"), ""))
    try:
        found = opinions.look_up(typed.get("number", ""), typed.get("secret", ""))
    except NotFound:
        fault = {"text": _("没有找到。请核对回执上的编号和查询码。"), "target": "number"}
        shown = render_template("meetings/portal/opinion_look_up.html", crumbs=trail, typed=typed, problems=[fault])
        return shown, 404
    group = opinions.answer_to(found)
    return render_template(
        "meetings/portal/opinion_look_up.html",
        crumbs=trail,
        typed=typed,
        found=found,
        shown=voices.follow_up(found.follow_up),
        answer=_group(group) if group else None,
    )


# --- inside -----------------------------------------------------------------------------------------


def _form(row: FollowUp, no: Invalid | Refused | None = None, typed: Mapping[str, str] | None = None) -> str:
    return _render(
        "opinion.html",
        row,
        over=is_over(row),
        typed=typed or {},
        errors=no.errors if isinstance(no, Invalid) else {},
        problems=problems(no),
        form_key=typed.get(FIELD) if typed else new_key(),
        limits=opinions.LIMITS,
        decided=_address(row),
    )


def _render(template: str, row: FollowUp, **values: Any) -> str:
    meeting, shown = row.application.meeting, voices.follow_up(row)
    titles = {"opinion.html": _("提意见"), "opinion_receipt.html": _("回执"), "comparison.html": _("对照")}
    trail = [(meeting.title, telling.meeting_path(meeting))] if meeting else []
    trail.append((_("对决定的意见"), shown["url"]))
    if template in titles:
        trail.append((titles[template], ""))
    return render_template(
        f"meetings/portal/{template}",
        crumbs=crumbs(*trail),
        row=row,
        shown=shown,
        agency=agency_name(meeting.agency) if meeting else "",
        matter_url=matter_url(row.application),
        meeting_url=telling.meeting_path(meeting) if meeting else "",
        url=url_for("meetings.opinion", follow_up_id=row.id),
        **values,
    )


def _group(group: OpinionGroup) -> dict[str, Any]:
    return {
        "title": group.title,
        "count": len(group.opinions),
        "word": DISPOSITIONS[group.disposition or ""],
        "tone": WORD_TONES[group.disposition or ""],
        "reply": group.reply,
    }


def _address(row: FollowUp) -> str:
    return publications.address(row.decided) if row.decided.state == "released" else ""
