"""The sealed record (会议记录) as a Word document, from nothing but the data of record.json.

What it needs of a record, times as ISO 8601 with offset, absent where unknown:
    about   {title, kind, place, agency, starts_at, opened_at, closed_at, sealed_at, url}, kind as a word
    agenda  [{id, title, result, note}], result as a word
    posts   [{post, seq, at, state, item, speaker, role, type, text, public_note, corrections: [{at, reason, before}]}]
            in the order of the record; text is None where it was retracted or withdrawn
    count, digest, epoch
The record is an official document in Chinese; it reads the same whatever language the portal is shown in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from plugins.meetings.documents import word

FACTS = (("kind", "会议类型"), ("agency", "召集单位"), ("place", "地点"))
TIMES = (("starts_at", "预定时间"), ("opened_at", "开始"), ("closed_at", "结束"), ("sealed_at", "封存"))
DIGITS = "零一二三四五六七八九十"
Record = Mapping[str, Any]


def build(record: Record) -> bytes:
    """The .docx file of a sealed record."""
    about = record["about"]
    document = word.new(about["title"], about.get("agency") or "", _moment(about.get("sealed_at")))
    document.add_paragraph(word.fit(about["title"]), style="Title")
    document.add_paragraph("会议记录").alignment = 1
    _facts(document, about)
    _agenda(document, record.get("agenda", ()))
    corrections = _posts(document, record)
    _corrections(document, corrections)
    _seal(document, record)
    return word.content(document)


def number(n: int) -> str:
    """1 → 一, 12 → 十二, 25 → 二十五; beyond 99 as digits."""
    tens, ones = divmod(n, 10)
    if not 0 < n < 100:
        return str(n)
    return (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (DIGITS[ones] if ones else "")


def when(value: str | None, *, seconds: bool = False) -> str:
    """2026年11月24日（周二）09:05, in the offset the record states."""
    at = _moment(value)
    if at is None:
        return ""
    clock = f"{at:%H:%M:%S}" if seconds else f"{at:%H:%M}"
    return f"{at.year}年{at.month}月{at.day}日（周{'一二三四五六日'[at.weekday()]}）{clock}"


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _facts(document: Any, about: Record) -> None:
    known = [(label, about.get(name)) for name, label in FACTS]
    known += [(label, when(about.get(name))) for name, label in TIMES]
    for label, value in known:
        if value:
            line = document.add_paragraph()
            line.add_run(f"{label}：").bold = True
            line.add_run(word.fit(str(value)))


def _agenda(document: Any, agenda: Any) -> None:
    if not agenda:
        return
    document.add_paragraph("议程与审议结果", style="Heading 1")
    for place, item in enumerate(agenda, 1):
        line = document.add_paragraph(f"{number(place)}、{word.fit(item['title'])}")
        if item.get("result"):
            line.add_run(f"　{word.fit(item['result'])}").bold = True
        if item.get("note"):
            document.add_paragraph(word.fit(item["note"]), style="Notice")


def _posts(document: Any, record: Record) -> list[tuple[str, ...]]:
    """All lines in their order, a heading wherever the item changes; answers the rows of the correction list."""
    titles = {item["id"]: f"{number(place)}、{item['title']}" for place, item in enumerate(record.get("agenda", ()), 1)}
    document.add_paragraph("会议过程", style="Heading 1")
    rows: list[tuple[str, ...]] = []
    seen: set[str] = set()
    current = None
    for post in record["posts"]:
        item = post.get("item") if post.get("item") in titles else None
        if item != current and item is not None:
            again = "（续）" if item in seen else ""
            document.add_paragraph(word.fit(titles[item]) + again, style="Heading 2")
            seen.add(item)
        current = item
        marks = list(_marks(post, len(rows)))
        rows += marks
        _line(document, post, [row[0] for row in marks])
    return rows


def _line(document: Any, post: Record, marks: list[str]) -> None:
    gone = post.get("text") is None
    plain = post.get("speaker") or post.get("type") not in {"notice", "item", "image"}
    line = document.add_paragraph()
    if gone or not plain:
        line._p.style = "Notice"  # noqa: SLF001 - by name, python-docx searches all styles for every line
    if post.get("speaker"):
        role = f"（{post['role']}）" if post.get("role") else ""
        line.add_run(word.fit(f"{post['speaker']}{role}：")).bold = True
    if gone:
        note = f"：{post['public_note']}" if post.get("public_note") else ""
        line.add_run(word.fit(f"［此条已{'撤回' if post.get('state') == 'retracted' else '撤下'}{note}］"))
    else:
        line.add_run(word.fit(post["text"]))
    for mark in marks:
        line.add_run(f"［{mark}］").font.superscript = True


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


def _corrections(document: Any, rows: list[tuple[str, ...]]) -> None:
    document.add_paragraph("更正情况", style="Heading 1")
    if not rows:
        document.add_paragraph("本记录没有更正。")
        return
    word.table(document, ("标记", "发言人", "更正前", "更正后", "理由", "时间"), rows, (16, 20, 40, 40, 22, 18))


def _seal(document: Any, record: Record) -> None:
    about = record["about"]
    document.add_paragraph("封存说明", style="Heading 1")
    at = when(about.get("sealed_at"))
    document.add_paragraph(
        f"本记录{f'于{at}' if at else ''}封存，共{record['count']}条事件。封存后不能增加、修改、删除或调换顺序；"
        "依法撤下的文字留有标记。下列摘要（SHA-256）随记录公布："
    )
    document.add_paragraph().add_run(record["digest"]).font.name = "Consolas"
    document.add_paragraph(f"编号：{record['epoch']}", style="Small")
    where = f"从 {about['url']} " if about.get("url") else "从会议页面"
    document.add_paragraph(
        f"核对方法：{where}下载 record.json 和 verify_record.py，在任何装有 Python 3 的计算机上运行 "
        "python3 verify_record.py record.json，不需要联网；显示的摘要应与上面的完全相同。"
    )
