"""What the public is asked about (征求意见): the list, the draft by its articles, form, receipt, look-up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from core.db import db, utcnow
from core.permissions import ANONYMOUS
from core.refusals import Invalid, NotFound, Refused
from core.web.attempts import attempts
from core.web.once import FIELD, new_key, once
from core.web.portal import pages
from core.web.portal.pages import everybodys, one_persons, problems
from core.web.requests import sender_address
from plugins.predisclosure.draft_articles import articles, name_of
from plugins.predisclosure.models import ConsultationOpinion, PublicConsultation
from plugins.predisclosure.models.consultations import OVER
from plugins.predisclosure.services import consultations, opinions
from plugins.predisclosure.services.visibility import is_public, page_address
from plugins.predisclosure.values import CATEGORIES, CHANNELS, DISPOSITIONS, METHODS
from plugins.predisclosure.workflow import CONSULTATION, summaries

TONES = {"open": "live", "closed": "soon", "summarising": "soon", "summary_review": "soon", "terminated": "stopped",
         "not_issued": "stopped"}  # fmt: skip
WORD_TONES = {"adopted": "done", "partly": "now", "rejected": "stopped", "unrelated": ""}
MOST_OPEN, MOST_PAST = 50, 30


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/predisclosure/` and what hangs on it."""
    one = "/consultations/<consultation_id>/"
    bp.add_url_rule("/", "index", index)
    bp.add_url_rule(one, "consultation", page)
    bp.add_url_rule(f"{one}opinion/", "opinion", form)
    bp.add_url_rule(f"{one}opinion/", "opinion_give", give, methods=["POST"])
    bp.add_url_rule("/opinions/", "opinion_look_up", look_up_form)
    bp.add_url_rule("/opinions/", "opinion_found", look_up, methods=["POST"])


@everybodys
def index() -> str:
    """What is open, the one that ends first on top; then what is over, the newest first."""
    query = consultations.select_rows(ANONYMOUS)
    now = query.where(PublicConsultation.state == "open").order_by(PublicConsultation.closes_at).limit(MOST_OPEN)
    past = (
        query.where(PublicConsultation.state != "open").order_by(PublicConsultation.closes_at.desc()).limit(MOST_PAST)
    )
    return render_template(
        "predisclosure/portal/index.html",
        crumbs=_crumbs()[:2],
        open=[_brief(row) for row in db.session.scalars(now)],
        past=[_brief(row) for row in db.session.scalars(past)],
    )


@everybodys
def page(consultation_id: str) -> str:
    """One consultation as the public sees it."""
    row = consultations.find(ANONYMOUS, consultation_id)
    assert row.edition is not None
    before, found = articles(row.edition.text)
    published = is_public(row.summary_publication)
    return render_template(
        "predisclosure/portal/consultation.html",
        crumbs=_crumbs((row.title, "")),
        row=row,
        shown=_brief(row),
        before=before,
        articles=found,
        takes=row.state not in OVER,
        methods=[(METHODS[one["kind"]], one) for one in row.methods],
        category=CATEGORIES[row.item.category],
        errata=[(datetime.fromisoformat(one["at"]), one["text"]) for one in row.errata],
        extensions=[(datetime.fromisoformat(one["at"]), one["reason"]) for one in row.extensions],
        totals=_totals(row) if published else None,
        groups=[_group(one) for one in summaries.answered(row.id)] if published else [],
        summary_url=page_address(row.summary_publication),
        notice_url=page_address(row.publication),
        matter_url=url_for("portal.matter", matter_id=row.matter_id),
    )


@one_persons
def form(consultation_id: str) -> str:
    """The form; `place` names an article."""
    return _form(consultations.find(ANONYMOUS, consultation_id), typed={"place": request.args.get("place", "")})


@one_persons
def give(consultation_id: str) -> Any:
    """Sent twice it is one opinion with one receipt; what was typed stays when it is refused."""
    row, typed = consultations.find(ANONYMOUS, consultation_id), request.form

    def make() -> str:
        if not typed.get("consent"):
            raise Invalid({"consent": [_("请先同意我们为办理意见使用您填写的内容。")]})
        made, secret = opinions.give(
            consultations.find(ANONYMOUS, consultation_id), typed.get("text", ""), place=typed.get("place", ""),
            passage=typed.get("passage", ""), name=typed.get("name", ""), contact=typed.get("contact", ""),
            address=sender_address(),
        )  # fmt: skip
        return f"{made.number} {secret} {'late' if made.late else ''}"

    try:
        number, secret, late = once(ANONYMOUS, typed.get(FIELD, ""), make).split(" ")
    except (Invalid, Refused) as no:
        return _form(consultations.find(ANONYMOUS, consultation_id), no, typed), no.status
    row = consultations.find(ANONYMOUS, consultation_id)
    trail = _crumbs((row.title, _url(row)), (_("回执"), ""))
    return render_template(
        "predisclosure/portal/receipt.html", crumbs=trail, shown=_brief(row), number=number, secret=secret, late=late
    )


