"""Tables into the representative pool and out of it: first what a file would do, then the doing."""

from __future__ import annotations

import io
from typing import Any

from flask import flash, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import exports, imports
from core.db import db, write
from core.filetypes import MEDIA_TYPES
from core.refusals import Forbidden, Refused
from core.tables import TableError
from core.web.admin import expose, kept_files
from core.web.admin.jobs import page_of
from core.web.requests import actor
from plugins.meetings import representative_files, values
from plugins.meetings.admin import pool_typed
from plugins.meetings.services import import_jobs, pool_intake, representatives

MARKS: dict[str, Any] = {
    pool_intake.NEW: (_l("新增"), "now"),
    pool_intake.EXTENDED: (_l("增加任期"), "soon"),
    pool_intake.UNCHANGED: (_l("已在代表库"), "done"),
}


class PoolFiles:
    """Template, import and export (mixed into RepresentativesView)."""

    @expose("/template.xlsx")
    def template(self) -> Response:
        """An empty table to fill in."""
        file = io.BytesIO(representative_files.template())
        return send_file(file, MEDIA_TYPES["xlsx"], as_attachment=True, download_name="代表库.xlsx")

    @expose("/export.<kind>")
    def export(self, kind: str) -> Response:
        """The pool as filtered, as the import takes it again."""
        people = db.session.scalars(representatives.search(actor(), pool_typed.wanted(request.args)))
        heads, rows = representative_files.HEADS, representative_files.rows(people)
        if kind == "csv":
            content, media = exports.csv_bytes(heads, rows), exports.CSV_TYPE
        else:
            content, media, kind = exports.xlsx_bytes(heads, rows, title="代表库"), exports.XLSX_TYPE, "xlsx"
        return send_file(io.BytesIO(content), media, as_attachment=True, download_name=f"代表库.{kind}")

    @expose("/import", methods=["GET", "POST"])
    def take(self) -> Response:
        """A file: preview, then taken; faulty rows are left out only when that was ticked."""
        if request.method == "GET":
            return _page()
        try:
            file, found = kept_files.take(representative_files.read)
        except TableError as no:
            return _page(422, fault=no.args[0])
        if request.form.get("act") != "add":
            return _page(file=file, found=found)
        if found.faults and not request.form.get("skip"):
            return _page(422, file=file, found=found, fault=kept_files.SAY_SO)
        return _take_in(file, found)


def _take_in(file: kept_files.KeptFile, found: representative_files.PoolFile) -> Response:
    entries = list(found.entries.values())
    try:
        with write():
            if len(entries) > imports.AT_ONCE:
                skip = bool(request.form.get("skip"))
                return page_of(import_jobs.import_pool(actor(), file.id, len(entries), skip=skip))
            counts = pool_intake.take_in(actor(), entries)
    except Forbidden:
        raise
    except Refused as no:
        return _page(no.status, file=file, found=found, fault=no.refusals[0].detail)
    flash(_said(counts), "done")
    return make_response(redirect(url_for(".index")))


def _said(counts: dict[str, int]) -> str:
    if counts[pool_intake.NEW] + counts[pool_intake.EXTENDED] == 0:
        return str(_("文件里的人都已在代表库，没有变化。"))
    return str(_("已增加 %(new)s 人，给 %(more)s 人增加了任期。", new=counts["new"], more=counts["extended"]))


def _page(status: int = 200, **more: Any) -> Response:
    found: representative_files.PoolFile | None = more.get("found")
    entries = found.entries if found else {}
    marks = [MARKS[status] for status in pool_intake.statuses(list(entries.values()))]
    page = render_template(
        "meetings/console/representatives_import.html",
        crumbs=[{"label": _l("代表库"), "url": url_for(".index")}, {"label": _l("从文件导入")}],
        rows=list(zip(entries.items(), marks, strict=True)),
        new=sum(mark is not MARKS[pool_intake.UNCHANGED] for mark in marks),
        words=values,
        most=kept_files.MOST_SHOWN,
        **{"file": None, "found": None, "fault": ""} | more,
    )
    return make_response(page, status)
