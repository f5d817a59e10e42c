"""What is away for a while is told in few lines."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from core import trouble
from core.beat import Scheduler
from core.trouble import Told, Trouble


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(trouble, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def test_once_then_each_minute_and_once_when_it_is_back(clock: list[float]) -> None:
    away = Trouble("no post")
    with capture_logs() as lines:
        away.over()
        for _ in range(150):
            away.met(OSError("away"))
            clock[0] += 1
        away.over()
        away.over()
        away.met(OSError("away again"))
    assert [(line["log_level"], line["event"]) for line in lines] == [
        *[("warning", "no post")] * 3, ("info", "back after trouble"), ("warning", "no post"),
    ]  # fmt: skip


def test_so_many_lines_of_each_in_a_minute(clock: list[float]) -> None:
    told = Told(2)
    assert [told.once_more("a") for _ in range(4)] == [True, True, False, False]
    assert told.once_more("b")
    clock[0] += 60
    assert told.once_more("a")


def test_the_clock_goes_on_without_its_broker_and_says_so_in_one_line(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []

    def send(_self: Scheduler, entry: Any, **_how: Any) -> None:
        if entry == "lost":
            raise ConnectionError("no broker")
        sent.append(entry)

    monkeypatch.setattr(Scheduler, "apply_async", send)
    monkeypatch.setattr(Scheduler, "trouble", Trouble("away"))
    made = Scheduler.__new__(Scheduler)
    with capture_logs() as lines:
        for entry in [*["lost"] * 30, "due", "due"]:
            made.apply_entry(entry)
    assert sent == ["due", "due"]
    assert [line["event"] for line in lines] == ["away", "back after trouble"]
