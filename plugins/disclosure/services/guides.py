"""The guide (指南, 管8) of each body: a new edition, its texts, its way to the public, and when it is out of date."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from core import audit, settings
from core.db import db, utcnow
from core.models import Agency
from core.permissions import ANONYMOUS, Actor, require
from core.refusals import Refusal, Refused
from core.text import checked
from core.workdays import local_date
from plugins.disclosure.models import Body, Guide
from plugins.disclosure.models.guides import GUIDE_TEXTS
from plugins.disclosure.services.found import found
from plugins.disclosure.services.visibility import visible_guides
from plugins.disclosure.workflow.entries import months_after
from plugins.disclosure.workflow.guides import GUIDE, OBJECT_TYPE, RIGHT, contact_now

LIMITS = dict.fromkeys(GUIDE_TEXTS, 20_000)
UNDER_WAY = ("drafting", "review", "approved")


def begin(actor: Actor, agency: Agency) -> Guide:
    """A new edition, begun with the texts of the one before and today's contact data.

    Raises:
        Forbidden. Refused: `EDITION_OPEN`, one is under way already.
    """
    last = db.session.scalars(
        select(Guide).where(Guide.agency_id == agency.id).order_by(Guide.edition.desc()).limit(1)
    ).first()
    made = Guide(
        agency_id=agency.id, edition=last.edition + 1 if last else 1, contact=contact_now(agency.id), state="drafting",
        version=1, written_by=actor.id, **{name: getattr(last, name) if last else "" for name in GUIDE_TEXTS},
    )  # fmt: skip
    grant = require(actor, RIGHT, made)
    if last is not None and last.state in UNDER_WAY:
        raise Refused(Refusal("EDITION_OPEN", _l("指南的新版本已经在办理，请在那里继续。"), "管8"))
    db.session.add(made)
    db.session.flush()
    data = {"agency": agency.code, "edition": made.edition}
    audit.record(actor, f"{OBJECT_TYPE}.create", OBJECT_TYPE, made.id, grant=grant, article="管8", data=data)
    return made


def save(actor: Actor, guide: Guide, texts: Mapping[str, str], *, version: int | None = None) -> Guide:
    """Change its texts; the contact data are taken anew from the body. Raises Forbidden, Invalid, WrongState, Stale."""
    GUIDE.require_right(guide, "edit", actor)
    fields = checked({name: texts[name] for name in GUIDE_TEXTS if name in texts}, LIMITS)
    GUIDE.fire(guide, "edit", actor, version=version, params={"fields": fields})
    return guide


def move(actor: Actor, guide: Guide, event: str, *, reason: str = "", version: int | None = None) -> Guide:
    """Submit, return, approve, publish."""
    GUIDE.fire(guide, event, actor, reason=reason, version=version)
    return guide


def select_rows(actor: Actor) -> Select[Guide]:
    """What this person may see."""
    return select(Guide).where(visible_guides(actor))


def find(actor: Actor, ident: str) -> Guide:
    """One of them; raises NotFound."""
    return found(db.session.scalar(select_rows(actor).where(Guide.id == ident)))


def published(agency: Agency) -> Guide | None:
    """What the public reads."""
    return db.session.scalar(select(Guide).where(Guide.agency_id == agency.id, visible_guides(ANONYMOUS)))


def published_bodies() -> set[str]:
    """Ids of the bodies whose guide the public reads."""
    return set(db.session.scalars(select(Guide.agency_id).where(visible_guides(ANONYMOUS))))


def under_way(agency: Agency) -> Guide | None:
    """The edition that is being written or approved."""
    return db.session.scalar(select(Guide).where(Guide.agency_id == agency.id, Guide.state.in_(UNDER_WAY)))


def editions(agency: Agency) -> list[Guide]:
    """Every edition that was ever public, newest first."""
    query = select(Guide).where(Guide.agency_id == agency.id, Guide.published_at.is_not(None))
    return list(db.session.scalars(query.order_by(Guide.edition.desc())))


def out_of_date(agency: Agency) -> Any:
    """更新提醒 (管8): why a body's guide wants a new edition, "" when it does not."""
    return _why(published(agency), contact_now(agency.id))


def outdated(agency_ids: Collection[str] | None = None) -> dict[str, Any]:
    """Agency id → why its guide wants a new edition, for bodies (of `agency_ids`) with none under way."""
    busy = select(Guide.agency_id).where(Guide.state.in_(UNDER_WAY))
    query = select(Agency.id).where(Agency.abolished_at.is_(None), Agency.id.not_in(busy))
    if agency_ids is not None:
        query = query.where(Agency.id.in_(sorted(agency_ids)))
    public = {row.agency_id: row for row in db.session.scalars(select(Guide).where(visible_guides(ANONYMOUS)))}
    contacts = {row.agency_id: row.contact for row in db.session.scalars(select(Body))}
    reasons = {ident: _why(public.get(ident), contacts.get(ident, {})) for ident in db.session.scalars(query)}
    return {ident: why for ident, why in reasons.items() if why}


def _why(guide: Guide | None, contact: Mapping[str, str]) -> Any:
    if guide is None:
        return _l("还没有发布公开指南。")
    if guide.contact != contact and any(contact.values()):
        return _l("机构的联系方式或者人员有变化，指南需要更新。")
    months = max(1, int(settings.get("disclosure.guide_months")))
    assert guide.published_at is not None
    if months_after(local_date(guide.published_at), months) <= local_date(utcnow()):
        return _l("指南发布已满%(months)s个月，需要核对更新。", months=months)
    return ""
