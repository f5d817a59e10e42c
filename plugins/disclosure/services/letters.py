"""Letters of a request (答复书、告知书): made from the template in force, kept as they went out, read by who may."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, send_file
from sqlalchemy import func, select

from core import clocks, permissions, storage
from core.db import db
from core.documents import fill
from core.filetypes import MEDIA_TYPES
from core.jurisdictions import current
from core.languages import kept
from core.models import Clock
from core.permissions import SYSTEM, Actor
from core.refusals import NotFound
from core.workflow import Move
from plugins.disclosure.documents.letters import LETTERS, TO_OTHERS, basis
from plugins.disclosure.models import AccessRequest, Body, Consultation, Letter, Reply
from plugins.disclosure.services.templates import templates
from plugins.disclosure.values_requests import DELIVERIES, RESULTS
from plugins.disclosure.workflow import request_clocks as limits
from plugins.disclosure.workflow.requests import HANDLE, RIGHTS_NOTICE

ISSUED = {
    "confirm": "receipt", "notify_correction": "correction", "override": "override", "extend": "extension",
    "ask_reason": "reasons", "notify_fee": "fee", "redirect": "elsewhere",
}  # fmt: skip
"""Event → the letter that goes out with it; replies, consultations and what is put off for a reason beside."""
REPLYING = ("deliver", "receive", "lapse", "withdraw")
CLOCKS = {"correction": limits.CORRECT.key, "fee": limits.PAY.key}
DRAFT = "draft"
"""Instead of a letter's id: the reply that is being prepared, as it would go out now."""


@dataclass(frozen=True)
class File:
    """What is sent."""

    name: str
    media_type: str
    content: bytes

    def answer(self) -> Response:
        """The download, kept by no cache: it names the applicant."""
        made = send_file(io.BytesIO(self.content), self.media_type, as_attachment=True, download_name=self.name)
        made.headers["Cache-Control"] = "private, no-store"
        return made


# --- going out -------------------------------------------------------------------------------------------


def after(request: AccessRequest, move: Move, params: dict[str, Any]) -> None:
    """Make and keep the letter of a move, inside `write()`; most moves have none."""
    key = ISSUED.get(move.event, "")
    if move.event in REPLYING:
        key = f"reply_{request.result}"
    elif move.event == "consult":
        key = str(params["kind"])
    elif move.event == "accept_reason" and int(params.get("days") or 0) > 0:
        key = "extension"
    if key:
        issue(request, key, reason=move.reason, asked=params.get("consultation"))


def issue(request: AccessRequest, key: str, *, reason: str = "", asked: Consultation | None = None) -> Letter:
    """Make a letter and keep it as it went out, inside `write()`."""
    if asked is None and key in TO_OTHERS:
        db.session.refresh(request, ["consultations"])
        asked = max(request.consultations, key=lambda one: (one.answer == "waiting", one.sent_on, one.id))
    reply = request.reply if request.reply and request.reply.state == "delivered" else None
    reply = reply if key.startswith("reply_") or key == "elsewhere" else None
    made = _file(request, key, reply, reason, asked)
    staged = storage.stage(io.BytesIO(made.content), made.name)
    position = db.session.scalar(select(func.count()).where(Letter.request_id == request.id)) or 0
    letter = Letter(
        request=request, reply_id=reply.id if reply else None, position=position, key=key,
        attachment_id=storage.keep(SYSTEM, staged).id,
    )  # fmt: skip
    db.session.add(letter)
    db.session.flush()
    return letter


# --- reading ---------------------------------------------------------------------------------------------


def of(request: AccessRequest) -> Sequence[Letter]:
    """Every letter of a request, in the order they went out."""
    query = select(Letter).where(Letter.request_id == request.id).order_by(Letter.position)
    return db.session.scalars(query).all()


def title(letter: Letter) -> Any:
    """What it is."""
    return LETTERS[letter.key].title


def has_draft(request: AccessRequest) -> bool:
    """True while a reply is prepared or waits for its delivery."""
    return request.state in {"to_approve", "to_deliver"} and request.reply is not None


