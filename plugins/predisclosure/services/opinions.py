"""Opinions (意见, 预7): given by the web, entered by staff with their source, hidden with a reason; never changed."""

from __future__ import annotations

import hmac
import secrets
from datetime import date, timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from core import audit, receipts
from core.db import db, new_id, utcnow
from core.permissions import Actor, require
from core.refusals import Invalid, NotFound, Refusal, Refused, Stale, TooMany, WrongState
from core.text import checked
from core.workdays import local_date
from plugins.predisclosure.draft_articles import articles
from plugins.predisclosure.models import ConsultationOpinion, PublicConsultation
from plugins.predisclosure.models.consultations import NEVER_OPENED, OVER
from plugins.predisclosure.services.visibility import is_public, of_staff
from plugins.predisclosure.values import CHANNELS
from plugins.predisclosure.workflow import CONSULTATION

OBJECT_TYPE = "predisclosure.opinion"
RIGHT = "predisclosure.opinions"
LIMITS = {"text": 20_000, "passage": 500, "name": 60, "contact": 200, "source": 200}
FROM_PERSON, FROM_ADDRESS = 10, 3000
"""How many opinions with one contact, and how many from one address (a whole office), are taken in an hour."""


def give(
    row: PublicConsultation, text: str, *, place: str = "", passage: str = "", name: str = "", contact: str = "",
    address: str = "",
) -> tuple[ConsultationOpinion, str]:  # fmt: skip
    """An opinion by the public form, with its secret, which is nowhere stored. After the end it is kept as late.

    Raises:
        Invalid. NotFound: never opened. Refused: `CONSULTATION_OVER`. TooMany.
    """
    texts = checked({"text": text, "passage": passage, "name": name, "contact": contact}, LIMITS, ("text",))
    if row.state in NEVER_OPENED or row.edition is None:
        raise NotFound
    if row.state in OVER:
        raise Refused(Refusal("CONSULTATION_OVER", _l("这个事项已经结束，不再接收意见。"), "预6"))
    _require_place(row, place)
    sender = _sender(address)
    _against_floods(row, sender, texts["contact"].strip())
    secret = receipts.new_secret()
    made = _add(row, texts, channel="web", place=place, sender_hash=sender, secret_hash=receipts.digest(secret))
    return made, secret


def enter(
    actor: Actor, row: PublicConsultation, channel: str, source: str, text: str, *, place: str = "", name: str = "",
    contact: str = "", given_on: date | None = None,
) -> ConsultationOpinion:  # fmt: skip
    """An opinion given at a hearing, in a survey, by letter or telephone, with its source; counted like any other.

    Raises:
        Forbidden, WrongState, Invalid.
    """
    _require_open(actor, row)
    if channel not in CHANNELS or channel == "web":
        raise Invalid({"channel": [_l("请选择意见的来源。")]})
    today = local_date(utcnow())
    if given_on is not None and given_on > today:
        raise Invalid({"given_on": [_l("收到日期不能晚于今天。")]})
    _require_place(row, place)
    texts = checked({"text": text, "name": name, "contact": contact, "source": source}, LIMITS, ("text", "source"))
    day = given_on or today
    made = _add(row, texts, channel=channel, place=place, given_on=day, entered_by=actor.id or None)
    assert row.closes_at is not None
    made.late = day > local_date(row.closes_at - timedelta(microseconds=1))
    db.session.flush()
    audit.record(actor, f"{OBJECT_TYPE}.enter", OBJECT_TYPE, made.id, article="预7", data={"channel": channel})
    return made


def hide(actor: Actor, one: ConsultationOpinion, reason: str) -> ConsultationOpinion:
    """Take it out of what is read and counted, with the reason; the words stay.

    Raises:
        Forbidden, Invalid: no reason. WrongState: the summary is out.
    """
    _require_open(actor, one.consultation)
    one.hidden_reason = checked({"reason": reason.strip()}, {"reason": 500}, ("reason",))["reason"]
    one.hidden = True
    db.session.flush()
    audit.record(actor, f"{OBJECT_TYPE}.hide", OBJECT_TYPE, one.id, article="预7", reason=one.hidden_reason)
    return one


