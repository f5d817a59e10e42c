"""The sealed record (会议记录) as a tagged PDF (PDF/UA-1) with its Chinese fonts inside, set by Typst.

The fonts, Noto Serif SC and Noto Sans SC (SIL Open Font License), come with the packages of requirements.lock: what is
made does not depend on what the machine has.
"""

from __future__ import annotations

import functools
import json
import re
import struct
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from core.jobs import Step, no_steps
from plugins.meetings.documents import word
from plugins.meetings.documents.record_blocks import Block, Record, blocks, moment

TEMPLATE = Path(__file__).with_name("record.typ")
FONTS = "pylopdf_fonts_zh_cn"
FACES = ("NotoSerifSC-Regular.otf", "NotoSansSC-Regular.otf")


def build(record: Record, step: Step = no_steps) -> bytes:
    """The .pdf file; `step(done, total)` is told before the setting and after it, which takes most of the time.

    A character that the fonts do not have, such as an emoji, is written as ［U+1F600］: nothing is left out unseen.
    """
    import typst  # large, and wanted only here

    about = record["about"]
    given = {
        "title": printable(about["title"]),
        "author": printable(about.get("agency") or ""),
        "blocks": [_as_json(block) for block in blocks(record)],
    }
    step(1, 2)
    made = typst.compile(
        TEMPLATE,
        font_paths=fonts(),
        sys_inputs={"record": json.dumps(given, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=moment(about.get("sealed_at")),
    )
    step(2, 2)
    return bytes(made)


def _as_json(block: Block) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "runs": [(printable(text), look) for text, look in block.runs],
        "rows": [[printable(cell) for cell in row] for row in block.rows],
    }


def printable(text: str) -> str:
    """`text` with every character that cannot be set written as its number."""
    return _unprintable().sub(lambda found: f"［U+{ord(found[0]):04X}］", word.fit(text))


def _folder() -> Path:
    return Path(str(files(FONTS)))


@functools.cache
def fonts() -> Any:
    """Nothing but the product's own fonts."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_folder()])


@functools.cache
def _unprintable() -> re.Pattern[str]:
    """What one of the faces lacks, white space apart."""
    both = set.intersection(*(set(_covered(_folder() / face)) for face in FACES))
    runs: list[list[int]] = []
    for code in sorted(both | {0x09, 0x0A, 0x0D}):
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return re.compile(f"[^{''.join(f'{re.escape(chr(a))}-{re.escape(chr(b))}' for a, b in runs)}]")


def _covered(path: Path) -> Iterator[int]:
    """The characters a font file has glyphs for: its `cmap` table of format 12 (OpenType)."""
    data = path.read_bytes()
    for number in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _sum, start, _length = struct.unpack_from(">4sIII", data, 12 + 16 * number)
        if tag == b"cmap":
            break
    for number in range(struct.unpack_from(">H", data, start + 2)[0]):
        table = start + struct.unpack_from(">HHI", data, start + 4 + 8 * number)[2]
        if struct.unpack_from(">H", data, table)[0] == 12:
            for group in range(struct.unpack_from(">I", data, table + 12)[0]):
                first, last, _glyph = struct.unpack_from(">III", data, table + 16 + 12 * group)
                yield from range(first, last + 1)
            return
