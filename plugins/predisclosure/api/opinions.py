"""Opinions (意见, 预7) over the API: given without an account, looked up by receipt, entered and hidden by staff."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from pydantic import BaseModel

from core.permissions import can
from core.refusals import NotFound
from core.web.api import Answer, Api, Page, PageQuery, page
from core.web.attempts import attempts
from core.web.requests import actor, sender_address
from plugins.predisclosure.draft_articles import name_of
from plugins.predisclosure.forms import HideIn, OpinionIn, ReceiptIn
from plugins.predisclosure.models import ConsultationOpinion, PublicConsultation
from plugins.predisclosure.services import consultations, opinions

OF, ONE = "/consultations/<id>/opinions", "/opinions/<id>"


class ReceivedOut(BaseModel):
    """The receipt; `secret` is shown once. `late` ones are kept and read, and owed no answer."""

    id: str
    number: str
    secret: str
    late: bool
    detail: str


class OpinionOut(BaseModel):
    """An opinion as staff read it; name and contact for those who handle it."""

    id: str
    consultation: str
    number: str
    edition: int
    channel: str
    source: str
    given_on: str | None
    place: str
    place_name: str
    passage: str
    text: str
    name: str
    contact: str
    late: bool
    hidden: bool
    hidden_reason: str
    group: str | None
    received_at: str


class OwnOut(BaseModel):
    """One's own opinion; its answer once all are published."""

    number: str
    title: str
    text: str
    received_at: str
    late: bool
    answered: bool
    disposition: str
    reason: str


class OpinionsQuery(PageQuery):
    """Filters."""

    late: bool | None = None
    grouped: bool | None = None


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(
        OF, load=load, permission="core.staff", query=OpinionsQuery, answer=Page[OpinionOut],
        summary="Opinions of one consultation",
    )(listing)  # fmt: skip
    api.post(OF, load=load, body=OpinionIn, public=True, status=201, answer=ReceivedOut, summary="Give an opinion")(
        give
    )
    api.post("/opinions/own", body=ReceiptIn, public=True, answer=OwnOut, summary="One's own opinion by receipt")(
        look_up
    )
    api.put(
        f"{ONE}/hidden", load=load_one, body=HideIn, permission="core.staff", answer=OpinionOut,
        summary="Leave an opinion out with a reason, or bring it back; its words stay",
    )(hide)  # fmt: skip


def load(ident: str) -> PublicConsultation:
    """One the caller may see; raises NotFound."""
    return consultations.find(actor(), ident)


def load_one(ident: str) -> ConsultationOpinion:
    """One the caller may read; raises NotFound."""
    return opinions.find(actor(), ident)


def listing(row: PublicConsultation, query: OpinionsQuery) -> Answer:
    """In the order they came, the newest first."""
    statement = opinions.select_rows(actor(), row)
    if query.late is not None:
        statement = statement.where(ConsultationOpinion.late.is_(query.late))
    if query.grouped is not None:
        statement = statement.where(
            ConsultationOpinion.group_id.is_not(None) if query.grouped else ConsultationOpinion.group_id.is_(None)
        )
    return page(statement, query, ConsultationOpinion.received_at, _opinion, modified=ConsultationOpinion.updated_at)


def give(row: PublicConsultation, body: OpinionIn) -> Answer:
    """By the web without an account; the other channels by staff."""
    if body.channel == "web":
        made, secret = opinions.give(
            row, body.text, place=body.place, passage=body.passage, name=body.name, contact=body.contact,
            address=sender_address(),
        )  # fmt: skip
    else:
        secret = ""
        made = opinions.enter(
            actor(), row, body.channel, body.source, body.text, place=body.place, name=body.name, contact=body.contact,
            given_on=body.given_on,
        )  # fmt: skip
    detail = _("征求意见已经截止，您的意见作为逾期意见保存。") if made.late else _("意见已收到。")
    return Answer({"id": made.id, "number": made.number, "secret": secret, "late": made.late, "detail": detail})


def look_up(body: ReceiptIn) -> Answer:
    """A wrong number and a wrong secret answer the same 404; too many in a minute wait."""
    attempts().refuse_crowd()
    try:
        one = opinions.look_up(body.number, body.secret)
    except NotFound:
        attempts().failed()
        raise
    answered = opinions.is_answered(one)
    group = one.group if answered else None
    return Answer(
        {
            "number": one.number, "title": one.consultation.title, "text": one.text, "received_at": one.received_at,
            "late": one.late, "answered": answered, "disposition": group.disposition if group else "",
            "reason": group.reason if group else "",
        }
    )  # fmt: skip


def hide(one: ConsultationOpinion, body: HideIn) -> Answer:
    """With its reason."""
    return Answer(
        _opinion(opinions.hide(actor(), one, body.reason) if body.hidden else opinions.show_again(actor(), one))
    )


def _opinion(one: ConsultationOpinion) -> dict[str, Any]:
    known = can(actor(), "predisclosure.see_authors", one) is not None
    own = OpinionOut.model_fields.keys() - {"consultation", "place_name", "name", "contact", "group"}
    edition = next((made for made in one.consultation.editions if made.number == one.edition), None)
    return {
        **{name: getattr(one, name) for name in own},
        "consultation": one.consultation_id,
        "place_name": name_of(edition.text, one.place) if edition and one.place else "",
        "name": one.name if known else "",
        "contact": one.contact if known else "",
        "group": one.group_id,
    }