def read(actor: Actor, request: AccessRequest, ident: str) -> File:
    """A letter for whoever handles the request; `draft` is the reply in the making.

    Raises:
        Forbidden. NotFound: no such letter, nothing in the making.
    """
    permissions.require(actor, HANDLE, request)
    if ident != DRAFT:
        return _kept(request, ident)
    if not has_draft(request) or request.reply is None:
        raise NotFound
    return _file(request, f"reply_{request.reply.result}", request.reply)


def own(request: AccessRequest) -> list[Letter]:
    """What went to the applicant."""
    return [letter for letter in of(request) if letter.key not in TO_OTHERS]


def read_own(request: AccessRequest, ident: str) -> File:
    """A letter for the applicant, who has shown number and secret; raises NotFound."""
    if all(letter.id != ident for letter in own(request)):
        raise NotFound
    return _kept(request, ident)


def _kept(request: AccessRequest, ident: str) -> File:
    found = next((letter for letter in of(request) if letter.id == ident), None)
    if found is None:
        raise NotFound
    content = storage.path_of(found.attachment.sha256).read_bytes()
    return File(found.attachment.filename, MEDIA_TYPES["docx"], content)


# --- what stands in it -----------------------------------------------------------------------------------


def _file(
    request: AccessRequest, key: str, reply: Reply | None, reason: str = "", asked: Consultation | None = None
) -> File:
    values = _values(request, key, reply, reason, asked)
    parts = {"不予公开部分": _parts(reply)} if reply is not None else {}
    name = f"{request.number}{kept(LETTERS[key].title)}"
    content = fill.fill(templates.content(key), values, parts, title=name)
    return File(storage.safe_name(f"{name}.docx"), MEDIA_TYPES["docx"], content)


def _values(
    request: AccessRequest, key: str, reply: Reply | None, reason: str, asked: Consultation | None
) -> dict[str, str]:
    body = db.session.scalar(select(Body).where(Body.agency_id == request.agency_id))
    clock = _clock(request, key, asked)
    why = reply.reason if reply else reason
    dated = reply.delivered_on if reply and reply.delivered_on else limits.today()
    return {
        "登记号": request.number,
        "申请人": "" if key in TO_OTHERS else request.applicant_name,
        "收件人": asked.party if asked else request.applicant_name,
        "申请日期": _day(request.arrived_on),
        "收到日期": _day(request.received_on or request.arrived_on),
        "申请内容": request.description,
        "机关": request.agency.name,
        "工作机构": (body.office_name if body else "") or request.agency.name,
        "联系电话": body.phone if body else "",
        "本级": current().name,
        "法律依据": basis(key),
        "理由": why,
        "说明": reply.text if reply else "",
        "答复内容": "\n".join(part for part in (why, reply.text if reply else "") if part.strip()),
        "权利告知": kept(RIGHTS_NOTICE),
        "送达方式": kept(DELIVERIES.get(request.delivery, "")),
        "期限": _day(clock.due_on) if clock and clock.due_on else "",
        "工作日数": str(clock.extension) if clock else "",
        "事项": request.correction_items,
        "金额": f"{request.fee_cents / 100:.2f}",
        "负责机关": reply.other_body if reply else "",
        "联系方式": reply.other_contact if reply else "",
        "落款日期": _day(dated),
    }


def _clock(request: AccessRequest, key: str, asked: Consultation | None) -> Clock | None:
    if asked is not None:
        return limits.of_consultation(asked)
    found = clocks.of(limits.REQUEST_TYPE, [request.id])[request.id]
    wanted = CLOCKS.get(key, limits.REPLY.key)
    return next((one for one in reversed(found) if one.key == wanted and one.state in clocks.OPEN), None)


def _parts(reply: Reply) -> list[dict[str, str]]:
    return [
        {"序号": str(number), "内容": part["part"], "情形": kept(RESULTS[part["result"]]), "理由": part["reason"]}
        for number, part in enumerate(reply.withheld, 1)
    ]


def _day(at: date) -> str:
    return f"{at.year}年{at.month}月{at.day}日"
