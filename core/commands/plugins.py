"""`plugins list｜check｜enable｜disable｜purge`."""

from __future__ import annotations

import click
from sqlalchemy import MetaData

from core import jurisdictions, plugins
from core.commands.output import as_json, say
from core.db import db, write
from core.permissions import SYSTEM


@click.group("plugins")
def plugins_group() -> None:
    """Regulation plugins (插件): what is installed, and where it is on."""


@plugins_group.command("list")
@as_json
def list_(as_json: bool) -> None:
    """The installed plugins and the jurisdictions where each is on."""
    on: dict[str, list[str]] = {name: [] for name in plugins.installed().names}
    for place in jurisdictions.everywhere():
        for name in plugins.enabled(place):
            on[name].append(place.slug)
    lines = [
        f"{name:15} {plugins.installed().infos[name].title}  on in: {', '.join(p) or 'none'}" for name, p in on.items()
    ]
    say("\n".join(lines) or "No plugin is installed.", {"plugins": on}, as_json=as_json)


@plugins_group.command()
def check() -> None:
    """Load every plugin and check its hooks (the start does the same)."""
    click.echo(f"{len(plugins.installed().names)} plugins loaded, all hooks known.")


@plugins_group.command()
@click.argument("name")
@click.option("--in", "place", required=True, help="Slug of the jurisdiction.")
def enable(name: str, place: str) -> None:
    """Switch a plugin on in a jurisdiction, at once and without restart."""
    _switch(name, place, "on")
    click.echo(f"{name} is on in /{place}/.")


@plugins_group.command()
@click.argument("name")
@click.option("--in", "place", required=True, help="Slug of the jurisdiction.")
@click.option("--reason", default="", help="Needed while deadlines run.")
@click.option("--locked", is_flag=True, help="Jurisdictions below cannot switch it on again.")
def disable(name: str, place: str, reason: str, locked: bool) -> None:
    """Switch a plugin off in a jurisdiction; its data stay and come back when it is switched on."""
    _switch(name, place, "locked_off" if locked else "off", reason)
    click.echo(f"{name} is off in /{place}/.")


def _switch(name: str, place: str, state: str, reason: str = "") -> None:
    if name not in plugins.installed().names:
        raise click.ClickException(f"There is no plugin «{name}»; installed: {', '.join(plugins.installed().names)}.")
    with jurisdictions.enter(jurisdictions.by_slug(place)) as here, write():
        plugins.switch(SYSTEM, here, name, state, reason=reason)


@plugins_group.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do it without asking.")
def purge(name: str, yes: bool) -> None:
    """Delete a plugin's tables for good; it must not be in MINGTANG_PLUGINS any more."""
    if name in plugins.installed().names:
        raise click.ClickException(f"{name} is still installed: take it out of MINGTANG_PLUGINS first.")
    if not (name.isidentifier() and name != "core"):
        raise click.ClickException(f"«{name}» is no plugin's name.")
    with db.engine.connect() as connection:
        tables = [t for t in db.inspect(connection).get_table_names() if t.startswith(f"{name}_")]
    tables += [f"alembic_version_{name}"] if tables else []
    if not tables:
        raise click.ClickException(f"There are no tables of a plugin «{name}».")
    if not yes:
        click.confirm(f"Delete {len(tables)} tables of {name} with all their rows?", abort=True)
    with write() as session:
        found = MetaData()
        found.reflect(session.connection(), only=tables)
        own = [found.tables[table] for table in tables]
        found.drop_all(session.connection(), tables=own)  # in the order of their foreign keys
    click.echo(f"{name}: {len(tables)} tables deleted.")


COMMANDS = (plugins_group,)
