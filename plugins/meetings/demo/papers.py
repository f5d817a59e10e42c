"""The papers of an agenda item as Word documents: draft, basis, and what became of the opinions (会5)."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from sqlalchemy import select

from core import storage
from core.db import db, write
from core.models import Attachment
from core.permissions import Actor
from plugins.meetings.demo.scripts import Item
from plugins.meetings.documents import word
from plugins.meetings.services.materials import NewMaterial

BASIS = (
    "一、起草过程：经实地调查、部门会商、公开征求意见和合法性审查形成本稿。",
    "二、主要依据：现行法律法规和上级文件，以及本级政务会议开放的规定。",
    "三、需要说明的问题：见意见征集和采纳情况。",
)


def materials(applicant: Actor, item: Item) -> list[NewMaterial]:
    """What the item needs before it may be submitted; papers uploaded for an earlier meeting are used again."""
    if not item.opinions:
        return []
    texts: dict[str, tuple[str, Sequence[str]]] = {
        "draft": (item.title, item.policy.splitlines()),
        "basis": (f"{item.title}起草说明", BASIS),
        "adoption_summary": (f"{item.title}意见征集和采纳情况", _adoption(item)),
    }
    opinions = {"adoption_summary": item.opinions}
    return [
        NewMaterial(kind, title, _upload(applicant, title, paragraphs), opinions.get(kind, ()))
        for kind, (title, paragraphs) in texts.items()
    ]


def _adoption(item: Item) -> list[str]:
    total = sum(group["count"] for group in item.opinions)
    heads = [f"公开征求意见期间收到意见{total}条，相对集中的意见及采纳情况如下。"]
    return heads + [
        f"{group['text']}（{group['count']}条）：{'采纳' if group['adopted'] else '未采纳'}。{group['reason']}。"
        for group in item.opinions
    ]


def _upload(applicant: Actor, title: str, paragraphs: Sequence[str]) -> str:
    name = f"{title}.docx"
    known = select(Attachment.id).where(Attachment.filename == name, Attachment.uploaded_by == applicant.id)
    found = db.session.scalar(known.limit(1))
    if found is not None:
        return found
    staged = storage.stage(BytesIO(_document(title, applicant.name, paragraphs)), name)
    with write():
        return storage.keep(applicant, staged).id


def _document(title: str, author: str, paragraphs: Sequence[str]) -> bytes:
    document = word.new(title, author, None)
    document.add_paragraph(title, style="Title")
    for paragraph in paragraphs:
        document.add_paragraph(word.fit(paragraph))
    return word.content(document)
