#!/usr/bin/env python3
"""Check the sealed record of an open meeting (record.json) without network and without trusting the website.

    python3 verify_record.py record.json [digest printed in the published record]

Python 3.8 or later, nothing to install. Says one sentence; exit code 0 when the record is sound, 1 when it is not.

What is checked. Events are numbered from 1 without a gap. Each carries
    digest = SHA-256(digest of the event before, as 64 hexadecimal characters (for the first: 64 zeros)
                     + JSON of its fields FIELDS, missing ones null, keys sorted, no blanks, UTF-8)
and, where it brought a text,
    text_hash = SHA-256(salt as bytes + text in UTF-8).
A text that was retracted or lawfully withdrawn is gone together with its salt; its hash stays, so that the chain can
still be checked. The last event seals the record and states how many events came before it. A corrected line names
the hash of the text it replaced. `posts`, the lines as they stand at the end, must be what the events say.
The heading of the record (`about`, `agenda`) is not part of the chain.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

FIELDS = (
    "epoch", "seq", "kind", "post", "rev", "at", "item", "speaker", "role", "type", "reason", "public_note",
    "text_hash", "before_hash",
)  # fmt: skip
LINE_KINDS = ("publish", "notice", "correct")
SHOWN = ("item", "speaker", "role", "type")


class Wrong(Exception):
    """The record is not sound; the message says where."""


def verify(record: Any, printed: str | None = None) -> int:
    """Check a record; returns how many texts were withdrawn, raises Wrong at the first fault."""
    if not isinstance(record, dict) or record.get("format") != "mingtang-live-record" or record.get("version") != 1:
        raise Wrong("这不是明堂的会议记录文件（record.json，第 1 版）。")
    events = record.get("events")
    if not isinstance(events, list) or not events or not all(isinstance(event, dict) for event in events):
        raise Wrong("记录里没有事件。")
    previous = _chain(events)
    _texts(events)
    last = events[-1]
    if (last.get("kind"), last.get("type")) != ("status", "sealed") or last.get("count") != len(events) - 1:
        raise Wrong(f"第 {len(events)} 条之后的内容缺失：最后一条不是封存。")
    if record.get("count") != len(events) or record.get("digest") != previous:
        raise Wrong(f"第 {len(events)} 条之后的内容缺失：条数或摘要与记录所载不符。")
    if printed is not None and printed.strip().lower() != previous:
        raise Wrong(f"记录自身完整，但摘要是 {previous}，与您给出的不同：这不是公布的那一份。")
    if "posts" in record:
        _posts(events, record["posts"])
    return sum(1 for event in events if event.get("text_hash") and "text" not in event)


def _chain(events: list[dict[str, Any]]) -> str:
    previous = "0" * 64
    epoch = events[0].get("epoch")
    for number, event in enumerate(events, 1):
        if event.get("seq") != number or event.get("epoch") != epoch:
            raise Wrong(f"第 {number} 条缺失或顺序被改动。")
        stated = json.dumps(
            {name: event.get(name) for name in FIELDS}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        if event.get("digest") != _sha256(previous + stated):
            raise Wrong(f"第 {number} 条被改动：摘要不符。")
        previous = event["digest"]
    return previous


def _texts(events: list[dict[str, Any]]) -> None:
    hashes: dict[Any, str] = {}
    gone = {event.get("post") for event in events if event.get("kind") == "retract"}
    for event in events:
        number, post = event["seq"], event.get("post")
        if ("text" in event) != ("salt" in event) or ("text" in event and not event.get("text_hash")):
            raise Wrong(f"第 {number} 条的文字不在摘要之内。")
        if event.get("kind") == "correct" and event.get("before_hash") != hashes.get(post):
            raise Wrong(f"第 {number} 条更正的不是此前公布的文字。")
        if "text" in event:
            if post in gone:
                raise Wrong(f"第 {number} 条已撤回，却还有文字。")
            if _text_hash(event) != event["text_hash"]:
                raise Wrong(f"第 {number} 条的文字不是当时公布的文字。")
        if event.get("text_hash"):
            hashes[post] = event["text_hash"]


def _posts(events: list[dict[str, Any]], posts: Any) -> None:
    """The lines at the end, as the events tell them, compared with those the record shows."""
    told: dict[Any, dict[str, Any]] = {}
    for event in events:
        if event.get("kind") in LINE_KINDS:
            line = told.setdefault(event.get("post"), {name: event.get(name) for name in SHOWN})
            line.update(seq=line.get("seq", event["seq"]), rev=event.get("rev"), text=event.get("text"))
        elif event.get("kind") == "retract" and event.get("post") in told:
            told[event["post"]].update(rev=event.get("rev"), text=None)
    shown = [post if isinstance(post, dict) else {} for post in posts] if isinstance(posts, list) else []
    for line in shown:
        expected = told.pop(line.get("post"), None)
        if expected is None or any(line.get(name) != value for name, value in expected.items()):
            raise Wrong(f"第 {line.get('seq', '？')} 条在正文（posts）中与事件不一致。")
    if told:
        first = min(line["seq"] for line in told.values())
        raise Wrong(f"第 {first} 条没有列在正文（posts）中。")
    if [line["seq"] for line in shown] != sorted(line["seq"] for line in shown):
        raise Wrong("正文（posts）的顺序被改动。")


def _text_hash(event: dict[str, Any]) -> str:
    try:
        salt = bytes.fromhex(event["salt"])
        return hashlib.sha256(salt + event["text"].encode("utf-8")).hexdigest()
    except (TypeError, ValueError, AttributeError):
        return ""


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def main(arguments: list[str]) -> int:
    """Check the file named first; prints one sentence and returns the exit code."""
    if not 1 <= len(arguments) <= 2:
        print("用法：python3 verify_record.py record.json [公布的摘要]", file=sys.stderr)
        return 2
    try:
        record = json.loads(Path(arguments[0]).read_text(encoding="utf-8-sig"))
        withdrawn = verify(record, arguments[1] if len(arguments) == 2 else None)
    except OSError as error:
        print(f"打不开 {arguments[0]}（{error.strerror}）。", file=sys.stderr)
        return 1
    except (ValueError, RecursionError):
        print(f"{arguments[0]} 不是完整的 JSON 文件。", file=sys.stderr)
        return 1
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 1
    except (TypeError, KeyError, AttributeError):
        print(f"{arguments[0]} 的形式与会议记录不符。", file=sys.stderr)
        return 1
    note = f"，其中 {withdrawn} 处文字已撤回或依法撤下" if withdrawn else ""
    print(f"记录完整，未被改动：共 {record['count']} 条{note}；摘要 {record['digest']}。")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
