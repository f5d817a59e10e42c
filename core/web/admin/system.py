"""Administration of a jurisdiction: agencies, plugins, local rules, the working-day calendar."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from core import agencies, calendar_data, plugins, settings
from core.db import db, utcnow, write
from core.jurisdictions import current
from core.models import CalendarDay, Clock
from core.refusals import Invalid, Refused
from core.web.admin.base import ConsoleView, expose
from core.web.requests import actor, whole_number
from core.workdays import Calendar, local_date


def flash_refusal(error: Refused | Invalid) -> None:
    """Show why something was not done."""
    if isinstance(error, Refused):
        for refusal in error.refusals:
            flash(f"{refusal.detail}{f'（{refusal.article}）' if refusal.article else ''}", "problem")
    else:
        for sentences in error.errors.values():
            flash(" ".join(str(sentence) for sentence in sentences), "problem")


class AgenciesView(ConsoleView):
    """Agencies: add, rename, abolish with a successor (管5)."""

    @expose("/", methods=["GET", "POST"])
    def index(self) -> Response:
        """The list, and the form to add one."""
        typed, errors = request.form.to_dict(), {}
        if request.method == "POST":
            try:
                with write():
                    agencies.add(
                        actor(), code=typed.get("code", ""), name=typed.get("name", ""), kind=typed.get("kind", ""),
                        contact=typed.get("contact", ""),
                    )  # fmt: skip
            except Invalid as wrong:
                errors = wrong.errors
            else:
                flash(_("机关“%(name)s”已添加。", name=typed["name"]), "done")
                return redirect(url_for("agencies.index"))
        page = self.render(
            "console/agencies.html", agencies=agencies.here(), kinds=agencies.KINDS, typed=typed, errors=errors
        )
        return make_response(page, 422 if errors else 200)

    @expose("/<id>", methods=["POST"])
    def change(self, id: str) -> Response:  # noqa: A002 — the address part
        """Rename, or abolish."""
        try:
            with write():
                agency = agencies.find(id)
                if request.form.get("act") == "abolish":
                    chosen = request.form.get("successor", "")
                    agencies.abolish(actor(), agency, agencies.find(chosen) if chosen else None)
                else:
                    agencies.rename(
                        actor(), agency, name=request.form.get("name", ""), contact=request.form.get("contact", "")
                    )
        except (Refused, Invalid) as no:
            flash_refusal(no)
        else:
            flash(_("已保存。"), "done")
        return redirect(url_for("agencies.index"))


class PluginsView(ConsoleView):
    """Which plugins are on here; counts what is open before one is switched off."""

    @expose("/")
    def index(self) -> str:
        """All installed plugins."""
        here = current()
        on = plugins.enabled(here)
        rows = [
            {
                "name": name,
                "info": info,
                "on": name in on,
                "open": plugins.open_work(here, name) if name in on else 0,
                "clocks": _running(name),
            }
            for name, info in sorted(plugins.installed().infos.items())
        ]
        return self.render("console/plugins.html", rows=rows)

    @expose("/<name>", methods=["POST"])
    def switch(self, name: str) -> Response:
        """Switch on or off, at once."""
        state = request.form.get("state", "")
        try:
            with write():
                plugins.switch(actor(), current(), name, state, reason=request.form.get("reason", ""))
        except Refused as no:
            flash_refusal(no)
        else:
            flash(_("已启用。") if state == "on" else _("已停用，数据保留。"), "done")
        return redirect(url_for("plugins.index"))


def _running(plugin: str) -> int:
    query = select(func.count()).select_from(Clock).where(
        Clock.plugin == plugin, Clock.state.in_(("running", "suspended"))
    )  # fmt: skip
    return db.session.scalar(query) or 0


class RulesView(ConsoleView):
    """Local rules: every setting with its default, its source and what holds here."""

    @expose("/", methods=["GET", "POST"])
    def index(self) -> Response:
        """The table; each row is a form."""
        errors: dict[str, list[Any]] = {}
        if request.method == "POST":
            try:
                with write():
                    settings.put(actor(), request.form.get("key", ""), request.form.get("value", ""))
            except Invalid as wrong:
                errors = wrong.errors
            else:
                flash(_("本地规则已保存，立即生效。"), "done")
                return redirect(url_for("rules.index"))
        rows = [(item, settings.get(key)) for key, item in sorted(settings.registered().items())]
        page = self.render("console/rules.html", rows=rows, errors=errors, typed=request.form)
        return make_response(page, 422 if errors else 200)


class CalendarView(ConsoleView):
    """The working-day calendar by year, and the import of the State Council's notice."""

    @expose("/", methods=["GET", "POST"])
    def index(self) -> Response:
        """The special days of a year."""
        errors: dict[str, list[Any]] = {}
        if request.method == "POST":
            upload = request.files.get("file")
            try:
                data = upload.read() if upload else b""
                days, moved = calendar_data.import_notice(
                    actor(), data, source=(upload.filename if upload else "") or ""
                )
            except Invalid as wrong:
                errors = wrong.errors
            else:
                flash(_("已导入 %(days)s 天，%(moved)s 个时限重新计算。", days=days, moved=moved), "done")
                return redirect(url_for("calendar.index"))
        year = request.args.get("year", default=local_date(utcnow()).year, type=whole_number)
        every = db.session.scalars(select(CalendarDay).order_by(CalendarDay.day))
        special = [row for row in every if row.day.year == year]
        known = sorted(Calendar(current().lineage).years)
        page = self.render("console/calendar.html", year=year, days=special, known=known, errors=errors)
        return make_response(page, 422 if errors else 200)
