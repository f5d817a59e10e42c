"""Why a step of a publication item is refused (管2, 管7–管10, 认8): one short function each."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.db import db
from core.refusals import Refusal
from core.workflow import Move
from plugins.disclosure.item_content import content_hash, files
from plugins.disclosure.models import Document, Item, WithheldEntry

CHANNELS = ("press_conference", "website", "media")


def origin_given(item: Item, _move: Move) -> Refusal | None:
    """管2: where it comes from."""
    if item.source.strip():
        return None
    return Refusal("ORIGIN_MISSING", _l("请写明信息来源：谁制作的，或从谁那里获取的。"), "管2", ("source",))


def document_voluntary(item: Item, _move: Move) -> Refusal | None:
    """认3: what comes from a document goes out only while that is, undoubtedly, for everybody."""
    document = item.document
    if document is None or (document.attribute == "voluntary" and document.state != "redetermination"):
        return None
    if document.state == "issued" and _turned(document):
        return None
    detail = _l("这件公文的公开属性不是“主动公开”，或者正在重新认定，不能公开。请先在公文中完成属性认定。")
    return Refusal("NOT_VOLUNTARY", detail, "认3")


def _turned(document: Document) -> bool:
    """转公开: the yearly re-evaluation decided that it is withheld no more."""
    query = select(WithheldEntry.id).where(
        WithheldEntry.document_id == document.id, WithheldEntry.state == "to_publish"
    )
    return db.session.scalar(query) is not None


def has_content(item: Item, _move: Move) -> Refusal | None:
    """Nothing empty becomes public."""
    if item.text.strip() or files(item):
        return None
    return Refusal("CONTENT_MISSING", _l("既没有正文也没有附件，请补充后再提交。"), "管7", ("text",))


def column_chosen(item: Item, _move: Move) -> Refusal | None:
    """管7: what belongs to a key area also stands in its column."""
    if item.column or not item.key_area:
        return None
    return Refusal("COLUMN_MISSING", _l("属于重点领域的信息，请选择所在栏目。"), "管7", ("column",))


def channels_planned(item: Item, _move: Move) -> Refusal | None:
    """管9: what everybody must know has a plan of channels."""
    if item.urgency != "public_event" or any(row.kind in CHANNELS for row in item.placements):
        return None
    detail = _l("重大公共事件、公共预警等信息，请先安排发布渠道：新闻发布会、网站或媒体。")
    return Refusal("CHANNEL_PLAN_MISSING", detail, "管9", ("placements",))


def agencies_listed(item: Item, _move: Move) -> Refusal | None:
    """管10: the agencies concerned are named, or it is said that there are none."""
    if bool(item.agencies) != item.concerns_nobody:
        return None
    detail = _l("请列出涉及的其他机关；没有的，请勾选“不涉及其他机关”。两项只能选一项。")
    return Refusal("AGENCIES_MISSING", detail, "管10", ("agencies",))


def same_content(item: Item, move: Move) -> Refusal | None:
    """管10: what is confirmed, approved and released is one and the same content."""
    seen = move.params.get("content_hash", item.content_hash)
    if seen == item.content_hash == content_hash(item):
        return None
    return Refusal("HASH_CHANGED", _l("内容已经改动，与您看到的不一致。请核对最新内容后再办理。"), "管10")


def as_approved(item: Item, _move: Move) -> Refusal | None:
    """管6: nothing leaves but what was approved."""
    if item.approved_hash == item.content_hash == content_hash(item):
        return None
    return Refusal("NOT_APPROVED", _l("内容与审核时不一致，请重新审核后再发布。"), "管6")


def for_its_agency(item: Item, move: Move) -> Refusal | None:
    """管10: each agency speaks for itself, and is asked."""
    agency = move.params.get("agency_id", "")
    if agency in item.agencies_asked:
        return None
    return Refusal("NOT_ASKED", _l("这个机关没有待确认的内容。"), "管10", ("agency",))


def not_own_confirmation(item: Item, move: Move) -> Refusal | None:
    """管10: who asks does not answer."""
    if move.actor.is_system or move.actor.id not in {item.created_by, item.edited_by}:
        return None
    return Refusal("OWN_CONFIRMATION", _l("这件信息由您提交，请由对方机关的人员确认。"), "管10")


def by_another_person(item: Item, move: Move) -> Refusal | None:
    """管6: who drafted or changed it does not approve it, nor somebody standing in for him."""
    stands_for = move.grant.on_behalf_of_id if move.grant else ""
    if ({item.created_by, item.edited_by} - {None}) & {move.actor.id, stands_for}:
        return Refusal("OWN_APPROVAL", _l("拟稿人和修改人不能审核自己的内容，请由另一人审核。"), "管6")
    return None


def confirmed_by_all(item: Item, _move: Move) -> Refusal | None:
    """管10: silence is no consent."""
    open_ = [
        row.agency.name
        for row in item.asked
        if row.state in ("pending", "objected") or row.content_hash != item.content_hash
    ]
    asked = {row.agency_id for row in item.asked}
    if not open_ and set(item.agencies) <= asked:
        return None
    detail = _l("还有机关没有确认这份内容：%(names)s。", names="、".join(open_) or _l("尚未发出确认"))
    return Refusal("CONFIRMATION_PENDING", detail, "管10")


def secrecy_reviewed(item: Item, _move: Move) -> Refusal | None:
    """管9: no path goes round the secrecy review; a document's was done before its issue."""
    if item.cleared_hash == item.content_hash:
        return None
    return Refusal("SECRECY_MISSING", _l("这份内容还没有通过保密审查。请保密审查员先审查。"), "管9")


