"""The sealed record (会议记录) as headings, paragraphs and a table, from nothing but the data of record.json.

Word and PDF documents are made from these blocks, so that they say the same. What it needs of a record, times as ISO
8601 with offset, absent where unknown:
    about   {title, kind, place, agency, starts_at, opened_at, closed_at, sealed_at, url}, kind as a word
    agenda  [{id, title, result, note}], result as a word
    posts   [{post, seq, at, state, item, speaker, role, type, text, public_note, corrections: [{at, reason, before}]}]
            in the order of the record; text is None where it was retracted or withdrawn
    count, digest, epoch
The record is an official document in Chinese; it reads the same whatever language the portal is shown in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

FACTS = (("kind", "会议类型"), ("agency", "召集单位"), ("place", "地点"))
TIMES = (("starts_at", "预定时间"), ("opened_at", "开始"), ("closed_at", "结束"), ("sealed_at", "封存"))
CORRECTIONS = ("标记", "发言人", "更正前", "更正后", "理由", "时间")
DIGITS = "零一二三四五六七八九十"
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Block:
    """A part of the document; `kind`: title, subtitle, part, item, text, notice, small, code, table.

    `runs` are pieces of text with their look ("", strong, mark); a table has `rows` instead, the first is its head.
    """

    kind: str
    runs: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def text(self) -> str:
        """The words without their look."""
        return "".join(text for text, _look in self.runs)


def blocks(record: Record) -> Iterator[Block]:
    """The whole document in its order."""
    yield _plain("title", record["about"]["title"])
    yield _plain("subtitle", "会议记录")
    yield from _facts(record["about"])
    yield from _agenda(record.get("agenda", ()))
    corrections: list[tuple[str, ...]] = []
    yield from _posts(record, corrections)
    yield _plain("part", "更正情况")
    if corrections:
        yield Block("table", rows=(CORRECTIONS, *corrections))
    else:
        yield _plain("text", "本记录没有更正。")
    yield from _seal(record)


def number(n: int) -> str:
    """1 → 一, 12 → 十二, 25 → 二十五; beyond 99 as digits."""
    tens, ones = divmod(n, 10)
    if not 0 < n < 100:
        return str(n)
    return (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (DIGITS[ones] if ones else "")


def when(value: str | None, *, seconds: bool = False) -> str:
    """2026年11月24日（周二）09:05, in the offset the record states."""
    at = moment(value)
    if at is None:
        return ""
    clock = f"{at:%H:%M:%S}" if seconds else f"{at:%H:%M}"
    return f"{at.year}年{at.month}月{at.day}日（周{'一二三四五六日'[at.weekday()]}）{clock}"


def moment(value: str | None) -> datetime | None:
    """The time a record states, None where it states none."""
    return datetime.fromisoformat(value) if value else None


def _plain(kind: str, text: str) -> Block:
    return Block(kind, ((text, ""),))


def _facts(about: Record) -> Iterator[Block]:
    known = [(label, about.get(name)) for name, label in FACTS]
    known += [(label, when(about.get(name))) for name, label in TIMES]
    for label, value in known:
        if value:
            yield Block("text", ((f"{label}：", "strong"), (str(value), "")))


def _agenda(agenda: Any) -> Iterator[Block]:
    if agenda:
        yield _plain("part", "议程与审议结果")
    for place, item in enumerate(agenda, 1):
        result = ((f"　{item['result']}", "strong"),) if item.get("result") else ()
        yield Block("text", ((f"{number(place)}、{item['title']}", ""), *result))
        if item.get("note"):
            yield _plain("notice", item["note"])


def _posts(record: Record, corrections: list[tuple[str, ...]]) -> Iterator[Block]:
    """All lines in their order, a heading wherever the item changes; fills the rows of the correction list."""
    titles = {item["id"]: f"{number(place)}、{item['title']}" for place, item in enumerate(record.get("agenda", ()), 1)}
    yield _plain("part", "会议过程")
    seen: set[str] = set()
    current = None
    for post in record["posts"]:
        item = post.get("item") if post.get("item") in titles else None
        if item != current and item is not None:
            yield _plain("item", titles[item] + ("（续）" if item in seen else ""))
            seen.add(item)
        current = item
        rows = list(_marks(post, len(corrections)))
        corrections += rows
        yield _line(post, [row[0] for row in rows])


def _line(post: Record, marks: list[str]) -> Block:
    gone = post.get("text") is None
    plain = post.get("speaker") or post.get("type") not in {"notice", "item", "image"}
    runs: list[tuple[str, str]] = []
    if post.get("speaker"):
        role = f"（{post['role']}）" if post.get("role") else ""
        runs.append((f"{post['speaker']}{role}：", "strong"))
    if gone:
        note = f"：{post['public_note']}" if post.get("public_note") else ""
        runs.append((f"［此条已{'撤回' if post.get('state') == 'retracted' else '撤下'}{note}］", ""))
    else:
        runs.append((post["text"], ""))
    return Block("notice" if gone or not plain else "text", (*runs, *((f"［{mark}］", "mark") for mark in marks)))


def _marks(post: Record, before: int) -> Iterator[tuple[str, ...]]:
    """One row for each correction of a line that still stands: mark, speaker, before, after, reason, time."""
    steps = post.get("corrections") or []
    if post.get("text") is None:
        return
    texts = [step.get("before") or "" for step in steps] + [post["text"]]
    for place, step in enumerate(steps):
        yield (
            f"更正{before + place + 1}", post.get("speaker") or "", texts[place], texts[place + 1],
            step.get("reason") or "", when(step.get("at"), seconds=True),
        )  # fmt: skip


def _seal(record: Record) -> Iterator[Block]:
    about = record["about"]
    yield _plain("part", "封存说明")
    at = when(about.get("sealed_at"))
    yield _plain(
        "text",
        f"本记录{f'于{at}' if at else ''}封存，共{record['count']}条事件。封存后不能增加、修改、删除或调换顺序；"
        "依法撤下的文字留有标记。下列摘要（SHA-256）随记录公布：",
    )
    yield _plain("code", record["digest"])
    yield _plain("small", f"编号：{record['epoch']}")
    where = f"从 {about['url']} " if about.get("url") else "从会议页面"
    yield _plain(
        "text",
        f"核对方法：{where}下载 record.json 和 verify_record.py，在任何装有 Python 3 的计算机上运行 "
        "python3 verify_record.py record.json，不需要联网；显示的摘要应与上面的完全相同。",
    )
