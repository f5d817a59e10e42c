"""Documents that wait for me, by step, and several at once: each on its own, with the guards of a single one."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from flask import flash, make_response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.db import write
from core.languages import listed
from core.permissions import ROLES, can, registered
from core.refusals import Invalid, NotFound, Refused
from core.web.admin import expose
from core.web.admin.forms import parse, problems
from core.web.requests import actor
from plugins.disclosure import values
from plugins.disclosure.forms.documents import DocumentMove
from plugins.disclosure.models import Document
from plugins.disclosure.services import document_numbers, document_waiting, documents
from plugins.disclosure.workflow import DOCUMENT

MOST = 200


@dataclass
class Done:
    """What came of the rows that were chosen: titles that went on, and of the others why not."""

    titles: list[str] = field(default_factory=list)
    refused: dict[str, list[Any]] = field(default_factory=dict)
    """Id of a row → its sentences."""
    unknown: int = 0


class BulkActs:
    """Several documents in one go (mixed into DocumentsView)."""

    @expose("/bulk", methods=["POST"])
    def bulk(self) -> Response:
        """One event on every chosen row, each in a write of its own: one that is refused takes nothing with it."""
        event, done = request.form.get("event", ""), Done()
        if event not in {step.event for step in document_waiting.STEPS.values() if step.bulk}:
            raise NotFound
        for ident in dict.fromkeys(request.form.getlist("id")[:MOST]):
            _one(ident, event, done)
        if done.titles:
            flash(_("已办理 %(count)s 份公文。", count=len(done.titles)), "done")
        if not (done.titles or done.refused or done.unknown):
            flash(_("请先选中要办理的公文。"), "problem")
        failed = bool(done.refused or done.unknown)
        return make_response(waiting_page(self, done), 409 if failed else 200)


def _one(ident: str, event: str, done: Done) -> None:
    version = request.form.get(f"version-{ident}", -1, type=int)
    number = {"number": request.form.get(f"number-{ident}", "")} if event == "issue" else {}
    try:
        with write():
            row = documents.find(actor(), ident)
            title = row.title
            params = parse(DocumentMove, {"event": event, **number}).given()
            documents.move(actor(), row, event, version=version, params=params)
    except NotFound:
        done.unknown += 1
    except (Invalid, Refused) as no:
        done.refused[ident] = problems(no, {})
    else:
        done.titles.append(title)


def waiting_page(view: Any, done: Done | None = None) -> str:
    """The list by step; after bulk work with what was refused, by row, and what had been typed."""
    rows = document_waiting.waiting(actor(), MOST)
    done = done or Done()
    groups = [list(found) for _step, found in groupby(rows, document_waiting.step_of)]
    here = {row.id for row in rows}
    elsewhere = {ident: said for ident, said in done.refused.items() if ident not in here}
    page: str = view.render(
        "disclosure/console/documents_waiting.html",
        groups=groups,
        step_of=document_waiting.step_of,
        event_labels={row.event: row.label for row in DOCUMENT.rows},
        proposals=document_numbers.proposals(row for row in rows if row.state == "signed"),
        chosen=set(request.form.getlist("id")),
        typed=request.form,
        refused=done.refused,
        elsewhere=_titles(elsewhere),
        unknown=done.unknown,
        **about_lists("waiting"),
    )  # fmt: skip
    return page


def _titles(refused: dict[str, list[Any]]) -> list[tuple[str, list[Any]]]:
    """Refused rows that are on this desk no more, by title."""
    return [(documents.find(actor(), ident).title, said) for ident, said in refused.items()]


def hands(row: Document) -> Any:
    """The roles whose turn it is."""
    step = document_waiting.step_of(row)
    right = step.right if step else (documents.RIGHT if row.state == "drafting" else "")
    return listed(ROLES[role] for role in registered()[right].roles) if right else "–"


def about_lists(shown: str) -> dict[str, Any]:
    """What every list of documents shows beside its rows."""
    return {
        "shown": shown,
        "states": DOCUMENT.states,
        "words": values,
        "hands": hands,
        "may_draft": can(actor(), documents.RIGHT) is not None,
    }
