"""`translations update｜check`: the English beside the Chinese source (core and each plugin keep their own)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
ENGLISH = Path("translations/en/LC_MESSAGES/messages.po")
METHODS = [("**.py", "python"), ("**/templates/**.*", "jinja2")]
LAZY = {"_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2), "lazy_pgettext": ((1, "c"), 2)}
KEYWORDS = {**DEFAULT_KEYWORDS, **LAZY}
PLACEHOLDER = re.compile(r"%(?:\((\w+)\)\w|(.))|\{(\w+)\}")  # the scripts of a page fill {name}

folders = click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))


@click.group()
def translations() -> None:
    """English texts of the interface."""


@translations.command()
@folders
def update(folders: tuple[Path, ...]) -> None:
    """Collect new Chinese texts into the catalogues; untranslated ones are named. FOLDERS: packages of your own."""
    for folder in folders or built_in():
        _update(folder)
    for line in faults(folders or built_in()):
        click.echo(line)


@translations.command()
@folders
def check(folders: tuple[Path, ...]) -> None:
    """Fail when a text has no English, or English with other placeholders. FOLDERS: packages of your own."""
    found = list(faults(folders or built_in()))
    if found:
        raise click.ClickException("\n".join([*found[:20], f"{len(found)} texts without fitting English."]))
    click.echo("Every text has its English.")


def built_in() -> list[Path]:
    """The core and every plugin of this checkout."""
    return [ROOT / "core", *(path.parent for path in sorted(ROOT.glob("plugins/*/plugin.py")))]


def faults(folders: tuple[Path, ...] | list[Path]) -> Iterator[str]:
    """One line per text of the code whose English is missing or fills other places."""
    for folder in folders:
        english = catalogue(folder)
        for message in extract(folder):
            found = english.get(message.id, message.context) if message.id else None
            for fault in _faults_of(found) if message.id else ():
                yield f"{folder.name}: {_texts(message.id)[0]}: {fault}"


def _faults_of(message: Message | None) -> Iterator[str]:
    if message is None or message.fuzzy or not all(_texts(message.string)):
        yield "no English"
    elif any(placeholders(text) != placeholders(_texts(message.id)[0]) for text in _texts(message.string)):
        yield "other placeholders"


def placeholders(text: str) -> set[str]:
    """The names in `%(name)s` and `{name}`; a lone % that is neither a place nor %% counts as one too."""
    return {name or braced or f"%{sign}" for name, sign, braced in PLACEHOLDER.findall(text) if sign != "%"}


def _texts(value: object) -> tuple[str, ...]:
    """A message's text, or its singular and plural."""
    return tuple(map(str, value)) if isinstance(value, (tuple, list)) else (str(value or ""),)


def extract(folder: Path) -> Catalog:
    """The texts that the code and the templates of a package hold."""
    template = Catalog(project="Mingtang", version="1", charset="utf-8")
    for _file, _line, text, _comments, context in extract_from_dir(folder, METHODS, keywords=KEYWORDS):
        template.add(text, context=context)
    return template


def catalogue(folder: Path) -> Catalog:
    """The English catalogue of a package; empty when there is none yet."""
    path = folder / ENGLISH
    if not path.exists():
        return Catalog(locale="en", project="Mingtang", version="1", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="en")


def _update(folder: Path) -> None:
    english = catalogue(folder)
    english.update(extract(folder), no_fuzzy_matching=True, update_creation_date=False)
    (folder / ENGLISH).parent.mkdir(parents=True, exist_ok=True)
    with (folder / ENGLISH).open("wb") as file:
        write_po(file, english, width=0, sort_output=True, ignore_obsolete=True)


COMMANDS = (translations,)
