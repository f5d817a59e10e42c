"""`db upgrade｜check`, `calendar import`, `audit verify`."""

from __future__ import annotations

from pathlib import Path

import click

from core import calendar_data, migrate, soundness
from core.commands.output import as_json, say
from core.permissions import SYSTEM


@click.group()
def db() -> None:
    """The database's tables."""


@db.command()
@as_json
def upgrade(as_json: bool) -> None:
    """Bring the tables to this version; harmless when they are."""
    moved = migrate.upgrade()
    calendar_data.ensure()
    say(
        f"Upgraded: {', '.join(moved)}." if moved else "The tables are up to date.",
        {"upgraded": moved},
        as_json=as_json,
    )


@db.command()
def check() -> None:
    """Say whether tables and code agree."""
    pending = migrate.pending()
    if pending:
        raise click.ClickException(f"Migrations are missing for: {', '.join(pending)}. Run ./mingtang db upgrade.")
    faults = list(migrate.differences())
    for fault in faults:
        click.echo(fault)
    if faults:
        raise click.ClickException("The models say more than the migrations do.")
    click.echo("Tables and code agree.")


@click.group()
def calendar() -> None:
    """The working-day calendar (工作日历)."""


@calendar.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
def import_(file: Path) -> None:
    """Import a State Council notice (CSV: date,kind,name) and recount open clocks."""
    days, moved = calendar_data.import_notice(SYSTEM, file.read_bytes(), source=file.name)
    click.echo(f"{days} days imported, {moved} open deadlines moved.")


@click.group("audit")
def audit_group() -> None:
    """The audit trail (审计留痕)."""


@audit_group.command()
@as_json
def verify(as_json: bool) -> None:
    """Verify every jurisdiction's chain and all sealed records; exit code 1 when one is broken."""
    faults = soundness.check()
    lines = [f"{slug}: {line}" for slug, found in faults.items() for line in found]
    sentence = "\n".join(lines) or "All audit chains and sealed records are sound."
    say(sentence, {"sound": not faults, "faults": faults}, as_json=as_json)
    if faults:
        raise click.exceptions.Exit(1)


COMMANDS = (db, calendar, audit_group)
