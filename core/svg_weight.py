"""What a drawing (图解) comes to once its references are followed: some kilobytes must not draw for minutes.

A `use` draws its target again, a mask or filter draws it for each user, a pattern or marker for each shape below.
What all references add is bounded, and so is their nesting; whoever refers to itself exceeds that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

SVG = "{http://www.w3.org/2000/svg}"
GRADIENTS = frozenset({f"{SVG}linearGradient", f"{SVG}radialGradient"})
ONCE = frozenset({"href", "mask", "clip-path", "filter"})
"""Draw their target once for the element; `fill`, `stroke` and markers are inherited by every shape below it."""
ENDS = frozenset({"marker-start", "marker-end"})
"""Other marker properties draw at every corner of a line, and a line may have a million."""
MOST_NESTED = 5
MOST_STOPS = 64
PASS = 100
"""A filter step works on every pixel: it counts for as many shapes."""
LAYER = 10
"""So does a mask, which is drawn apart."""
URL = re.compile(r"url\(\s*([\"']?)#(?P<id>[^\s%\"'()\\]+)\1\s*\)", re.IGNORECASE)
VARIABLE = "--"
"""A style's own property: other elements may take its value."""
_PIECE = re.compile(rf"{URL.pattern}|;", re.IGNORECASE)


class TooMuch(Exception):
    """References nest too deep or refer to themselves, or are more than may be drawn; says where."""


@dataclass
class Weighed:
    """A drawing by its ids."""

    ids: Mapping[str, Element]
    targets: dict[str, tuple[int, int]] = field(default_factory=dict)
    extras: dict[Element, tuple[int, int]] = field(default_factory=dict)

    def added(self, elements: Sequence[Element]) -> int:
        """How many shapes its references add to its elements.

        Raises:
            TooMuch: a reference that nests too deep, a marker at every corner, a gradient of too many steps.
        """
        return sum(self._extra(element, 0)[0] for element in elements)

    def _extra(self, element: Element, nested: int) -> tuple[int, int]:
        """(shapes added by the references of this one element, how deep these nest)."""
        if element not in self.extras:
            shapes = depth = below = 0
            for name, ident in references(element):
                drawn, deep = self._reference(name, ident, nested + 1)
                if drawn and name not in ONCE:
                    below = below or self._below(element, nested)
                shapes += drawn * (1 if name in ONCE else below)
                depth = max(depth, deep)
            self.extras[element] = (shapes, depth)
        return self.extras[element]

    def _reference(self, name: str, ident: str, nested: int) -> tuple[int, int]:
        """Gradients are of few steps and cost nothing."""
        target = self.ids.get(ident)
        if target is None:
            return 0, 0
        gradient = target.tag in GRADIENTS
        drawn, depth = self._target(ident, target, nested)
        far = nested + depth - 1 > MOST_NESTED or (gradient and drawn > MOST_STOPS)
        if far or (name == VARIABLE and not gradient) or (target.tag == f"{SVG}marker" and name not in ENDS):
            raise TooMuch(f"{name} → #{ident}")
        return 0 if gradient else drawn, depth

    def _target(self, ident: str, target: Element, nested: int) -> tuple[int, int]:
        if nested > MOST_NESTED:
            return 0, 1
        if ident not in self.targets:
            extras = [self._extra(each, nested) for each in target.iter()]
            drawn = sum(map(_own, target.iter())) + sum(shapes for shapes, _depth in extras)
            self.targets[ident] = (drawn, 1 + max(depth for _shapes, depth in extras))
        return self.targets[ident]

    def _below(self, element: Element, nested: int) -> int:
        """The shapes that inherit a colour or marker: those below, and what a `use` draws there."""
        uses = (each for each in element.iter() if each.tag == f"{SVG}use")
        drawn = (
            self._reference(*found, nested + 1)[0] for use in uses for found in references(use) if found[0] == "href"
        )
        return sum(1 for _each in element.iter()) + sum(drawn)


def references(element: Element) -> Iterator[tuple[str, str]]:
    """(property, id) of everything inside the drawing this element refers to."""
    for attribute, value in element.attrib.items():
        local = attribute.rpartition("}")[2]
        if local == "href" and value.strip().startswith("#"):
            yield local, value.strip()[1:]
        elif local == "style":
            yield from _styled(value)
        else:
            yield from ((local, found["id"]) for found in URL.finditer(value))


def _styled(style: str) -> Iterator[tuple[str, str]]:
    """What is no plain declaration (a comment, a quoted `;`) gets an odd name, and so counts for all shapes below."""
    begins, variable = 0, "--" in style
    for found in _PIECE.finditer(style):
        if found["id"] is None:
            begins = found.end()
        else:
            name = style[begins : begins + 40].partition(":")[0].strip().lower()
            yield VARIABLE if variable else name, found["id"]


def _own(element: Element) -> int:
    if element.tag == f"{SVG}mask":
        return LAYER
    return PASS if str(element.tag).startswith(f"{SVG}fe") else 1
