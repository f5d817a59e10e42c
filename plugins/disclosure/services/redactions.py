"""Redacted copies (区分处理, 条例第三十七条): mark, find a name, make the copy; each part kept back has its reason.

Looking at a file takes its time: `survey` and `search` come before the caller's `write()`, the copy is a job.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, false, select, true

from core import audit, jobs, permissions, storage
from core.contracts import JobKind
from core.db import db, utcnow, write
from core.models import Attachment, AttachmentLink, Job
from core.permissions import SYSTEM, Actor, permitted_agencies
from core.refusals import Invalid, NotFound, Refusal, Refused, Stale, WrongState
from core.text import checked
from core.workflow import Move
from plugins.disclosure.documents import redact
from plugins.disclosure.models import AccessRequest, Document, Redaction, RedactionRegion
from plugins.disclosure.models.redactions import WHOLE
from plugins.disclosure.values import GROUNDS
from plugins.disclosure.workflow import REDACTION
from plugins.disclosure.workflow.redactions import ARTICLE, RIGHT, marked

KIND = "disclosure.redact"
SUBJECTS: dict[str, Any] = {"disclosure.request": AccessRequest, "disclosure.document": Document}
MOST_REGIONS = 2_000
PLACE = ("page", "x", "y", "width", "height")


def visible(actor: Actor) -> ColumnElement[bool]:
    """THE filter: who handles requests of the agency."""
    if not permissions.can(actor, RIGHT):
        return false()
    agencies = permitted_agencies(actor, RIGHT)
    return true() if agencies is None else Redaction.agency_id.in_(sorted(agencies))


def find(actor: Actor, redaction_id: str) -> Redaction:
    """One; raises NotFound."""
    found = db.session.scalar(select(Redaction).where(Redaction.id == redaction_id, visible(actor)))
    if found is None:
        raise NotFound
    return found


def of_subject(actor: Actor, subject_type: str, subject_id: str) -> Sequence[Redaction]:
    """All of a request or document, the newest first."""
    query = select(Redaction).where(
        Redaction.subject_type == subject_type, Redaction.subject_id == subject_id, visible(actor)
    )
    return db.session.scalars(query.order_by(Redaction.created_at.desc(), Redaction.id)).all()


def recent(actor: Actor, *, limit: int = 100) -> Sequence[Redaction]:
    """What was begun last."""
    query = select(Redaction).where(visible(actor)).order_by(Redaction.created_at.desc(), Redaction.id)
    return db.session.scalars(query.limit(limit)).all()


def survey(actor: Actor, file_id: str) -> list[tuple[int, int]]:
    """The sizes of a file's pages; before the transaction.

    Raises:
        NotFound: no such file for `actor`. Refused: FILE_UNFIT, encrypted, broken, too long, no pages.
    """
    source = storage.open_for(actor, file_id).attachment
    try:
        return redact.sizes(_path(source), source.filename)
    except redact.Unfit as no:
        raise Refused(Refusal("FILE_UNFIT", no.args[0], ARTICLE)) from None


def begin(actor: Actor, subject_type: str, subject_id: str, file_id: str, sizes: Sequence[Sequence[int]]) -> Redaction:
    """Begin to mark a file that hangs on a request or document; `sizes` come from `survey`.

    Raises:
        NotFound: no such subject, or the file does not hang on it. Forbidden.
    """
    subject = _subject(actor, subject_type, subject_id)
    grant = permissions.require(actor, RIGHT, subject)
    hangs = select(AttachmentLink.id).where(
        AttachmentLink.attachment_id == file_id, AttachmentLink.subject_type == subject_type,
        AttachmentLink.subject_id == subject_id,
    )  # fmt: skip
    if db.session.scalar(hangs.limit(1)) is None:
        raise NotFound
    made = Redaction(
        subject_type=subject_type, subject_id=subject_id, agency_id=subject.agency_id, source_id=file_id,
        sizes=[list(size) for size in sizes], state="marking", version=1, created_by=actor.id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "disclosure.redaction.begin", REDACTION.object_type, made.id, grant=grant, article=ARTICLE)
    return made


def mark(
    actor: Actor, redaction: Redaction, places: Sequence[Mapping[str, int]], *, ground: str, reason: str
) -> list[RedactionRegion]:
    """Keep back these rectangles, all for one reason; what covers a marked one exactly is left out.

    Raises:
        Forbidden, WrongState. Invalid: off the page, no such ground, no reason.
    """
    _open_for_marks(actor, redaction)
    reason = checked({"reason": reason}, {"reason": 300}, ("reason",))["reason"].strip()
    faults: dict[str, list[Any]] = {}
    if ground not in GROUNDS:
        faults["ground"] = [_l("请选择不予公开的情形。")]
    for place in places:
        faults |= _off_page(redaction, place)
    if len(redaction.regions) + len(places) > MOST_REGIONS:
        faults["page"] = [_l("最多标记 %(most)s 处。请分成几份文件处理。", most=MOST_REGIONS)]
    if faults:
        raise Invalid(faults)
    there = [region.place for region in redaction.regions]
    added = [
        RedactionRegion(ground=ground, reason=reason, **{name: place[name] for name in PLACE})
        for place in places
        if dict(place) not in there
    ]
    redaction.regions.extend(added)
    _changed(actor, redaction, "mark_region", {"added": len(added), "ground": ground})
    return added


def unmark(actor: Actor, redaction: Redaction, region_id: str) -> None:
    """Take a rectangle away; raises NotFound, Forbidden, WrongState."""
    _open_for_marks(actor, redaction)
    region = next((one for one in redaction.regions if one.id == region_id), None)
    if region is None:
        raise NotFound
    redaction.regions.remove(region)
    _changed(actor, redaction, "unmark_region", {"removed": 1})


def search(redaction: Redaction, words: str) -> tuple[list[dict[str, int]], list[int]]:
    """Where `words` stand in the file, and the pages where some could not be placed; before the transaction.

    Raises:
        Invalid: nothing to look for, or nothing found. Refused: FILE_UNFIT.
    """
    words = checked({"text": words}, {"text": 200}, ("text",))["text"].strip()
    try:
        places, unplaced = redact.find(_path(redaction.source), redaction.source.filename, words)
    except redact.Unfit as no:
        raise Refused(Refusal("FILE_UNFIT", no.args[0], ARTICLE)) from None
    if not places and not unplaced:
        raise Invalid({"text": [_l("文件里没有找到这些字。扫描件没有文字，请在页面上用框标记。")]})
    return places, unplaced


def mark_found(
    actor: Actor, redaction: Redaction, found: tuple[list[dict[str, int]], list[int]], *, ground: str, reason: str
) -> list[RedactionRegion]:
    """Mark what `search` found; raises as `mark`."""
    places, unplaced = found
    added = mark(actor, redaction, places, ground=ground, reason=reason)
    redaction.unplaced = sorted({*redaction.unplaced, *unplaced})
    return added


def picture(redaction: Redaction, page: int, *, painted: bool) -> bytes:
    """A page as PNG, with what is kept back painted over or not; raises NotFound, Refused."""
    if not 1 <= page <= len(redaction.sizes):
        raise NotFound
    regions = [one.place for one in redaction.regions if one.page == page] if painted else []
    try:
        return redact.picture(_path(redaction.source), redaction.source.filename, page, regions)
    except redact.Unfit as no:
        raise Refused(Refusal("FILE_UNFIT", no.args[0], ARTICLE)) from None


def move(actor: Actor, redaction: Redaction, event: str, *, version: int | None = None) -> Move:
    """Carry out an event of `REDACTION`; the copy itself is made by `ask`.

    Raises:
        Forbidden, WrongState, Stale, Refused.
    """
    return REDACTION.fire(redaction, event, actor, version=version)


def made_copy(actor: Actor, redaction: Redaction) -> storage.Opened:
    """The finished copy; raises NotFound before there is one."""
    if redaction.copy_id is None:
        raise NotFound
    return storage.open_for(actor, redaction.copy_id)


def ask(actor: Actor, redaction: Redaction, *, version: int | None = None) -> Job:
    """Have the copy made in the background.

    Raises:
        Forbidden, WrongState. Stale. Refused: NOTHING_MARKED.
    """
    permissions.require(actor, RIGHT, redaction)
    if redaction.state != "marking":
        raise WrongState(REDACTION.label(redaction.state))
    if version is not None and version != redaction.version:
        raise Stale(redaction.version)
    refusal = marked(redaction, Move(actor, None, "make", "marking", "made"))
    if refusal:
        raise Refused(refusal)
    title = _l("生成公开件：%(name)s", name=redaction.source.filename)
    return jobs.start(actor, KIND, title=title, subject=redaction.id, arguments={"version": redaction.version})


def run(work: jobs.Work) -> jobs.Result:
    """Make the copy of exactly what was marked when it was asked for."""
    redaction = find(work.actor, work.subject)
    _unchanged(redaction, work)
    try:
        content = redact.copy(
            _path(redaction.source), redaction.source.filename, [region.place for region in redaction.regions]
        )
    except redact.Unfit as no:
        raise Refused(Refusal("FILE_UNFIT", no.args[0], ARTICLE)) from None
    staged = storage.stage(io.BytesIO(content), neutral_name(redaction))
    result = jobs.Result(_l("公开件已生成。请逐页核对后再使用。"))
    with write():
        redaction = find(work.actor, work.subject)
        db.session.refresh(redaction, with_for_update=True)
        _unchanged(redaction, work)
        copy = storage.keep(work.actor, staged)
        storage.link(work.actor, copy.id, redaction.subject_type, redaction.subject_id, title=_COPY_TITLE)
        REDACTION.fire(redaction, "make", SYSTEM, params={"copy_id": copy.id})
        work.finish(result)
    return result


_COPY_TITLE = "区分处理后的公开件"


def neutral_name(redaction: Redaction) -> str:
    """A file name that says nothing of what the file was called: names of persons stand in file names too."""
    return f"公开件-{utcnow():%Y%m%d}-{redaction.id[:6]}.pdf"


def _unchanged(redaction: Redaction, work: jobs.Work) -> None:
    if redaction.state != "marking" or redaction.version != work.arguments["version"]:
        raise Refused(Refusal("MARKS_CHANGED", _l("生成期间标记有改动，没有生成公开件。请核对后重新生成。"), ARTICLE))


def _subject(actor: Actor, subject_type: str, subject_id: str) -> Any:
    model = SUBJECTS.get(subject_type)
    subject = db.session.get(model, subject_id) if model else None
    if subject is None or not permissions.can(actor, RIGHT, subject):
        raise NotFound
    return subject


def _open_for_marks(actor: Actor, redaction: Redaction) -> None:
    permissions.require(actor, RIGHT, redaction)
    db.session.refresh(redaction, with_for_update=True)
    if redaction.state != "marking":
        raise WrongState(REDACTION.label(redaction.state))


def _changed(actor: Actor, redaction: Redaction, what: str, data: dict[str, Any]) -> None:
    redaction.version += 1
    db.session.flush()
    audit.record(actor, f"disclosure.redaction.{what}", REDACTION.object_type, redaction.id, article=ARTICLE, data=data)


def _off_page(redaction: Redaction, place: Mapping[str, int]) -> dict[str, list[Any]]:
    faults: dict[str, list[Any]] = {}
    if not 1 <= place["page"] <= len(redaction.sizes):
        faults["page"] = [_l("没有这一页，文件共 %(count)s 页。", count=len(redaction.sizes))]
    for start, length in (("x", "width"), ("y", "height")):
        if place[start] < 0 or place[length] <= 0 or place[start] + place[length] > WHOLE:
            faults[length] = [_l("框要有大小，并且全部在页面以内。")]
    return faults


def _path(source: Attachment) -> Path:
    return storage.path_of(source.sha256)


JOBS = (JobKind(KIND, _l("生成公开件"), run),)
