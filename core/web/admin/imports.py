"""Tables taken in (表格导入): choose a kind, look at what the file would do, correct the columns, take it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, make_response, redirect, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import imports
from core.contracts import ImportChoice, ImportKind, ImportReport
from core.db import write
from core.refusals import Forbidden, Invalid, Refused
from core.tables import TableError
from core.web.admin import kept_files
from core.web.admin.base import ConsoleView, expose
from core.web.admin.jobs import page_of
from core.web.requests import actor

COLUMN, VALUE = "column-", "value-"


@dataclass(frozen=True)
class Looked:
    """A file that was looked at: where it is kept, its headings, what it would do."""

    file: kept_files.KeptFile
    heads: list[str]
    content: bytes
    given: ImportChoice | None = None
    found: ImportReport | None = None


class ImportsView(ConsoleView):
    """For whoever may use at least one kind."""

    @expose("/")
    def index(self) -> str:
        """The kinds this person may take in here."""
        return self.render("console/imports.html", kinds=imports.kinds(actor()).values())

    @expose("/<key>", methods=["GET", "POST"])
    def take(self, key: str) -> Response:
        """A file: preview, then taken; faulty rows are left out only when that was ticked."""
        kind = imports.find(actor(), key)
        if request.method == "GET":
            return self._page(kind)
        try:
            file, content = kept_files.take(lambda content, _name: content)
            looked = Looked(file, imports.headings(content, file.name), content)
        except TableError as no:
            return self._page(kind, status=422, fault=no.args[0])
        try:
            given = imports.choice(actor(), kind, _chosen(COLUMN), _chosen(VALUE))
            found = imports.run(kind, content, file.name, given, dry_run=True)
        except Invalid as no:
            return self._page(kind, looked, 422, next(iter(no.errors.values()))[0])
        looked = replace(looked, given=given, found=found)
        if request.form.get("act") != "take":
            return self._page(kind, looked)
        if found.faults and not request.form.get("skip"):
            return self._page(kind, looked, 422, kept_files.SAY_SO)
        return self._take_in(kind, looked, given, sum(found.counts.values()))

    def _take_in(self, kind: ImportKind, looked: Looked, given: ImportChoice, rows: int) -> Response:
        try:
            if rows > imports.AT_ONCE:
                with write():
                    skip = bool(request.form.get("skip"))
                    job = imports.start(actor(), kind, looked.file.id, given, skip=skip, rows=rows)
                return page_of(job)
            done = imports.run(kind, looked.content, looked.file.name, given, dry_run=False)
        except Forbidden:
            raise
        except Refused as no:
            return self._page(kind, looked, no.status, no.refusals[0].detail)
        flash(imports.sentence(kind, done), "done")
        return redirect(url_for(".take", key=kind.key))

    def _page(self, kind: ImportKind, looked: Looked | None = None, status: int = 200, fault: Any = "") -> Response:
        text = self.render(
            "console/import.html",
            kind=kind,
            looked=looked,
            fault=fault,
            most=imports.MOST_SHOWN,
            crumbs=[{"label": _l("表格导入"), "url": url_for(".index")}, {"label": kind.label}],
            columns=_chosen(COLUMN),
            values=_chosen(VALUE),
        )
        return make_response(text, status)


def _chosen(prefix: str) -> Mapping[str, str]:
    return {name.removeprefix(prefix): text for name, text in request.form.items() if name.startswith(prefix)}
