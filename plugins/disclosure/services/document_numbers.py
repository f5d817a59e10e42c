"""The next document number (文号) of a body: proposed at issue, decided by whoever issues (认3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from core import settings
from core.db import db, utcnow
from core.workdays import local_date
from plugins.disclosure import numbers
from plugins.disclosure.models import Document

SERIAL = "{serial}"


def proposals(documents: Iterable[Document], day: date | None = None) -> dict[str, str]:
    """The numbers of several documents that are issued one after the other, by id; what has no series is left out."""
    year = (day or local_date(utcnow())).year
    found: dict[str, str] = {}
    last: dict[tuple[str, str], int] = {}
    for document in documents:
        pattern = _rule(document) or _last_used(document)
        head, mark, tail = pattern.replace("{year}", str(year)).partition(SERIAL)
        series = numbers.normalised(head), tail
        last[series] = last.get(series) or _last(*series)
        number = numbers.normalised(f"{series[0]}{last[series] + 1}{tail}")
        if mark and numbers.is_number(number):
            found[document.id], last[series] = number, last[series] + 1
    return found


def proposed(document: Document, day: date | None = None) -> str:
    """The number that follows the last one of this body's series in the year of `day`; empty where no series is known.

    The series is the local rule's for the body and the kind of document, for the body, or that of its last number.
    """
    return proposals([document], day).get(document.id, "")


def _rule(document: Document) -> str:
    code = document.agency.code if document.agency else ""
    rules = settings.get("disclosure.number_templates")
    return str(rules.get(f"{code}/{document.genre}") or rules.get(code) or "")


def _last_used(document: Document) -> str:
    """The series of the body's newest number, of the same kind first; of another year's too."""
    query = select(Document.number).where(Document.agency_id == document.agency_id, Document.number != "")
    newest = (Document.genre != document.genre, Document.issued_on.desc(), Document.updated_at.desc())
    number = db.session.scalar(query.order_by(*newest).limit(1)) or ""
    return numbers.series_of(number)


def _last(head: str, tail: str) -> int:
    query = select(Document.number).where(Document.number.startswith(head, autoescape=True))
    inner = [number[len(head) :].removesuffix(tail) for number in db.session.scalars(query)]
    return max((int(serial) for serial in inner if serial.isascii() and serial.isdigit()), default=0)
