"""Life of an edition of the withheld catalogue (5.3): compiled, approved, filed, accepted, and only then published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from core import clocks, publications, settings
from core.db import db
from core.languages import kept
from core.permissions import SYSTEM
from core.refusals import Refusal
from core.workdays import LOCAL, local_date
from core.workflow import Machine, Move, State, Transition
from plugins.disclosure import guards
from plugins.disclosure.digests import digest
from plugins.disclosure.models import Document, WithheldCatalogue, WithheldEntry
from plugins.disclosure.models.withheld import IN_CATALOGUE
from plugins.disclosure.values import GROUNDS

OBJECT_TYPE = "disclosure.withheld_catalogue"
RIGHT, APPROVE, RECEIVE = "disclosure.withhold", "disclosure.approve_catalogue", "disclosure.supervise"
ISSUED = ("issued", "redetermination", "repealed")
USUAL_DAY = (1, 31)
SUPERSEDED = _l("本目录已有新的版本，请看本机关的不予公开文件目录。")


def filing_rule(year: int) -> clocks.ClockRule:
    """认9: yearly, to the government's office; the day is a local rule, a day in the year after."""
    due = filing_day(year)
    return clocks.ClockRule(
        "filing", "认9", _l("不予公开文件目录报备"), "CD", (due - date(year, 12, 31)).days,
        _l("公文公开属性源头认定制度第九条：每年报备；日期由本级规定"),
    )  # fmt: skip


def filing_day(year: int) -> date:
    """Until when the catalogue of `year` is to be filed; the local rule is MM-DD, a wrong one counts as 01-31."""
    try:
        month, day = map(int, str(settings.get("disclosure.catalogue_filing_day")).split("-"))
        return date(year + 1, month, day)
    except ValueError:
        return date(year + 1, *USUAL_DAY)


def start_filing_clock(catalogue: WithheldCatalogue) -> None:
    """Counted from the last day of the catalogue's year."""
    end = datetime.combine(date(catalogue.year, 12, 31), time(12), LOCAL).astimezone(UTC)
    clocks.start(OBJECT_TYPE, catalogue, filing_rule(catalogue.year), at=end)


# --- what it holds ----------------------------------------------------------------------------------


def rows_of(catalogue: WithheldCatalogue) -> list[dict[str, Any]]:
    """The rows as the public may read them: while it is compiled those of its year, afterwards what was approved."""
    return current_rows(catalogue) if catalogue.state == "compiling" else catalogue.rows


def current_rows(catalogue: WithheldCatalogue) -> list[dict[str, Any]]:
    """The year's entries as they stand now; a full title never, where it is sensitive."""
    return [_row(entry) for entry in entries_of(catalogue.agency_id, catalogue.year, IN_CATALOGUE)]


def entries_of(agency_id: str, year: int, states: tuple[str, ...]) -> list[WithheldEntry]:
    """Entries of a body and year in these states, by date of formation."""
    query = select(WithheldEntry).where(
        WithheldEntry.agency_id == agency_id, WithheldEntry.year == year, WithheldEntry.state.in_(states)
    )
    return list(db.session.scalars(query.order_by(WithheldEntry.formed_on, WithheldEntry.id)))


def _row(entry: WithheldEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": entry.public_title,
        "number": entry.code_name or entry.number,
        "ground": entry.ground,
        "facts": entry.facts,
        "basis": entry.basis,
        "formed_on": str(entry.formed_on),
        "unit": entry.unit,
        "review_on": str(entry.review_on),
        "state": entry.state,
    }


def documents_of(agency_id: str, year: int) -> Select[Document]:
    """管11: the withheld documents of a body that were issued in a year, an undated issue by its day of formation."""
    dated = func.coalesce(Document.issued_on, Document.formed_on)
    query = select(Document).where(
        Document.agency_id == agency_id, Document.attribute == "withheld", Document.state.in_(ISSUED),
        dated >= date(year, 1, 1), dated <= date(year, 12, 31),
    )  # fmt: skip
    return query.order_by(dated, Document.id)


