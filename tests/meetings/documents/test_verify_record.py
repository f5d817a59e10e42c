"""The offline verifier agrees with the chain as the server makes it, and finds every change."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.meetings.documents import verify_record
from plugins.meetings.live import chain

PROGRAM = Path(verify_record.__file__)
TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
OPTIONAL = st.none() | TEXT
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine is shared


class Book:
    """Writes a record event by event, as the server does."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.posts: dict[str, dict[str, Any]] = {}

    def add(self, kind: str, *, text: str | None = None, salt: str = "00" * 16, **about: Any) -> dict[str, Any]:
        """One more event; None counts as absent."""
        event = {"epoch": "e", "seq": len(self.events) + 1, "kind": kind, "at": "2026-11-24T09:00:00.000+08:00"} | about
        if text is not None:
            event |= {"text_hash": chain.text_hash(salt, text), "salt": salt, "text": text}
        event = {name: value for name, value in event.items() if value is not None}
        event["digest"] = chain.event_digest(self.digest, event)
        self.events.append(event)
        return event

    @property
    def digest(self) -> str:
        return self.events[-1]["digest"] if self.events else chain.GENESIS

    def line(self, text: str, salt: str = "11" * 16, **about: Any) -> str:
        post = f"{len(self.events):032d}"
        event = self.add("publish", text=text, salt=salt, post=post, rev=1, type="speech", **about)
        shown = {name: event.get(name) for name in ("item", "speaker", "role", "type")}
        self.posts[post] = {"post": post, "seq": event["seq"], "rev": 1, "text": text, **shown}
        return post

    def correct(self, post: str, text: str, reason: str = "笔误") -> None:
        line = self.posts[post]
        before = [event["text_hash"] for event in self.events if event.get("post") == post][-1]
        line |= {"rev": line["rev"] + 1, "text": text}
        about = {name: line[name] for name in ("item", "speaker", "role", "type")}
        self.add(
            "correct", text=text, salt="22" * 16, post=post, rev=line["rev"], reason=reason, before_hash=before, **about
        )

    def blank(self, post: str) -> None:
        """Withdraw a line's texts from the record, as after sealing."""
        for event in self.events:
            if event.get("post") == post:
                event.pop("text", None)
                event.pop("salt", None)
        self.posts[post]["text"] = None

    def retract(self, post: str) -> None:
        self.blank(post)
        self.posts[post]["rev"] += 1
        self.add("retract", post=post, rev=self.posts[post]["rev"], public_note="涉及个人信息")

    def sealed(self) -> dict[str, Any]:
        self.add("status", type="sealed", count=len(self.events))
        return {
            "format": "mingtang-live-record", "version": 1, "epoch": "e", "state": "sealed", "count": len(self.events),
            "digest": self.digest, "events": self.events, "posts": list(self.posts.values()),
        }  # fmt: skip


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Any record: lines of any text, corrected and retracted in any order."""
    book = Book()
    book.add("status", type="open")
    for act in draw(st.lists(st.sampled_from(["line", "line", "correct", "retract", "item"]), max_size=12)):
        standing = [post for post, line in book.posts.items() if line["text"] is not None]
        if act == "line":
            salt = draw(st.binary(min_size=16, max_size=16)).hex()
            book.line(draw(TEXT), salt, speaker=draw(OPTIONAL), role=draw(OPTIONAL), item=draw(OPTIONAL))
        elif act == "item":
            book.add("item", item=draw(OPTIONAL))
        elif standing:
            post = draw(st.sampled_from(standing))
            book.correct(post, draw(TEXT), draw(TEXT)) if act == "correct" else book.retract(post)
    return book


def sealed_in_bytes(record: dict[str, Any]) -> Any:
    """The record as it comes out of a file, escaped or not."""
    return json.loads(json.dumps(record))


@patient
@given(books())
def test_every_sound_record_is_sound(book: Book) -> None:
    record = sealed_in_bytes(book.sealed())
    blank = sum("text_hash" in event and "text" not in event for event in record["events"])
    assert verify_record.verify(record) == blank
    assert verify_record.verify(record, record["digest"].upper()) == blank


@patient
@given(books(), st.data())
def test_any_change_of_any_event_is_found(book: Book, data: st.DataObject) -> None:
    book.line("压轴", speaker="甲")
    record = sealed_in_bytes(book.sealed())
    event = data.draw(st.sampled_from(record["events"]))
    name = data.draw(st.sampled_from(sorted(set(event) - {"seq", "count"})))
    event[name] = data.draw(TEXT.filter(lambda value: value != event[name]))
    with pytest.raises(verify_record.Wrong, match=f"第 {event['seq']} 条|最后一条|缺失"):
        verify_record.verify(record)


@patient
@given(books(), st.data())
def test_events_lost_doubled_or_swapped_are_found(book: Book, data: st.DataObject) -> None:
    book.line("一")
    book.line("二")
    record = sealed_in_bytes(book.sealed())
    events = record["events"]
    at = data.draw(st.integers(0, len(events) - 2))
    change = data.draw(st.sampled_from(["lost", "doubled", "swapped", "tail"]))
    if change == "lost":
        del events[at]
    elif change == "doubled":
        events.insert(at, copy.deepcopy(events[at]))
    elif change == "swapped":
        events[at], events[at + 1] = events[at + 1], events[at]
    else:
        del events[at + 1 :]
        record |= {"count": len(events), "digest": events[-1]["digest"]}
    with pytest.raises(verify_record.Wrong, match=rf"第 {at + 1 + (change == 'doubled')} 条|缺失"):
        verify_record.verify(record)


def small() -> dict[str, Any]:
    book = Book()
    book.add("status", type="open")
    first = book.line("原话", speaker="甲")
    book.retract(book.line("隐私"))
    book.correct(first, "改后的话")
    return book.sealed()


@pytest.mark.parametrize(
    "change",
    [
        lambda posts: posts.pop(),
        lambda posts: posts.reverse(),
        lambda posts: posts[0].update(text="没说过的话"),
        lambda posts: posts[0].update(speaker="乙"),
        lambda posts: posts[1].update(text="又写回来"),
        lambda posts: posts.append(dict(posts[0])),
        lambda posts: posts.append("x"),
    ],
)
def test_the_lines_shown_must_be_those_of_the_events(change: Any) -> None:
    record = small()
    assert verify_record.verify(record) == 1
    change(record["posts"])
    with pytest.raises(verify_record.Wrong, match="posts"):
        verify_record.verify(record)


def test_a_withdrawn_text_must_be_gone_with_its_salt() -> None:
    record = small()
    record["events"][2] |= {"salt": "11" * 16, "text": "隐私"}
    with pytest.raises(verify_record.Wrong, match="第 3 条已撤回"):
        verify_record.verify(record)


def test_a_text_outside_the_chain_is_found() -> None:
    record = small()
    record["events"][0] |= {"salt": "", "text": "夹带"}
    with pytest.raises(verify_record.Wrong, match="第 1 条的文字不在摘要之内"):
        verify_record.verify(record)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(PROGRAM), *arguments]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, env={"PYTHONIOENCODING": "utf-8"}
    )


def test_as_a_program(tmp_path: Path) -> None:
    record = small()
    path = tmp_path / "record.json"
    path.write_text(json.dumps(record), encoding="utf-8-sig")
    good = run(str(path), record["digest"])
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout == f"记录完整，未被改动：共 6 条，其中 1 处文字已撤回或依法撤下；摘要 {record['digest']}。\n"
    assert run(str(path), "0" * 64).returncode == 1
    record["events"][1]["speaker"] = "乙"
    path.write_text(json.dumps(record), encoding="utf-8")
    bad = run(str(path))
    assert (bad.returncode, bad.stdout, bad.stderr) == (1, "", "第 2 条被改动：摘要不符。\n")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b"\xff\xfe", b"[" * 50_000, b'{"format": "mingtang-live-record", "version": 1}',
     b'{"format": "mingtang-live-record", "version": 1, "events": [{"seq": 1, "post": []}]}',
     b'{"format": "mingtang-live-record", "version": 1, "events": [1]}'],
)  # fmt: skip
def test_other_files_get_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    result = run(str(path))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith("。\n")


def test_usage_and_missing_file() -> None:
    assert run().returncode == 2
    assert run("/nowhere/record.json").stderr.startswith("打不开 /nowhere/record.json")
