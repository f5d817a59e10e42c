"""Consistency between agencies (管10): asked, confirmed, objected to, referred, ruled on. Silence is no consent."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core import clocks
from core.db import db
from core.workflow import Effect, Move
from plugins.disclosure import item_notices as notices
from plugins.disclosure.item_content import SUBJECT
from plugins.disclosure.models import Confirmation, Dispute, Item
from plugins.disclosure.workflow.item_clocks import CONFIRM

OFFICERS = ("disclosure_officer", "deputy_leader")


def after_confirmation(item: Item) -> str:
    """The last one lets it go on to the review."""
    return "review" if len(item.agencies_asked) <= 1 else "confirming"


def ask(item: Item, move: Move) -> None:
    """Every agency concerned is asked for its word on this content."""
    item.edited_by = move.actor.id or item.edited_by
    item.escalated_at = None
    if not item.agencies:
        notices.tell(("deputy_leader",), item, "review", _l("待您审核发布：%(title)s", title=item.title))
        return
    for position, agency_id in enumerate(item.agencies, 1):
        item.confirmations.append(
            Confirmation(agency_id=agency_id, position=position, content_hash=item.content_hash, asked_at=move.at)
        )
        subject = _l("请确认涉及本机关的公开内容：%(title)s", title=item.title)
        notices.tell(OFFICERS, item, f"confirm:{agency_id}", subject, agency_id=agency_id)
    db.session.flush()
    clocks.start(SUBJECT, item, CONFIRM, at=move.at)


def confirm(item: Item, move: Move) -> None:
    """One agency agrees to exactly this content."""
    row = _answered(item, move, "confirmed")
    row.reason = move.reason
    if move.target == "review":
        clocks.meet(SUBJECT, item.id, CONFIRM.key, at=move.at)
        notices.tell(("deputy_leader",), item, "review", _l("待您审核发布：%(title)s", title=item.title))


def object_to(item: Item, move: Move) -> None:
    """One agency does not agree: the releasing one refers it to the supervising department."""
    row = _answered(item, move, "objected")
    row.reason = move.reason
    clocks.cancel(SUBJECT, item.id, CONFIRM.key, at=move.at)
    item.disputes.append(
        Dispute(agency_id=row.agency_id, reason=move.reason, raised_name=move.actor.name, raised_at=move.at)
    )
    notices.tell(OFFICERS, item, "objected", _l("对方机关提出异议：%(title)s", title=item.title), move.reason)


def escalate(item: Item, move: Move) -> None:
    """Nobody answered in time: the supervising department hears of it; nothing is taken for agreed."""
    item.escalated_at = move.at
    names = "、".join(row.agency.name for row in item.asked if row.state == "pending")
    subject = _l("逾期未确认：%(title)s", title=item.title)
    notices.tell(("supervisor",), item, "escalated", subject, _l("尚未确认的机关：%(names)s。", names=names))


def refer(item: Item, move: Move) -> None:
    """报请协调."""
    if item.dispute is not None:
        item.dispute.referral, item.dispute.referred_at = move.reason, move.at
    notices.tell(("supervisor",), item, "referred", _l("请协调公开争议：%(title)s", title=item.title), move.reason)


def ruled(ruling: str) -> Effect:
    """The written decision of the supervising department: the only way out of a dispute."""

    def effect(item: Item, move: Move) -> None:
        _settle(item, ruling, move)
        if ruling == "publish":
            for row in item.asked:
                if row.state != "confirmed":
                    row.state = "overruled"
        else:
            _void_all(item)
        notices.tell(OFFICERS, item, f"ruled:{ruling}", _l("已裁定：%(title)s", title=item.title), move.reason)

    return effect


def void(item: Item, move: Move) -> None:
    """The content changed: nobody has confirmed anything any more."""
    clocks.cancel(SUBJECT, item.id, CONFIRM.key, at=move.at)
    if item.dispute is not None:
        _settle(item, "settled", move)
    _void_all(item)


def sent_back(item: Item, move: Move) -> None:
    """退回: to be mended and submitted again."""
    _void_all(item)
    notices.tell(OFFICERS[:1], item, "returned", _l("已退回：%(title)s", title=item.title), move.reason)


def _answered(item: Item, move: Move, state: str) -> Confirmation:
    row = next(row for row in item.asked if row.agency_id == move.params["agency_id"])
    if state == "objected":
        row.reason = move.reason
    row.state, row.at = state, move.at
    row.by_id, row.by_name = move.actor.id, move.actor.name
    return row


def _settle(item: Item, ruling: str, move: Move) -> None:
    if item.dispute is None:
        return
    found = item.dispute
    found.decision = move.reason or str(_l("内容已修改，重新征求意见。"))
    found.decided_name, found.decided_at = move.actor.name, move.at
    found.ruling = ruling


def _void_all(item: Item) -> None:
    for row in item.asked:
        row.state = "void"