def uncovered(agency_id: str, year: int) -> Iterator[tuple[str, str]]:
    """管11: what keeps the year from being complete, (id, title): documents without a row, rows not yet decided on."""
    entered = select(WithheldEntry.document_id).where(WithheldEntry.document_id.is_not(None))
    for document in db.session.scalars(documents_of(agency_id, year).where(Document.id.not_in(entered))):
        yield document.id, document.title
    for entry in entries_of(agency_id, year, ("listed", "reasoned")):
        yield entry.id, entry.title


# --- guards -----------------------------------------------------------------------------------------


def whole_year(catalogue: WithheldCatalogue, _move: Move) -> Refusal | None:
    """管11: every withheld document of the year is in it, or it is said why not."""
    missing = tuple(ident for ident, _title in uncovered(catalogue.agency_id, catalogue.year))
    if not missing:
        return None
    detail = _l("还有 %(count)s 件不予公开的公文没有列入目录，也没有说明不列入的理由。", count=len(missing))
    return Refusal("CATALOGUE_INCOMPLETE", detail, "管11", missing)


def by_another(catalogue: WithheldCatalogue, move: Move) -> Refusal | None:
    """管6: who compiled it does not approve it."""
    return _other(catalogue.compiled_by, move, _l("目录由另一人审定，编制人不能审定自己编的目录。"))


def received_by_another(catalogue: WithheldCatalogue, move: Move) -> Refusal | None:
    """认9: who filed it does not accept it."""
    return _other(catalogue.filed_by, move, _l("备案由另一人办理，报备人不能接收自己报备的目录。"))


def _other(first: str | None, move: Move, detail: Any) -> Refusal | None:
    stands_for = move.grant.on_behalf_of_id if move.grant else ""
    return Refusal("OWN_APPROVAL", detail, "管6") if first and first in {move.actor.id, stands_for} else None


def as_approved(catalogue: WithheldCatalogue, _move: Move) -> Refusal | None:
    """管6: exactly what was approved goes out; a row changed since wants a new approval."""
    if digest(current_rows(catalogue)) == catalogue.approved_hash:
        return None
    return Refusal("NOT_APPROVED", _l("审定以后目录有改动，请退回编制，重新审定后再报备。"), "管6")


def receipt_given(_catalogue: WithheldCatalogue, move: Move) -> Refusal | None:
    """认9: accepted with a number; a page that only asks what is possible gives none yet."""
    if str(move.params.get("receipt_number", "?")).strip():
        return None
    return Refusal("RECEIPT_MISSING", _l("请填写备案号。"), "认9", ("receipt_number",))


def newest(catalogue: WithheldCatalogue, _move: Move) -> Refusal | None:
    """5.3: one edition after the other."""
    later = select(WithheldCatalogue.id).where(
        WithheldCatalogue.agency_id == catalogue.agency_id, WithheldCatalogue.year == catalogue.year,
        WithheldCatalogue.edition > catalogue.edition,
    )  # fmt: skip
    if db.session.scalar(later.limit(1)) is None:
        return None
    return Refusal("EDITION_OPEN", _l("已经在编制增补的版本，请在那里继续。"), "管11")


# --- effects ----------------------------------------------------------------------------------------


def _approve(catalogue: WithheldCatalogue, move: Move) -> None:
    catalogue.rows = current_rows(catalogue)
    catalogue.content_hash = catalogue.approved_hash = digest(catalogue.rows)
    catalogue.approved_name, catalogue.approved_at = move.actor.name, move.at
    catalogue.returned_reason = ""


def _reopen(catalogue: WithheldCatalogue, move: Move) -> None:
    catalogue.rows, catalogue.content_hash, catalogue.approved_hash = [], "", None
    catalogue.approved_name, catalogue.approved_at = "", None
    catalogue.returned_reason = move.reason
    if move.source == "filed":
        catalogue.filed_by = catalogue.filed_at = None
        start_filing_clock(catalogue)


def _file(catalogue: WithheldCatalogue, move: Move) -> None:
    catalogue.filed_by, catalogue.filed_at = move.actor.id, move.at


def _accept(catalogue: WithheldCatalogue, move: Move) -> None:
    catalogue.receipt_number = str(move.params["receipt_number"]).strip()
    catalogue.received_on = move.params.get("received_on") or local_date(move.at)
    for row in catalogue.rows:
        db.session.get_one(WithheldEntry, row["id"]).accepted = True


