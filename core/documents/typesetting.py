"""What Typst sets a PDF file with: the product's own fonts, and text written so that nothing is left out unseen.

The fonts, Noto Serif SC and Noto Sans SC (SIL Open Font License), come with the packages of requirements.lock: what is
made does not depend on what the machine has.
"""

from __future__ import annotations

import functools
import re
import struct
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from core.documents import word

FONTS = "pylopdf_fonts_zh_cn"
FACES = ("NotoSerifSC-Regular.otf", "NotoSansSC-Regular.otf")


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
