"""`users add｜link`, `tokens create`: the operator's audited way; everyday changes are made in the console."""

from __future__ import annotations

import click
from flask import current_app
from sqlalchemy import select

from core import accounts, jurisdictions, passwords, signin
from core.commands.output import as_json, say
from core.contracts import JurisdictionRef
from core.db import all_jurisdictions, db
from core.models import Account, Agency, Jurisdiction
from core.permissions import ROLES, SYSTEM


@click.group()
def users() -> None:
    """Accounts and their roles (账号、角色)."""


@users.command()
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option("--agency", help="Code of the agency whose objects the roles cover.")
@click.option(
    "--in", "place", help="Slug of the jurisdiction; the roles then cover all of it, unless --agency is given."
)
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(list(ROLES)))
@click.option("--email")
@as_json
def add(
    login: str,
    name: str,
    agency: str | None,
    place: str | None,
    roles: tuple[str, ...],
    email: str | None,
    as_json: bool,
) -> None:
    """Make an account with roles; prints a one-time password to be changed at the first sign-in."""
    here, agency_id = _place_of(agency, place)
    password = passwords.one_time()
    with accounts.administration():
        account = accounts.create(SYSTEM, login=login, name=name, email=email, password=password, must_change=True)
        for role in roles:
            accounts.grant(SYSTEM, account, role, here.id, agency_id)
        account_id = account.id
    data = {"id": account_id, "login": login.lower(), "password": password, "roles": list(roles), "in": here.slug}
    say(f"Added {login} in /{here.slug}/ as {', '.join(roles)}. One-time password: {password}", data, as_json=as_json)


@users.command()
@click.argument("login")
@as_json
def link(login: str, as_json: bool) -> None:
    """Print a link that sets a new password once; earlier links end."""
    with accounts.administration():
        path = signin.make_link(SYSTEM, _account(login))
    address = current_app.config["PUBLIC_URL"].rstrip("/") + path
    say(address, {"login": login, "link": address}, as_json=as_json)


def _account(login: str) -> Account:
    found = accounts.by_login(login)
    if found is None:
        raise click.ClickException(f"There is no account «{login}».")
    return found


def _place_of(agency: str | None, place: str | None) -> tuple[JurisdictionRef, str | None]:
    """Where the roles hold. An agency's code may stand alone while only one jurisdiction has it."""
    if agency is None and place is None:
        raise click.ClickException("Name the agency with --agency CODE or the jurisdiction with --in SLUG.")
    if agency is None:
        return jurisdictions.by_slug(place or ""), None
    with all_jurisdictions("users add: the agency of a code"):
        query = select(Agency.id, Agency.jurisdiction_id).where(Agency.code == agency)
        if place:
            query = query.join(Jurisdiction, Jurisdiction.id == Agency.jurisdiction_id).where(
                Jurisdiction.slug == place
            )
        found = db.session.execute(query).all()
    if not found:
        raise click.ClickException(f"There is no agency with the code {agency}{f' in /{place}/' if place else ''}.")
    if len(found) > 1:
        raise click.ClickException(f"Several jurisdictions have an agency {agency}: name one with --in SLUG.")
    return jurisdictions.by_id(found[0].jurisdiction_id), found[0].id


@click.group()
def tokens() -> None:
    """Bearer tokens of integrations (接口令牌)."""


@tokens.command()
@click.argument("login")
@click.option("--label", default="", help="What the token is for.")
def create(login: str, label: str) -> None:
    """Make a token for an account; prints the token alone."""
    with accounts.administration():
        token = accounts.create_token(SYSTEM, _account(login), label)
    click.echo(token)


COMMANDS = (users, tokens)