def _publish(catalogue: WithheldCatalogue, move: Move) -> None:
    """管11: made public through the core's gate, with the safe titles alone."""
    page = publications.create(
        move.actor, kind="page", title=title(catalogue), body=body(catalogue), agency_id=catalogue.agency_id,
        plugin="disclosure", subject_type=OBJECT_TYPE, subject_id=catalogue.id,
    )  # fmt: skip
    publications.approve(SYSTEM, page)
    publications.release(move.actor, page)
    catalogue.publication_id, catalogue.published_at = page.id, move.at


def _replace_earlier(catalogue: WithheldCatalogue, _move: Move) -> None:
    earlier = select(WithheldCatalogue).where(
        WithheldCatalogue.agency_id == catalogue.agency_id, WithheldCatalogue.year == catalogue.year,
        WithheldCatalogue.state == "published", WithheldCatalogue.id != catalogue.id,
    )  # fmt: skip
    for old in db.session.scalars(earlier).all():
        CATALOGUE.fire(old, "supersede", SYSTEM)


def _take_off(catalogue: WithheldCatalogue, _move: Move) -> None:
    if catalogue.publication is not None and catalogue.publication.state == "released":
        publications.withdraw(SYSTEM, catalogue.publication, kept(SUPERSEDED), public_note=kept(SUPERSEDED))


def _supplement(catalogue: WithheldCatalogue, move: Move) -> None:
    """增补: the next edition begins; this one stays public until that one is."""
    db.session.add(
        WithheldCatalogue(
            agency_id=catalogue.agency_id, year=catalogue.year, edition=catalogue.edition + 1, state="compiling",
            version=1, compiled_by=move.actor.id,
        )
    )  # fmt: skip


def title(catalogue: WithheldCatalogue) -> str:
    """As it is published: the body, the year, the edition where there were earlier ones."""
    name = kept(_l("%(agency)s%(year)s年不予公开文件目录", agency=catalogue.agency.name, year=catalogue.year))
    return name if catalogue.edition == 1 else name + kept(_l("（第%(n)s版）", n=catalogue.edition))


def body(catalogue: WithheldCatalogue) -> str:
    """The rows as paragraphs, so that search finds them."""
    if not catalogue.rows:
        return kept(_l("本年度没有不予公开的公文。"))
    return "\n\n".join(
        f"{row['title']} {row['number']}\n{kept(GROUNDS[row['ground']])}：{row['facts']}\n{row['basis']}"
        for row in catalogue.rows
    )


CATALOGUE = Machine(
    OBJECT_TYPE,
    {
        "compiling": State(_l("编制中")),
        "approved": State(_l("已审定"), "soon"),
        "filed": State(_l("已报备"), "soon"),
        "accepted": State(_l("已备案"), "soon"),
        "published": State(_l("已公开"), "done"),
        "superseded": State(_l("已有新版本"), terminal=True),
    },
    (
        Transition(
            "approve", _l("审定"), ("compiling",), "approved", APPROVE, "管11",
            guards=(guards.staffed, by_another, whole_year), effects=(_approve,),
        ),
        Transition(
            "return", _l("退回编制"), ("approved",), "compiling", APPROVE, "管11",
            needs_reason=True, effects=(_reopen,),
        ),
        Transition(
            "file", _l("报备"), ("approved",), "filed", RIGHT, "认9",
            guards=(as_approved,), effects=(_file,), meets=("filing",),
        ),
        Transition(
            "return", _l("退回"), ("filed",), "compiling", RECEIVE, "认9", needs_reason=True, effects=(_reopen,),
        ),
        Transition(
            "accept", _l("备案"), ("filed",), "accepted", RECEIVE, "认9",
            guards=(received_by_another, receipt_given), effects=(_accept,),
        ),
        Transition(
            "publish", _l("公开"), ("accepted",), "published", RIGHT, "管11", effects=(_replace_earlier, _publish),
        ),
        Transition(
            "supplement", _l("增补"), ("published",), "published", RIGHT, "管11",
            guards=(newest,), effects=(_supplement,),
        ),
        Transition(
            "supersede", _l("由新版本替代"), ("published",), "superseded", RIGHT, "管11",
            effects=(_take_off,), by_system=True,
        ),
    ),
)  # fmt: skip
