"""Life of an official document (公文): table 5.1, from the draft to the issue and what comes of its attribute."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l

from core.db import db
from core.models import AttachmentLink
from core.workdays import local_date
from core.workflow import Machine, Move, State, Transition
from plugins.disclosure import numbers
from plugins.disclosure.document_content import ANSWER, SUBJECT, content_hash
from plugins.disclosure.guards import staffed
from plugins.disclosure.models import Document, Referral, SheetLine
from plugins.disclosure.workflow import document_guards as guards
from plugins.disclosure.workflow import entries, items

BEFORE_SIGNING = ("drafting", "secrecy_review", "referred", "review", "leader_review", "to_sign")
IN_REVIEW = ("secrecy_review", "referred", "review", "leader_review", "to_sign")
DETERMINED = (
    guards.origin_given, staffed, guards.attribute_set, guards.attribute_lawful, guards.reason_given,
    guards.ground_complete, guards.has_text,
)  # fmt: skip


# --- effects ----------------------------------------------------------------------------------------


def _line(document: Document, move: Move) -> None:
    """Every act is a line of the processing sheet (发文处理签); the one that sets the attribute says why (管6)."""
    grant = move.grant
    why = document.attribute_reason if move.event in ("determine", "complete") else ""
    document.lines.append(
        SheetLine(
            position=len(document.lines) + 1, event=move.event, stage=move.source, role=grant.role if grant else "",
            agency_id=_body(document, move) if move.event == "cosign" else None, actor_id=move.actor.id,
            actor_name=move.actor.name, on_behalf_of=grant.on_behalf_of if grant else "",
            attribute=document.attribute, opinion=move.reason or why, content_hash=content_hash(document), at=move.at,
            void=False, void_reason="",
        )
    )  # fmt: skip


def _body(document: Document, move: Move) -> str:
    """The body somebody countersigns for: the one he names, his own, or the only one asked."""
    held = move.grant.agency_id if move.grant else None
    return str(move.params.get("agency") or (held if held in document.joint_agencies else document.joint_agencies[0]))


def _determine(document: Document, _move: Move) -> None:
    document.content_hash = content_hash(document)
    document.approved_hash = None


def _refer(document: Document, move: Move) -> None:
    document.referrals.append(
        Referral(
            target=move.params["target"],
            question=move.reason,
            content_hash=content_hash(document),
            asked_name=move.actor.name,
            at=move.at,
        )
    )


def _answer(document: Document, move: Move) -> None:
    referral = document.referrals[-1]
    referral.answer, referral.attachment_id = str(move.params["answer"]).strip(), move.params["file"]
    referral.answered_name, referral.answered_at = move.actor.name, move.at
    db.session.add(
        AttachmentLink(
            attachment_id=referral.attachment_id, subject_type=ANSWER, subject_id=document.id, audience="staff",
            title=referral.answer[:200], position=len(document.referrals),
        )
    )  # fmt: skip


def _approve(document: Document, move: Move) -> None:
    if move.target == "to_sign":
        document.approved_hash = content_hash(document)


def void_lines(document: Document, reason: str) -> None:
    """What was agreed to falls away with the content it was given for; the lines stay as history."""
    document.approved_hash = None
    for line in document.lines:
        if not line.void:
            line.void, line.void_reason = True, reason[:300]


def _return(document: Document, move: Move) -> None:
    void_lines(document, move.reason)


def _issue(document: Document, move: Move) -> None:
    document.number = numbers.normalised(str(move.params["number"]))
    issued = move.params.get("issued_on")
    document.issued_on = issued if isinstance(issued, date) else local_date(move.at)
    document.formed_on = document.formed_on or document.issued_on


def branch(document: Document, move: Move) -> None:
    """What the attribute leads to: withheld → a row of the catalogue (管11), else it leaves that catalogue; voluntary →
    an item on its way to the public (管8, 认8).
    """
    if document.attribute == "withheld":
        entries.list_withheld(document, move)
    else:
        entries.attribute_changed(document, move)
    if document.attribute == "voluntary":
        items.open_item(document, move)
    else:
        items.close_of(document, move)


def _propose(document: Document, move: Move) -> None:
    document.proposal = {name: move.params[name] for name in guards.PROPOSED if name in move.params} | {
        "answers": {**document.answers, **move.params.get("answers", {})},
        "why": move.reason,
        "by": move.actor.id,
    }


def _reviewed(document: Document, _move: Move) -> None:
    document.proposal = {**document.proposal, "reviewed": True}


def _complete(document: Document, _move: Move) -> None:
    for name in guards.PROPOSED:
        if name in document.proposal:
            setattr(document, name, document.proposal[name])
    document.proposal = {}
    document.content_hash = document.approved_hash = content_hash(document)


def _dismiss(document: Document, _move: Move) -> None:
    document.proposal = {}


def _repeal(document: Document, move: Move) -> None:
    document.repeal_kind = "expired" if move.params.get("kind") == "expired" else "repealed"
    document.repeal_basis = str(move.params["basis"]).strip()[:300]
    items.expire_of(document, move)


def _after_deputy(document: Document) -> str:
    return "leader_review" if document.important else "to_sign"


def _unmoved(document: Document) -> str:
    return document.state


OTHERS = (guards.not_own_draft, guards.unchanged)
DOCUMENT = Machine(
    SUBJECT,
    {
        "drafting": State(_l("拟稿")),
        "secrecy_review": State(_l("待保密审查"), "soon"),
        "referred": State(_l("已报请"), "soon"),
        "review": State(_l("待审核"), "soon"),
        "leader_review": State(_l("待主要领导"), "soon"),
        "to_sign": State(_l("待签发"), "soon"),
        "signed": State(_l("已签发"), "ahead"),
        "issued": State(_l("已制发"), "done"),
        "redetermination": State(_l("重新认定"), "soon"),
        "void": State(_l("作废"), terminal=True),
        "repealed": State(_l("失效"), terminal=True),
    },
    (
        Transition(
            "determine", _l("认定属性并送审"), ("drafting",), "secrecy_review", "disclosure.draft", "认7",
            guards=DETERMINED, effects=(_determine, _line),
        ),
        Transition(
            "review", _l("保密审查通过"), ("secrecy_review",), "review", "disclosure.review_secrecy", "认9",
            guards=(*OTHERS, guards.attribute_lawful), effects=(_line,),
        ),
        Transition(
            "review", _l("保密审查通过"), ("redetermination",), "redetermination", "disclosure.review_secrecy", "认9",
            guards=(guards.not_own_proposal,), effects=(_reviewed, _line),
        ),
        Transition(
            "refer", _l("不能确定，报请"), ("secrecy_review",), "referred", "disclosure.review_secrecy", "认9",
            needs_reason=True, guards=(guards.not_own_draft, guards.target_named), effects=(_refer, _line),
        ),
        Transition(
            "answer_referral", _l("登记批复"), ("referred",), "secrecy_review", "disclosure.answer_referral", "认9",
            guards=(guards.answer_attached,), effects=(_answer, _line),
        ),
        Transition(
            "approve", _l("同意"), ("review",), _after_deputy, "disclosure.approve_document", "管6",
            guards=OTHERS, effects=(_approve, _line),
        ),
        Transition(
            "approve", _l("同意"), ("leader_review",), "to_sign", "disclosure.approve_important", "管6",
            guards=(*OTHERS, guards.second_person), effects=(_approve, _line),
        ),
        Transition(
            "return", _l("退回"), ("secrecy_review",), "drafting", "disclosure.review_secrecy", "管6",
            needs_reason=True, effects=(_line, _return),
        ),
        Transition(
            "return", _l("退回"), ("review",), "drafting", "disclosure.approve_document", "管6",
            needs_reason=True, effects=(_line, _return),
        ),
        Transition(
            "return", _l("退回"), ("leader_review", "to_sign"), "drafting", "disclosure.sign", "管6",
            needs_reason=True, effects=(_line, _return),
        ),
        Transition(
            "cosign", _l("会签确认"), IN_REVIEW, _unmoved, "disclosure.cosign", "认7",
            guards=(guards.for_own_body, guards.unchanged), effects=(_line,),
        ),
        Transition(
            "sign", _l("签发"), ("to_sign",), "signed", "disclosure.sign", "管6",
            first=(guards.attribute_set,),
            guards=(guards.not_own_draft, guards.as_approved, guards.countersigned, guards.partners_agree),
            effects=(_line,),
        ),
        Transition(
            "issue", _l("编号制发"), ("signed",), "issued", "disclosure.issue", "认3",
            first=(guards.attribute_set,), guards=(guards.as_approved, guards.number_free),
            effects=(_issue, _line, branch),
        ),
        Transition(
            "redetermine", _l("提出属性变更"), ("issued",), "redetermination", "disclosure.issue", "认3",
            needs_reason=True, guards=(guards.proposal_lawful, guards.proposal_reasoned, guards.proposal_complete),
            effects=(_propose, _line),
        ),
        Transition(
            "complete", _l("同意变更"), ("redetermination",), "issued", "disclosure.approve_document", "管6",
            guards=(guards.not_own_proposal, guards.proposal_reviewed), effects=(_complete, _line, branch),
        ),
        Transition(
            "dismiss", _l("驳回变更"), ("redetermination",), "issued", "disclosure.approve_document", "管6",
            needs_reason=True, effects=(_dismiss, _line),
        ),
        Transition(
            "void", _l("作废"), BEFORE_SIGNING, "void", "disclosure.void_document", "认3",
            needs_reason=True, effects=(_line,),
        ),
        Transition(
            "repeal", _l("废止或者失效"), ("issued",), "repealed", "disclosure.issue", "管8",
            needs_reason=True, guards=(guards.basis_named,), effects=(_repeal, _line),
        ),
    ),
)  # fmt: skip
