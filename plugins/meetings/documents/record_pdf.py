"""The sealed record (会议记录) as a tagged PDF (PDF/UA-1) with its Chinese fonts inside, set by Typst."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.documents.typesetting import fonts, printable
from core.jobs import Step, no_steps
from plugins.meetings.documents.record_blocks import Block, Record, blocks, moment

TEMPLATE = Path(__file__).with_name("record.typ")


def build(record: Record, step: Step = no_steps) -> bytes:
    """The .pdf file; `step(done, total)` is told before the setting and after it, which takes most of the time.

    A character that the fonts do not have, such as an emoji, is written as ［U+1F600］: nothing is left out unseen.
    """
    import typst  # large, and wanted only here

    about = record["about"]
    given = {
        "title": printable(about["title"]),
        "author": printable(about.get("agency") or ""),
        "blocks": [_as_json(block) for block in blocks(record)],
    }
    step(1, 2)
    made = typst.compile(
        TEMPLATE,
        font_paths=fonts(),
        sys_inputs={"record": json.dumps(given, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=moment(about.get("sealed_at")),
    )
    step(2, 2)
    return bytes(made)


def _as_json(block: Block) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "runs": [(printable(text), look) for text, look in block.runs],
        "rows": [[printable(cell) for cell in row] for row in block.rows],
    }
