"""Life of a consultation (5.5): drafted, approved, open for its whole period, summarised, revised, and only then
handed to the government (预2).
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask_babel import lazy_gettext as _l

from core import publications
from core.db import db
from core.languages import kept
from core.permissions import SYSTEM
from core.workdays import LOCAL
from core.workflow import Machine, Move, State, Transition
from plugins.predisclosure.models import DraftEdition, PublicConsultation
from plugins.predisclosure.models.consultations import NEVER_OPENED
from plugins.predisclosure.workflow import consultation_guards as guards
from plugins.predisclosure.workflow import periods, summaries

OBJECT_TYPE = "predisclosure.consultation"
RIGHT, APPROVE = "predisclosure.draft", "predisclosure.approve"


def opened(row: PublicConsultation) -> bool:
    """True once the public was asked: from then on everything about it is public."""
    return bool(row.editions)


# --- effects ----------------------------------------------------------------------------------------


def _submit(row: PublicConsultation, move: Move) -> None:
    row.submitted_by = move.actor.id


def _open(row: PublicConsultation, move: Move) -> None:
    row.opens_at, row.approved_name = move.at, move.actor.name
    row.closes_at = row.wanted_close or periods.usual_end(move.at)
    _show(row, move, "")
    notice = publications.create(
        SYSTEM, kind="notice", title=kept(_l("%(title)s公开征求意见公告", title=row.title)), body=notice_text(row),
        agency_id=row.agency_id, matter_id=row.matter_id, plugin="predisclosure", subject_type=OBJECT_TYPE,
        subject_id=row.id,
    )  # fmt: skip
    publications.approve(SYSTEM, notice)
    publications.release(SYSTEM, notice)
    row.publication_id = notice.id


def _show(row: PublicConsultation, move: Move, reason: str) -> None:
    row.content_hash = hashlib.sha256(row.text.encode()).hexdigest()
    row.editions.append(
        DraftEdition(number=len(row.editions) + 1, text=row.text, text_hash=row.content_hash, reason=reason,
                published_at=move.at)
    )  # fmt: skip
    db.session.flush()


def _replace(row: PublicConsultation, move: Move) -> None:
    row.text = str(move.params["text"]).strip()
    row.closes_at = move.params.get("closes_at") or periods.earliest_end(row, move.at)
    _show(row, move, move.reason)


def _correct(row: PublicConsultation, move: Move) -> None:
    row.errata = [*row.errata, {"at": move.at.isoformat(), "text": str(move.params["text"]).strip()}]


def _extend(row: PublicConsultation, move: Move) -> None:
    assert row.closes_at is not None
    wanted = move.params["closes_at"]
    entry = {"at": move.at.isoformat(), "from": row.closes_at.isoformat(), "to": wanted.isoformat()}
    row.extensions = [*row.extensions, entry | {"reason": move.reason}]
    row.closes_at = wanted


def _summarise(row: PublicConsultation, move: Move) -> None:
    row.summarised_by = move.actor.id


def _publish_summary(row: PublicConsultation, _move: Move) -> None:
    page = publications.create(
        SYSTEM, kind="notice", title=kept(_l("%(title)s意见征集和采纳情况", title=row.title)),
        body=summaries.text_of(row), agency_id=row.agency_id, matter_id=row.matter_id, plugin="predisclosure",
        subject_type=OBJECT_TYPE, subject_id=row.id,
    )  # fmt: skip
    publications.approve(SYSTEM, page)
    publications.release(SYSTEM, page)
    row.summary_publication_id = page.id


def _revise(row: PublicConsultation, move: Move) -> None:
    row.revised_text = str(move.params.get("text") or row.revised_text).strip()


def _hand_in(row: PublicConsultation, move: Move) -> None:
    row.legality = move.params.get("legality") or row.legality
    row.legality_note = str(move.params.get("legality_note") or row.legality_note)


def _issue(row: PublicConsultation, move: Move) -> None:
    row.document_number = str(move.params["document_number"]).strip()


def _end(row: PublicConsultation, move: Move) -> None:
    row.end_reason = move.reason


def notice_text(row: PublicConsultation) -> str:
    """The notice (公告) as its publication carries it: the four parts of 预6, the period, a shorter one explained."""
    assert row.closes_at is not None
    until = (row.closes_at - timedelta(minutes=1)).astimezone(LOCAL)
    parts = [
        ("一、主要内容", row.main_points),
        ("二、基本情况说明", row.background),
        ("三、决策依据和理由", row.basis),
        ("四、反馈意见方式", row.feedback),
        ("五、征求意见期限", f"至{until:%Y年%m月%d日 %H:%M}止。"),
        ("六、缩短期限的说明", row.short_explanation),
    ]
    return "\n\n".join(f"{head}\n{text}" for head, text in parts if text.strip())


CONSULTATION = Machine(
    OBJECT_TYPE,
    {
        "draft": State(_l("草拟")),
        "pending": State(_l("待批"), "soon"),
        "open": State(_l("征求意见中"), "live"),
        "closed": State(_l("已截止"), "soon"),
        "summarising": State(_l("汇总中"), "soon"),
        "summary_review": State(_l("采纳情况待审"), "soon"),
        "summary_published": State(_l("采纳情况已公开"), "done"),
        "revised": State(_l("已修改完善"), "done"),
        "submitted": State(_l("已提交政府"), "done"),
        "issued": State(_l("已出台"), "done", terminal=True),
        "not_issued": State(_l("不予出台"), terminal=True),
        "terminated": State(_l("已终止"), terminal=True),
    },
    (
        Transition(
            "submit", _l("送批"), ("draft",), "pending", RIGHT, "预6",
            guards=(guards.method_chosen, guards.notice_complete, guards.long_enough), effects=(_submit,),
        ),
        Transition("return", _l("退回修改"), ("pending",), "draft", APPROVE, "预6", needs_reason=True),
        Transition(
            "publish", _l("批准并公开征求意见"), ("pending",), "open", APPROVE, "预6",
            guards=(guards.method_chosen, guards.by_another, guards.notice_complete, guards.long_enough),
            effects=(_open,),
        ),
        Transition(
            "correct", _l("勘误"), ("open",), "open", RIGHT, "预6", guards=(guards.erratum_given,), effects=(_correct,)
        ),
        Transition(
            "replace_draft", _l("更换征求意见稿，重新计算期限"), ("open",), "open", APPROVE, "预6", needs_reason=True,
            guards=(guards.changed, guards.new_period_long_enough), effects=(_replace,),
        ),
        Transition(
            "extend", _l("延长期限"), ("open",), "open", APPROVE, "预6", needs_reason=True,
            guards=(guards.not_earlier,), effects=(_extend,),
        ),
        Transition(
            "close", _l("到期截止"), ("open",), "closed", APPROVE, "预6", guards=(guards.period_over,), by_system=True
        ),
        Transition("summarise", _l("开始汇总"), ("closed",), "summarising", RIGHT, "预7"),
        Transition(
            "submit_summary", _l("采纳情况送审"), ("summarising",), "summary_review", RIGHT, "预7",
            guards=(guards.meetings_recorded, guards.opinions_disposed, guards.summarised, guards.names_nobody),
            effects=(_summarise,),
        ),
        Transition(
            "return_summary", _l("退回重新汇总"), ("summary_review",), "summarising", APPROVE, "预7", needs_reason=True
        ),
        Transition(
            "publish_summary", _l("公开采纳情况"), ("summary_review",), "summary_published", APPROVE, "预7",
            guards=(guards.summary_by_another, guards.opinions_disposed, guards.names_nobody),
            effects=(_publish_summary,),
        ),
        Transition(
            "revise", _l("登记修改稿"), ("summary_published", "revised"), "revised", RIGHT, "预7",
            guards=(guards.revised,), effects=(_revise,),
        ),
        Transition(
            "hand_in", _l("提交政府"), ("revised",), "submitted", RIGHT, "预7",
            guards=(guards.opinions_disposed, guards.legality_reviewed), effects=(_hand_in,),
        ),
        Transition(
            "issue", _l("登记已出台"), ("submitted",), "issued", RIGHT, "预2", guards=(guards.numbered,),
            effects=(_issue,),
        ),
        Transition(
            "not_issue", _l("登记不予出台"), ("submitted",), "not_issued", RIGHT, "预2", needs_reason=True,
            effects=(_end,),
        ),
        Transition(
            "terminate", _l("终止"),
            (*NEVER_OPENED, "open", "closed", "summarising", "summary_review", "summary_published", "revised"),
            "terminated", APPROVE, "预2", needs_reason=True, effects=(_end,),
        ),
    ),
)  # fmt: skip
