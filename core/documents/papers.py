"""A document made from a Word template: what may stand in the template, and the built-in one.

A template is an ordinary Word file with placeholders such as `{{会议名称}}`; a jurisdiction may replace it by one of
its own (`core.documents.templates`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Paper:
    """One document: its title, what it is about, the names its template may use, its built-in template.

    `personal`: it names people; only those who invite or check in may have it.
    """

    key: str
    title: Any
    about: str
    fields: tuple[str, ...]
    build: Callable[[], bytes]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    personal: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Every placeholder a template may use."""
        listed = (f"{name}.{column}" for name, columns in self.lists.items() for column in columns)
        return frozenset([*self.fields, *listed])
