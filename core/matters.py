"""Matters (事项): the thread from the first draft to the follow-up, and its public life-line.

A matter may be merged into another one (合并): its address then leads there (301), and the life-line of the other one
tells its steps too. What was approved keeps its `matter_id`, which is part of the approved content: only `Moved` says
where it belongs now. A matter is merged only while it stands by itself and only into one that does, so chains end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import defer

from core import audit, plugins
from core.contracts import Gap, TimelineEntry
from core.db import db, utcnow
from core.jurisdictions import current
from core.models import Agency, Jurisdiction, Matter, Moved, Publication
from core.permissions import Actor, can, require
from core.refusals import Moved as HasMoved
from core.refusals import NotFound, Refusal
from core.text import checked
from core.workflow import Machine, Move, State, Transition

OBJECT_TYPE = "core.matter"


# --- guards and effects ----------------------------------------------------------------------------


def _into_another(matter: Matter, move: Move) -> Refusal | None:
    into: Matter | None = move.params.get("into")
    if into is not None and into.id == matter.id:
        return Refusal("SAME_MATTER", _l("不能并入自身，请选择另一个事项。"))
    return None


def _into_a_standing_one(_matter: Matter, move: Move) -> Refusal | None:
    into: Matter | None = move.params.get("into")
    if into is not None and into.state == "merged":
        return Refusal("TARGET_MERGED", _l("所选事项自己已经并入别的事项，请选择它现在所在的事项。"))
    return None


def _into_a_public_one(matter: Matter, move: Move) -> Refusal | None:
    into: Matter | None = move.params.get("into")
    if into is not None and matter.public and not into.public:
        return Refusal("TARGET_NOT_PUBLIC", _l("已公开的事项不能并入未公开的事项，否则原地址无法打开。请反过来合并。"))
    return None


def _merge(matter: Matter, move: Move) -> None:
    db.session.add(
        Moved(
            jurisdiction_id=matter.jurisdiction_id, old_id=matter.id, new_id=move.params["into"].id,
            reason=move.reason, public_note=move.params["public_note"], moved_at=move.at,
            moved_by=move.actor.id or None,
        )
    )  # fmt: skip
    audit.record(
        move.actor, f"{OBJECT_TYPE}.moved", OBJECT_TYPE, matter.id, grant=move.grant,
        data={"into": move.params["into"].id},
    )  # fmt: skip


def _part(matter: Matter, move: Move) -> None:
    moved = db.session.scalars(_in_force().where(Moved.old_id == matter.id)).one()
    moved.undone_at, moved.undone_by = move.at, move.actor.id or None


MACHINE = Machine(
    OBJECT_TYPE,
    {"open": State(_l("独立")), "merged": State(_l("已并入"), "done")},
    (
        Transition(
            "merge", _l("并入另一事项"), ("open",), "merged", "core.merge_matters", needs_reason=True,
            guards=(_into_another, _into_a_standing_one, _into_a_public_one), effects=(_merge,),
        ),
        Transition(
            "part", _l("恢复独立"), ("merged",), "open", "core.merge_matters", needs_reason=True, effects=(_part,)
        ),
    ),
)  # fmt: skip


# --- services: inside the caller's write() ---------------------------------------------------------


def create(actor: Actor, title: str, *, agency_id: str | None = None) -> Matter:
    """A new matter of the current jurisdiction, not public yet. The caller's own right was checked by its service.

    Raises:
        Invalid: empty or too long a title.
    """
    title = checked({"title": title}, {"title": 200}, ("title",))["title"]
    matter = Matter(jurisdiction_id=current().id, title=title, agency_id=agency_id, state="open", version=1)
    db.session.add(matter)
    db.session.flush()
    audit.record(actor, f"{OBJECT_TYPE}.create", OBJECT_TYPE, matter.id)
    return matter


def merge(
    actor: Actor, matter: Matter, into_id: str, reason: str, *, public_note: str = "", version: int | None = None
) -> Matter:
    """Make `matter` one with another: its address leads there from now on. `part` undoes it.

    Raises:
        Forbidden: no right to both. NotFound: no such other matter here. Invalid, WrongState, Stale.
        Refused: SAME_MATTER, TARGET_MERGED, TARGET_NOT_PUBLIC.
    """
    MACHINE.require_right(matter, "merge", actor)
    _one_at_a_time(matter)
    into = own(actor, into_id)
    require(actor, "core.merge_matters", into)
    note = checked({"public_note": public_note}, {"public_note": 500})["public_note"].strip()
    MACHINE.fire(
        matter, "merge", actor, reason=reason, version=version, params={"into": into, "public_note": note}
    )  # fmt: skip
    return matter


def part(actor: Actor, matter: Matter, reason: str, *, version: int | None = None) -> Matter:
    """Let a merged matter stand by itself again, with its own address and steps; both acts stay on record.

    Raises:
        Forbidden, Invalid, WrongState, Stale.
    """
    MACHINE.require_right(matter, "part", actor)
    _one_at_a_time(matter)
    MACHINE.fire(matter, "part", actor, reason=reason, version=version)
    return matter


def make_public(matter_id: str | None) -> None:
    """The matter's page opens to the public, and the one it is merged into: called with its first public step.

    Harmless when repeated or None.
    """
    for ident in {matter_id, where(matter_id)} if matter_id else ():
        matter = db.session.get(Matter, ident)
        if matter is not None:
            matter.public = True


# --- reading ---------------------------------------------------------------------------------------


def find(actor: Actor, matter_id: str) -> Matter:
    """The matter, or the one it is merged into; for the public only where both are public.

    Raises:
        NotFound: unknown, of another county, or not public yet.
    """
    asked = _seen(actor, db.session.get(Matter, matter_id))
    return asked if asked.state == "open" else _seen(actor, db.session.get(Matter, where(matter_id)))


def open_to_all() -> ColumnElement[bool]:
    """The matters that have a page of their own for everybody: a filter for queries."""
    return and_(Matter.public, Matter.state == "open")


def at(actor: Actor, matter_id: str) -> Matter:
    """The matter that has its page at this very address.

    Raises:
        HasMoved: it is merged; says where. NotFound: as `find`.
    """
    found = find(actor, matter_id)
    if found.id != matter_id:
        raise HasMoved(matter_id, found.id)
    return found


def own(actor: Actor, matter_id: str) -> Matter:
    """The matter itself, merged or not, for staff.

    Raises:
        NotFound: unknown, of another county, or not staff.
    """
    matter = db.session.get(Matter, matter_id)
    if matter is None or not can(actor, "core.staff"):
        raise NotFound
    return matter


def where(matter_id: str) -> str:
    """The id of the matter it is part of now; itself where it stands by itself."""
    passed = {matter_id}
    while True:
        further = db.session.scalar(_in_force(Moved.new_id).where(Moved.old_id == matter_id))
        if further is None or further in passed:
            return matter_id
        passed.add(further)
        matter_id = further


def family(matter_id: str) -> list[str]:
    """A matter and all that are merged into it, at any distance."""
    found, last = [matter_id], [matter_id]
    while last:
        nearer = db.session.scalars(_in_force(Moved.old_id).where(Moved.new_id.in_(last)).order_by(Moved.moved_at))
        last = [ident for ident in nearer if ident not in found]
        found += last
    return found


def whole(matter_id: str | None) -> list[str]:
    """Every id of the thread a matter is part of: what it is merged into, and all merged into that; None has none."""
    return family(where(matter_id)) if matter_id else []


def merged_into(actor: Actor, matter_id: str) -> list[tuple[Matter, Moved]]:
    """The matters merged straight into this one, with the record of it, as far as `actor` may see them."""
    query = (
        select(Matter, Moved)
        .join(Moved, Moved.old_id == Matter.id)
        .where(Moved.kind == "matter", Moved.undone_at.is_(None), Moved.new_id == matter_id)
        .order_by(Moved.moved_at)
    )
    if not can(actor, "core.staff"):
        query = query.where(Matter.public)
    return [(matter, moved) for matter, moved in db.session.execute(query)]


def timeline(matter_id: str) -> tuple[list[TimelineEntry], tuple[Gap, ...]]:
    """The public steps of a matter and of those merged into it in order of time; the gaps of plugins that failed.

    Steps of one moment keep the order in which their plugin gave them.
    """
    here, ids = current(), family(matter_id)
    collected = plugins.collect("collect_timeline", here, matter_ids=ids)
    steps = [step for answer in collected.items for ident in ids for step in answer.get(ident, ())]
    known = {step.key for step in steps}
    steps += [step for ident in ids for step in _published(ident) if step.key not in known]
    return sorted(steps, key=lambda step: step.at), collected.gaps


# --- inside ----------------------------------------------------------------------------------------


def _seen(actor: Actor, matter: Matter | None) -> Matter:
    if matter is None or not (matter.public or can(actor, "core.staff")):
        raise NotFound
    return matter


def _published(matter_id: str) -> Iterator[TimelineEntry]:
    """The released publications of a matter as steps of its life-line."""
    from core.publications import KINDS, address

    query = (
        select(Publication, Agency.name)
        .outerjoin(Agency, Agency.id == Publication.agency_id)
        .where(Publication.matter_id == matter_id, Publication.state == "released")
        .options(defer(Publication.body))
    )
    for row, unit in db.session.execute(query):
        at = row.released_at or utcnow()
        yield TimelineEntry(f"publication:{row.id}", at, KINDS[row.kind], row.title, address(row), unit or "")


def _in_force(what: Any = Moved) -> Any:
    return select(what).where(Moved.kind == "matter", Moved.undone_at.is_(None))


def _one_at_a_time(matter: Matter) -> None:
    """Two merges of a county take turns, so that together they close no ring; what was read before is read again."""
    db.session.get(Jurisdiction, matter.jurisdiction_id, with_for_update={"key_share": True})
    db.session.refresh(matter)
