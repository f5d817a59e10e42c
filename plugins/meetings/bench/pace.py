"""Lines at planned moments, each saying when it was due."""

from __future__ import annotations

import secrets
import time

from plugins.meetings.bench.targets import Write

TEXT = "同意这个方案。请住建部门会后再到两个小区看一遍，把居民提出的施工时间、出行和噪声问题一并列入实施计划。"


def line(due: int) -> str:
    """A line that says when it was due."""
    return f"{TEXT}⟦{due}⟧"


def paced(write: Write, rate: int, seconds: float) -> int:
    """Write so many lines a second, whatever the answers take; the last line's number."""
    start, last = time.monotonic_ns(), 0  # what was due before is not counted
    for number in range(round(rate * seconds)):
        due = start + int(number * 1e9 / rate)
        time.sleep(max(0, due - time.monotonic_ns()) / 1e9)
        last = write(line(due), secrets.token_hex(16))
    return last
