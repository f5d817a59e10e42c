"""What the pages of the plugin share: an act that is carried out, or its page again with what was typed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import SimpleNamespace
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.db import db
from core.models import Agency
from core.permissions import Actor, can
from core.refusals import Forbidden, Invalid, Refused
from core.web.admin.acts import acts
from core.web.admin.forms import problems
from core.web.once import FIELD, new_key, once
from core.web.requests import actor
from core.workflow import Machine
from plugins.disclosure.models import Document, Item

No = Invalid | Refused | None


def carry_out(act: Callable[[], str], refused: Callable[[Invalid | Refused], Response], said: str = "") -> Response:
    """Do it in one transaction, once for each form, and go on to the page of the id that `act` answers.

    What is refused shows the page again, with the reason and what was typed.

    Raises:
        Forbidden, NotFound.
    """
    try:
        ident = once(actor(), request.form.get(FIELD, ""), act)
    except Forbidden:
        raise
    except (Invalid, Refused) as no:
        return refused(no)
    flash(said or _("已办理。"), "done")
    return redirect(url_for(".show", id=ident))


def version() -> int:
    """The version the form was made for."""
    return request.form.get("version", -1, type=int)


def sent(*names: str) -> dict[str, Any]:
    """The fields of the form that were filled in; a model refuses the rest in its own words."""
    return {name: request.form[name] for name in names if request.form.get(name, "").strip()}


def answer(template: str, no: No, labels: Mapping[str, Any], **values: Any) -> Response:
    """The page; what was typed and what is wrong with it stand in `form`, for macros/inputs.html."""
    values.setdefault("typed", request.form if no else {})
    body = render_template(
        template,
        form={"typed": values.pop("typed"), "errors": no.errors if isinstance(no, Invalid) else {}},
        problems=problems(no, labels) if no else [],
        kept={"event": request.form.get("event", ""), "reason": request.form.get("reason", "")} if no else {},
        labels=labels,
        form_key=request.form.get(FIELD) or new_key(),
        **values,
    )
    return make_response(body, no.status if no else 200)


def events_of(machine: Machine, row: Any, *, grave: Collection[str] = ()) -> dict[str, dict[str, Any]]:
    """Event → how it stands for this person; what is none of his business is left out."""
    return {one["event"]: one for one in acts(machine, row, grave=grave) if one["code"] != "FORBIDDEN"}


def bodies_for(who: Actor, right: str) -> dict[str, str]:
    """Id → name of the bodies at work for which somebody holds `right`."""
    query = select(Agency).where(Agency.abolished_at.is_(None)).order_by(Agency.code)
    return {
        agency.id: agency.name
        for agency in db.session.scalars(query)
        if can(who, right, SimpleNamespace(agency_id=agency.id))
    }


def other_bodies(row: Document | Item | None) -> list[tuple[str, str]]:
    """Id and name of the bodies at work but that of `row`, for a form to choose from."""
    query = select(Agency).where(Agency.abolished_at.is_(None)).order_by(Agency.code)
    return [(one.id, one.name) for one in db.session.scalars(query) if row is None or one.id != row.agency_id]
