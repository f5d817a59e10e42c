"""Which SVG drawings (图解) may come in: shapes and words, nothing that runs, moves, or fetches from elsewhere.

A drawing is refused and the reason named, never changed: what is published is what was uploaded. Shown as an image
(`<img>`), where a browser runs nothing; this list holds for whoever opens the file by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from flask_babel import lazy_gettext as _l

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"
ELEMENTS = frozenset({
    "svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text",
    "tspan", "textPath", "marker", "symbol", "use", "image", "linearGradient", "radialGradient", "stop", "clipPath",
    "mask", "pattern", "filter", "feGaussianBlur", "feOffset", "feMerge", "feMergeNode", "feColorMatrix", "feFlood",
    "feComposite", "feBlend", "style", "switch",
})  # fmt: skip
MOST_OCTETS = 2 * 1024 * 1024
MOST_ELEMENTS = 20_000
_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_SHEET = re.compile(r"@import|@font-face|\\|expression|javascript:|url\((?!\s*[\"']?#)", re.IGNORECASE)
_SCRIPT = re.compile(r"(?:java|vb)script:|data:(?!image/)", re.IGNORECASE)


def refusal(path: Path) -> Any:
    """Why this drawing is not taken, with the element or attribute and what to do; None when it is fine."""
    content = path.read_bytes()
    if len(content) > MOST_OCTETS:
        return _l("图解最多 2 MB，请简化后重新导出。")
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        return _l("图解里有 DOCTYPE 或实体定义，请导出为“纯 SVG”后上传。")
    except (ParseError, ValueError, LookupError):
        return _l("这个文件不是有效的 SVG，请重新导出后上传。")
    if root.tag != f"{SVG}svg":
        return _l("这个文件不是有效的 SVG，请重新导出后上传。")
    fault = next(_faults(root), "")
    if fault:
        return _l("图解里有不能公开的内容：%(what)s。请删去后导出为“纯 SVG”。", what=fault)
    return None


def _faults(root: Element) -> Iterator[str]:
    elements = list(root.iter())
    if len(elements) > MOST_ELEMENTS:
        yield f"{len(elements)} > {MOST_ELEMENTS}"
    for element in elements:
        name = str(element.tag).removeprefix(SVG)
        if name not in ELEMENTS:
            yield f"<{_short(name)}>"
        if name == "style" and _SHEET.search("".join(element.itertext())):
            yield "<style>"
        for attribute, value in element.attrib.items():
            if _attribute_fault(name, attribute, value):
                yield f"<{name} {_short(attribute)}>"
    yield from _multiplied(elements)


def _attribute_fault(name: str, attribute: str, value: str) -> bool:
    """Handlers, addresses other than inside the drawing, style sheets that fetch."""
    local = attribute.rpartition("}")[2].lower()
    if local.startswith("on") or local == "base":
        return True
    if local in {"href", "src"}:
        inside = value.strip().startswith("#")
        return not inside and not (name == "image" and _IMAGE.fullmatch(value.strip()))
    return bool(_SHEET.search(value) or _SCRIPT.search(value))


def _multiplied(elements: list[Element]) -> Iterator[str]:
    """A `use` of what itself uses something: a few of them in a row make millions of shapes, or a circle."""
    by_id = {element.get("id"): element for element in elements if element.get("id")}
    for element in elements:
        if element.tag == f"{SVG}use":
            meant = by_id.get((element.get("href") or element.get(f"{XLINK}href") or "").strip().lstrip("#"))
            if meant is not None and any(inner.tag == f"{SVG}use" for inner in meant.iter()):
                yield "<use> → <use>"


def _short(name: str) -> str:
    return name.rpartition("}")[2][:40]
