"""On whose desk a document (公文) lies: state → step, right and why; one table for lists, desk and bulk work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, and_, cast, false, or_, select, true

from core.db import db
from core.permissions import Actor, can, permitted_agencies
from plugins.disclosure.models import Document, SheetLine
from plugins.disclosure.models.documents import DOCUMENT_STATES
from plugins.disclosure.workflow.documents import IN_REVIEW


@dataclass(frozen=True)
class Step:
    """What is to be done in a state, by whom, why."""

    event: str
    right: str
    what: Any
    bulk: bool = False
    """Several at once; a secrecy review never (一事一审)."""
    own: bool = False
    """Whether who drafted it may do it himself."""


STEPS = {
    "secrecy_review": Step("review", "disclosure.review_secrecy", _l("待您保密审查（认9）")),
    "referred": Step("answer_referral", "disclosure.answer_referral", _l("已报请，收到批复后请登记（认9）"), own=True),
    "review": Step("approve", "disclosure.approve_document", _l("内容和公开属性待您审核（管6）"), bulk=True),
    "leader_review": Step("approve", "disclosure.approve_important", _l("重要公文待您审签（管6）"), bulk=True),
    "to_sign": Step("sign", "disclosure.sign", _l("待您签发（管6）"), bulk=True),
    "signed": Step("issue", "disclosure.issue", _l("已签发，请编号制发（认3）"), bulk=True, own=True),
}
PROPOSED = Step("review", "disclosure.review_secrecy", _l("属性变更待您保密审查（认3）"), own=True)
REVIEWED = Step("complete", "disclosure.approve_document", _l("属性变更待您决定（管6）"), own=True)
ORDER = {state: place for place, state in enumerate(DOCUMENT_STATES)}


def step_of(document: Document) -> Step | None:
    """What comes next; None for a draft and for what is at rest."""
    if document.state == "redetermination":
        return REVIEWED if document.proposal.get("reviewed") else PROPOSED
    return STEPS.get(document.state)


def on_desk(actor: Actor) -> ColumnElement[bool]:
    """Documents that wait for this person: of bodies he may act for, and not to judge his own draft (管6)."""
    steps = [*STEPS.items(), ("redetermination", PROPOSED), ("redetermination", REVIEWED)]
    return or_(*(_in_state(actor, state, step) for state, step in steps))


def _in_state(actor: Actor, state: str, step: Step) -> ColumnElement[bool]:
    others = true() if step.own else Document.created_by.is_distinct_from(actor.id)
    return and_(Document.state == state, _of_bodies(actor, step.right), others)


def waiting(actor: Actor, most: int) -> list[Document]:
    """They in the order of work: what is nearest to the public last, the longest waiting first."""
    rows = db.session.scalars(select(Document).where(on_desk(actor)).order_by(Document.updated_at).limit(most)).all()
    mine = [row for row in rows if (step := step_of(row)) and _may(actor, row, step)]
    return sorted(mine, key=lambda row: (ORDER[row.state], bool(row.proposal.get("reviewed"))))


def _may(actor: Actor, row: Document, step: Step) -> bool:
    """Of a change of attribute the step that is open, and not one's own proposal."""
    if row.state != "redetermination":
        return True
    return row.proposal.get("by") != actor.id and can(actor, step.right, row) is not None


def to_countersign(actor: Actor, most: int) -> list[Document]:
    """认7: joint documents that a body of this person has not confirmed."""
    bodies = permitted_agencies(actor, "disclosure.cosign")
    named = cast(Document.joint_agencies, String)
    asked = named != "[]" if bodies is None else or_(false(), *(named.contains(f'"{one}"') for one in sorted(bodies)))
    query = select(Document).where(Document.state.in_(IN_REVIEW), asked).order_by(Document.updated_at).limit(most)
    return [row for row in db.session.scalars(query) if _open_for(row, bodies)]


def _open_for(row: Document, bodies: frozenset[str] | None) -> bool:
    done = {line.agency_id for line in row.lines if line.event == "cosign" and not line.void}
    left = row.countersigners - done
    return bool(left if bodies is None else left & bodies)


def returned(actor: Actor, most: int) -> list[tuple[Document, SheetLine]]:
    """Drafts of this person that came back, each with the line that says why."""
    mine = Document.created_by == actor.id, Document.state == "drafting"
    rows = db.session.scalars(select(Document).where(*mine).order_by(Document.updated_at).limit(most))
    return [(row, row.lines[-1]) for row in rows if row.lines and row.lines[-1].event == "return"]


def holds_any(actor: Actor) -> bool:
    """True for whoever does more than draft."""
    return any(can(actor, step.right) for step in STEPS.values())


def _of_bodies(actor: Actor, right: str) -> ColumnElement[bool]:
    if can(actor, right) is None:
        return false()
    agencies = permitted_agencies(actor, right)
    return true() if agencies is None else Document.agency_id.in_(sorted(agencies))
