"""Public content (公开内容): draft → approved → released → withdrawn. THE release gate and THE visibility gate.

Nothing becomes public but by `release()`, on the approval of exactly that content hash; nothing is shown to anybody
but through `visible()`. Files hang on a publication by `attach()` and follow it: public once released, closed again
when withdrawn.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.orm import defer

from core import audit, matters, parts, plugins, search, storage, versions
from core.db import db
from core.jurisdictions import current, current_or_none
from core.models import Attachment, AttachmentLink, Publication
from core.paging import Page, cursor_of, read_cursor
from core.permissions import ANONYMOUS, SYSTEM, Actor, permitted_agencies, require
from core.refusals import Invalid, NotFound, Refusal
from core.refusals import Moved as HasMoved
from core.text import checked
from core.workflow import Machine, Move, State, Transition

OBJECT_TYPE = "core.publication"
KINDS: dict[str, Any] = {
    "notice": _l("通知公告"),
    "outcome": _l("审议情况"),
    "policy_document": _l("政策文件"),
    "interpretation": _l("解读材料"),
    "record": _l("会议实录"),
    "page": _l("专题页面"),
    "information": _l("政府信息"),
}
REVIEWED = frozenset({"outcome", "policy_document", "interpretation", "information"})
"""Kinds that plugins may object to; these also need a text or a file of their own."""
LIMITS = {"title": 200, "summary": 500, "body": 200_000, "open_reason": 500}


# --- guards and effects ----------------------------------------------------------------------------


def _by_another_person(publication: Publication, move: Move) -> Refusal | None:
    writers = {publication.created_by, publication.edited_by} - {None}
    stands_for = move.grant.on_behalf_of_id if move.grant else ""
    if writers & {move.actor.id, stands_for}:
        return Refusal("OWN_APPROVAL", _l("拟稿人和修改人不能审核自己的内容，请由另一人审核。"))
    return None


def _has_content(publication: Publication, _move: Move) -> Refusal | None:
    has_text = publication.body.strip() or publication.parts
    if publication.kind not in REVIEWED or has_text or files(publication):
        return None
    return Refusal("ATTR_MISSING", _l("既没有正文也没有附件，不能审核。"), missing=("body",))


def _as_approved(publication: Publication, _move: Move) -> Refusal | None:
    if publication.approved_hash and publication.approved_hash == content_hash(publication):
        return None
    return Refusal("NOT_APPROVED", _l("内容与审核时不一致，请重新审核后再发布。"))


def _unobjected(publication: Publication, _move: Move) -> list[Refusal]:
    """Fails closed: a plugin that cannot answer objects."""
    if publication.kind not in REVIEWED:
        return []
    answer = plugins.collect("review_publication", current(), publication_id=publication.id)
    return [*answer.items, *(Refusal("REVIEW_FAILED", gap.message) for gap in answer.gaps)]


def _change(publication: Publication, move: Move) -> None:
    for name, value in move.params.get("fields", {}).items():
        setattr(publication, name, value)
    for link in move.params.get("added", ()):
        db.session.add(link)
    for link in move.params.get("removed", ()):
        db.session.delete(link)
    db.session.flush()
    publication.edited_by = move.actor.id
    publication.content_hash = content_hash(publication)
    publication.approved_hash = publication.approved_by = None


def _approve(publication: Publication, move: Move) -> None:
    publication.content_hash = publication.approved_hash = content_hash(publication)
    publication.approved_by = move.actor.id


def _reject(publication: Publication, _move: Move) -> None:
    publication.approved_hash = publication.approved_by = None


def _release(publication: Publication, move: Move) -> None:
    publication.released_at = move.at
    matters.make_public(publication.matter_id)
    search.put(
        OBJECT_TYPE,
        publication.id,
        title=publication.title,
        text="\n".join(part for part in (publication.summary, publication.body, parts.text(publication.parts)) if part),
        url=address(publication),
        at=move.at,
    )
    plugins.announce("publication_released", current(), publication_id=publication.id)


def _withdraw(publication: Publication, move: Move) -> None:
    publication.withdrawn_at, publication.withdrawn_reason = move.at, move.reason
    publication.public_note = move.params.get("public_note", "")
    search.drop(OBJECT_TYPE, publication.id)
    plugins.announce("publication_withdrawn", current(), publication_id=publication.id)


MACHINE = Machine(
    OBJECT_TYPE,
    {
        "draft": State(_l("草稿")),
        "approved": State(_l("已审核"), "soon"),
        "released": State(_l("已发布"), "done"),
        "withdrawn": State(_l("已撤下"), terminal=True),
    },
    (
        Transition("edit", _l("修改"), ("draft", "approved"), "draft", "core.publish", effects=(_change,)),
        Transition(
            "approve", _l("审核通过"), ("draft",), "approved", "core.approve_publication",
            guards=(_by_another_person, _has_content), effects=(_approve,),
        ),
        Transition(
            "return", _l("退回"), ("approved",), "draft", "core.approve_publication",
            needs_reason=True, effects=(_reject,),
        ),
        Transition(
            "release", _l("发布"), ("approved",), "released", "core.publish",
            guards=(_as_approved, _unobjected), effects=(_release,),
        ),
        Transition(
            "withdraw", _l("撤下"), ("released",), "withdrawn", "core.withdraw",
            needs_reason=True, effects=(_withdraw,),
        ),
        Transition(
            "replace", _l("换成新版本"), ("released",), "withdrawn", "core.publish",
            needs_reason=True, effects=(versions.give_way,), by_system=True,
        ),
    ),
)  # fmt: skip


# --- services: inside the caller's write() ---------------------------------------------------------


def create(
    actor: Actor,
    *,
    kind: str,
    title: str,
    summary: str = "",
    body: str = "",
    agency_id: str | None = None,
    matter_id: str | None = None,
    plugin: str = "",
    subject_type: str = "",
    subject_id: str = "",
    related_id: str | None = None,
    open_reason: str = "",
) -> Publication:
    """A new draft. `plugin`, `subject_type`, `subject_id` name the plugin's object it belongs to; `open_reason` says
    why it is public.

    Raises:
        Forbidden: no right to publish for that agency. Invalid: unknown kind, text too long or empty title.
    """
    if kind not in KINDS:
        raise Invalid({"kind": [_l("没有“%(kind)s”这一类公开内容。", kind=kind)]})
    given = {"title": title, "summary": summary, "body": body, "open_reason": open_reason}
    texts = checked(given, LIMITS, ("title",))
    publication = Publication(
        jurisdiction_id=current().id, kind=kind, agency_id=agency_id, matter_id=matter_id, plugin=plugin,
        subject_type=subject_type, subject_id=subject_id, related_id=related_id, created_by=actor.id or None,
        state="draft", version=1, **texts,
    )  # fmt: skip
    grant = require(actor, "core.publish", publication)
    if open_reason:
        require(actor, "core.declare_open", publication)
    db.session.add(publication)
    db.session.flush()
    publication.content_hash = content_hash(publication)
    audit.record(
        actor, f"{OBJECT_TYPE}.create", OBJECT_TYPE, publication.id,
        grant=grant, data={"kind": kind}, content_hash=publication.content_hash,
    )  # fmt: skip
    return publication


def edit(actor: Actor, publication: Publication, *, version: int | None = None, **fields: Any) -> Publication:
    """Change texts, `parts`, `matter_id` or `related_id`; an approval given before falls away.

    A drawing among the parts is a file that hangs on the publication already.

    Raises:
        Forbidden, Invalid, WrongState (released or withdrawn), Stale.
    """
    unknown = set(fields) - {*LIMITS, "parts", "matter_id", "related_id"}
    if unknown:
        raise Invalid({name: [_l("这一项不能修改。")] for name in sorted(unknown)})
    texts = checked({name: value or "" for name, value in fields.items() if name in LIMITS}, LIMITS, ("title",))
    if fields.get("open_reason"):
        require(actor, "core.declare_open", publication)
    if "parts" in fields:
        fields["parts"] = parts.accepted(fields["parts"] or (), _attached(publication))
    MACHINE.fire(publication, "edit", actor, version=version, params={"fields": {**fields, **texts}})
    return publication


def attach(
    actor: Actor, publication: Publication, attachment_id: str, *, title: str = "", version: int | None = None
) -> AttachmentLink:
    """Hang a file on a draft; it becomes public with the release.

    Raises:
        NotFound: no such file, or `actor` may not read it. Else as `edit`.
    """
    attachment = storage.open_for(actor, attachment_id).attachment
    link = AttachmentLink(
        jurisdiction_id=publication.jurisdiction_id, attachment_id=attachment.id, subject_type=OBJECT_TYPE,
        subject_id=publication.id, audience="public", title=title, position=len(files(publication)) + 1,
    )  # fmt: skip
    MACHINE.fire(publication, "edit", actor, version=version, params={"added": [link]})
    return link


def detach(actor: Actor, publication: Publication, link_id: str, *, version: int | None = None) -> None:
    """Take a file off a draft.

    Raises:
        NotFound: no such link here. Else as `edit`.
    """
    links = [link for link in files(publication) if link.id == link_id]
    if not links:
        raise NotFound
    if any(part.get("file") == link.attachment_id for part in publication.parts for link in links):
        raise Invalid({"file": [_l("这个文件是图解，请先删去图解。")]})
    MACHINE.fire(publication, "edit", actor, version=version, params={"removed": links})


def _attached(publication: Publication) -> dict[str, Attachment]:
    return {link.attachment_id: link.attachment for link in files(publication)}


def approve(actor: Actor, publication: Publication, *, version: int | None = None) -> Publication:
    """Approve exactly the content as it stands now; the approver neither drafted nor edited it (`OWN_APPROVAL`)."""
    MACHINE.fire(publication, "approve", actor, version=version)
    return publication


def release(actor: Actor, publication: Publication, *, version: int | None = None) -> Publication:
    """THE release gate: content equal to the approved one, no plugin objects, then public with the commit.

    Raises:
        Refused: `NOT_APPROVED`, `REVIEW_FAILED` or a plugin's own code (e.g. `INTERPRETATION_MISSING`).
    """
    MACHINE.fire(publication, "release", actor, version=version)
    return publication


def withdraw(
    actor: Actor, publication: Publication, reason: str, *, public_note: str = "", version: int | None = None
) -> Publication:
    """Take it off: the address answers 410 from now on, its files too, search forgets it.

    `reason` stays in the office and in the audit trail; `public_note` (500) is what the public reads at the address.

    Raises:
        Forbidden, Invalid (no reason, note too long), WrongState, Stale.
    """
    MACHINE.require_right(publication, "withdraw", actor)
    note = checked({"public_note": public_note}, {"public_note": 500})["public_note"].strip()
    MACHINE.fire(publication, "withdraw", actor, reason=reason, version=version, params={"public_note": note})
    return publication


def replace(publication: Publication, by: Publication, reason: str) -> None:
    """A new version `by` was released: the old one is public no more, its address leads to the new one (301)."""
    MACHINE.fire(publication, "replace", SYSTEM, reason=reason, params={"by": by})


# --- the visibility gate ---------------------------------------------------------------------------


def visible(actor: Actor) -> ColumnElement[bool]:
    """THE visibility gate, a filter for every query: released for all, the rest for its author and agency."""
    released = Publication.state == "released"
    if actor.is_system:
        return or_(released, Publication.state != "released")
    here = current_or_none()
    if not actor.id or here is None:
        return released
    agencies = permitted_agencies(actor, "core.staff")
    if agencies is None:
        return or_(released, Publication.jurisdiction_id == here.id)
    own = and_(
        Publication.jurisdiction_id == here.id,
        or_(Publication.agency_id.in_(sorted(agencies)), Publication.created_by == actor.id),
    )
    return or_(released, own) if agencies else released


def find(actor: Actor, publication_id: str) -> Publication:
    """The publication if `actor` may see it.

    Raises:
        HasMoved: a new version took its place. Gone: it was withdrawn. NotFound: unknown or not for `actor`.
    """
    found = db.session.scalar(select(Publication).where(Publication.id == publication_id, visible(actor)))
    if found is not None:
        return found
    withdrawn = db.session.get(Publication, publication_id)
    if withdrawn is None or withdrawn.state != "withdrawn":
        raise NotFound
    if newer := versions.newer_than(publication_id):
        raise HasMoved(publication_id, newer)
    raise versions.gone(withdrawn)


def released(
    *, kinds: tuple[str, ...] = (), agency_id: str | None = None, after: str = "", limit: int = 20
) -> Page[Publication]:
    """The public list, of one agency where it is named, newest first, one keyset page after `after`.

    Raises:
        Invalid: `after` is no cursor.
    """
    query = select(Publication).where(Publication.state == "released")
    if kinds:
        query = query.where(Publication.kind.in_(kinds))
    if agency_id:
        query = query.where(Publication.agency_id == agency_id)
    if after:
        query = query.where(tuple_(Publication.released_at, Publication.id) < tuple_(*read_cursor(after)))
    query = query.order_by(Publication.released_at.desc(), Publication.id.desc()).limit(limit + 1)
    query = query.options(defer(Publication.body))  # a list shows titles; a body may have 200,000 characters
    rows = list(db.session.scalars(query))
    more = len(rows) > limit
    return Page(tuple(rows[:limit]), cursor_of(rows[limit - 1].released_at, rows[limit - 1].id) if more else "")


def files(publication: Publication) -> list[AttachmentLink]:
    """The files of a publication in their order."""
    query = select(AttachmentLink).where(
        AttachmentLink.subject_type == OBJECT_TYPE, AttachmentLink.subject_id == publication.id
    )
    return list(db.session.scalars(query.order_by(AttachmentLink.position, AttachmentLink.id)))


def related(publication: Publication, reader: Actor = ANONYMOUS) -> list[Publication]:
    """What it explains or is explained by, both ways (会9), as far as `reader` may see it; none that was withdrawn.

    The one it names itself comes first.
    """
    query = select(Publication).where(
        visible(reader),
        Publication.state != "withdrawn",
        (Publication.id == publication.related_id) | (Publication.related_id == publication.id),
    )
    rows = db.session.scalars(query.order_by(Publication.released_at, Publication.id))
    return sorted(rows, key=lambda other: other.id != publication.related_id)


def address(publication: Publication) -> str:
    """The path of its page; never dies."""
    return f"/{current().slug}/publications/{publication.id}/"


def content_hash(publication: Publication) -> str:
    """SHA-256 over kind, title, summary, body, parts and the files' SHA-256 with their titles, as canonical JSON.

    Parts count only where there are some: what was approved before there were any stays approved.
    """
    content: Mapping[str, Any] = {
        "kind": publication.kind,
        "title": publication.title,
        "summary": publication.summary,
        "body": publication.body,
        "files": [[link.attachment.sha256, link.title or link.attachment.filename] for link in files(publication)],
    }
    if publication.parts:
        content = {**content, "parts": publication.parts}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
