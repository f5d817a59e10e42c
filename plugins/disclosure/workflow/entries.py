"""Life of a row of the withheld catalogue (5.3): listed, its reason given, entered, looked at again every year."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import clocks, settings
from core.db import db, utcnow
from core.jurisdictions import current
from core.languages import kept
from core.models import Agency
from core.permissions import SYSTEM
from core.refusals import Refusal
from core.workdays import local_date
from core.workflow import Machine, Move, State, Transition
from plugins.disclosure import guards
from plugins.disclosure.models import Document, WithheldEntry
from plugins.disclosure.reveals import passages, reveals
from plugins.disclosure.values import GROUND_BASIS, NO_OVERRIDE
from plugins.disclosure.workflow import items

OBJECT_TYPE = "disclosure.entry"
RIGHT, REVIEW = "disclosure.withhold", "disclosure.reevaluate"
REEVALUATION = clocks.ClockRule(
    "reevaluation",
    "管11",
    _l("不予公开信息再评估"),
    "CD",
    0,
    _l("政府信息公开条例第十八条：定期评估审查，至少每年一次"),
)
LEFT = {"voluntary": "disclose", "on_request": "make_requestable"}
"""The attribute a document has after redetermination → what becomes of its row."""
SECRET_TEXTS = ("facts", "basis", "code_name", "unit")


# --- how a row comes to be --------------------------------------------------------------------------


def list_withheld(document: Document, move: Move) -> WithheldEntry:
    """管11: what was issued as withheld is a row of its body's catalogue of the year, as soon as it is issued.

    A document that was withheld before and is so again has its row already: it comes back to the catalogue.
    """
    found = db.session.scalar(select(WithheldEntry).where(WithheldEntry.document_id == document.id))
    if found is not None:
        event = {"excluded": "reopen", "to_publish": "withhold_again", "to_request": "withhold_again"}.get(found.state)
        if event:
            ENTRY.fire(found, event, SYSTEM, reason=move.reason or kept(_l("属性重新认定为不予公开")))
        return found
    entry = _row_of(document, move)
    db.session.add(entry)
    db.session.flush()
    return entry


def _row_of(document: Document, move: Move) -> WithheldEntry:
    formed = document.formed_on or document.issued_on or local_date(move.at)
    ground = document.grounds[0] if document.grounds else ""
    secret = document.secrecy_level != "none"
    return WithheldEntry(
        agency_id=document.agency_id, document=document, year=(document.issued_on or formed).year, formed_on=formed,
        title=document.title, title_sensitive=secret, public_title="" if secret else document.title,
        number=document.number, ground=ground, facts=document.attribute_reason, basis=basis_of(ground),
        unit=document.agency.name if document.agency else "", review_on=next_review(move.at), created_by=move.actor.id,
        state="listed", version=1,
    )  # fmt: skip


def attribute_changed(document: Document, move: Move) -> None:
    """A document that is no longer withheld leaves the catalogue: its row says whereto (条例第十八条)."""
    found = db.session.scalar(select(WithheldEntry).where(WithheldEntry.document_id == document.id))
    event = LEFT.get(document.attribute or "")
    if found is None or event is None or found.state in {"to_publish", "to_request"}:
        return
    reason = move.reason or kept(_l("公文属性重新认定"))
    if found.state == "entered":
        ENTRY.fire(found, event, SYSTEM, reason=reason)
    elif found.state in {"listed", "reasoned"}:
        ENTRY.fire(found, "exclude", SYSTEM, reason=reason)


def basis_of(ground: str) -> str:
    """The article of national law a ground rests on, "" for none."""
    return kept(GROUND_BASIS[ground]) if ground in GROUND_BASIS else ""


def next_review(at: Any) -> date:
    """再评估日期: so many months after `at`, never more than twelve."""
    months = max(1, min(int(settings.get("disclosure.reevaluation_months")), 12))
    return months_after(local_date(at), months)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# --- guards -----------------------------------------------------------------------------------------


def seen(entry: WithheldEntry, move: Move) -> dict[str, Any]:
    """The row as it will stand after the move."""
    return {name: getattr(entry, name) for name in FIELDS} | dict(move.params.get("fields", {}))


def reason_given(entry: WithheldEntry, move: Move) -> Refusal | None:
    """管11: no row without its reason: a ground and the facts."""
    row, least = seen(entry, move), int(settings.get("disclosure.withheld_facts_min"))
    short = len(row["facts"].strip()) < least
    missing = tuple(name for name, bad in (("ground", not row["ground"]), ("facts", short)) if bad)
    if not missing:
        return None
    return Refusal(
        "REASON_MISSING", _l("请写明不予公开的情形，并用至少%(least)s个字说明事实。", least=least), "管11", missing
    )


def complete(entry: WithheldEntry, move: Move) -> Refusal | None:
    """管11: public title, number or code name, basis, date, unit and the day of re-evaluation."""
    row = seen(entry, move)
    missing = [name for name in ("public_title", "basis", "formed_on", "unit", "review_on") if not row[name]]
    if not (row["number"] or row["code_name"]):
        missing.append("number")
    if not missing:
        return None
    return Refusal("ENTRY_INCOMPLETE", _l("目录的必填项还没有填全，请补齐后再入目录。"), "管11", tuple(missing))


def still_whole(entry: WithheldEntry, move: Move) -> Refusal | None:
    """管11: what was said before stays said: an edit takes neither the reason nor what the catalogue needs away."""
    if move.source == "listed":
        return None
    return reason_given(entry, move) or (complete(entry, move) if move.source == "entered" else None)


def keeps_secret(entry: WithheldEntry, move: Move) -> Refusal | None:
    """管11: no public title, and nothing else of the row, tells what a sensitive title hides."""
    row = seen(entry, move)
    if not row["title_sensitive"]:
        return None
    told = ["public_title"] if reveals(row["title"], row["public_title"], public_names(entry)) else []
    told += [name for name in SECRET_TEXTS if passages(row["title"], row[name], public_names(entry))]
    if not told:
        return None
    detail = _l("公开标题或者说明透露了应当保密的标题内容，请换成不透露内容的写法，例如“某事项的请示”。")
    return Refusal("TITLE_REVEALS", detail, "管11", tuple(told))


def public_names(entry: WithheldEntry) -> tuple[str, ...]:
    """Names in a title that tell nothing: the place, the body."""
    agency = entry.agency or db.session.get(Agency, entry.agency_id)
    return (current().name, entry.unit, *((agency.name,) if agency else ()))


def within_a_year(entry: WithheldEntry, move: Move) -> Refusal | None:
    """条例第十八条: looked at again at least once a year."""
    day = seen(entry, move)["review_on"]
    if day is None or day <= months_after(local_date(utcnow()), 12):
        return None
    return Refusal("REVIEW_TOO_LATE", _l("再评估日期不能晚于一年之后。"), "管11", ("review_on",))


def not_on_file(entry: WithheldEntry, _move: Move) -> Refusal | None:
    """管11: what the government's office has on file is corrected or turned, never taken out."""
    if not entry.accepted:
        return None
    return Refusal(
        "ROW_ON_FILE", _l("这一条已经备案，不能移出或者直接修改，只能更正、转公开或者转依申请公开。"), "管11"
    )


