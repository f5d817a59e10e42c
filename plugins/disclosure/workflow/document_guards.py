"""What keeps a document (公文) from its next step: each refusal with code, article and a sentence."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import plugins
from core.db import db
from core.jurisdictions import current
from core.models import Attachment
from core.refusals import Refusal
from core.workflow import Move
from plugins.disclosure import numbers
from plugins.disclosure.document_content import content_hash, files
from plugins.disclosure.models import Document
from plugins.disclosure.questionnaire import answers_of, evaluate
from plugins.disclosure.values import ASKED_BY_GROUND, ATTRIBUTES, GROUND_FACTS, REFERRED_TO

PROPOSED = (
    "attribute", "attribute_reason", "grounds", "answers", "ground_facts", "secrecy_level", "public_text",
)  # fmt: skip
"""What a redetermination may change; of what it does not name the document's own holds."""
BEARING = ("attribute", "grounds", "ground_facts", "secrecy_level", "public_text")
"""Without a change of one of these there is nothing to redetermine."""
MIN_REASON = 10
"""Characters of a reason that says something."""


def origin_given(document: Document, _move: Move) -> Refusal | None:
    """管2: origin, and of what was obtained from whom."""
    if document.origin == "made" or document.source.strip():
        return None
    return Refusal("ORIGIN_MISSING", _l("获取的信息要写明来源。"), "管2", ("source",))


def has_text(document: Document, _move: Move) -> Refusal | None:
    """A document says something."""
    if document.text.strip() or files(document):
        return None
    return Refusal("CONTENT_MISSING", _l("请写明正文或者附上文件。"), "认7", ("text",))


def attribute_set(document: Document, _move: Move) -> Refusal | None:
    """认3: without an attribute nothing is signed, issued or numbered."""
    if document.attribute is not None:
        return None
    return Refusal(
        "ATTR_MISSING",
        _l("没有认定公开属性，不能办理。请选择主动公开、依申请公开或者不予公开。"),
        "认3",
        ("attribute",),
    )


def attribute_lawful(document: Document, _move: Move) -> Refusal | None:
    """认4 to 认6: the answers leave this attribute."""
    return evaluate(answers_of(document)).get(document.attribute or "")


def reason_given(document: Document, _move: Move) -> Refusal | None:
    """认5, 认6: what is not published at once says why."""
    return _reasoned(document.attribute, document.attribute_reason)


def _reasoned(attribute: str | None, reason: str) -> Refusal | None:
    if attribute in (None, "voluntary") or len(reason.strip()) >= MIN_REASON:
        return None
    detail = _l("不予公开和依申请公开的，请用至少%(least)s个字写明理由。", least=MIN_REASON)
    return Refusal("REASON_MISSING", detail, "认5" if attribute == "withheld" else "认6", ("attribute_reason",))


def ground_complete(document: Document, _move: Move) -> Refusal | None:
    """认5: what each ground asks for, and of consent or public interest its evidence and who was told."""
    return _complete(document)


def _complete(document: Any) -> Refusal | None:
    facts = document.ground_facts
    wanted = [name for ground in document.grounds for name in ASKED_BY_GROUND.get(ground, ())]
    if facts.get("override"):
        wanted += ["evidence", "third_party", "informed_on"]
    missing = tuple(name for name in dict.fromkeys(wanted) if not str(facts.get(name, "")).strip())
    if "1a" in document.grounds and document.secrecy_level == "none":
        missing = ("secrecy_level", *missing)
    if not missing:
        return None
    names = "、".join(str(GROUND_FACTS.get(name, _l("密级"))) for name in missing)
    return Refusal("GROUND_INCOMPLETE", _l("请补充：%(names)s。", names=names), "认5", missing)


def not_own_draft(document: Document, move: Move) -> Refusal | None:
    """管6: who drafted it neither reviews nor approves it."""
    if move.actor.id is None or move.actor.id != document.created_by:
        return None
    return Refusal("SELF_APPROVAL", _l("拟稿人不能审查、审核或者签发自己起草的公文。"), "管6")


def second_person(document: Document, move: Move) -> Refusal | None:
    """管6: an important document is approved by two people, whatever roles one of them holds."""
    first = {line.actor_id for line in document.lines if line.event == "approve" and not line.void}
    stands_for = move.grant.on_behalf_of_id if move.grant else ""
    if move.actor.id is None or not first & {move.actor.id, stands_for}:
        return None
    return Refusal("ONE_SIGNATURE", _l("重要公文由分管领导和主要领导两人分别审签，您已经审过。"), "管6")


def unchanged(document: Document, _move: Move) -> Refusal | None:
    """管6: what is reviewed, approved, signed is exactly what was determined."""
    if document.content_hash == content_hash(document):
        return None
    return Refusal("HASH_MISMATCH", _l("内容和认定时不一致，请退回重新认定。"), "管6")


def as_approved(document: Document, _move: Move) -> Refusal | None:
    """管6: signed and issued is what the last leader needed agreed to."""
    if document.approved_hash and document.approved_hash == content_hash(document):
        return None
    return Refusal("HASH_MISMATCH", _l("内容和审核通过时不一致，请退回重新审核。"), "管6")


