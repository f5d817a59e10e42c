"""Word templates (文档模板): `{{名称}}` is replaced wherever it stands, also where Word split it over several runs.

A table row that names a list, `{{名单.姓名}}`, is repeated for each of its entries; with no entry it stays once, empty.
A template is data: there is nothing in it that could be run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from core.documents import turned, word

PLACEHOLDER = re.compile(r"\{\{\s*([^{}]{1,60}?)\s*\}\}")
Values = Mapping[str, str]
Lists = Mapping[str, Sequence[Values]]
W_P, W_T, W_TR = qn("w:p"), qn("w:t"), qn("w:tr")


def names(template: bytes) -> list[str]:
    """Every placeholder of a template, in the order of its text, each once."""
    texts = (
        "".join(piece.text or "" for piece in _pieces(p)) for root in _roots(_open(template)) for p in root.iter(W_P)
    )
    return list(dict.fromkeys(name for text in texts for name in PLACEHOLDER.findall(text)))


def fill(template: bytes, values: Values, lists: Lists, *, title: str = "") -> bytes:
    """The document: every placeholder that `values` and `lists` know is replaced, others stay as they are."""
    document = _open(template)
    for root in _roots(document):
        rows = [row for row in root.iter(W_TR) if next(row.iterdescendants(W_TR), None) is None]
        filled = {paragraph for row in rows for paragraph in _repeat(row, lists, values)}
        for paragraph in [one for one in root.iter(W_P) if one not in filled]:  # what was filled in is no template
            _replace(paragraph, values)
    turned.number(_roots(document))
    if title:
        document.core_properties.title = word.fit(title)[:255]
    return word.content(document)


def _open(template: bytes) -> Any:
    return Document(BytesIO(template))


def _roots(document: Any) -> Iterator[Any]:
    """The body, and the headers and footers of every section, each once."""
    yield document.element.body
    for section in document.sections:
        for part in (
            section.header, section.footer, section.first_page_header, section.first_page_footer,
            section.even_page_header, section.even_page_footer,
        ):  # fmt: skip
            if not part.is_linked_to_previous:
                yield part._element  # noqa: SLF001 - python-docx shows no text boxes and no nested paragraphs


def _repeat(row: Any, lists: Lists, values: Values) -> Iterator[Any]:
    """A row for each entry of the list it names; answers the paragraphs that were filled."""
    text = "\n".join("".join(piece.text or "" for piece in _pieces(p)) for p in row.iter(W_P))
    fields = [name.partition(".") for name in PLACEHOLDER.findall(text)]
    name = next((first for first, dot, _field in fields if dot and first in lists), None)
    if name is None:
        return
    for entry in lists[name] or [{}]:
        copy = deepcopy(row)
        row.addprevious(copy)
        known = {f"{name}.{column}": entry.get(column, "") for first, _dot, column in fields if first == name}
        for paragraph in copy.iter(W_P):
            _replace(paragraph, {**values, **known})
            yield paragraph
    row.getparent().remove(row)


def _pieces(paragraph: Any) -> list[Any]:
    """The text elements of a paragraph, without those of a text box inside it."""
    return [t for t in paragraph.iter(W_T) if next(t.iterancestors(W_P)) is paragraph]


def _replace(paragraph: Any, values: Values) -> None:
    """Put every known value where its placeholder begins, in the look it begins with."""
    pieces = _pieces(paragraph)
    text = "".join(piece.text or "" for piece in pieces)
    for found in reversed(list(PLACEHOLDER.finditer(text))):
        if found[1] in values:
            _put(pieces, found.start(), found.end(), word.fit(values[found[1]]))
    for piece in pieces:
        _break_lines(piece)


def _put(pieces: list[Any], start: int, end: int, value: str) -> None:
    at = 0
    for piece in pieces:
        text = piece.text or ""
        first, last = max(start - at, 0), min(end - at, len(text))
        at += len(text)
        if first < last:
            piece.text = f"{text[:first]}{value}{text[last:]}"
            piece.set(qn("xml:space"), "preserve")
            value = ""


def _break_lines(piece: Any) -> None:
    """A line end in a value is a line break in the document."""
    lines = (piece.text or "").replace("\r\n", "\n").split("\n")
    if len(lines) == 1:
        return
    piece.text = lines[0]
    for line in reversed(lines[1:]):
        more = OxmlElement("w:t")
        more.text = line
        more.set(qn("xml:space"), "preserve")
        piece.addnext(more)
        piece.addnext(OxmlElement("w:br"))
