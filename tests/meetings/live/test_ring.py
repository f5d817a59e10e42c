"""The events kept in memory for readers that come back: a text taken back is in none of them."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.meetings.live.ring import Ring, first_frame

OPENED: dict[str, Any] = {"seq": 1, "kind": "status", "state": "open"}
LINE = {"seq": 2, "kind": "publish", "post": "p", "rev": 1, "text": "记错了"}
MENDED = {"seq": 3, "kind": "correct", "post": "p", "rev": 2, "text": "又错了", "before": "记错了"}
OTHER = {"seq": 4, "kind": "publish", "post": "q", "rev": 1, "text": "没错"}
GONE = {"seq": 5, "kind": "retract", "post": "p", "rev": 3}


@pytest.mark.parametrize("frames", [[[OPENED, LINE, MENDED, OTHER, GONE]], [[OPENED, LINE], [MENDED], [OTHER], [GONE]]])
def test_a_retraction_blanks_its_line_beside_events_of_no_line(frames: list[list[dict[str, Any]]]) -> None:
    ring = Ring()
    for frame in frames:
        ring.push(frame)
    kept = ring.after(0, 5, 200)
    assert kept is not None
    assert [event["seq"] for event in kept] == [1, 2, 3, 4, 5]
    assert "错了" not in str(kept).replace("没错", "")
    assert kept[3]["text"] == "没错"


def test_a_retraction_goes_out_alone_in_its_place() -> None:
    events, frames = [OPENED, LINE, MENDED, OTHER, GONE], []
    while events:
        frames.append([event["seq"] for event in first_frame(events)])
        events = events[len(frames[-1]) :]
    assert frames == [[1, 2, 3, 4], [5]]
