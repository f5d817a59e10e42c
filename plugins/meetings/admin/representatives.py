"""The representative pool (代表库) in the console: list with fair rotation, entry, renewal, files in and out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core.db import db, write
from core.refusals import Forbidden, Invalid, NotFound, Refused, Stale
from core.web import once
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse, problems
from core.web.requests import actor
from plugins.meetings import values
from plugins.meetings.admin import pool_typed, shown
from plugins.meetings.admin.pool_files import PoolFiles
from plugins.meetings.eligibility import renewable_until, today, why_not
from plugins.meetings.models import Representative
from plugins.meetings.pool_forms import RepresentativeIn, RepresentativeMove
from plugins.meetings.services import representatives, rotation
from plugins.meetings.services.representatives import SORTS, Wanted
from plugins.meetings.workflow import REPRESENTATIVE

PAGE = 50


class RepresentativesView(PoolFiles, ConsoleView):
    """For those who invite."""

    @expose("/")
    def index(self) -> Response:
        """The pool as filtered and sorted, with the figures of fair rotation."""
        return _list_page()

    @expose("/renew", methods=["POST"])
    def renew(self) -> Response:
        """Renew those ticked by a year, all or none."""
        chosen = request.form.getlist("person")
        if not chosen:
            return _list_page([{"text": _("请先勾选要续聘的代表。"), "target": "pool"}], 422)
        try:
            with write():
                count = representatives.renew_all(actor(), chosen)
        except Forbidden:
            raise
        except Refused as no:
            return _list_page(problems(no), no.status)
        flash(_("已为 %(count)s 人办理续聘。", count=count), "done")
        return make_response(redirect(url_for(".index", due=1)))

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> Response:
        """Add a person; the same form sent twice adds one."""
        if request.method == "GET":
            return _form_page(None, pool_typed.blank(), key=once.new_key())
        typed, key = pool_typed.from_request(request.form), request.form.get(once.FIELD, "")
        if request.form.get("act") == "more":
            return _form_page(None, typed, key=key)
        try:
            given = parse(RepresentativeIn, pool_typed.payload(typed)).values()
            ident = once.once(actor(), key, lambda: representatives.create(actor(), given).id)
        except Invalid as wrong:
            return _form_page(None, typed, wrong, key=key)
        flash(_("已加入代表库。"), "done")
        return make_response(redirect(url_for(".show", id=ident)))

    @expose("/<id>")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """One entry, what may be done with it, and the invitations it had."""
        return _person_page(_load(id))

    @expose("/<id>/edit", methods=["GET", "POST"])
    def edit(self, id: str) -> Response:  # noqa: A002
        """Change an entry; what somebody else saved meanwhile is shown, not overwritten."""
        person = _load(id)
        if request.method == "GET":
            return _form_page(person, pool_typed.of_person(person))
        typed = pool_typed.from_request(request.form)
        if request.form.get("act") == "more":
            return _form_page(person, typed)
        try:
            given = parse(RepresentativeIn, pool_typed.payload(typed)).values()
            with write():
                person, version = _load(id), request.form.get("version", -1, type=int)
                if pool_typed.of_person(person) != typed:  # else: the same form sent twice
                    representatives.edit(actor(), person, given, version=version)
        except (Invalid, Stale) as no:
            return _form_page(_load(id), typed, no)
        flash(_("已保存。"), "done")
        return make_response(redirect(url_for(".show", id=id)))

    @expose("/<id>/transitions", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """Renew, pause, resume, end."""
        _load(id)
        form = {name: request.form.get(name, "").strip() for name in ("event", "reason")}
        try:
            body = parse(RepresentativeMove, form)
            with write():
                person, version = _load(id), request.form.get("version", -1, type=int)
                representatives.move(actor(), person, body.event, reason=body.reason, version=version)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _person_page(_load(id), no)
        flash(_("%(name)s：%(state)s。", name=person.name, state=REPRESENTATIVE.label(person.state)), "done")
        return make_response(redirect(url_for(".show", id=id)))


def _load(ident: str) -> Representative:
    if not ident.isalnum():
        raise NotFound
    return representatives.find(actor(), ident)


def _list_page(found: Sequence[Mapping[str, Any]] = (), status: int = 200) -> Response:
    asked = pool_typed.wanted(request.args)
    number = max(1, min(request.args.get("page", 1, type=int), 10_000))
    query = representatives.search(actor(), asked).limit(PAGE + 1).offset((number - 1) * PAGE)
    people = list(db.session.scalars(query))
    kept = pool_typed.narrowed(request.args)
    more = url_for(".index", **kept, page=number + 1) if len(people) > PAGE else ""
    people = people[:PAGE]
    page = render_template(
        "meetings/console/representatives.html",
        people=people,
        figures=rotation.figures([person.id for person in people]),
        more=more,
        kept=kept,
        asked=asked,
        filtered=asked != Wanted(sort=asked.sort, due=asked.due),
        regions=[(name, name) for name in representatives.regions(actor())],
        sorts=SORTS,
        machine=REPRESENTATIVE,
        words=values,
        today=today(),
        renewable=renewable_until(),
        why_not=why_not,
        waiting=representatives.count_to_renew(),
        problems=found,
        ticked=request.form.getlist("person"),
    )
    return make_response(page, status)


def _person_page(person: Representative, no: Invalid | Refused | None = None) -> Response:
    asks = {"end": _("让%(name)s退出代表库？退出后不能再被提名，以往的邀请仍保留。", name=person.name)}
    page = render_template(
        "meetings/console/representative.html",
        crumbs=_crumbs(person),
        entry=person,
        state=REPRESENTATIVE.states[person.state],
        figure=rotation.figures([person.id]).get(person.id, rotation.Rotation()),
        invited=rotation.history(person),
        acts=shown.acts(REPRESENTATIVE, person, asks=asks, grave=("end",)),
        typed=request.form,
        words=values,
        today=today(),
        why_not=why_not,
        problems=problems(no, {"reason": _("理由")}) if no else [],
    )
    return make_response(page, no.status if no else 200)


def _form_page(
    person: Representative | None, typed: pool_typed.Typed, no: Invalid | Stale | None = None, key: str = ""
) -> Response:
    stale = isinstance(no, Stale) and person is not None
    page = render_template(
        "meetings/console/representative_form.html",
        crumbs=_crumbs(person, _l("修改") if person else _l("增加代表")),
        entry=person,
        key=key,
        form={"typed": typed, "errors": no.errors if isinstance(no, Invalid) else {}},
        terms=pool_typed.rows_to_show(typed),
        both=pool_typed.differences(typed, pool_typed.of_person(person)) if stale and person else None,
        words=values,
        problems=pool_typed.faults(no) if isinstance(no, Invalid) else [],
    )
    return make_response(page, no.status if no else 200)


def _crumbs(person: Representative | None, here: Any = "") -> list[dict[str, Any]]:
    trail = [{"label": _l("代表库"), "url": url_for(".index")}]
    if person:
        trail.append({"label": person.name, "url": url_for(".show", id=person.id)})
    return [*trail, {"label": here}] if here else trail
