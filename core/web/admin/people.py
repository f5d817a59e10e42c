"""Accounts and roles (账号与角色): the system administrator makes accounts, the security administrator gives roles.

Each half shows only to who may use it; 三员 stay apart (core.accounts refuses the rest).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import accounts, agencies, permissions, signin
from core.db import db
from core.jurisdictions import current
from core.models import Account, RoleGrant
from core.refusals import Forbidden, Invalid, NotFound, Refused
from core.web.admin.base import ConsoleView, expose
from core.web.admin.system import flash_refusal
from core.web.requests import actor


class PeopleView(ConsoleView):
    """Who works here, with which roles."""

    def _handle_view(self, name: str, /, **kwargs: Any) -> Response | None:
        """One of the two rights is asked before any account is looked for: an id tells nothing to others."""
        turned_away = super()._handle_view(name, **kwargs)
        if turned_away is None and not any(_rights()):
            raise Forbidden
        return turned_away

    @expose("/")
    def index(self) -> Response:
        """The accounts with a role here; those without any role show in the city."""
        return self._page()

    @expose("/add", methods=["POST"])
    def add(self) -> Response:
        """Make an account; its one-time link is shown once, on the page that answers."""
        typed = request.form.to_dict()
        try:
            with accounts.administration():
                account = accounts.create(
                    actor(), login=typed.get("login", ""), name=typed.get("name", ""), email=typed.get("email")
                )
                link = signin.make_link(actor(), account)
        except Invalid as wrong:
            return self._page(typed=typed, errors=wrong.errors)
        return self._page(link=_absolute(link), made=typed["login"])

    @expose("/<id>/link", methods=["POST"])
    def link(self, id: str) -> Response:  # noqa: A002 — the address part
        """A new one-time link for somebody who forgot the password."""
        with accounts.administration() as session:
            account = _found(session.get(Account, id))
            link, login = signin.make_link(actor(), account), account.login
        return self._page(link=_absolute(link), made=login)

    @expose("/<id>/close", methods=["POST"])
    def close(self, id: str) -> Response:  # noqa: A002
        """Close or reopen an account."""

        def act(account: Account) -> None:
            if account.active:
                accounts.deactivate(actor(), account, request.form.get("reason", ""))
            else:
                accounts.reactivate(actor(), account)

        return self._change(id, act)

    @expose("/<id>/roles", methods=["POST"])
    def roles(self, id: str) -> Response:  # noqa: A002
        """Give a role here."""
        here, agency_id = current().id, request.form.get("agency") or None
        if agency_id:
            agencies.find(agency_id)
        return self._change(
            id, lambda account: accounts.grant(actor(), account, request.form.get("role", ""), here, agency_id)
        )

    @expose("/<id>/roles/<held>/revoke", methods=["POST"])
    def revoke(self, id: str, held: str) -> Response:  # noqa: A002
        """Take a role back."""
        here = current().id

        def act(account: Account) -> None:
            row = db.session.get(RoleGrant, held)
            if row is None or (row.account_id, row.jurisdiction_id) != (account.id, here):
                raise NotFound
            accounts.revoke(actor(), row, request.form.get("reason", ""))

        return self._change(id, act)

    @staticmethod
    def _change(account_id: str, act: Callable[[Account], Any]) -> Response:
        try:
            with accounts.administration() as session:
                act(_found(session.get(Account, account_id)))
        except (Refused, Invalid) as no:
            flash_refusal(no)
        else:
            flash(_("已保存，立即生效。"), "done")
        return make_response(redirect(url_for("people.index")))

    def _page(self, **more: Any) -> Response:
        may_make, may_give = _rights()
        page = self.render(
            "console/people.html",
            people=_people(),
            agencies=agencies.here(),
            agency_names={agency.id: agency.name for agency in agencies.here()},
            roles=permissions.ROLES,
            may_make=may_make,
            may_give=may_give,
            **{"typed": {}, "errors": {}, "link": "", "made": ""} | more,
        )
        return make_response(page, 422 if more.get("errors") else 200)


def _rights() -> tuple[bool, bool]:
    """Whether the person may make accounts, and give roles."""
    who = actor()
    return permissions.can(who, "core.accounts") is not None, permissions.can(who, "core.roles") is not None


def _people() -> list[tuple[Account, list[RoleGrant]]]:
    """Accounts with their grants here; in the city also those that have no grant anywhere."""
    here = current()
    grants = db.session.scalars(select(RoleGrant).where(RoleGrant.jurisdiction_id == here.id)).all()
    by_account: dict[str, list[RoleGrant]] = {}
    for row in grants:
        by_account.setdefault(row.account_id, []).append(row)
    query = select(Account).where(Account.id.in_(by_account)).order_by(Account.login)
    people = list(db.session.scalars(query))
    if here.is_root:
        idle = select(Account).where(Account.id.not_in(select(RoleGrant.account_id))).order_by(Account.login)
        people += db.session.scalars(idle)
    return [(account, by_account.get(account.id, [])) for account in people]


def _found(account: Account | None) -> Account:
    if account is None:
        raise NotFound
    return account


def _absolute(path: str) -> str:
    return (current_app.config["PUBLIC_URL"] or request.host_url).rstrip("/") + path
