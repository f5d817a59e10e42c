"""What stands in the way of a consultation's next step (预2 to 预7); a page that only asks gives no values yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from core.db import db, utcnow
from core.languages import listed
from core.refusals import Refusal
from core.workflow import Move
from plugins.predisclosure.models import ConsultationGroup, ConsultationOpinion, PublicConsultation
from plugins.predisclosure.values import LEGALITY, METHODS, SELECTED_METHODS
from plugins.predisclosure.workflow import periods

NOTICE: dict[str, Any] = {
    "main_points": _l("主要内容"),
    "background": _l("基本情况说明"),
    "basis": _l("决策依据和理由"),
    "feedback": _l("反馈意见方式"),
    "text": _l("征求意见稿"),
}


def _said(move: Move, name: str, otherwise: Any = "?") -> Any:
    """A value of the event; where nobody fires it yet, one that passes."""
    return move.params.get(name, otherwise if not move.params else "")


def notice_complete(row: PublicConsultation, _move: Move) -> Refusal | None:
    """预6: the four parts of the notice, and the draft itself (预2)."""
    missing = tuple(name for name in NOTICE if not str(getattr(row, name)).strip())
    if not missing:
        return None
    names = listed(NOTICE[name] for name in missing)
    return Refusal("NOTICE_INCOMPLETE", _l("公告还缺：%(names)s。", names=names), "预6", missing)


def method_chosen(row: PublicConsultation, _move: Move) -> Refusal | None:
    """预5: at least one way of asking."""
    if any(one.get("kind") in METHODS for one in row.methods):
        return None
    return Refusal("METHOD_MISSING", _l("请至少选择一种预公开的方式。"), "预5", ("methods",))


def long_enough(row: PublicConsultation, move: Move) -> Refusal | None:
    """预6: never below seven days; below thirty only with a ground and an explanation in the notice."""
    wanted = row.wanted_close or periods.usual_end(move.at)
    if wanted >= periods.usual_end(move.at):
        return None
    if wanted < periods.least(move.at, periods.shortest_days()):
        detail = _l("截止时间太早：公开征求意见任何情况下不少于%(days)s日。", days=periods.shortest_days())
        return Refusal("PERIOD_TOO_SHORT", detail, "预6", ("closes_at",))
    missing = tuple(name for name in ("short_ground", "short_explanation") if not getattr(row, name).strip())
    if not missing:
        return None
    detail = _l(
        "截止时间太早：一般不少于%(days)s日。特殊情况缩短期限，须写明理由，并在公告中向公众说明。",
        days=periods.usual_days(),
    )
    return Refusal("PERIOD_TOO_SHORT", detail, "预6", missing)


def by_another(row: PublicConsultation, move: Move) -> Refusal | None:
    """预6: who handed it in for approval does not approve it."""
    return _other(row.submitted_by, move, _l("由另一人批准，送审人不能批准自己送审的内容。"))


def summary_by_another(row: PublicConsultation, move: Move) -> Refusal | None:
    """预7: who wrote the summary does not approve it."""
    return _other(row.summarised_by, move, _l("采纳情况由另一人审核，送审人不能审核自己汇总的内容。"))


def _other(first: str | None, move: Move, detail: Any) -> Refusal | None:
    stands_for = move.grant.on_behalf_of_id if move.grant else ""
    return Refusal("OWN_APPROVAL", detail, "预6") if first and first in {move.actor.id, stands_for} else None


def not_earlier(row: PublicConsultation, move: Move) -> Refusal | None:
    """预6: once open, the end only moves later."""
    wanted: datetime | None = move.params.get("closes_at")
    if not move.params or (wanted and row.closes_at and wanted > row.closes_at and wanted > move.at):
        return None
    return Refusal("PERIOD_TOO_SHORT", _l("期限只能延长，新的截止时间必须晚于原来的截止时间。"), "预6", ("closes_at",))


def new_period_long_enough(row: PublicConsultation, move: Move) -> Refusal | None:
    """预6: another draft is another whole period."""
    wanted: datetime | None = move.params.get("closes_at")
    if wanted is None or wanted >= periods.earliest_end(row, move.at):
        return None
    detail = _l("征求意见稿作了实质修改，征求意见的期限重新计算，截止时间太早。")
    return Refusal("PERIOD_TOO_SHORT", detail, "预6", ("closes_at",))


def changed(row: PublicConsultation, move: Move) -> Refusal | None:
    """A new draft differs from the one the public is reading."""
    if _said(move, "text").strip() not in {"", row.edition.text.strip() if row.edition else ""}:
        return None
    return Refusal("UNCHANGED", _l("新的征求意见稿与现在公开的相同，或者没有内容。"), "预6", ("text",))


def erratum_given(_row: PublicConsultation, move: Move) -> Refusal | None:
    """勘误 says what is wrong and what it should be."""
    if _said(move, "text").strip():
        return None
    return Refusal("ERRATUM_MISSING", _l("请写明哪里有误、应当是什么。"), "预6", ("text",))


def period_over(row: PublicConsultation, _move: Move) -> Refusal | None:
    """预6: nobody closes it before its time."""
    if row.closes_at is not None and row.closes_at <= utcnow():
        return None
    return Refusal("PERIOD_OPEN", _l("征求意见的期限还没有到。"), "预6")


def open_opinions(consultation_id: str) -> int:
    """预7: opinions given in time, not hidden, that nobody has decided on."""
    given, group = ConsultationOpinion, ConsultationGroup
    query = select(func.count()).select_from(given).outerjoin(group, group.id == given.group_id)
    query = query.where(given.consultation_id == consultation_id, given.late.is_(False), given.hidden.is_(False))
    query = query.where(func.coalesce(group.disposition, "") == "")
    return db.session.scalar(query) or 0


def opinions_disposed(row: PublicConsultation, _move: Move) -> Refusal | None:
    """预7: every opinion has its disposition."""
    count = open_opinions(row.id)
    if not count:
        return None
    return Refusal("OPINIONS_OPEN", _l("还有%(count)s条意见没有处理。", count=count), "预7", ("opinions",))


def meetings_recorded(row: PublicConsultation, _move: Move) -> Refusal | None:
    """预5: what was held is recorded with date, place, people and minutes before the summary."""
    bare = tuple(
        one["kind"]
        for one in row.methods
        if one.get("kind") in SELECTED_METHODS and not all(str(one.get(name) or "").strip() for name in RECORDED)
    )
    if not bare:
        return None
    names = listed(METHODS[kind] for kind in bare)
    return Refusal("METHOD_UNRECORDED", _l("请补记日期、地点、人员和记录：%(names)s。", names=names), "预5", bare)


RECORDED = ("on", "place", "people", "note")


def summarised(row: PublicConsultation, _move: Move) -> Refusal | None:
    """预7: there is a summary."""
    if row.summary.strip():
        return None
    return Refusal("SUMMARY_MISSING", _l("请写意见征集和采纳情况。"), "预7", ("summary",))


def names_nobody(row: PublicConsultation, _move: Move) -> Refusal | None:
    """预7: what is published of the opinions names none of those who gave them."""
    given = select(ConsultationOpinion.name, ConsultationOpinion.contact).where(
        ConsultationOpinion.consultation_id == row.id
    )
    told = {
        word.strip() for pair in db.session.execute(given) for word in pair if len(word.strip()) > 1
    }  # a single character says nothing
    groups = select(ConsultationGroup.title, ConsultationGroup.reason).where(
        ConsultationGroup.consultation_id == row.id
    )
    published = "\n".join([row.summary, *(text for pair in db.session.execute(groups) for text in pair)])
    if not any(word in published for word in told):
        return None
    detail = _l("采纳情况里出现了意见人的姓名或者联系方式，请改写后再公开。")
    return Refusal("SUMMARY_REVEALS", detail, "预7", ("summary",))


def revised(row: PublicConsultation, move: Move) -> Refusal | None:
    """预7: the revised draft is there."""
    if str(_said(move, "text", row.revised_text or "?")).strip() or row.revised_text.strip():
        return None
    return Refusal("REVISED_MISSING", _l("请填写根据意见修改后的文稿。"), "预7", ("revised_text",))


def legality_reviewed(row: PublicConsultation, move: Move) -> Refusal | None:
    """条例713第二十五条: the legality review has its result; asking the public does not stand for it."""
    result = _said(move, "legality", "passed") or row.legality
    if result in LEGALITY and result != "failed":
        return None
    return Refusal("LEGALITY_MISSING", _l("请登记合法性审查结果；审查不合法的，不能提交政府。"), "预7", ("legality",))


def numbered(_row: PublicConsultation, move: Move) -> Refusal | None:
    """预2: what was issued has its number."""
    if str(_said(move, "document_number")).strip():
        return None
    return Refusal("NUMBER_MISSING", _l("请填写出台文件的文号。"), "预2", ("document_number",))
