"""What is approved of a document (公文): everything that decides, bound by one hash (管6)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.db import db
from core.models import AttachmentLink
from plugins.disclosure.digests import digest
from plugins.disclosure.models import Document

SUBJECT = "disclosure.document"
ANSWER = "disclosure.referral"
"""What the file of an answer to a referral (批复) hangs on, by the document's id: no part of the document itself, so it
is neither approved nor published with it."""
CONTENT = (
    "title", "genre", "text", "public_text", "origin", "source", "attribute", "attribute_reason", "answers", "grounds",
    "ground_facts", "secrecy_level", "important", "joint_agencies", "key_area",
)  # fmt: skip


def files(document: Document) -> list[AttachmentLink]:
    """The document's files in their order."""
    mine = select(AttachmentLink).where(
        AttachmentLink.subject_type == SUBJECT, AttachmentLink.subject_id == document.id
    )
    return list(db.session.scalars(mine.order_by(AttachmentLink.position, AttachmentLink.id)))


def content_hash(document: Document) -> str:
    """SHA-256 over CONTENT and the files' SHA-256 with their titles."""
    content: dict[str, Any] = {name: getattr(document, name) for name in CONTENT}
    content["files"] = [[link.attachment.sha256, link.title] for link in files(document)]
    return digest(content)
