"""Publication items (公开事项): begin, edit, move along table 5.2, place (管7), and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, delete, or_, select

from core import audit, permissions, settings, storage, succession
from core.db import db, utcnow
from core.models import Agency, AttachmentLink, Matter
from core.permissions import SYSTEM, Actor, permitted_agencies
from core.refusals import Invalid, NotFound, Refusal, Stale
from core.workdays import local_date
from core.workflow import Move
from plugins.disclosure.genres import genres
from plugins.disclosure.item_content import SUBJECT, files
from plugins.disclosure.models import Item, Placement
from plugins.disclosure.models.items import ENDED
from plugins.disclosure.services.visibility import visible_items
from plugins.disclosure.values_items import COLUMNS, OF_ITSELF, PLACEMENTS
from plugins.disclosure.workflow import ITEM
from plugins.disclosure.workflow import item_guards as guards
from plugins.disclosure.workflow.items import begin

RIGHT, PLACE, CONFIRM = "disclosure.items", "disclosure.place", "disclosure.confirm"
FIELDS = (
    "title", "summary", "text", "genre", "number", "keywords", "origin", "source", "carrier", "formed_on", "urgency",
    "key_area", "column", "concerns_nobody", "days", "days_basis", "valid_until", "note",
)  # fmt: skip


def select_items(actor: Actor) -> Select[Any]:
    """Those the actor may see, for lists."""
    return select(Item).where(visible_items(actor))


def find(actor: Actor, ident: str) -> Item:
    """One item the actor may see; raises NotFound."""
    found: Item | None = db.session.scalar(select_items(actor).where(Item.id == ident))
    if found is None:
        raise NotFound
    return found


def create(actor: Actor, values: Mapping[str, Any]) -> Item:
    """What is no official document but handled like one (参照, 认2); `values` by FIELDS, and `agency`, `matter`,
    `agencies`, `files`.

    Raises:
        Forbidden. Invalid: unknown agency, matter, file, genre or column.
    """
    today = local_date(utcnow())
    item = Item(
        agency_id=_acting_for(actor, values.get("agency")), title=values["title"], formed_on=today, agencies=[],
        created_by=actor.id, state="editing",
    )  # fmt: skip
    grant = permissions.require(actor, RIGHT, item)
    changed = _checked(item, values)
    for name, value in changed.items():
        setattr(item, name, value)
    db.session.add(item)
    db.session.flush()
    if "files" in values:
        _attach(actor, item, values["files"])
    begin(item, cleared=False)
    audit.record(actor, f"{SUBJECT}.create", SUBJECT, item.id, grant=grant, article="管2")
    return item


def edit(actor: Actor, item: Item, values: Mapping[str, Any], *, version: int | None = None) -> Item:
    """Change what is not public yet; whatever was confirmed or approved falls away (管6, 管10).

    Raises:
        Forbidden, WrongState, Stale, Invalid.
    """
    ITEM.require_right(item, "edit", actor)
    then = [partial(_attach, actor, item, values["files"])] if "files" in values else []
    params = {"fields": _checked(item, values), "then": then}
    ITEM.fire(item, "edit", actor, version=version, params=params)
    return item


def move(
    actor: Actor,
    item: Item,
    event: str,
    *,
    reason: str = "",
    version: int | None = None,
    params: Mapping[str, Any] | None = None,
) -> Move:
    """Carry out an event of `ITEM`. Its own values in `params`: confirm and object `agency`, `content_hash` · approve
    and approve_on_duty `cleared`, `content_hash` · schedule `at` · withdraw, withdraw_now `public_note`, `not_public`.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: as `core.workflow.Machine.fire`.
    """
    given = dict(params or {})
    if event in ("confirm", "object"):
        given["agency_id"] = speaks_for(actor, item, given.pop("agency", None))
        if event == "confirm" and not given.get("content_hash") and not actor.is_system:
            raise Invalid({"content_hash": [_l("请给出您核对过的内容的哈希值，确认只对这份内容有效。")]})
    made = ITEM.fire(item, event, actor, reason=reason, version=version, params=given)
    if event == "release":
        finish(item)
    return made


def speaks_for(actor: Actor, item: Item, named: str | None = None) -> str:
    """The agency asked that the actor answers for: the one named, his own, or the only one; "" where there is none.

    Raises:
        Forbidden: the one named is asked, and he is not of it. Invalid: there is no such agency.
    """
    if named:
        ident = _agency(named)
        if ident in item.agencies_asked:
            permissions.require(actor, CONFIRM, SimpleNamespace(agencies_asked=frozenset([ident])))
        return ident
    own = permitted_agencies(actor, CONFIRM)
    asked = sorted(item.agencies_asked)
    mine = asked if own is None else [ident for ident in asked if ident in own or succession.today(ident) in own]
    return mine[0] if mine else ""


def place(actor: Actor, item: Item, values: Mapping[str, Any], *, version: int | None = None) -> Placement:
    """Plan or confirm a place (管7, 管9): `id` of one that is planned, or `kind`; `place`, `planned_on`, `placed_on`.

    Raises:
        Forbidden. Stale. Invalid: unknown place, a day in the future, an item that is over.
    """
    grant = permissions.require(actor, PLACE, item)
    if version is not None and version != item.version:
        raise Stale(item.version)
    row = _placement(item, values)
    for name in ("place", "planned_on", "placed_on"):
        if name in values:
            setattr(row, name, values[name])
    if row.placed_on is not None:
        row.confirmed_name = actor.name
    item.version += 1
    db.session.flush()
    data = {"kind": row.kind, "place": row.place, "placed_on": row.placed_on.isoformat() if row.placed_on else None}
    audit.record(actor, f"{SUBJECT}.place", SUBJECT, item.id, grant=grant, article="管7", data=data)
    finish(item)
    return row


def finish(item: Item) -> None:
    """公开完成 as soon as every place that must be is there (管7)."""
    if item.state == "released" and not ITEM.obstacles(item, "complete", SYSTEM):
        ITEM.fire(item, "complete", SYSTEM)


def missing(item: Item) -> list[Refusal]:
    """All that still stands between the item and its being public and complete, for the page that says so."""
    move = Move(SYSTEM, None, "", item.state, item.state)
    if item.state in ENDED:
        unconfirmed = item.emergency and item.withdrawal_confirmed_at is None
        detail = _l("紧急撤下还没有由另一人确认。")
        return [Refusal("WITHDRAWAL_UNCONFIRMED", detail, "认10")] if unconfirmed else []
    if item.public and item.state in ("released", "complete"):
        checks: Sequence[Any] = (guards.all_placed,)
    elif item.state == "to_release":
        checks = (guards.document_voluntary, guards.as_approved, guards.confirmed_by_all)
    else:
        checks = (
            guards.document_voluntary, guards.origin_given, guards.has_content, guards.column_chosen,
            guards.channels_planned, guards.agencies_listed, guards.confirmed_by_all, guards.secrecy_reviewed,
            guards.personal_data_checked,
        )  # fmt: skip
    return [no for no in (check(item, move) for check in checks) if no is not None]


def columns() -> dict[str, Any]:
    """重点领域 columns: the fifteen groups of 条例第二十条 and what a local rule adds."""
    return {**COLUMNS, **settings.get("disclosure.columns")}


def _agency(named: str) -> str:
    found = db.session.scalar(select(Agency.id).where(or_(Agency.id == named, Agency.code == named)))
    if found is None:
        raise Invalid({"agency": [_l("本级没有这个机构。")]})
    return found


def _acting_for(actor: Actor, named: str | None) -> str | None:
    if named:
        return _agency(named)
    own = permitted_agencies(actor, RIGHT)
    return (
        succession.today(min(own))
        if own
        else db.session.scalar(
            select(Agency.id)
            .where(Agency.kind == "government", Agency.abolished_at.is_(None))
            .order_by(Agency.code)
            .limit(1)
        )
    )


def _checked(item: Item, values: Mapping[str, Any]) -> dict[str, Any]:
    errors: dict[str, list[Any]] = {}
    changed = {name: values[name] for name in FIELDS if name in values}
    for name, known in (("genre", genres()), ("column", columns())):
        if changed.get(name) and changed[name] not in known:
            errors[name] = [_l("没有“%(value)s”这一项。", value=changed[name])]
    if changed.get("formed_on") and changed["formed_on"] > local_date(utcnow()):
        errors["formed_on"] = [_l("形成日期不能在今天之后。")]
    if changed.get("days") is not None and not (changed.get("days_basis") or item.days_basis or "").strip():
        errors["days_basis"] = [_l("另定期限的，请写明依据的法律、法规或规定。")]
    if "agencies" in values:
        changed["agencies"] = _others(item, values["agencies"], errors)
    if "matter" in values:
        changed["matter_id"] = values["matter"] or None
        if changed["matter_id"] and db.session.get(Matter, changed["matter_id"]) is None:
            errors["matter"] = [_l("没有这个事项。")]
    if errors:
        raise Invalid(errors)
    return changed


def _others(item: Item, named: Sequence[str], errors: dict[str, list[Any]]) -> list[str]:
    query = select(Agency.id, Agency.code).where(or_(Agency.id.in_(named), Agency.code.in_(named)))
    known = {key: row.id for row in db.session.execute(query) for key in (row.id, row.code)}
    if item.agency_id in known.values() or set(named) - known.keys():
        errors["agencies"] = [_l("涉及的机关应为本级的其他机关。")]
    return list(dict.fromkeys(known[one] for one in named if one in known))


def _placement(item: Item, values: Mapping[str, Any]) -> Placement:
    if item.state in ENDED:
        raise Invalid({"kind": [_l("这件信息已经办结，不能再安排公开渠道。")]})
    placed = values.get("placed_on")
    if placed is not None and (not isinstance(placed, date) or placed > local_date(utcnow())):
        raise Invalid({"placed_on": [_l("公开日期不能在今天之后。")]})
    if placed is not None and not item.public:
        raise Invalid({"placed_on": [_l("信息发布以后才能确认公开渠道。")]})
    if values.get("id"):
        row = next((one for one in item.placements if one.id == values["id"]), None)
        if row is None or row.kind in OF_ITSELF:
            raise Invalid({"id": [_l("没有这个公开渠道。")]})
        return row
    if values.get("kind") not in set(PLACEMENTS) - set(OF_ITSELF):
        raise Invalid({"kind": [_l("请选择公开渠道。")]})
    row = Placement(
        kind=values["kind"], position=len(item.placements) + 1, required=bool(values.get("required")), place=""
    )
    item.placements.append(row)
    return row


def _attach(actor: Actor, item: Item, wanted: Sequence[Mapping[str, str]]) -> None:
    known = {link.attachment_id for link in files(item)}
    for one in wanted:
        if one["file"] not in known:
            try:
                storage.open_for(actor, one["file"])
            except NotFound:
                raise Invalid({"files": [_l("没有这个文件。")]}) from None
    mine = AttachmentLink.subject_type == SUBJECT, AttachmentLink.subject_id == item.id
    db.session.execute(delete(AttachmentLink).where(*mine))
    for position, one in enumerate(wanted, 1):
        link = {"audience": "staff", "title": one.get("title", "")[:200], "position": position}
        db.session.add(AttachmentLink(attachment_id=one["file"], subject_type=SUBJECT, subject_id=item.id, **link))
    db.session.flush()