def personal_data_checked(item: Item, move: Move) -> Refusal | None:
    """认5: what looks like personal data was looked at, passage by passage."""
    cleared = set(move.params.get("cleared", ()))
    left = [row["passage"] for row in item.findings if row["key"] not in cleared]
    if not left:
        return None
    detail = _l(
        "有 %(count)s 处疑似个人信息没有核对：%(passages)s。可以公开的请逐处勾选，不能公开的请退回修改。",
        count=len(left), passages="、".join(left[:5]),
    )  # fmt: skip
    return Refusal("PERSONAL_DATA", detail, "认5", ("cleared",))


def urgent(item: Item, _move: Move) -> Refusal | None:
    """管9: the short way is for what cannot wait."""
    if item.urgency != "none":
        return None
    return Refusal("NOT_URGENT", _l("一般信息不能走应急办理，请提交审核。"), "管9")


def is_public(item: Item, _move: Move) -> Refusal | None:
    """Only what is public can be taken off."""
    return None if item.public else Refusal("NOT_PUBLIC", _l("这件信息还没有公开，没有可以撤下的内容。"), "认10")


def already_correcting(item: Item, _move: Move) -> Refusal:
    """管8: one correction at a time."""
    if item.public:
        return Refusal("CORRECTION_OPEN", _l("这件信息正在更正，办完后才能再次更正。"), "管8")
    return Refusal("CORRECTION_OPEN", _l("这件信息还没有公开，直接修改内容即可，不需要更正。"), "管8")


def emergency_open(item: Item, move: Move) -> Refusal | None:
    """认10: another person confirms what one took off alone."""
    if not item.emergency or item.withdrawal_confirmed_at is not None:
        return Refusal("NOTHING_TO_CONFIRM", _l("没有待确认的紧急撤下。"), "认10")
    if move.actor.id is not None and move.actor.id == item.withdrawn_by:
        return Refusal("OWN_APPROVAL", _l("紧急撤下须由另一人确认。"), "认10")
    return None


def all_placed(item: Item, _move: Move) -> Refusal | None:
    """管7: finished only when it stands everywhere it must."""
    if all(row.placed_on for row in item.placements if row.required):
        return None
    return Refusal("PLACEMENT_OPEN", _l("还有必须的公开渠道没有落实。"), "管7", ("placements",))


def time_given(_item: Item, move: Move) -> Refusal | None:
    """A scheduled release lies ahead."""
    at = move.params.get("at")
    if at is None or at > move.at:
        return None
    return Refusal("TIME_PAST", _l("定时发布的时间已经过去，请改为立即发布或另选时间。"), "管8", ("at",))
