"""A restricted material with its reader's name across every page (水印): PDF in, PDF out.

Reading somebody's PDF is work for a process of its own: it may be built to take for ever, and the process that serves
pages must not stand still meanwhile. `python -m plugins.meetings.documents.watermark` is that process.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from core.documents import apart
from core.documents.typesetting import fonts, printable

TEMPLATE = Path(__file__).with_name("watermark.typ")
MOST_PAGES = 500
PATIENCE = 30.0
"""Seconds after which a file counts as one that cannot be marked."""
REASONS = {
    "locked": _l("这份 PDF 有密码，不能加水印。请去掉密码后重新上传。"),
    "long": _l("这份 PDF 超过 %(most)s 页，不能加水印。请分成几份上传。", most=MOST_PAGES),
    "broken": _l("这份文件不能加水印。限制传阅的材料须为完好的 PDF 文件，请重新导出后上传。"),
}


class Unmarkable(Exception):
    """The file cannot be marked; the message is a sentence for whoever uploads it."""


def require_open(path: Path) -> None:
    """Look whether the file says of itself that it has a password; quick enough for a transaction.

    Raises:
        Unmarkable.
    """
    content = path.read_bytes()
    if b"/Encrypt" in content:
        raise Unmarkable(REASONS["locked"])
    if not content.startswith(b"%PDF-"):
        raise Unmarkable(REASONS["broken"])


def marked(path: Path, words: Sequence[str]) -> bytes:
    """The PDF at `path` with these lines across each page.

    Raises:
        Unmarkable: it is no sound PDF, is locked, too long, or takes too long.
    """
    try:
        return apart.run(__name__, {"path": str(path), "words": [printable(line) for line in words]}, PATIENCE)
    except apart.Unfit as no:
        raise Unmarkable(REASONS.get(str(no), REASONS["broken"])) from None


def _mark(path: str, words: list[str]) -> bytes:
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(path)
    if reader.is_encrypted:
        sys.exit("locked")
    if len(reader.pages) > MOST_PAGES:
        sys.exit("long")
    writer, sheets = PdfWriter(clone_from=reader), {}
    for page in writer.pages:
        page.transfer_rotation_to_content()  # turned pages would carry their marks turned
        box = page.mediabox
        size = (round(float(box.width)), round(float(box.height)))
        if size not in sheets:
            sheets[size] = PdfReader(io.BytesIO(_sheet(*size, words))).pages[0]
        page.merge_translated_page(sheets[size], float(box.left), float(box.bottom))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _sheet(width: int, height: int, words: list[str]) -> bytes:
    import typst

    given: dict[str, Any] = {"width": width, "height": height, "words": words}
    return bytes(typst.compile(TEMPLATE, font_paths=fonts(), sys_inputs={"mark": json.dumps(given)}))


if __name__ == "__main__":
    order = json.load(sys.stdin)
    sys.stdout.buffer.write(_mark(order["path"], order["words"]))
