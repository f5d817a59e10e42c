"""What stands on the processing sheet (发文处理签) of a document: every field of the form, and a line for each act.

It is an official paper, so it is in Chinese whoever asks for it.
"""

from __future__ import annotations

from datetime import date

from core.db import db
from core.languages import kept
from core.models import Account, Agency
from core.permissions import ROLES
from core.storage import safe_name
from core.workdays import local_date
from plugins.disclosure import genres
from plugins.disclosure.document_content import files
from plugins.disclosure.documents import processing_sheet
from plugins.disclosure.documents.processing_sheet import Sheet
from plugins.disclosure.models import Document, SheetLine
from plugins.disclosure.values import ATTRIBUTES, GROUNDS, SECRECY
from plugins.disclosure.workflow import DOCUMENT

UNSET = "未认定"


def as_file(document: Document) -> tuple[str, bytes]:
    """Name and content of the Word file."""
    found = of(document)
    return safe_name(f"{found.subject}{processing_sheet.TITLE}.docx"), processing_sheet.build(found)


def of(document: Document) -> Sheet:
    """The sheet of a document that its reader has found already."""
    more = document.sheet
    fields = (
        ("发文机关", document.agency.name if document.agency else ""),
        ("标题", document.title),
        ("文种", kept(genres.label(document.genre))),
        ("发文字号", document.number),
        ("密级及保密期限", _secrecy(document)),
        ("紧急程度", more.get("urgency", "")),
        ("主送", more.get("main_to", "")),
        ("抄送", more.get("copy_to", "")),
        ("拟稿单位、拟稿人、电话", _drafted(document)),
        ("核稿", more.get("checked_by", "")),
        ("会签单位及意见", _countersigned(document)),
        ("保密审查意见", _said(document, "review", "refer", stage="secrecy_review")),
        ("公开属性及理由", _attribute(document)),
        ("分管领导审核", _said(document, "approve", stage="review")),
        ("主要领导审签", _said(document, "approve", stage="leader_review") or ("" if document.important else "不需要")),
        ("签发人、日期", _said(document, "sign")),
        ("份数", more.get("copies", "")),
        ("形成日期", day(document.formed_on)),
        ("印发日期", day(document.issued_on)),
        ("附件", "；".join(link.title or link.attachment.filename for link in files(document))),
        ("校对", more.get("proofread_by", "")),
    )
    return Sheet(document.title, fields, tuple(_line(line) for line in document.lines))


def day(at: date | None) -> str:
    """2026年11月24日."""
    return f"{at.year}年{at.month}月{at.day}日" if at else ""


def _attribute(document: Document) -> str:
    """管6: attribute, its grounds and the reason."""
    grounds = "、".join(kept(GROUNDS[ground]) for ground in document.grounds if ground in GROUNDS)
    said = [_word(document.attribute), grounds, document.attribute_reason.strip()]
    return "；".join(part for part in said if part)


def _word(attribute: str | None) -> str:
    return kept(ATTRIBUTES[attribute]) if attribute else UNSET


def _secrecy(document: Document) -> str:
    parts = (kept(SECRECY[document.secrecy_level]), document.ground_facts.get("secrecy_period", ""))
    return "，".join(part for part in parts if part)


def _drafted(document: Document) -> str:
    drafter = db.session.get(Account, document.created_by) if document.created_by else None
    unit = document.agency.name if document.agency else ""
    return "，".join(
        part for part in (unit, drafter.name if drafter else "", document.sheet.get("drafter_phone", "")) if part
    )


def _countersigned(document: Document) -> str:
    """认7: each body of a joint document, and what it said."""
    done = {line.agency_id: line for line in document.lines if line.event == "cosign" and not line.void}
    said = []
    for ident in document.joint_agencies:
        agency = db.session.get(Agency, ident)
        said.append(f"{agency.name if agency else ident}：{_signature(done[ident]) if ident in done else '未确认'}")
    return "；".join(said)


def _said(document: Document, *events: str, stage: str = "") -> str:
    """What was said at a step, by whom, when; only what still holds."""
    found = [
        line for line in document.lines
        if line.event in events and not line.void and (not stage or line.stage == stage)
    ]  # fmt: skip
    return "；".join(_signature(line) for line in found)


def _signature(line: SheetLine) -> str:
    opinion = line.opinion or kept(_label(line))
    return f"{opinion}　{_person(line)}　{day(local_date(line.at))}"


def _person(line: SheetLine) -> str:
    return f"{line.actor_name}（代{line.on_behalf_of}）" if line.on_behalf_of else line.actor_name


def _label(line: SheetLine) -> str:
    return next((kept(row.label) for row in DOCUMENT.rows if row.event == line.event), line.event)


def _line(line: SheetLine) -> tuple[str, ...]:
    role = kept(ROLES[line.role]) if line.role in ROLES else ""
    opinion = f"{line.opinion}（已失去效力：{line.void_reason}）" if line.void else line.opinion
    who = f"{_person(line)}，{role}" if role else _person(line)
    return (_label(line), who, _word(line.attribute), opinion, day(local_date(line.at)))
