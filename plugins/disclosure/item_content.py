"""What an approval of a publication item binds to: its content as one hash (管10)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import select

from core.db import db
from core.models import AttachmentLink
from plugins.disclosure.models import Item

SUBJECT = "disclosure.item"
TEXTS = ("title", "summary", "text", "genre", "number", "keywords", "source", "column", "note")


def files(item: Item) -> list[AttachmentLink]:
    """The files of an item in their order."""
    query = select(AttachmentLink).where(AttachmentLink.subject_type == SUBJECT, AttachmentLink.subject_id == item.id)
    return list(db.session.scalars(query.order_by(AttachmentLink.position, AttachmentLink.id)))


def content_hash(item: Item) -> str:
    """SHA-256 over everything the public will read, files by their SHA-256 and titles, as canonical JSON."""
    content: dict[str, Any] = {name: getattr(item, name) for name in TEXTS}
    content["files"] = [[link.attachment.sha256, link.title or link.attachment.filename] for link in files(item)]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
