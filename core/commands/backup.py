"""`backup create｜verify｜restore`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import click

from core import backup as backups
from core.commands.output import as_json, say

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def backup() -> None:
    """Backups (备份) of the embedded default: database, uploads and key in one file."""


@backup.command()
@click.option(
    "--to", "target", type=click.Path(path_type=Path), help="File or folder; default: backups in the data folder."
)
@as_json
def create(target: Path | None, as_json: bool) -> None:
    """Make a backup while the product runs. It holds personal data and the key: keep it safe."""
    watch = partial(click.progressbar, label="Uploads", file=sys.stderr, hidden=not sys.stderr.isatty())
    path, manifest = backups.create(target, watch)
    sentence = f"Backed up to {path}: database, key and {len(manifest.digests) - 2} uploads."
    data = {"file": str(path), "bytes": path.stat().st_size, "uploads": len(manifest.digests) - 2}
    say(sentence, data | {"missing": manifest.missing}, as_json=as_json)
    _refuse_missing(manifest)


@backup.command()
@file_argument
@as_json
def verify(file: Path, as_json: bool) -> None:
    """Read a backup whole and say whether it can be restored."""
    manifest = backups.verify(file)
    sentence = f"{file.name} is sound: made {manifest.created_at}, {len(manifest.digests) - 2} uploads."
    say(sentence, {"sound": True, "created_at": manifest.created_at, "missing": manifest.missing}, as_json=as_json)
    _refuse_missing(manifest)


@backup.command()
@file_argument
@as_json
def restore(file: Path, as_json: bool) -> None:
    """Restore a backup into an empty data folder (--data)."""
    manifest = backups.restore(file)
    sentence = f"Restored {file.name}, made {manifest.created_at}, with {len(manifest.digests) - 2} uploads."
    say(sentence, {"restored": True, "created_at": manifest.created_at, "missing": manifest.missing}, as_json=as_json)


def _refuse_missing(manifest: backups.Manifest) -> None:
    if manifest.missing:
        raise click.ClickException(
            f"{len(manifest.missing)} uploads were missing on the disk already when it was made."
        )


COMMANDS = (backup,)
