"""The sealed record (会议记录) as a Word document."""

from __future__ import annotations

from typing import Any

from core.documents import word
from core.jobs import Step, no_steps
from plugins.meetings.documents.record_blocks import Block, Record, blocks, moment

STYLES = {"title": "Title", "part": "Heading 1", "item": "Heading 2", "notice": "Notice", "small": "Small"}
BY_ID = {"notice": "Notice", "small": "Small"}
"""Given by the style's id: by its name python-docx would search all styles for every line."""
WIDTHS = (16, 20, 40, 40, 22, 18)


def build(record: Record, step: Step = no_steps) -> bytes:
    """The .docx file; `step(done, total)` is told how far it is."""
    about = record["about"]
    document = word.new(about["title"], about.get("agency") or "", moment(about.get("sealed_at")))
    parts = list(blocks(record))
    for done, block in enumerate(parts):
        _add(document, block)
        step(done, len(parts))
    return word.content(document)


def _add(document: Any, block: Block) -> None:
    if block.kind == "table":
        head, *rows = block.rows
        word.table(document, head, rows, WIDTHS)
        return
    line = document.add_paragraph(style=None if block.kind in BY_ID else STYLES.get(block.kind))
    if block.kind in BY_ID:
        line._p.style = BY_ID[block.kind]  # noqa: SLF001 - see above
    if block.kind == "subtitle":
        line.alignment = 1
    for text, look in block.runs:
        run = line.add_run(word.fit(text))
        if look == "strong":
            run.bold = True
        if look == "mark":
            run.font.superscript = True
        if block.kind == "code":
            run.font.name = "Consolas"
