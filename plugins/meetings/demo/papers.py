"""The papers of an agenda item as Word documents: draft, basis, and what became of the opinions (会5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

from sqlalchemy import select

from core import storage
from core.db import db, write
from core.documents import word
from core.models import Attachment
from core.permissions import Actor
from plugins.meetings.demo.scripts import Item
from plugins.meetings.services.materials import NewMaterial

BASIS = (
    "一、起草过程：经实地调查、部门会商、公开征求意见和合法性审查形成本稿。",
    "二、主要依据：现行法律法规和上级文件，以及本级政务会议开放的规定。",
    "三、需要说明的问题：见意见征集和采纳情况。",
)
DRAWING = Path(__file__).with_name("steps.svg")
DRAWING_IN_WORDS = (
    "第一步审议，会议全程公开。第二步公开，文件和解读一并发布。第三步实施，由部门组织。第四步结果，向社会公布。"
)
QUESTIONS = (
    ("在哪里看文件全文？", "本页的“对照阅读”里有政策文件全文，两个页面互相链接。"),
    ("会上是怎么讨论的？", "会议全程有图文记录，从事项的来龙去脉可以找到，记录可以下载，也可以自行核验。"),
    (
        "对这个决定有意见，向谁提？",
        "文件公开后三十天内，可以在会议页面的“对决定的意见”里提出，不用登录，凭回执查看答复。",
    ),
)
VIDEO = {
    "kind": "video", "title": "三分钟看懂这份文件（示例）", "url": "https://video.example.org/meeting",
    "text": "各位居民好。这份文件经会议公开审议通过，全文和解读已经发布，欢迎查看。",
}  # fmt: skip


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


def other_forms(officer: Actor) -> tuple[Mapping[str, str], ...]:
    """An interpretation as a drawing, as questions and answers, and as a video on a host for examples."""
    staged = storage.stage(BytesIO(DRAWING.read_bytes()), "从审议到公开结果.svg")
    with write():
        file = storage.keep(officer, staged).id
    drawing = {"kind": "diagram", "file": file, "title": "从审议到公开结果的四步", "text": DRAWING_IN_WORDS}
    questions = [{"kind": "question", "title": asked, "text": said} for asked, said in QUESTIONS]
    return (drawing, *questions, VIDEO)
