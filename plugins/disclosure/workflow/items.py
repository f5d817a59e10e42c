"""Life of a publication item (公开事项): table 5.2 of the regulations, and how a document becomes an item."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.db import db
from core.languages import kept
from core.models import AttachmentLink
from core.permissions import SYSTEM
from core.workdays import local_date
from core.workflow import Machine, Move, State, Transition
from plugins.disclosure import item_findings
from plugins.disclosure.guards import staffed
from plugins.disclosure.item_content import SUBJECT, content_hash
from plugins.disclosure.models import Document, Item, WithheldEntry
from plugins.disclosure.models.items import ENDED
from plugins.disclosure.workflow import item_confirming as confirming
from plugins.disclosure.workflow import item_guards as guards
from plugins.disclosure.workflow import item_release as release
from plugins.disclosure.workflow.item_clocks import PUBLISH_KEY, begin_clock, recount_clock

BEFORE_RELEASE = ("confirming", "disputed", "mediation", "review", "to_release")
UNFINISHED = ("editing", *BEFORE_RELEASE)
PUBLIC = ("released", "complete")
COMPLETE = (
    staffed, guards.origin_given, guards.has_content, guards.column_chosen, guards.channels_planned,
    guards.agencies_listed,
)  # fmt: skip
REVIEW = (
    guards.document_voluntary, guards.by_another_person, guards.same_content, guards.confirmed_by_all,
    guards.secrecy_reviewed, guards.personal_data_checked,
)  # fmt: skip
_OURS = _l("本机关")
COUNTED = frozenset({"urgency", "days", "days_basis", "formed_on"})
"""What the deadline hangs on."""


def open_item(document: Document, move: Move) -> Item:
    """A voluntary document was issued (制发): its item, with text and files, under the clock of 管8. Harmless twice.

    Of a document that was split (区分处理) only the public version goes over, and none of its files (认4). The clock
    runs from the earlier of formation and issue (calendar-and-conflicts 7.2 no. 2), after a new decision from that.
    """
    found = item_of(document)
    if found is not None:
        return found
    dates = [day for day in (document.formed_on, document.issued_on) if day]
    item = Item(
        document_id=document.id, agency_id=document.agency_id, matter_id=document.matter_id, title=document.title,
        text=document.version_for_the_public, genre=document.genre, number=document.number,
        key_area=bool(document.key_area), column=document.key_area, agencies=list(document.joint_agencies),
        origin=document.origin, source=document.source or (document.agency.name if document.agency else kept(_OURS)),
        formed_on=min(dates, default=local_date(move.at)), created_by=document.created_by,
        counted_from=None if move.event == "issue" else local_date(move.at),
    )  # fmt: skip
    db.session.add(item)
    db.session.flush()
    if not document.public_text:
        _copy_files(document, item)
    begin(item, cleared=document.attribute == "voluntary")  # its secrecy review stood before its issue (认9)
    return item


def open_turned(entry: WithheldEntry, move: Move) -> Item:
    """转公开: what was withheld is on its way to the public, its secrecy looked at anew (管11)."""
    if entry.document is not None:
        return open_item(entry.document, move)
    item = Item(
        agency_id=entry.agency_id, title=entry.title, number=entry.number, source=entry.unit or kept(_OURS),
        formed_on=entry.formed_on or local_date(move.at), counted_from=local_date(move.at), created_by=move.actor.id,
    )  # fmt: skip
    db.session.add(item)
    db.session.flush()
    begin(item, cleared=False)
    return item


def close_of(document: Document, move: Move) -> None:
    """The attribute was determined anew and is not voluntary: nothing of it goes out; what is public is taken off."""
    item = item_of(document)
    if item is None:
        return
    reason = move.reason or kept(_l("公文的公开属性已经改变"))
    if item.public:
        ITEM.fire(item, "withdraw", SYSTEM, reason=reason, params={"not_public": document.attribute == "withheld"})
    else:
        ITEM.fire(item, "close", SYSTEM, reason=reason)


def item_of(document: Document) -> Item | None:
    """The one on its way or public; an ended one counts no more."""
    query = select(Item).where(Item.document_id == document.id, Item.state.not_in(ENDED))
    return db.session.scalar(query)


def begin(item: Item, *, cleared: bool) -> None:
    """A new one: its content noted and looked through, its clock started; `cleared`: secrecy was reviewed before."""
    db.session.flush()
    item.findings = item_findings.find({name: getattr(item, name) for name in item_findings.WHERE})
    item.content_hash = content_hash(item)
    item.cleared_hash = item.content_hash if cleared else None
    begin_clock(item)


def _copy_files(document: Document, item: Item) -> None:
    links = db.session.query(AttachmentLink).filter_by(subject_type="disclosure.document", subject_id=document.id)
    for link in links.order_by(AttachmentLink.position):
        db.session.add(
            AttachmentLink(
                jurisdiction_id=item.jurisdiction_id, attachment_id=link.attachment_id, subject_type=SUBJECT,
                subject_id=item.id, title=link.title, position=link.position,
            )
        )  # fmt: skip


def expire_of(document: Document, move: Move) -> None:
    """The document was repealed (废止、失效): its public page is stamped, never removed."""
    item = item_of(document)
    if item is not None and item.state in PUBLIC:
        ITEM.fire(item, "expire", SYSTEM, reason=move.reason or kept(_l("文件已废止或失效")))


# --- effects ----------------------------------------------------------------------------------------


def _edit(item: Item, move: Move) -> None:
    """Whatever was confirmed or approved falls away with the content it was given for."""
    release.forget_approval(item)
    fields = move.params.get("fields", {})
    for name, value in fields.items():
        setattr(item, name, value)
    for apply in move.params.get("then", ()):
        apply()
    db.session.flush()
    item.edited_by = move.actor.id
    item.findings = item_findings.find({name: getattr(item, name) for name in item_findings.WHERE})
    fresh = content_hash(item)
    if item.cleared_hash == item.content_hash and move.params.get("by_product"):
        item.cleared_hash = fresh  # only the files' hidden data went
    item.content_hash = fresh
    confirming.void(item, move)
    if COUNTED & set(fields):
        recount_clock(item)


def _clear(item: Item, _move: Move) -> None:
    item.cleared_hash = item.content_hash


def _expire(item: Item, move: Move) -> None:
    item.expired_on, item.expired_basis = local_date(move.at), move.reason[:300]
    release.stamp(item)


def _unmoved(item: Item) -> str:
    return item.state


def _submitted(item: Item) -> str:
    return "confirming" if item.agencies else "review"


def _refused(item: Item) -> str:
    """不发布: what was public before stays so."""
    return "released" if item.public else "not_released"


ITEM = Machine(
    SUBJECT,
    {
        "editing": State(_l("编辑")),
        "confirming": State(_l("待确认"), "soon"),
        "disputed": State(_l("争议"), "late"),
        "mediation": State(_l("协调中"), "soon"),
        "review": State(_l("待发布审核"), "soon"),
        "to_release": State(_l("待发布"), "soon"),
        "released": State(_l("已发布"), "live"),
        "complete": State(_l("公开完成"), "done"),
        "withdrawn": State(_l("已撤下"), terminal=True),
        "not_released": State(_l("不发布"), terminal=True),
    },
    (
        Transition(
            "edit", _l("修改内容"), UNFINISHED, "editing", "disclosure.items", "管6", effects=(_edit,),
        ),
        Transition("clear", _l("保密审查通过"), UNFINISHED, _unmoved, "disclosure.clear_item", "管9", effects=(_clear,),
            guards=(guards.same_content,)),
        Transition(
            "submit", _l("提交"), ("editing",), _submitted, "disclosure.items", "管10",
            guards=COMPLETE, effects=(confirming.ask,),
        ),
        Transition(
            "confirm", _l("确认"), ("confirming",), confirming.after_confirmation, "disclosure.confirm", "管10",
            guards=(guards.for_its_agency, guards.not_own_confirmation, guards.same_content),
            effects=(confirming.confirm,),
        ),
        Transition(
            "object", _l("提出异议"), ("confirming",), "disputed", "disclosure.confirm", "管10", needs_reason=True,
            guards=(guards.for_its_agency, guards.not_own_confirmation), effects=(confirming.object_to,),
        ),
        Transition(
            "escalate", _l("超时报告主管部门"), ("confirming",), "confirming", "disclosure.items", "管10",
            effects=(confirming.escalate,), by_system=True,
        ),
        Transition(
            "refer", _l("报请协调"), ("disputed",), "mediation", "disclosure.items", "管10", needs_reason=True,
            effects=(confirming.refer,),
        ),
        Transition(
            "rule_publish", _l("裁定发布"), ("mediation",), "review", "disclosure.rule", "管10", needs_reason=True,
            effects=(confirming.ruled("publish"),),
        ),
        Transition(
            "rule_modify", _l("裁定修改"), ("mediation",), "editing", "disclosure.rule", "管10", needs_reason=True,
            effects=(confirming.ruled("modify"),),
        ),
        Transition(
            "rule_refuse", _l("裁定不发布"), ("mediation",), _refused, "disclosure.rule", "管10", needs_reason=True,
            effects=(confirming.ruled("refuse"), release.give_up),
        ),
        Transition(
            "approve", _l("审核通过"), ("review",), "to_release", "disclosure.approve_item", "管6",
            guards=REVIEW, effects=(release.prepare,),
        ),
        Transition(
            "return", _l("退回"), ("review",), "editing", "disclosure.approve_item", "管6", needs_reason=True,
            effects=(confirming.sent_back,),
        ),
        Transition(
            "approve_on_duty", _l("应急办理：值班授权审核"), ("editing", "confirming", "review"), "to_release",
            "disclosure.approve_item", "管9", guards=(guards.urgent, *COMPLETE, *REVIEW), effects=(release.prepare,),
        ),
        Transition(
            "schedule", _l("定时发布"), ("to_release",), "to_release", "disclosure.release_item", "管8",
            guards=(guards.as_approved, guards.time_given), effects=(release.schedule,),
        ),
        Transition(
            "release", _l("发布"), ("to_release",), "released", "disclosure.release_item", "管7",
            guards=(guards.document_voluntary, guards.as_approved, guards.confirmed_by_all), effects=(release.release,),
            meets=(PUBLISH_KEY,),
        ),
        Transition(
            "complete", _l("补齐栏目"), ("released",), "complete", "disclosure.release_item", "管7",
            guards=(guards.all_placed,), by_system=True,
        ),
        Transition(
            "close", _l("属性改变，不再公开"), UNFINISHED, "not_released", "disclosure.items", "认3", needs_reason=True,
            effects=(release.give_up,), by_system=True,
        ),
        Transition(
            "correct", _l("更正"), PUBLIC, "editing", "disclosure.items", "管8", needs_reason=True,
            effects=(release.new_edition,),
        ),
        Transition(
            "correct", _l("更正"), UNFINISHED, "editing", "disclosure.items", "管8", needs_reason=True,
            guards=(guards.already_correcting,),
        ),
        Transition(
            "withdraw", _l("撤下"), (*UNFINISHED, *PUBLIC), "withdrawn", "disclosure.withdraw", "认10",
            needs_reason=True, guards=(guards.is_public,), effects=(release.withdraw,),
        ),
        Transition(
            "withdraw_now", _l("紧急撤下"), (*UNFINISHED, *PUBLIC), "withdrawn", "disclosure.withdraw_now", "认10",
            needs_reason=True, guards=(guards.is_public,), effects=(release.withdraw_alone,),
        ),
        Transition(
            "confirm_withdrawal", _l("确认紧急撤下"), ("withdrawn",), "withdrawn", "disclosure.withdraw", "认10",
            guards=(guards.emergency_open,), effects=(release.confirm_withdrawal,),
        ),
        Transition(
            "expire", _l("标注失效"), PUBLIC, _unmoved, "disclosure.items", "管8", needs_reason=True,
            effects=(_expire,),
        ),
    ),
)  # fmt: skip
