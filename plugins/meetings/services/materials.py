"""Meeting materials (会议材料): which files belong to an application, and who may read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from core import storage
from core.db import db, utcnow
from core.languages import kept
from core.models import AttachmentLink
from core.permissions import Actor
from core.refusals import Invalid, NotFound, Refusal, Refused
from core.workdays import LOCAL
from plugins.meetings.documents import watermark
from plugins.meetings.models import AgendaApplication, Material
from plugins.meetings.values import CATEGORIES

SUBJECT = "meetings.application"


@dataclass(frozen=True)
class NewMaterial:
    """A document to attach: `file` is an attachment's id; `opinions` are groups of like opinions (会6)."""

    kind: str
    title: str
    file: str | None = None
    opinions: Sequence[dict[str, Any]] = field(default_factory=tuple)
    restricted: bool = False


def write_materials(actor: Actor, item: AgendaApplication, wanted: Sequence[NewMaterial]) -> None:
    """Make the materials say exactly `wanted`, in this order.

    Raises:
        Invalid: a file that does not exist or that `actor` may not read; a restricted one that cannot be marked.
    """
    _check_files(actor, wanted)
    mine = AttachmentLink.subject_type == SUBJECT
    db.session.execute(delete(AttachmentLink).where(mine, AttachmentLink.subject_id == item.id))
    item.materials.clear()
    for position, new in enumerate(wanted, 1):
        item.materials.append(
            Material(
                kind=new.kind,
                title=new.title,
                attachment_id=new.file,
                opinions=[dict(group) for group in new.opinions],
                restricted=new.restricted,
                position=position,
            )
        )
        if new.file:
            db.session.add(
                AttachmentLink(
                    attachment_id=new.file,
                    subject_type=SUBJECT,
                    subject_id=item.id,
                    audience="invited",
                    title=new.title,
                    position=position,
                )
            )
    db.session.flush()


def _check_markable(opened: storage.Opened | None) -> None:
    """What can be said at once: this runs inside a transaction, so the file is not marked for trial here."""
    if opened is None:
        raise watermark.Unmarkable(_l("限制传阅的材料须附 PDF 文件。"))
    if opened.attachment.file.media_type != "application/pdf":
        raise watermark.Unmarkable(watermark.REASONS["broken"])
    watermark.require_open(storage.path_of(opened.attachment.sha256))


def for_invitee(item: AgendaApplication, opened: storage.Opened, name: str, category: str) -> bytes | None:
    """The file with the reader's name, category and the time across each page; None where it is not restricted.

    Raises:
        Refused: `UNMARKABLE`, with what to do.
    """
    found = opened.attachment
    if not any(row.restricted for row in item.materials if row.attachment_id == found.id):
        return None
    words = (f"{name}（{kept(CATEGORIES[category])}）", f"{utcnow().astimezone(LOCAL):%Y-%m-%d %H:%M}", "限制传阅")
    try:
        return watermark.marked(storage.path_of(found.sha256), words)
    except watermark.Unmarkable as no:
        raise Refused(Refusal("UNMARKABLE", no.args[0], "会8", ("materials",))) from None


def _check_files(actor: Actor, wanted: Sequence[NewMaterial]) -> None:
    faults: dict[str, list[Any]] = {}
    for n, new in enumerate(wanted):
        try:
            opened = storage.open_for(actor, new.file) if new.file else None
            if new.restricted:
                _check_markable(opened)
        except watermark.Unmarkable as no:
            faults[f"materials[{n}].file"] = [no.args[0]]
        except NotFound:
            faults[f"materials[{n}].file"] = [_l("没有这个文件，请先上传。")]
    if faults:
        raise Invalid(faults)
