"""Documents of earlier years taken in from tables: nobody's act is invented, the attribute stands in the row (认3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import audit, permissions
from core.contracts import ImportFault
from core.db import db, new_id, write
from core.models import Agency
from core.permissions import Actor
from core.workflow import Move
from plugins.disclosure.document_content import content_hash
from plugins.disclosure.document_files import Entry
from plugins.disclosure.models import Document, ImportedRow
from plugins.disclosure.workflow.documents import branch

RIGHT = "disclosure.import"
NEW, VERSION, KNOWN = "new", "version", "known"
CHUNK = 200
"""Rows a transaction: what waits for the database behind an import waits this long."""
ISSUER = _l("发文机关")
NO_AGENCY = _l("“%(name)s”不是本级机关。请为整个文件选定制发机关。")
WITHHELD_REASON = _l("不予公开和依申请公开的公文要写明理由（认6）。")
REVISED = _l("系统里已经有这个文号的公文，并且办理过。请在公文页面更正。")


@dataclass(frozen=True)
class Plan:
    """What each row would do: an outcome and the body it belongs to, or why it cannot be taken."""

    entry: Entry
    outcome: str
    agency_id: str | None = None
    fault: ImportFault | None = None


def plan(entries: Sequence[Entry], whole: Mapping[str, str]) -> list[Plan]:
    """Look at all rows against what is here; changes nothing."""
    by_name = {agency.name: agency.id for agency in db.session.scalars(select(Agency))}
    seen: set[str] = set()
    found: list[Plan] = []
    for some in _chunks(entries):
        found += [_plan(entry, known, by_name, whole, seen) for entry, known in _known(some)]
    return found


def take_in(
    actor: Actor, file: str, plans: Sequence[Plan], tick: Callable[[int], None] = lambda _done: None
) -> Counter[str]:
    """Take the sound rows in, `CHUNK` a transaction; what is cut off goes on at the next attempt.

    Raises:
        Forbidden.
    """
    permissions.require(actor, RIGHT)
    counts: Counter[str] = Counter({NEW: 0, VERSION: 0, KNOWN: 0})
    sound = [plan for plan in plans if plan.fault is None]
    for number, some in enumerate(_chunks(sound)):
        with write():
            for plan in some:
                counts[plan.outcome] += 1
                if plan.outcome != KNOWN:
                    _take(actor, file, plan)
        tick(min((number + 1) * CHUNK, len(sound)))
    return counts


def _chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


@dataclass(frozen=True)
class _Known:
    """What is here of a document: whether this very row is, and the document it would be a version of."""

    same: bool
    document: Document | None
    untouched: bool = False


def _known(entries: Sequence[Entry]) -> Iterator[tuple[Entry, _Known]]:
    digests = set(
        db.session.scalars(select(ImportedRow.digest).where(ImportedRow.digest.in_([e.digest for e in entries])))
    )
    rows: dict[str, list[ImportedRow]] = {}
    query = select(ImportedRow).where(ImportedRow.identity.in_([entry.identity for entry in entries]))
    for row in db.session.scalars(query):
        rows.setdefault(row.identity, []).append(row)
    numbers = [entry.number for entry in entries if entry.number]
    numbered = {one.number: one for one in db.session.scalars(select(Document).where(Document.number.in_(numbers)))}
    for entry in entries:
        earlier = rows.get(entry.identity, [])
        document = earlier[0].document if earlier else numbered.get(entry.number)
        untouched = document is not None and document.version == len(earlier)
        yield entry, _Known(entry.digest in digests, document, untouched)


def _plan(entry: Entry, known: _Known, agencies: Mapping[str, str], whole: Mapping[str, str], seen: set[str]) -> Plan:
    if known.same:
        return Plan(entry, KNOWN)
    agency_id = agencies.get(entry.issuer) or whole.get("agency")
    if agency_id is None:
        return Plan(entry, NEW, fault=ImportFault(entry.line, ISSUER, NO_AGENCY % {"name": entry.issuer or "–"}))
    if entry.attribute != "voluntary" and not (entry.reason or whole.get("reason")):
        return Plan(entry, NEW, fault=ImportFault(entry.line, _l("公开属性的理由"), WITHHELD_REASON))
    if known.document is not None and not known.untouched:
        return Plan(entry, VERSION, fault=ImportFault(entry.line, _l("文号"), REVISED))
    again = known.document is not None or entry.identity in seen
    seen.add(entry.identity)
    return Plan(entry, VERSION if again else NEW, agency_id)


def _take(actor: Actor, file: str, plan: Plan) -> None:
    entry = plan.entry
    earlier = db.session.scalars(select(ImportedRow).where(ImportedRow.identity == entry.identity)).all()
    if earlier:
        document = earlier[0].document
        document.version += 1
        if _newest(entry, earlier):
            _write(document, entry)
    else:
        document = Document(id=new_id(), agency_id=plan.agency_id, created_by=actor.id, state="issued", version=1)
        _write(document, entry)
        db.session.add(document)
    db.session.flush()
    document.content_hash = document.approved_hash = content_hash(document)
    if not earlier:
        branch(document, Move(actor, None, "import", "", "issued"))
    db.session.add(
        ImportedRow(
            document_id=document.id, digest=entry.digest, identity=entry.identity, outcome=plan.outcome,
            file=file[:200], line=entry.line, title=entry.title, text=entry.text, url=entry.url, issuer=entry.issuer,
            published_on=entry.published_on, imported_by=actor.id,
        )
    )  # fmt: skip
    data = {"file": file, "line": entry.line, "outcome": plan.outcome}
    audit.record(actor, "disclosure.document.import", "disclosure.document", document.id, article="认3", data=data)


def _newest(entry: Entry, earlier: Sequence[ImportedRow]) -> bool:
    """A version without a day never replaces one that has one."""
    last = max((row.published_on for row in earlier if row.published_on), default=None)
    return last is None or (entry.published_on is not None and entry.published_on >= last)


def _write(document: Document, entry: Entry) -> None:
    document.title, document.genre, document.text, document.public_text = entry.title, entry.genre, entry.text, ""
    document.origin, document.source = ("obtained" if entry.issuer else "made"), entry.issuer
    document.secrecy_level = "none"
    document.answers, document.grounds, document.ground_facts, document.important = {}, [], {}, False
    document.joint_agencies, document.key_area, document.sheet, document.proposal = [], "", {}, {}
    document.attribute, document.attribute_reason = entry.attribute, entry.reason
    document.number, document.formed_on, document.issued_on = entry.number, entry.formed_on, entry.formed_on
