"""A file as pages that can be drawn, and where words stand on them; only ever run in the process of `redact`."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any

from plugins.disclosure.documents.redact import KINDS, MOST_PAGES

MOST_ROWS = 5_000
ORIGINAL = "original.pdf"


@dataclass(frozen=True)
class Source:
    """The pages: their file in the folder of work, width and height of each in points."""

    name: str
    folder: Path
    sizes: list[tuple[int, int]]


@dataclass(frozen=True)
class Glyph:
    """A character with its place on the page, in points from the lower left corner."""

    text: str
    left: float
    right: float
    base: float
    height: float


def prepared(path: Path, kind: str, folder: Path) -> Source:
    """The file as a PDF whose pages stand upright, without comments; ends the process with a word where it cannot."""
    if kind not in KINDS:
        sys.exit("kind")
    content = path.read_bytes() if kind == "pdf" else _converted(path, kind, folder)
    (folder / ORIGINAL).write_bytes(content)
    writer = _upright(content)
    writer.write(folder / "source.pdf")
    boxes = [page.mediabox for page in writer.pages]
    return Source("source.pdf", folder, [(round(float(box.width)), round(float(box.height))) for box in boxes])


def places_of(source: Source, words: str) -> dict[str, Any]:
    """Regions over each occurrence of `words` (white space aside), and the pages where the text holds more of them."""
    from pypdf import PdfReader

    wanted = _squeezed(words)
    regions, unplaced = [], []
    for number, page in enumerate(PdfReader(source.folder / ORIGINAL).pages, 1):
        found = list(_found(list(_glyphs(page)), wanted))
        if len(found) < _squeezed(page.extract_text()).count(wanted):
            unplaced.append(number)
        flat = [_region(number, line, page.cropbox) for place in found for line in _lines(place)]
        regions += [_turned(region, page.rotation % 360) for region in flat]
    return {"regions": regions, "unplaced": unplaced}


def _upright(content: bytes) -> Any:
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted:
        sys.exit("locked")
    if len(reader.pages) > MOST_PAGES:
        sys.exit("long")
    if not reader.pages:
        sys.exit("broken")
    writer = PdfWriter()
    for one in reader.pages:
        page = writer.add_page(one)
        page.transfer_rotation_to_content()
        page.mediabox = page.cropbox
        page.pop("/Annots", None)
    return writer


def _converted(path: Path, kind: str, folder: Path) -> bytes:
    """Pictures, text, Word and Excel files as plain pages: the words are the same, the layout is not."""
    import typst

    from core.documents.typesetting import fonts, printable

    head = '#set page("a4", margin: 25mm)\n#set text(font: "Noto Serif SC", size: 12pt, lang: "zh")\n'
    inputs = {}
    if kind in {"png", "jpg", "jpeg", "gif", "webp"}:
        (folder / f"picture.{kind}").write_bytes(path.read_bytes())
        head = f'#set page(width: auto, height: auto, margin: 0pt)\n#image("picture.{kind}", width: 595pt)'
    else:
        inputs["text"] = printable("\n".join(_words(path, kind)))
        head += '#for line in sys.inputs.text.split("\\n") [#line #parbreak()]'
    (folder / "convert.typ").write_text(head)
    return bytes(typst.compile(folder / "convert.typ", root=folder, font_paths=fonts(), sys_inputs=inputs))


def _words(path: Path, kind: str) -> Iterator[str]:
    if kind == "txt":
        content = path.read_bytes()
        try:
            yield from content.decode("utf-8-sig").splitlines()
        except UnicodeDecodeError:
            yield from content.decode("gb18030", "replace").splitlines()
    elif kind == "docx":
        from docx import Document

        for block in Document(str(path)).iter_inner_content():
            if hasattr(block, "rows"):
                yield from ("　".join(cell.text for cell in row.cells) for row in block.rows)
            else:
                yield block.text
    else:
        from openpyxl import load_workbook

        for sheet in load_workbook(path, read_only=True, data_only=True).worksheets:
            yield sheet.title
            for row in sheet.iter_rows(max_row=MOST_ROWS, values_only=True):
                yield "　".join("" if value is None else str(value) for value in row)


# --- where words stand ------------------------------------------------------------------------------


def _glyphs(page: Any) -> Iterator[Glyph]:
    """Every character of a page in the order it is drawn.

    pypdf knows where each piece of text begins and ends (its layout mode), but has no public name for it.
    """
    from pypdf._text_extraction._layout_mode import _fixed_width_page as layout
    from pypdf._text_extraction._layout_mode._text_state_manager import TextStateManager
    from pypdf.generic import ContentStream

    contents = page.get_contents()
    if contents is None:
        return
    fonts = page._layout_mode_fonts()  # noqa: SLF001
    operations = iter([*ContentStream(contents, page.pdf, "bytes").operations, ([], b"Q")])
    _groups, pieces = layout.recurse_to_target_op(operations, TextStateManager(), b"Q", fonts, strip_rotated=False)
    for piece in pieces:
        if not piece.rotated:  # words that stand aslant have no rectangle: their page is named instead
            yield from _spread(piece)


def _spread(piece: Any) -> Iterator[Glyph]:
    """The characters of one piece, over its width as wide as they usually are."""
    weights = [2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in piece.text]
    left, whole = piece.tx, sum(weights) or 1
    step = (piece.displaced_tx - piece.tx) / whole
    for char, weight in zip(piece.text, weights, strict=True):
        yield Glyph(char, left, left + step * weight, piece.ty, abs(piece.font_height))
        left += step * weight


def _found(glyphs: list[Glyph], wanted: str) -> Iterator[list[Glyph]]:
    drawn = [(char, glyph) for glyph in glyphs for char in _squeezed(glyph.text)]
    text = "".join(char for char, _glyph in drawn)
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        yield [glyph for _char, glyph in drawn[at : at + len(wanted)]]
        at = text.find(wanted, at + 1)


def _lines(place: list[Glyph]) -> Iterator[list[Glyph]]:
    """A name may begin on one line and end on the next."""
    for _base, line in groupby(place, key=lambda glyph: round(glyph.base)):
        yield list(line)


def _region(number: int, line: list[Glyph], box: Any) -> dict[str, int]:
    height = max(glyph.height for glyph in line)
    spare = height * 0.15
    left = min(min(glyph.left, glyph.right) for glyph in line) - spare - float(box.left)
    right = max(max(glyph.left, glyph.right) for glyph in line) + spare - float(box.left)
    top = float(box.top) - max(glyph.base for glyph in line) - height * 1.05
    bottom = float(box.top) - min(glyph.base for glyph in line) + height * 0.35
    x, right_edge = _thousandths(left, box.width), _thousandths(right, box.width, up=True)
    y, lower_edge = _thousandths(top, box.height), _thousandths(bottom, box.height, up=True)
    return {"page": number, "x": x, "y": y, "width": max(right_edge - x, 1), "height": max(lower_edge - y, 1)}


def _turned(region: dict[str, int], clockwise: int) -> dict[str, int]:
    """The same region on a page that is shown turned."""
    x, y, width, height = (region[name] for name in ("x", "y", "width", "height"))
    if clockwise in {90, 270}:
        x, y = (1000 - y - height, x) if clockwise == 90 else (y, 1000 - x - width)
        width, height = height, width
    elif clockwise == 180:
        x, y = 1000 - x - width, 1000 - y - height
    return {"page": region["page"], "x": x, "y": y, "width": width, "height": height}


def _thousandths(points: float, whole: Any, *, up: bool = False) -> int:
    exact = points / float(whole) * 1000
    return min(max(int(-(-exact // 1)) if up else int(exact // 1), 0), 1000)


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