def countersigned(document: Document, _move: Move) -> Refusal | None:
    """认7: each other body of a joint document has confirmed this content."""
    done = {line.agency_id for line in document.lines if line.event == "cosign" and not line.void}
    missing = [ident for ident in document.joint_agencies if ident not in done]
    if not missing:
        return None
    return Refusal("COSIGN_MISSING", _l("还有会签单位没有确认。"), "认7", tuple(missing))


def for_own_body(document: Document, move: Move) -> Refusal | None:
    """A body confirms once, and only one that is asked."""
    named = str(move.params.get("agency", ""))
    waiting = [ident for ident in document.joint_agencies if ident == named or not named]
    held = move.grant.agency_id if move.grant else None
    if named in document.joint_agencies or (held in document.joint_agencies and not named) or len(waiting) == 1:
        return None
    return Refusal("COSIGN_MISSING", _l("请指明代表哪个会签单位确认。"), "认7", ("agency",))


def target_named(_document: Document, move: Move) -> Refusal | None:
    """认9: a doubt goes to the higher department or the secrecy office."""
    if move.params.get("target") in REFERRED_TO:
        return None
    return Refusal("TARGET_MISSING", _l("请选择报请上级主管部门还是同级保密部门。"), "认9", ("target",))


def answer_attached(_document: Document, move: Move) -> Refusal | None:
    """认9: the answer is kept as a document."""
    ident = str(move.params.get("file", ""))
    if str(move.params.get("answer", "")).strip() and ident and db.session.get(Attachment, ident) is not None:
        return None
    return Refusal("ANSWER_MISSING", _l("请写明批复结论并附上批复文件。"), "认9", ("answer", "file"))


def number_free(document: Document, move: Move) -> Refusal | None:
    """认3: the number has the form of one and belongs to no other document here."""
    number = numbers.normalised(str(move.params.get("number", "")))
    if not numbers.is_number(number):
        return Refusal("NUMBER_MISSING", _l("请按“遵府发〔2026〕1号”的样子填写文号。"), "认3", ("number",))
    taken = select(Document.id).where(Document.number == number, Document.id != document.id)
    if db.session.scalar(taken.limit(1)) is None:
        return None
    return Refusal("NUMBER_TAKEN", _l("文号%(number)s已经用过。", number=number), "认3", ("number",))


def partners_agree(document: Document, _move: Move) -> list[Refusal]:
    """Whatever other plugins hold against a decision on this matter; one that cannot answer objects."""
    if not document.matter_id:
        return []
    found: Any = plugins.collect("decision_blockers", current(), matter_ids=[document.matter_id])
    said = [no for answer in found.items for no in answer.get(document.matter_id, ())] if found.items else []
    return [*said, *(Refusal("PARTNER_UNAVAILABLE", gap.message, "") for gap in found.gaps)]


def proposal_lawful(document: Document, move: Move) -> Refusal | None:
    """认3 to 认6: a redetermination proposes one of the three, and one that its answers leave."""
    attribute = move.params.get("attribute")
    if attribute not in ATTRIBUTES:
        return Refusal("ATTR_MISSING", _l("请选择拟改为哪一种公开属性。"), "认3", ("attribute",))
    if all(getattr(_proposed(document, move), name) == getattr(document, name) for name in BEARING):
        return Refusal("UNCHANGED", _l("和现在的公开属性相同，无须变更。"), "认3", ("attribute",))
    return evaluate(answers_of(_proposed(document, move)))[attribute]


def _proposed(document: Document, move: Move) -> Any:
    """The document as the proposal would leave it."""
    given = {name: move.params.get(name, getattr(document, name)) for name in PROPOSED}
    return SimpleNamespace(**given | {"answers": {**document.answers, **move.params.get("answers", {})}})


def proposal_complete(document: Document, move: Move) -> Refusal | None:
    """认5: the grounds that are proposed come with what each asks for."""
    return _complete(_proposed(document, move))


def proposal_reasoned(_document: Document, move: Move) -> Refusal | None:
    """认5, 认6: the attribute that is proposed says why, like any other."""
    return _reasoned(move.params.get("attribute"), str(move.params.get("attribute_reason") or ""))


def not_own_proposal(document: Document, move: Move) -> Refusal | None:
    """管6: who proposed a change neither reviews it nor agrees to it."""
    if move.actor.id is None or move.actor.id != document.proposal.get("by"):
        return None
    return Refusal("SELF_APPROVAL", _l("提出属性变更的人不能审查或者同意自己的变更。"), "管6")


def proposal_reviewed(document: Document, _move: Move) -> Refusal | None:
    """管6: the change passed the secrecy review too."""
    if document.proposal.get("reviewed"):
        return None
    return Refusal("NOT_REVIEWED", _l("属性变更还没有通过保密审查。"), "管6")


def basis_named(_document: Document, move: Move) -> Refusal | None:
    """Repealed by what: the document it rests on."""
    if str(move.params.get("basis", "")).strip():
        return None
    return Refusal("BASIS_MISSING", _l("请写明废止或者失效的依据文件。"), "管8", ("basis",))
