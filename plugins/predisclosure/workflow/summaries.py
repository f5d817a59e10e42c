"""The adoption summary (意见征集和采纳情况, 预7): totals by channel and disposition, and the groups; nobody's name."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.db import db
from core.languages import kept
from plugins.predisclosure.models import ConsultationGroup, ConsultationOpinion, PublicConsultation
from plugins.predisclosure.values import CHANNELS, DISPOSITIONS


def groups_of(consultation_id: str) -> list[ConsultationGroup]:
    """The groups that stand, in their order."""
    query = select(ConsultationGroup).where(
        ConsultationGroup.consultation_id == consultation_id, ConsultationGroup.merged_into_id.is_(None)
    )
    return list(db.session.scalars(query.order_by(ConsultationGroup.number)))


def totals(consultation_id: str) -> dict[str, Any]:
    """How many came by which channel, and what became of them; late and hidden ones are told apart."""
    every = select(ConsultationOpinion).where(ConsultationOpinion.consultation_id == consultation_id)
    rows = list(db.session.scalars(every))
    counts = [one for one in rows if not one.late and not one.hidden]
    return {
        "counted": len(counts),
        "late": sum(one.late for one in rows),
        "hidden": sum(one.hidden and not one.late for one in rows),
        "channels": dict(Counter(one.channel for one in counts)),
        "dispositions": dict(Counter(one.group.disposition for one in counts if one.group and one.group.disposition)),
    }


def answered(consultation_id: str) -> list[dict[str, Any]]:
    """Each group as the public and a meeting read it: how many said so, whether it was adopted, and why not."""
    return [
        {
            "text": group.title,
            "count": len([one for one in group.opinions if not one.late and not one.hidden]),
            "disposition": group.disposition,
            "adopted": group.disposition in {"adopted", "partly"},
            "reason": group.reason,
        }
        for group in groups_of(consultation_id)
        if group.opinions
    ]


def text_of(row: PublicConsultation) -> str:
    """The published page."""
    found = totals(row.id)
    lines = [row.summary, "", kept(_l("共收到意见%(count)s条。", count=found["counted"]))]
    lines += [f"{kept(CHANNELS[name])}：{count}" for name, count in sorted(found["channels"].items())]
    for number, group in enumerate(answered(row.id), start=1):
        lines += ["", f"{number}. {group['text']}（{group['count']}）", kept(DISPOSITIONS[group["disposition"]])]
        lines += [group["reason"]] if group["reason"] else []
    return "\n".join(lines)
