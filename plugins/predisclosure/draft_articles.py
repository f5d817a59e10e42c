"""A draft by its articles (按条展示): 第…条 at the beginning of a line begins one; each has an anchor of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEAD = re.compile(r"^[ \u3000\t]*(第[〇零一二三四五六七八九十百千0-9]{1,9}条)[ \u3000\t]*", re.MULTILINE)


@dataclass(frozen=True)
class Article:
    """One article: its anchor (a1, a2 …), its name as written (第一条), and its words."""

    anchor: str
    name: str
    text: str


def articles(text: str) -> tuple[str, tuple[Article, ...]]:
    """What stands before the first article, and the articles in the order of the text."""
    heads = list(_HEAD.finditer(text))
    if not heads:
        return text.strip(), ()
    ends = [head.start() for head in heads[1:]] + [len(text)]
    found = tuple(
        Article(f"a{number}", head.group(1), text[head.end() : end].strip())
        for number, (head, end) in enumerate(zip(heads, ends, strict=True), start=1)
    )
    return text[: heads[0].start()].strip(), found


def name_of(text: str, place: str) -> str:
    """第三条 for the anchor a3; "" for the whole or where there is none."""
    return next((one.name for one in articles(text)[1] if one.anchor == place), "")
