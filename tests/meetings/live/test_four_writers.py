"""R12: four writers on one live text, 10,000 lines: seq 1..n, no error to anybody."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from core import jurisdictions
from core.db import db, write
from core.permissions import SYSTEM
from plugins.meetings.live import idempotency, reading, record
from plugins.meetings.live.forms import LineIn
from plugins.meetings.services import live

LINES = 2_000 if os.environ.get("MINGTANG_TEST_POSTGRES") else 10_000
"""Fewer where every commit waits for another process's disk."""
WRITERS = 4


@pytest.mark.slow
def test_four_writers_make_one_record(app: Flask, hall: Any) -> None:
    def write_lines(writer: int) -> list[int]:
        numbers = []
        with app.app_context(), jurisdictions.enter(jurisdictions.by_slug("huichuan")):
            for number in range(LINES // WRITERS):
                line = LineIn(type="speech", text=f"{writer}:{number}", speaker=f"发言人{writer}")
                asked = idempotency.request(SYSTEM, f"writer-{writer}-{number:08}", "POST posts", line.text)
                with write():
                    numbers.append(live.publish(SYSTEM, hall.meeting, line, asked).answer["seq"])
        return numbers

    db.session.remove()
    with ThreadPoolExecutor(WRITERS) as pool:
        given = list(pool.map(write_lines, range(WRITERS)))
    assert sorted(seq for numbers in given for seq in numbers) == list(range(2, LINES + 2))
    assert all(numbers == sorted(numbers) for numbers in given)
    with jurisdictions.enter(hall.office.place):
        session = reading.of_meeting(hall.meeting)
        texts = {line["seq"]: line["text"] for line in reading.lines(session)}
        assert [texts[seq] for seq in given[2]] == [f"2:{number}" for number in range(LINES // WRITERS)]
        assert list(record.faults(session)) == []
