"""Redacted copies (区分处理): each page becomes an image with the withheld regions painted over, nothing beneath.

The copy is made of the images alone: no text, no metadata, no attachment, no comment of the source comes along. All of
it is work on somebody's file in a process of its own: `python -m plugins.disclosure.documents.redact` is that process.
Regions are {page, x, y, width, height}: pages from 1, the rest in thousandths of the page from its upper left corner.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from core.documents import apart
from core.documents.typesetting import fonts
from core.filetypes import extension

Region = Mapping[str, int]
TEMPLATE = Path(__file__).with_name("redact.typ")
MOST_PAGES = 200
PATIENCE = 120.0
"""Seconds after which a file counts as one that cannot be handled."""
DENSITY = 150.0
MOST_PIXELS = 12_000_000
AT_A_TIME = 8
"""Pages drawn in one go: an image takes some megabytes until it is written."""
KINDS = ("pdf", "png", "jpg", "jpeg", "gif", "webp", "txt", "docx", "xlsx")
REASONS: dict[str, Any] = {
    "locked": _l("这份 PDF 有密码或加密，不能处理。请去掉密码后重新上传。"),
    "long": _l("文件超过 %(most)s 页，不能处理。请分成几份上传。", most=MOST_PAGES),
    "broken": _l("文件已损坏，不能处理。请重新导出为完好的 PDF 文件后上传。"),
    "kind": _l("这类文件不能直接处理。请导出为 PDF 后上传。"),
}


class Unfit(Exception):
    """The file cannot be handled; the message is a sentence for whoever chose it."""


def sizes(path: Path, filename: str) -> list[tuple[int, int]]:
    """Width and height of each page, in points.

    Raises:
        Unfit: locked, broken, too long, of a kind that cannot be turned into pages.
    """
    return [(width, height) for width, height in json.loads(_ask("sizes", path, filename))]


def picture(path: Path, filename: str, page: int, regions: Sequence[Region] = ()) -> bytes:
    """One page as PNG, regions painted over; raises Unfit."""
    return _ask("picture", path, filename, page=page, regions=[dict(one) for one in regions])


def find(path: Path, filename: str, words: str) -> tuple[list[dict[str, int]], list[int]]:
    """Regions over every occurrence of `words`, and the pages where some have no known place: mark these by hand.

    Raises:
        Unfit.
    """
    found = json.loads(_ask("find", path, filename, words=words))
    return found["regions"], found["unplaced"]


def copy(path: Path, filename: str, regions: Sequence[Region]) -> bytes:
    """The redacted copy, a PDF of images; raises Unfit."""
    return _ask("copy", path, filename, regions=[dict(one) for one in regions])


def _ask(what: str, path: Path, filename: str, **more: Any) -> bytes:
    order = {"what": what, "path": str(path), "kind": extension(filename), **more}
    try:
        return apart.run(__name__, order, PATIENCE)
    except apart.Unfit as no:
        raise Unfit(REASONS.get(str(no), REASONS["broken"])) from None


# --- the process of its own -------------------------------------------------------------------------


def _answer(order: dict[str, Any], folder: Path) -> bytes:
    from plugins.disclosure.documents import pages

    source = pages.prepared(Path(order["path"]), order["kind"], folder)
    if order["what"] == "sizes":
        return json.dumps(source.sizes).encode()
    if order["what"] == "find":
        return json.dumps(pages.places_of(source, order["words"])).encode()
    if order["what"] == "picture":
        return next(_drawn(source, [order["page"]], order["regions"], folder))
    numbers = list(range(1, len(source.sizes) + 1))
    images = list(_drawn(source, numbers, order["regions"], folder))
    sheets = []
    for number, content in enumerate(images, 1):
        (folder / f"{number}.png").write_bytes(content)
        sheets.append(_sheet(source, number, f"{number}.png", {}))
    return bytes(_typeset(folder, sheets))


def _drawn(source: Any, numbers: Sequence[int], regions: Iterable[Region], folder: Path) -> Iterator[bytes]:
    """PNG files of these pages, painted over: from here on there is nothing but points of colour."""
    over = list(regions)
    for start in range(0, len(numbers), AT_A_TIME):
        some = numbers[start : start + AT_A_TIME]
        largest = max(source.sizes[number - 1][0] * source.sizes[number - 1][1] for number in some)
        density = min(DENSITY, 72 * (MOST_PIXELS / largest) ** 0.5)
        sheets = [
            _sheet(source, number, source.name, {"page": number}, [one for one in over if one["page"] == number])
            for number in some
        ]
        made = _typeset(folder, sheets, format="png", ppi=density)
        yield from made if isinstance(made, list) else [made]


def _sheet(source: Any, number: int, file: str, args: dict[str, int], regions: Sequence[Region] = ()) -> dict[str, Any]:
    width, height = source.sizes[number - 1]
    return {
        "width": width, "height": height, "file": file, "args": args, "regions": [dict(one) for one in regions],
        "alt": f"第 {number} 页（图像）",
    }  # fmt: skip


def _typeset(folder: Path, sheets: Sequence[Mapping[str, Any]], **how: Any) -> Any:
    import typst

    (folder / "redact.typ").write_text(TEMPLATE.read_text())
    inputs = {"order": json.dumps({"sheets": sheets})}
    return typst.compile(folder / "redact.typ", root=folder, font_paths=fonts(), sys_inputs=inputs, **how)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        made = _answer(json.load(sys.stdin), Path(home))
        sys.stdout.buffer.write(made)
