"""Does a text tell what a withheld title hides (认5, 管11)? Compared by runs of characters, without any dictionary.

Of the hidden title only the telling pieces count: what is left without the words every official title has (COMMON) and
without names that are public anyhow. A title or text tells when it shares a run of RUN telling characters (a shorter
piece of at least SHORT: the whole of it), a title also when it holds SHARE of all telling pairs of characters.
Blanks, punctuation, width and case make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

RUN = 4
"""So many telling characters in a row are no accident: a place, a name, an undertaking."""
SHORT = 3
SHARE = 0.5
COMMON = (
    "关于", "对于", "有关", "印发", "转发", "批转", "做好", "进一步", "加强", "开展", "推进", "加快", "落实", "组织",
    "工作", "方案", "意见", "通知", "通报", "报告", "请示", "批复", "纪要", "会议", "决定", "决议", "公告", "通告",
    "办法", "实施", "规定", "细则", "情况", "项目", "建设", "管理", "问题", "事项", "处理", "人民政府", "办公室",
    "政府", "材料", "文件", "年度", "的", "函", "和", "与", "及", "等",
)  # fmt: skip


def folded(text: str) -> str:
    """Letters, figures and characters alone, in one width and case."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def telling(hidden: str, public: Iterable[str] = ()) -> list[str]:
    """The pieces of a hidden title that tell something; `public` are names anybody may know, like the agency's."""
    known = sorted({folded(name) for name in (*COMMON, *public)} - {""}, key=len, reverse=True)
    pieces = re.split("|".join(map(re.escape, known)), folded(hidden))
    return [piece for piece in pieces if len(piece) >= SHORT]


def passages(hidden: str, shown: str, public: Iterable[str] = ()) -> list[str]:
    """The telling runs of `hidden` that `shown` repeats, longest first; empty when it keeps the secret."""
    text = folded(shown)
    found = {run for piece in telling(hidden, public) for run in _runs(piece, text)}
    return sorted(found, key=lambda run: (-len(run), run))


def reveals(hidden: str, title: str, public: Iterable[str] = ()) -> bool:
    """True when a public title tells what the hidden one hides."""
    names = tuple(public)
    if passages(hidden, title, names):
        return True
    pairs = {pair for piece in telling(hidden, names) for pair in _pairs(piece)}
    return bool(pairs) and len(pairs & _pairs(folded(title))) >= SHARE * len(pairs)


def _runs(piece: str, text: str) -> Iterable[str]:
    size, at = min(RUN, len(piece)), 0
    while at + size <= len(piece):
        end = at + size
        if piece[at:end] not in text:
            at += 1
            continue
        while end < len(piece) and piece[at : end + 1] in text:
            end += 1
        yield piece[at:end]
        at = end


def _pairs(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1)}
