"""`import KIND FILE --in SLUG [--into ID]`: tables plugins take in (hook `register_importers`), as the operator."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from core import imports, jurisdictions, plugins
from core.commands.output import as_json, say
from core.contracts import ImportKind, ImportReport
from core.jurisdictions import enter
from core.permissions import SYSTEM


@click.command("import")
@click.argument("kind")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--in", "place", required=True, help="Slug of the jurisdiction the rows belong to.")
@click.option("--into", help="Id of the object the rows go into, for kinds that need one.")
@click.option("--column", "columns", multiple=True, help="FIELD=HEADING, where headings are not found by name.")
@click.option("--set", "values", multiple=True, help="FIELD=VALUE for every row of the file, e.g. attribute=voluntary.")
@click.option("--dry-run", is_flag=True, help="Say what the file would do; change nothing.")
@click.option("--skip-faulty", is_flag=True, help="Leave rows with faults out; without it such a file is refused.")
@as_json
def import_(
    kind: str,
    file: Path,
    place: str,
    into: str | None,
    columns: tuple[str, ...],
    values: tuple[str, ...],
    *,
    dry_run: bool,
    skip_faulty: bool,
    as_json: bool,
) -> None:
    """Take a table (.xlsx or .csv) in. The same file twice changes nothing; faults are named by row and column."""
    here = jurisdictions.by_slug(place)
    importer = _aimed(_importer(kind, plugins.enabled(here), place), into)
    content = file.read_bytes()
    with enter(here):
        importer = _chosen(importer, columns, values)
        report = importer.run(content, file.name, dry_run=True, tick=_silent)
        refused = bool(report.faults) and not skip_faulty
        if not refused and not dry_run:
            report = _carry_out(importer, content, file.name, sum(report.counts.values()))
    _tell(importer, report, place, dry_run=dry_run or refused, as_json=as_json)
    if refused:
        count = len(report.faults)
        raise click.ClickException(f"{count} faults, nothing was imported; mend the file or say --skip-faulty.")


def _importer(kind: str, on: frozenset[str], place: str) -> ImportKind:
    kinds: dict[str, tuple[str, ImportKind]] = {
        found.key: (plugin, found) for plugin, found in plugins.installed().build("register_importers")
    }
    if kind not in kinds:
        raise click.ClickException(f"There is no kind «{kind}»; there are: {', '.join(sorted(kinds))}.")
    plugin, importer = kinds[kind]
    if plugin not in on:
        raise click.ClickException(f"«{kind}» belongs to {plugin}, which is off in /{place}/.")
    return importer


def _aimed(importer: ImportKind, into: str | None) -> ImportKind:
    """With the object the rows go into, where the kind needs one."""
    if importer.into is None:
        if into:
            raise click.UsageError(f"«{importer.key}» goes into the jurisdiction; leave --into out.")
        return importer
    if not into:
        raise click.UsageError(f"«{importer.key}» goes into one object: --into ID ({importer.into}).")
    return replace(importer, run=partial(importer.run, into=into))


def _chosen(importer: ImportKind, columns: tuple[str, ...], values: tuple[str, ...]) -> ImportKind:
    """With what was said of its columns, where the kind can be told."""
    if not importer.fields:
        if columns or values:
            raise click.UsageError(f"«{importer.key}» finds its columns by their names; leave --column and --set out.")
        return importer
    given = imports.choice(SYSTEM, importer, _pairs(columns), _pairs(values))
    return replace(importer, run=partial(importer.run, choice=given))


def _pairs(texts: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    for name, sign, value in pairs:
        if not (name and sign and value):
            raise click.UsageError(f"Write FIELD=VALUE, not «{name}{sign}{value}».")
    return {name: value for name, _sign, value in pairs}


def _carry_out(importer: ImportKind, content: bytes, name: str, rows: int) -> ImportReport:
    """With a bar on standard error when a person watches."""
    if not sys.stderr.isatty():
        return importer.run(content, name, dry_run=False, tick=_silent)
    with click.progressbar(length=rows, label=name[:30], file=sys.stderr) as bar:
        tick: Callable[[int], None] = lambda done: bar.update(done - bar.pos)  # noqa: E731
        return importer.run(content, name, dry_run=False, tick=tick)


def _silent(_done: int) -> None:
    """No bar."""


def _tell(importer: ImportKind, report: ImportReport, place: str, *, dry_run: bool, as_json: bool) -> None:
    errors = [{"row": one.row, "column": str(one.column), "detail": str(one.detail)} for one in report.faults]
    if not as_json:
        for one in errors:
            click.echo(f"row {one['row']} {one['column']}: {one['detail']}", err=True)
    counts = dict(report.counts)
    rows = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    data = {"kind": importer.key, "in": place, "dry_run": dry_run, **counts, "errors": errors}
    say(f"{'Would import' if dry_run else 'Imported'} into /{place}/: {rows}.", data, as_json=as_json)


COMMANDS = (import_,)
