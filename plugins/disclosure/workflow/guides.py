"""Life of an edition of a body's guide (管8, 条例第十二条): written, approved as it stands, published, replaced."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import publications
from core.db import db
from core.languages import kept
from core.permissions import SYSTEM
from core.refusals import Refusal
from core.workflow import Machine, Move, State, Transition
from plugins.disclosure import guards
from plugins.disclosure.digests import digest
from plugins.disclosure.models import Body, Guide
from plugins.disclosure.models.bodies import CONTACT
from plugins.disclosure.models.guides import GUIDE_TEXTS

OBJECT_TYPE = "disclosure.guide"
RIGHT, APPROVE = "disclosure.guide", "disclosure.approve_guide"
LABELS: dict[str, Any] = {
    "classification": _l("信息分类"),
    "arrangement": _l("编排体系"),
    "obtaining": _l("获取方式"),
    "office_name": _l("机构名称"),
    "address": _l("办公地址"),
    "hours": _l("办公时间"),
    "phone": _l("联系电话"),
    "fax": _l("传真"),
    "mail": _l("电子邮箱"),
    "website": _l("网址"),
}
WANTED = ("office_name", "address", "hours", "phone", "website")
"""What no guide goes without; fax and mail where there are any."""
SUPERSEDED = _l("本指南已有新的版本，请看本机关的政府信息公开指南。")


def content(guide: Guide) -> dict[str, Any]:
    """What is approved."""
    return {name: getattr(guide, name) for name in GUIDE_TEXTS} | {"contact": guide.contact}


def contact_now(agency_id: str) -> dict[str, str]:
    """What the body says of its working office today, by the columns of CONTACT."""
    body = db.session.scalar(select(Body).where(Body.agency_id == agency_id))
    return body.contact if body else dict.fromkeys(CONTACT, "")


def filled(guide: Guide, _move: Move) -> Refusal | None:
    """条例第十二条: classification, arrangement, how to obtain, and how the working office is reached."""
    said = {name: getattr(guide, name) for name in GUIDE_TEXTS} | guide.contact
    missing = tuple(name for name in (*GUIDE_TEXTS, *WANTED) if not str(said.get(name, "")).strip())
    if not missing:
        return None
    return Refusal("GUIDE_INCOMPLETE", _l("指南还没有写全，请补齐后再送审。"), "管8", missing)


def by_another(guide: Guide, move: Move) -> Refusal | None:
    """管6: who wrote it does not approve it."""
    stands_for = move.grant.on_behalf_of_id if move.grant else ""
    if guide.written_by is None or guide.written_by not in {move.actor.id, stands_for}:
        return None
    return Refusal("OWN_APPROVAL", _l("指南由另一人审核，编写人不能审核自己写的指南。"), "管6")


def as_approved(guide: Guide, _move: Move) -> Refusal | None:
    """管6: exactly what was approved goes out."""
    if guide.approved_hash == digest(content(guide)):
        return None
    return Refusal("NOT_APPROVED", _l("内容与审核时不一致，请重新审核后再发布。"), "管6")


def _edit(guide: Guide, move: Move) -> None:
    for name, value in move.params.get("fields", {}).items():
        setattr(guide, name, value)
    guide.contact, guide.written_by = contact_now(guide.agency_id), move.actor.id


def _submit(guide: Guide, _move: Move) -> None:
    guide.content_hash, guide.returned_reason = digest(content(guide)), ""


def _return(guide: Guide, move: Move) -> None:
    guide.approved_hash, guide.approved_name, guide.returned_reason = None, "", move.reason


def _approve(guide: Guide, move: Move) -> None:
    guide.content_hash = guide.approved_hash = digest(content(guide))
    guide.approved_name = move.actor.name


def _publish(guide: Guide, move: Move) -> None:
    page = publications.create(
        move.actor, kind="page", title=title(guide), body=body(guide), agency_id=guide.agency_id,
        plugin="disclosure", subject_type=OBJECT_TYPE, subject_id=guide.id,
    )  # fmt: skip
    publications.approve(SYSTEM, page)
    publications.release(move.actor, page)
    guide.publication_id, guide.published_at = page.id, move.at


def _replace_earlier(guide: Guide, _move: Move) -> None:
    earlier = select(Guide).where(Guide.agency_id == guide.agency_id, Guide.state == "published", Guide.id != guide.id)
    for old in db.session.scalars(earlier).all():
        GUIDE.fire(old, "supersede", SYSTEM)


def _take_off(guide: Guide, _move: Move) -> None:
    if guide.publication is not None and guide.publication.state == "released":
        publications.withdraw(SYSTEM, guide.publication, kept(SUPERSEDED), public_note=kept(SUPERSEDED))


def title(guide: Guide) -> str:
    """As it is published."""
    return kept(_l("%(agency)s政府信息公开指南", agency=guide.agency.name))


def body(guide: Guide) -> str:
    """Everything it says, as paragraphs."""
    said = {name: getattr(guide, name) for name in GUIDE_TEXTS} | guide.contact
    return "\n\n".join(f"{kept(label)}：{said[name]}" for name, label in LABELS.items() if said.get(name))


GUIDE = Machine(
    OBJECT_TYPE,
    {
        "drafting": State(_l("编写中")),
        "review": State(_l("待审核"), "soon"),
        "approved": State(_l("已审核"), "soon"),
        "published": State(_l("已发布"), "done"),
        "superseded": State(_l("已有新版本"), terminal=True),
    },
    (
        Transition("edit", _l("修改"), ("drafting",), "drafting", RIGHT, "管8", effects=(_edit,)),
        Transition(
            "submit", _l("送审"), ("drafting",), "review", RIGHT, "管8",
            guards=(guards.staffed, filled), effects=(_submit,),
        ),
        Transition(
            "return", _l("退回"), ("review", "approved"), "drafting", APPROVE, "管8",
            needs_reason=True, effects=(_return,),
        ),
        Transition(
            "approve", _l("审核通过"), ("review",), "approved", APPROVE, "管8",
            guards=(by_another,), effects=(_approve,),
        ),
        Transition(
            "publish", _l("发布"), ("approved",), "published", RIGHT, "管8",
            guards=(as_approved,), effects=(_replace_earlier, _publish),
        ),
        Transition(
            "supersede", _l("由新版本替代"), ("published",), "superseded", RIGHT, "管8",
            effects=(_take_off,), by_system=True,
        ),
    ),
)  # fmt: skip
