"""Written delegation (授权代理): an approver lets another person act for him during a period; every record shows it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select
from werkzeug.wrappers import Response

from core import accounts, permissions
from core.db import db, utcnow, write
from core.jurisdictions import current
from core.models import Account, Delegation, RoleGrant
from core.permissions import ROLES, THREE_ADMINS
from core.refusals import Invalid, NotFound
from core.web.admin.base import ConsoleView, expose
from core.web.requests import actor
from core.workdays import LOCAL, end_of, local_date


class DelegationsView(ConsoleView):
    """What I have given and what was given to me; the security administrator sees all of the jurisdiction."""

    @expose("/", methods=["GET", "POST"])
    def index(self) -> Response:
        """The list, and the form to give one."""
        errors: dict[str, list[Any]] = {}
        if request.method == "POST":
            try:
                with write():
                    _give()
            except Invalid as wrong:
                errors = wrong.errors
            else:
                flash(_("授权已生效，办理记录会注明代理关系。"), "done")
                return redirect(url_for("delegations.index"))
        page = self.render(
            "console/delegations.html",
            rows=[(row, _standing(row)) for row in _rows()],
            people=_colleagues(),
            names=_names(),
            roles=ROLES,
            own=_own_roles(),
            me=actor().id,
            all_of_them=permissions.can(actor(), "core.roles") is not None,
            today=local_date(utcnow()),
            typed=request.form,
            errors=errors,
        )
        return make_response(page, 422 if errors else 200)

    @expose("/<id>/end", methods=["POST"])
    def end(self, id: str) -> Response:  # noqa: A002 — the address part
        """Take one back, at once."""
        with write():
            row = db.session.get(Delegation, id)
            if row is None or row.jurisdiction_id != current().id:
                raise NotFound
            accounts.end_delegation(actor(), row)
        flash(_("授权已收回。"), "done")
        return redirect(url_for("delegations.index"))


def _give() -> None:
    first, last = _day("starts_at"), _day("ends_at")
    to = db.session.get(Account, request.form.get("to", ""))
    if to is None or to.id not in {person.id for person in _colleagues()}:
        raise Invalid({"to": [_("请选择另一个在用的账号。")]})
    begins = max(datetime.combine(first, time(), LOCAL), utcnow()) if first == local_date(utcnow()) else None
    accounts.delegate(
        actor(),
        to,
        request.form.getlist("roles"),
        begins or datetime.combine(first, time(), LOCAL),
        end_of(last),
        request.form.get("scope_note", ""),
    )


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise Invalid({name: [_("请按 2026-11-24 的样子填写日期。")]}) from None


def _rows() -> list[Delegation]:
    query = select(Delegation).where(Delegation.jurisdiction_id == current().id).order_by(Delegation.ends_at.desc())
    if permissions.can(actor(), "core.roles") is None:
        mine = actor().id
        query = query.where(or_(Delegation.from_account_id == mine, Delegation.to_account_id == mine))
    return list(db.session.scalars(query.limit(200)))


def _standing(row: Delegation) -> str:
    """ended, ahead or now."""
    now = utcnow()
    if row.revoked_at or row.ends_at <= now:
        return "ended"
    return "ahead" if row.starts_at > now else "now"


def _own_roles() -> list[str]:
    """What I can pass on: roles of my own here, without 三员."""
    held = {g.role for g in actor().grants if g.jurisdiction_id == current().id and not g.on_behalf_of}
    return [role for role in ROLES if role in held - THREE_ADMINS]


def _colleagues() -> list[Account]:
    here = select(RoleGrant.account_id).where(RoleGrant.jurisdiction_id == current().id)
    query = select(Account).where(Account.id.in_(here), Account.active, Account.id != actor().id)
    return list(db.session.scalars(query.order_by(Account.name, Account.login)))


def _names() -> dict[str, str]:
    ids = {account for row in _rows() for account in (row.from_account_id, row.to_account_id)}
    return {row.id: row.name for row in db.session.scalars(select(Account).where(Account.id.in_(ids)))}
