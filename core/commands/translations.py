"""`translations update｜check`: the English beside the Chinese source (core and each plugin keep their own)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
PYBABEL = str(Path(sys.executable).parent / "pybabel")
KEYWORDS = [part for word in ("_l", "_", "gettext", "lazy_gettext") for part in ("-k", word)]


@click.group()
def translations() -> None:
    """English texts of the interface."""


@translations.command()
def update() -> None:
    """Collect new Chinese texts into the catalogues; untranslated ones are named."""
    for folder in _folders():
        _update(folder)
    for line in missing():
        click.echo(line)


@translations.command()
def check() -> None:
    """Fail when a text has no English, or a catalogue has not seen a text of the code."""
    faults = list(missing())
    if faults:
        raise click.ClickException("\n".join([*faults[:20], f"{len(faults)} texts without English."]))
    click.echo("Every text has its English.")


def missing() -> Iterator[str]:
    """One line per text that the code has and the English catalogue has not."""
    for folder in _folders():
        known = _catalogue(folder / "translations/en/LC_MESSAGES/messages.po")
        for message in _extract(folder):
            if not known.get(message):
                yield f"{folder.relative_to(ROOT)}: {message}"


def _folders() -> list[Path]:
    return [ROOT / "core", *(path.parent for path in sorted(ROOT.glob("plugins/*/plugin.py")))]


def _template(folder: Path, target: str) -> None:
    command = [PYBABEL, "-q", "extract", "-F", "babel.cfg", *KEYWORDS, "--no-location", "--sort-output"]
    subprocess.run([*command, "-o", target, str(folder.relative_to(ROOT))], cwd=ROOT, check=True)  # noqa: S603


def _extract(folder: Path) -> list[str]:
    with tempfile.NamedTemporaryFile(suffix=".pot") as pot:
        _template(folder, pot.name)
        return [str(message.id) for message in read_po(Path(pot.name).open("rb")) if message.id]


def _update(folder: Path) -> None:
    catalogue = folder / "translations/en/LC_MESSAGES/messages.po"
    with tempfile.NamedTemporaryFile(suffix=".pot") as pot:
        _template(folder, pot.name)
        how = ["update", "--no-fuzzy-matching", "--ignore-obsolete"] if catalogue.exists() else ["init"]
        catalogue.parent.mkdir(parents=True, exist_ok=True)
        command = [PYBABEL, "-q", *how, "-i", pot.name, "-o", str(catalogue), "-l", "en", "--no-wrap"]
        subprocess.run(command, check=True)  # noqa: S603


def _catalogue(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id and not message.fuzzy}


COMMANDS = (translations,)
