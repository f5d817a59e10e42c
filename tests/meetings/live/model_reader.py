"""A reader by the rules of the protocol, as small as they allow (live-protocol.md, Reading, Apply)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from plugins.meetings.live.reading import EpochGone

Line = tuple[int, str, str | None]
"""rev, state, text."""


@dataclass
class ModelReader:
    """What one reader has: `window(after, epoch)` and `snapshot()` are the HTTP addresses."""

    window: Callable[[int, str], dict[str, Any]]
    snapshot: Callable[[], dict[str, Any]]
    epoch: str | None = None
    last: int = 0
    head: int = 0
    digest: str = ""
    lines: dict[str, Line] = field(default_factory=dict)
    kept: dict[int, dict[str, Any]] = field(default_factory=dict)
    connected: bool = False
    wire: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Frames under way to this reader."""

    def receive(self, frame: dict[str, Any]) -> None:
        """A frame, a heartbeat, an answer to a join or to a repair."""
        self.epoch = self.epoch or frame["epoch"]
        if frame.get("reset") or frame["epoch"] != self.epoch:
            self.restart()
            return
        for event in frame.get("events", ()):
            if event["seq"] > self.last:
                self.kept[event["seq"]] = event
        while event := self.kept.pop(self.last + 1, None):
            self._apply(event)
        self.kept = {seq: event for seq, event in self.kept.items() if seq > self.last}
        if frame["head"] >= self.head:
            self.head, self.digest = frame["head"], frame.get("digest", self.digest)

    def repair(self) -> None:
        """Ask for what follows the last event until nothing is known to be missing."""
        while True:
            try:
                answer = self.window(self.last, self.epoch or "")
            except EpochGone:
                self.restart()
                return
            self.receive(answer)
            if not answer["more"]:
                return

    def restart(self) -> None:
        """Everything anew from the snapshot; never back within an epoch."""
        shot = self.snapshot()
        if shot["epoch"] == self.epoch and shot["head"] < self.last:
            return
        self.epoch, self.last, self.head, self.digest = shot["epoch"], shot["head"], shot["head"], shot["digest"]
        self.lines = {line["post"]: (line["rev"], line["state"], line["text"]) for line in shot["posts"]}
        self.kept.clear()

    def _apply(self, event: dict[str, Any]) -> None:
        self.last = event["seq"]
        post, text = event.get("post"), None if event.get("blank") else event.get("text")
        known = self.lines.get(str(post))
        if event["kind"] in {"publish", "notice"}:
            assert known is None, "a line came twice"
            self.lines[str(post)] = (event["rev"], "retracted" if event.get("blank") else "public", text)
        elif event["kind"] == "correct" and known and known[1] == "public" and event["rev"] > known[0]:
            self.lines[str(post)] = (event["rev"], "retracted" if event.get("blank") else "public", text)
        elif event["kind"] == "retract" and known and event["rev"] > known[0]:
            self.lines[str(post)] = (event["rev"], "retracted", None)