def liftable(entry: WithheldEntry, move: Move) -> Refusal | None:
    """认5: a state secret or what a law forbids opens only when that itself was lifted, with the decision named."""
    lifted = entry.document is not None and entry.document.attribute != "withheld"
    if entry.ground not in NO_OVERRIDE or lifted or str(move.params.get("lifted", "")).strip():
        return None
    detail = _l("国家秘密和法律、行政法规禁止公开的信息，须先解密或者法定依据变更，请写明解密决定或者变更依据。")
    return Refusal("NO_OVERRIDE", detail, "认5", ("lifted",))


# --- effects ----------------------------------------------------------------------------------------

FIELDS = (
    "title", "title_sensitive", "public_title", "number", "code_name", "ground", "facts", "basis", "formed_on", "unit",
    "review_on",
)  # fmt: skip


def _change(entry: WithheldEntry, move: Move) -> None:
    before = entry.review_on
    for name, value in move.params.get("fields", {}).items():
        setattr(entry, name, value)
    if move.source == "entered" and entry.review_on != before:
        clocks.cancel(OBJECT_TYPE, entry.id, REEVALUATION.key, at=move.at)
        _watch(entry, move)


def _watch(entry: WithheldEntry, move: Move) -> None:
    """The clock of the next re-evaluation, running to the row's own date."""
    day = entry.review_on or next_review(move.at)
    rule = replace(REEVALUATION, amount=max(0, (day - local_date(move.at)).days))
    clocks.start(OBJECT_TYPE, entry, rule, at=move.at)


