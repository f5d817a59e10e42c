"""Which SVG drawings (图解) may come in: shapes and words, nothing that runs, moves, or fetches from elsewhere.

A drawing is refused and the reason named, never changed: what is published is what was uploaded. Shown as an image
(`<img>`), where a browser runs nothing; this list holds for whoever opens the file by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser
from flask_babel import lazy_gettext as _l

from core.svg_weight import GRADIENTS, SVG, URL, TooMuch, Weighed

ELEMENTS = frozenset({
    "svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text",
    "tspan", "textPath", "marker", "symbol", "use", "image", "linearGradient", "radialGradient", "stop", "clipPath",
    "mask", "pattern", "filter", "feGaussianBlur", "feOffset", "feMerge", "feMergeNode", "feColorMatrix", "feFlood",
    "feComposite", "feBlend", "style", "switch", "metadata",
})  # fmt: skip
INERT = (
    "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}",
    "{http://creativecommons.org/ns#}",
    "{http://web.resource.org/cc/}",
    "{http://purl.org/dc/elements/1.1/}",
)
"""Author and licence as a plain export writes them: a browser knows none of these elements."""
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
MOST_OCTETS = 2 * 1024 * 1024
MOST_ELEMENTS = 20_000
MOST_LAYERS = 200
"""Groups with an opacity or blend mode of their own: thousands, one in another, take a browser most of a minute."""
_STYLED = {name: re.compile(rf"(?:^|[;\s]){name}\s*:") for name in ("opacity", "mix-blend-mode", "isolation")}
MOST_DEPTH = 60
"""Of groups in groups: each may be a layer of its own."""
_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_INSIDE = re.compile(r"#[^\s%\"'()\\]+")
_SHEET = re.compile(
    rf"@import|@font-face|\\|expression|javascript:|(?!{URL.pattern})url\("
    r"|(?<!\w)(?:src|image|image-set|cross-fade|element|blur|drop-shadow)\(",
    re.IGNORECASE,
)
_MOVES = re.compile(
    r"@(?:-[a-z]+-)?keyframes|(?<![\w-])(?:-[a-z]+-)?(?:animation|transition)[\w-]*+\s*+(?::|/\*)", re.IGNORECASE
)
_SCRIPT = re.compile(r"(?:java|vb)script:|data:(?!image/)", re.IGNORECASE)


class _NotTaken(Exception):
    """With the sentence."""


class _Tree(TreeBuilder):
    def pi(self, target: str, _text: str | None = None) -> NoReturn:
        """`<?xml-stylesheet` fetches; no instruction says anything to a reader."""
        raise _NotTaken(_forbidden(f"<?{_short(target)}?>"))


def refusal(path: Path) -> Any:
    """Why this drawing is not taken, with the element or attribute and what to do; None when it is fine."""
    content = path.read_bytes()
    if len(content) > MOST_OCTETS:
        return _l("图解最多 2 MB，请简化后重新导出。")
    try:
        root = _parsed(content)
    except _NotTaken as no:
        return no.args[0]
    fault = next(_faults(root), "")
    if fault:
        return _forbidden(fault)
    excess = _excess(root)
    if excess:
        return _l("图解里的引用太多或者互相引用：%(what)s。请减少重复引用、蒙版、图案和滤镜后重新导出。", what=excess)
    return None


def _parsed(content: bytes) -> Element:
    parser = XMLParser(target=_Tree(), forbid_dtd=True)
    try:
        content.decode()  # it is served as UTF-8
        parser.feed(content)
        root: Element = parser.close()
    except UnicodeDecodeError:
        raise _NotTaken(_l("图解须以 UTF-8 编码保存，请重新导出后上传。")) from None
    except DefusedXmlException:
        raise _NotTaken(_l("图解里有 DOCTYPE。请删去文件开头 DOCTYPE 那一行，或者导出为“纯 SVG”，再上传。")) from None
    except (ParseError, ValueError, LookupError):
        root = Element("")
    if root.tag != f"{SVG}svg":
        raise _NotTaken(_l("这个文件不是有效的 SVG，请重新导出后上传。"))
    return root


def _forbidden(what: str) -> Any:
    return _l("图解里有不能公开的内容：%(what)s。请删去后导出为“纯 SVG”。", what=what)


def _faults(root: Element) -> Iterator[str]:
    elements = list(root.iter())
    if len(elements) > MOST_ELEMENTS:
        yield f"{len(elements)} > {MOST_ELEMENTS}"
    yield from _too_deep(root)
    ids = Counter(element.get("id", "") for element in elements)
    yield from (f'id="{_short(ident)}" × {count}' for ident, count in ids.items() if ident and count > 1)
    others = {element.get("id") for element in elements if element.tag not in GRADIENTS}
    layers = sum(1 for element in elements if len(element) and _see_through(element))
    if layers > MOST_LAYERS:
        yield f"opacity × {layers}"
    for element in elements:
        name = str(element.tag).removeprefix(SVG)
        if name not in ELEMENTS and not name.startswith(INERT):
            yield f"<{_short(name)}>"
        if name == "style" and _sheet_fault("".join(element.itertext()), others):
            yield "<style>"
        for attribute, value in element.attrib.items():
            if _attribute_fault(name, attribute, value):
                yield f"<{_short(name)} {_short(attribute)}>"


def _too_deep(root: Element) -> Iterator[str]:
    level, depth = [root], 1
    while level and depth <= MOST_DEPTH:
        level, depth = [child for element in level for child in element], depth + 1
    if level:
        yield f"<{_short(str(level[0].tag))}>: {depth} > {MOST_DEPTH}"


def _sheet_fault(sheet: str, others: set[str | None]) -> bool:
    """A rule may hold for every element, so a sheet refers to gradients alone."""
    beyond = any(found["id"] in others for found in URL.finditer(sheet))
    return bool(beyond or _SHEET.search(sheet) or _MOVES.search(sheet))


def _excess(root: Element) -> str:
    elements = list(root.iter())
    try:
        added = Weighed({element.attrib["id"]: element for element in elements if "id" in element.attrib}).added(
            elements
        )
    except TooMuch as found:
        return str(found)
    return f"{added} > {MOST_ELEMENTS}" if added > MOST_ELEMENTS else ""


def _see_through(element: Element) -> bool:
    """A group that is drawn apart and then laid over the rest."""
    style = element.get("style", "")
    return any(name in element.attrib or _STYLED[name].search(style) for name in _STYLED)


def _attribute_fault(name: str, attribute: str, value: str) -> bool:
    """Handlers, addresses other than inside the drawing, a second kind of id, style sheets that fetch or move."""
    local = attribute.rpartition("}")[2].lower()
    if local.startswith("on") or local == "base" or attribute == XML_ID:
        return True
    if local in {"href", "src"}:
        given = value.strip()
        return not (_IMAGE if name == "image" else _INSIDE).fullmatch(given)
    moves = local == "style" and _MOVES.search(value)
    return bool(moves or _SHEET.search(value) or _SCRIPT.search(value))


def _short(name: str) -> str:
    return name.rpartition("}")[2][:40]
