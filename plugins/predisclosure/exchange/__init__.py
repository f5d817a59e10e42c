"""What the plugin gives to others: what stands in the way of a decision, material for meetings, steps of life-lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import publications
from core.contracts import Blocker, MeetingMaterial, TimelineEntry
from core.db import db
from core.jurisdictions import current
from core.models import Publication
from plugins.predisclosure.models import DecisionItem, PublicConsultation
from plugins.predisclosure.models.consultations import NEVER_OPENED
from plugins.predisclosure.services.visibility import is_public, notice_stands
from plugins.predisclosure.workflow import summaries
from plugins.predisclosure.workflow.consultation_guards import open_opinions

HANDED_IN = ("submitted", "issued")
COLLECTED = ("closed", "summarising", "summary_review")


def blockers(matter_ids: Sequence[str]) -> dict[str, list[Blocker]]:
    """预2: a listed item goes neither to a meeting nor out before its consultation was handed to the government."""
    found: dict[str, list[Blocker]] = {matter: [] for matter in matter_ids}
    items = select(DecisionItem).where(DecisionItem.matter_id.in_(list(matter_ids)), DecisionItem.state != "exempt")
    for item in db.session.scalars(items.order_by(DecisionItem.created_at)):
        row = _latest(item.id)
        if row is not None and row.state in HANDED_IN:
            continue
        found[item.matter_id].append(
            Blocker("PRE_NOT_DONE", _l("“%(title)s”应当先预公开并征求意见。", title=item.title), "预2")
        )
        if row is not None and row.state in COLLECTED and open_opinions(row.id):
            found[item.matter_id].append(Blocker("OPINIONS_OPEN", _l("还有意见没有处理。"), "预7"))
    return found


def _latest(item_id: str) -> PublicConsultation | None:
    query = (
        select(PublicConsultation)
        .where(PublicConsultation.item_id == item_id)
        .order_by(PublicConsultation.created_at.desc())
    )
    return db.session.scalars(query.limit(1)).first()


def materials(matter_ids: Sequence[str]) -> dict[str, list[MeetingMaterial]]:
    """会5: the draft, its basis and the adoption summary arrive in the application by themselves."""
    found: dict[str, list[MeetingMaterial]] = {matter: [] for matter in matter_ids}
    query = select(PublicConsultation).where(
        PublicConsultation.matter_id.in_(list(matter_ids)), PublicConsultation.summary_publication_id.is_not(None),
        PublicConsultation.state != "terminated",
    )  # fmt: skip
    for row in db.session.scalars(query):
        groups = summaries.answered(row.id)
        notice, summary = row.publication, row.summary_publication
        given: tuple[tuple[str, Publication | None, dict[str, Any]], ...] = (
            ("draft", notice, {}),
            ("basis", notice, {}),
            ("adoption_summary", summary, {"groups": groups}),
        )
        for kind, page, data in given:
            if page is not None and is_public(page) and is_public(summary):
                key = f"predisclosure.{kind}.{row.id}"
                found[row.matter_id].append(
                    MeetingMaterial(key, kind, page.title, url=publications.address(page), data=data)
                )
    return found


def timeline(matter_ids: Sequence[str]) -> dict[str, list[TimelineEntry]]:
    """预2: when the public was asked, until when, and how it ended."""
    found: dict[str, list[TimelineEntry]] = {matter: [] for matter in matter_ids}
    query = select(PublicConsultation).where(
        PublicConsultation.matter_id.in_(list(matter_ids)), PublicConsultation.state.not_in(NEVER_OPENED),
        PublicConsultation.opens_at.is_not(None), notice_stands(),
    )  # fmt: skip
    for row in db.session.scalars(query):
        assert row.opens_at is not None
        assert row.closes_at is not None
        url = f"/{current().slug}/predisclosure/consultations/{row.id}/"
        unit = row.agency.name
        steps = found[row.matter_id]
        steps.append(
            TimelineEntry(f"predisclosure.opened.{row.id}", row.opens_at, _l("公开征求意见"), row.title, url, unit)
        )
        closed = row.state != "open"
        label = _l("征求意见截止") if closed else _l("征求意见到期截止")
        steps.append(
            TimelineEntry(f"predisclosure.closed.{row.id}", row.closes_at, label, row.title, url, unit, owed=not closed)
        )
    return found