@one_persons
def look_up_form() -> str:
    """Ask by receipt."""
    return render_template("predisclosure/portal/look_up.html", crumbs=_crumbs((_("查询意见"), "")), typed={})


@one_persons
def look_up() -> Any:
    """One's own opinion and its answer; a wrong number and a wrong secret say the same."""
    typed, trail = request.form, _crumbs((_("查询意见"), ""))
    attempts().refuse_crowd()
    try:
        one = opinions.look_up(typed.get("number", ""), typed.get("secret", ""))
    except NotFound:
        attempts().failed()
        fault = {"text": _("没有找到。请核对回执上的编号和查询码。"), "target": "number"}
        shown = render_template("predisclosure/portal/look_up.html", crumbs=trail, typed=typed, problems=[fault])
        return shown, 404
    return render_template(
        "predisclosure/portal/look_up.html",
        crumbs=trail,
        typed=typed,
        found=one,
        place=_place(one),
        shown=_brief(one.consultation),
        answered=opinions.is_answered(one),
        answer=_answer(one),
    )


# --- inside -----------------------------------------------------------------------------------------


def _form(row: PublicConsultation, no: Invalid | Refused | None = None, typed: Mapping[str, str] | None = None) -> str:
    assert row.edition is not None
    typed = typed or {}
    return render_template(
        "predisclosure/portal/opinion.html",
        crumbs=_crumbs((row.title, _url(row)), (_("提意见"), "")),
        row=row,
        shown=_brief(row),
        places=[(one.anchor, one.name) for one in articles(row.edition.text)[1]],
        over=row.state in OVER,
        late=row.state != "open" or row.closes_at is None or row.closes_at <= utcnow(),
        typed=typed,
        errors=no.errors if isinstance(no, Invalid) else {},
        problems=problems(no),
        form_key=typed.get(FIELD) or new_key(),
        limits=opinions.LIMITS,
    )


def _brief(row: PublicConsultation) -> dict[str, Any]:
    assert row.closes_at is not None
    return {
        "title": row.title,
        "url": _url(row),
        "opinion_url": url_for("predisclosure.opinion", consultation_id=row.id),
        "label": CONSULTATION.label(row.state),
        "tone": TONES.get(row.state, "done"),
        "agency": row.agency.name,
        "open": row.state == "open",
        "opens_at": row.opens_at,
        "last_day": row.closes_at - timedelta(minutes=1),
        "edition": row.edition.number if row.edition else 1,
    }


def _totals(row: PublicConsultation) -> dict[str, Any]:
    found = summaries.totals(row.id)
    return {
        "counted": found["counted"],
        "late": found["late"],
        "channels": [(CHANNELS[name], count) for name, count in found["channels"].items()],
        "dispositions": [
            (DISPOSITIONS[name], count)
            for name, count in sorted(found["dispositions"].items(), key=lambda pair: list(DISPOSITIONS).index(pair[0]))
        ],
    }


def _group(one: Mapping[str, Any]) -> dict[str, Any]:
    word = one["disposition"]
    return {**one, "word": DISPOSITIONS[word], "tone": WORD_TONES[word]}


def _answer(one: ConsultationOpinion) -> dict[str, Any] | None:
    group = one.group if opinions.is_answered(one) else None
    if group is None or not group.disposition:
        return None
    tone = WORD_TONES[group.disposition]
    return {"title": group.title, "word": DISPOSITIONS[group.disposition], "tone": tone, "reason": group.reason}


def _place(one: ConsultationOpinion) -> str:
    edition = next((made for made in one.consultation.editions if made.number == one.edition), None)
    return name_of(edition.text, one.place) if edition and one.place else ""


def _url(row: PublicConsultation) -> str:
    return url_for("predisclosure.consultation", consultation_id=row.id)


def _crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    return pages.crumbs((_("征求意见"), url_for("predisclosure.index")), *more)
