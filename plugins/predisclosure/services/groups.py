"""Groups of opinions (归类): made by hand, merged and split with their lineage, answered one by one (预7)."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from core import audit
from core.db import db, new_id
from core.permissions import Actor
from core.refusals import Invalid, NotFound, Refusal, Refused, WrongState
from core.text import checked
from plugins.predisclosure.models import ConsultationGroup, ConsultationOpinion, PublicConsultation
from plugins.predisclosure.services.opinions import require_unpublished
from plugins.predisclosure.services.visibility import of_staff
from plugins.predisclosure.values import DISPOSITIONS, REASONED

OBJECT_TYPE = "predisclosure.group"


def find(actor: Actor, ident: str) -> ConsultationGroup:
    """One this person may see; raises NotFound."""
    query = select(ConsultationGroup).join(PublicConsultation).where(of_staff(actor), ConsultationGroup.id == ident)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def group(
    actor: Actor, row: PublicConsultation, opinion_ids: Sequence[str], title: str, *, into: str = ""
) -> ConsultationGroup:
    """Put opinions that stand in no group into a new one, or into the group with the id `into`.

    Raises:
        Forbidden, WrongState, NotFound, Invalid: none chosen, one grouped already, no title.
    """
    require_unpublished(actor, row)
    chosen = _chosen(row, opinion_ids)
    if any(one.group_id for one in chosen):
        raise Invalid({"opinions": [_l("所选的意见有的已经归类，请刷新后再选。")]})
    target = _live(find(actor, into), row) if into else _new(row, title)
    _take(target, chosen)
    _note(actor, "group", target, opinions=[one.id for one in chosen])
    return target


def merge(actor: Actor, source: ConsultationGroup, into: str, *, version: int | None = None) -> ConsultationGroup:
    """All opinions go over to another group; the empty row says where they went.

    Raises:
        Forbidden, WrongState, Stale, NotFound, Invalid: the group itself.
    """
    require_unpublished(actor, source.consultation, version, source.version)
    _live(source, source.consultation)
    target = _live(find(actor, into), source.consultation)
    if target is source:
        raise Invalid({"into": [_l("请选择另一个分组。")]})
    _take(target, list(source.opinions))
    source.disposition, source.reason, source.merged_into_id = "", "", target.id
    source.version += 1
    db.session.flush()
    _note(actor, "merge", source, into=target.id)
    return target


def split(
    actor: Actor, source: ConsultationGroup, opinion_ids: Sequence[str], title: str, *, version: int | None = None
) -> ConsultationGroup:
    """Some opinions become a group of their own; at least one stays.

    Raises:
        Forbidden, WrongState, Stale, Invalid: none or all chosen, not of this group, no title.
    """
    row = source.consultation
    require_unpublished(actor, row, version, source.version)
    _live(source, row)
    chosen = _chosen(row, opinion_ids)
    if any(one.group_id != source.id for one in chosen) or len(chosen) == len(source.opinions):
        raise Invalid({"opinions": [_l("请选择这一组里的部分意见，至少留一条。")]})
    target = _new(row, title)
    target.split_from_id = source.id
    _take(target, chosen)
    _reconsider(source)
    _note(actor, "split", source, new=target.id)
    return target


def answer(
    actor: Actor,
    one: ConsultationGroup,
    disposition: str,
    reason: str = "",
    *,
    title: str = "",
    version: int | None = None,
) -> ConsultationGroup:
    """Say what becomes of a group; published with all others. Other opinions in it take the answer back.

    Raises:
        Forbidden, WrongState, Stale, Invalid. Refused: `REASON_MISSING` (预7).
    """
    require_unpublished(actor, one.consultation, version, one.version)
    _live(one, one.consultation)
    if disposition not in DISPOSITIONS:
        raise Invalid({"disposition": [_l("请选择处理结果。")]})
    texts = checked({"reason": reason.strip(), "title": title.strip() or one.title}, {"reason": 5000, "title": 200})
    if disposition in REASONED and not texts["reason"]:
        detail = _l("不采纳和非本事项的意见应当说明理由。")
        raise Refused(Refusal("REASON_MISSING", detail, "预7", ("reason",)))
    one.disposition, one.reason, one.title = disposition, texts["reason"], texts["title"]
    one.version += 1
    db.session.flush()
    _note(actor, "answer", one, disposition=disposition)
    return one


def _chosen(row: PublicConsultation, ids: Sequence[str]) -> list[ConsultationOpinion]:
    wanted = list(dict.fromkeys(ids))
    query = select(ConsultationOpinion).where(
        ConsultationOpinion.consultation_id == row.id,
        ConsultationOpinion.id.in_(wanted),
        ConsultationOpinion.hidden.is_(False),
    )
    found = list(db.session.scalars(query))
    if not wanted or len(found) != len(wanted):
        raise Invalid({"opinions": [_l("请选择意见。")]})
    return found


def _new(row: PublicConsultation, title: str) -> ConsultationGroup:
    title = checked({"title": title.strip()}, {"title": 200}, ("title",))["title"]
    last = db.session.scalar(
        select(func.max(ConsultationGroup.number)).where(ConsultationGroup.consultation_id == row.id)
    )
    made = ConsultationGroup(id=new_id(), consultation_id=row.id, number=(last or 0) + 1, title=title, version=1)
    made.disposition = made.reason = ""
    db.session.add(made)
    db.session.flush()
    return made


def _live(one: ConsultationGroup, row: PublicConsultation) -> ConsultationGroup:
    if one.consultation_id != row.id:
        raise NotFound
    if one.merged_into_id is not None:
        raise WrongState(_l("已并入其他分组"))
    return one


def _take(target: ConsultationGroup, chosen: Sequence[ConsultationOpinion]) -> None:
    for one in chosen:
        one.group = target
    _reconsider(target)


def _reconsider(changed: ConsultationGroup) -> None:
    """Other opinions, other answer: it is decided anew."""
    changed.disposition = ""
    changed.version += 1
    db.session.flush()


def _note(actor: Actor, act: str, one: ConsultationGroup, **data: object) -> None:
    audit.record(actor, f"{OBJECT_TYPE}.{act}", OBJECT_TYPE, one.id, article="预7", data=data)
