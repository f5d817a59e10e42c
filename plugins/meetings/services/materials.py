"""Meeting materials (会议材料): which files belong to an application, and who may read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from core import storage
from core.db import db
from core.models import AttachmentLink
from core.permissions import Actor
from core.refusals import Invalid, NotFound
from plugins.meetings.models import AgendaApplication, Material

SUBJECT = "meetings.application"


@dataclass(frozen=True)
class NewMaterial:
    """A document to attach: `file` is an attachment's id; `opinions` are groups of like opinions (会6)."""

    kind: str
    title: str
    file: str | None = None
    opinions: Sequence[dict[str, Any]] = field(default_factory=tuple)


def write_materials(actor: Actor, item: AgendaApplication, wanted: Sequence[NewMaterial]) -> None:
    """Make the materials say exactly `wanted`, in this order.

    Raises:
        Invalid: a file that does not exist or that `actor` may not read.
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


def _check_files(actor: Actor, wanted: Sequence[NewMaterial]) -> None:
    faults: dict[str, list[Any]] = {}
    for n, new in enumerate(wanted):
        try:
            if new.file:
                storage.open_for(actor, new.file)
        except NotFound:
            faults[f"materials[{n}].file"] = [_l("没有这个文件，请先上传。")]
    if faults:
        raise Invalid(faults)