def _unwatch(entry: WithheldEntry, move: Move) -> None:
    clocks.cancel(OBJECT_TYPE, entry.id, REEVALUATION.key, at=move.at)


def _reviewed(entry: WithheldEntry, move: Move) -> None:
    clocks.meet(OBJECT_TYPE, entry.id, REEVALUATION.key, at=move.at)
    entry.reviewed_at = move.at


def _again_in_a_year(entry: WithheldEntry, move: Move) -> None:
    entry.review_on = next_review(move.at)
    _watch(entry, move)


def _open(entry: WithheldEntry, move: Move) -> None:
    items.open_turned(entry, move)


def _exclude(entry: WithheldEntry, move: Move) -> None:
    entry.exclusion = move.reason


def _unmoved(entry: WithheldEntry) -> str:
    return str(entry.state)


KEPT = (keeps_secret, within_a_year)
ENTRY = Machine(
    OBJECT_TYPE,
    {
        "listed": State(_l("拟列")),
        "reasoned": State(_l("已说明理由"), "soon"),
        "excluded": State(_l("已说明不列入")),
        "entered": State(_l("入目录"), "done"),
        "to_publish": State(_l("转公开"), "done"),
        "to_request": State(_l("转依申请公开"), "done"),
    },
    (
        Transition(
            "edit", _l("修改"), ("listed", "reasoned", "entered"), _unmoved, RIGHT, "管11",
            guards=(not_on_file, still_whole, *KEPT), effects=(_change,),
        ),
        Transition(
            "reason", _l("说明理由"), ("listed",), "reasoned", RIGHT, "管11",
            guards=(reason_given, *KEPT), effects=(_change,),
        ),
        Transition(
            "enter", _l("列入目录"), ("reasoned",), "entered", RIGHT, "管11",
            guards=(guards.staffed, reason_given, complete, *KEPT), effects=(_change, _watch),
        ),
        Transition(
            "exclude", _l("说明不列入的理由"), ("listed", "reasoned"), "excluded", RIGHT, "管11",
            needs_reason=True, guards=(not_on_file,), effects=(_exclude,),
        ),
        Transition(
            "reopen", _l("重新列入"), ("excluded",), "listed", RIGHT, "管11", needs_reason=True,
        ),
        Transition(
            "take_out", _l("移出目录"), ("entered",), "reasoned", RIGHT, "管11",
            needs_reason=True, guards=(not_on_file,), effects=(_unwatch,),
        ),
        Transition(
            "correct", _l("更正"), ("entered",), "entered", RIGHT, "管11",
            needs_reason=True, guards=(reason_given, complete, *KEPT), effects=(_change,),
        ),
        Transition(
            "maintain", _l("维持不予公开"), ("entered",), "entered", REVIEW, "管11",
            needs_reason=True, effects=(_reviewed, _again_in_a_year),
        ),
        Transition(
            "withhold_again", _l("重新不予公开"), ("to_publish", "to_request"), "entered", RIGHT, "管11",
            needs_reason=True, effects=(_again_in_a_year,), by_system=True,
        ),
        Transition(
            "disclose", _l("转公开"), ("entered",), "to_publish", REVIEW, "管11",
            needs_reason=True, guards=(liftable,), effects=(_reviewed, _open),
        ),
        Transition(
            "make_requestable", _l("转依申请公开"), ("entered",), "to_request", REVIEW, "管11",
            needs_reason=True, guards=(liftable,), effects=(_reviewed,),
        ),
    ),
)  # fmt: skip