def show_again(actor: Actor, one: ConsultationOpinion) -> ConsultationOpinion:
    """Bring a hidden one back; raises Forbidden, WrongState."""
    _require_open(actor, one.consultation)
    one.hidden, one.hidden_reason = False, ""
    db.session.flush()
    audit.record(actor, f"{OBJECT_TYPE}.show_again", OBJECT_TYPE, one.id, article="预7")
    return one


def select_rows(actor: Actor, row: PublicConsultation | None = None) -> Select[ConsultationOpinion]:
    """Opinions whose words this person may read: those of the drafting body's staff."""
    query = select(ConsultationOpinion).join(PublicConsultation).where(of_staff(actor))
    return query.where(ConsultationOpinion.consultation_id == row.id) if row is not None else query


def find(actor: Actor, ident: str) -> ConsultationOpinion:
    """One of them; raises NotFound."""
    found = db.session.scalar(select_rows(actor).where(ConsultationOpinion.id == ident))
    if found is None:
        raise NotFound
    return found


def look_up(number: str, secret: str) -> ConsultationOpinion:
    """The opinion of a receipt; raises NotFound for a wrong number and a wrong secret alike, in the same time."""
    found = db.session.scalar(select(ConsultationOpinion).where(ConsultationOpinion.number == number.strip()[:20]))
    if not receipts.opens(secret, found.secret_hash if found else None):
        raise NotFound
    assert found is not None
    return found


def is_answered(one: ConsultationOpinion) -> bool:
    """True while the summary is public: answers are prepared privately and published together."""
    return is_public(one.consultation.summary_publication)


def _require_open(actor: Actor, row: PublicConsultation) -> None:
    require(actor, RIGHT, row)
    if row.state not in {"open", "closed", "summarising"}:
        raise WrongState(CONSULTATION.label(row.state))


def require_unpublished(actor: Actor, row: PublicConsultation, version: int | None = None, current: int = 0) -> None:
    """Groups and answers change until the summary goes to review; raises Forbidden, WrongState, Stale."""
    _require_open(actor, row)
    if version is not None and version != current:
        raise Stale(current)


def _require_place(row: PublicConsultation, place: str) -> None:
    assert row.edition is not None
    if place and place not in {one.anchor for one in articles(row.edition.text)[1]}:
        raise Invalid({"place": [_l("征求意见稿没有这一条，请重新选择。")]})


def _sender(address: str) -> str:
    """A digest that differs every day, so that it counts and says nothing else."""
    if not address:
        return ""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"{local_date(utcnow())} {address}".encode(), "sha256").hexdigest()


def _against_floods(row: PublicConsultation, sender: str, contact: str) -> None:
    given = ConsultationOpinion
    recent = select(func.count()).select_from(given)
    recent = recent.where(given.consultation_id == row.id, given.channel == "web")
    recent = recent.where(given.received_at > utcnow() - timedelta(hours=1))
    of_one = (db.session.scalar(recent.where(given.contact == contact)) or 0) if contact else 0
    of_address = (db.session.scalar(recent.where(given.sender_hash == sender)) or 0) if sender else 0
    if of_one >= FROM_PERSON or of_address >= FROM_ADDRESS:
        raise TooMany(_l("短时间内提交的意见过多，请一小时后再试。您填写的内容还在。"))


def _add(row: PublicConsultation, texts: dict[str, str], **values: object) -> ConsultationOpinion:
    now = utcnow()
    assert row.edition is not None
    late = row.state != "open" or row.closes_at is None or now >= row.closes_at
    made = ConsultationOpinion(
        id=new_id(), consultation_id=row.id, edition=row.edition.number, number=_number(), received_at=now,
        late=late, hidden=False, **texts, **values,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def _number() -> str:
    """The day and eight digits, unique in the jurisdiction."""
    while True:
        number = f"{local_date(utcnow()):%Y%m%d}-{secrets.randbelow(10**8):08d}"
        if db.session.scalar(select(ConsultationOpinion.id).where(ConsultationOpinion.number == number)) is None:
            return number


def sees_inside(actor: Actor, row: PublicConsultation) -> bool:
    """True for the drafting body's staff."""
    return (
        db.session.scalar(select(PublicConsultation.id).where(of_staff(actor), PublicConsultation.id == row.id))
        is not None
    )
