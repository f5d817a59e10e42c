#!/usr/bin/env python3
"""Run a public draw again from its published list (draw.json), without network and without trusting the website.

    python3 verify_draw.py draw.json [commitment noted before the deadline]

Python 3.8 or later, nothing to install. Says one sentence; exit code 0 when the draw is sound, 1 when it is not.

How a draw works. `+` joins texts, SHA-256 is taken of UTF-8 and written as 64 hexadecimal characters.
1. With the call: commitment = SHA-256(seed + salt). Only the commitment is published; it binds the seed.
2. At the deadline the list is fixed. Each line is receipt + TAB + category + TAB + masked name + LF, by receipt;
   list_digest = SHA-256(all lines).
3. The draw: the rank of a receipt is SHA-256(seed + ":" + list_digest + ":" + receipt); the lowest come first.
   Each category gets the seats kept for it (`quotas`), by rank; the seats left go to all others, by rank.
   Who has a seat stands first, by rank, then the waiting list, by rank; `place` counts from 1.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any


class Wrong(Exception):
    """The draw is not sound; the message says where."""


def commitment_of(seed: str, salt: str) -> str:
    """What is published before the deadline."""
    return _sha256(seed + salt)


def digest_of(entries: list[dict[str, Any]]) -> str:
    """The digest of the fixed list; entries: {receipt, category, name}."""
    return _sha256("".join(f"{row['receipt']}\t{row['category']}\t{row['name']}\n" for row in entries))


def draw(seed: str, seats: int, quotas: dict[str, int], entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Everyone in the order of places: {receipt, place, selected}."""
    digest = digest_of(entries)
    ranked = sorted(entries, key=lambda row: (_sha256(f"{seed}:{digest}:{row['receipt']}"), row["receipt"]))
    chosen: set[str] = set()
    for category, quota in quotas.items():
        own = [row["receipt"] for row in ranked if row["category"] == category]
        chosen.update(own[:quota])
    others = [row["receipt"] for row in ranked if row["receipt"] not in chosen]
    chosen.update(others[: max(0, seats - len(chosen))])
    order = sorted(ranked, key=lambda row: row["receipt"] not in chosen)  # stable: ranks are kept
    return [
        {"receipt": row["receipt"], "place": place, "selected": row["receipt"] in chosen}
        for place, row in enumerate(order, 1)
    ]


def verify(document: Any, noted: str | None = None) -> tuple[int, int]:
    """Check a draw; returns how many have seats and how many signed up, raises Wrong at the first fault."""
    if not isinstance(document, dict) or document.get("format") != "mingtang-draw" or document.get("version") != 1:
        raise Wrong("这不是明堂的抽签文件（draw.json，第 1 版）。")
    seed, entries, results = document.get("seed"), document["entries"], document["results"]
    if not seed:
        raise Wrong("还没有抽签：种子尚未公布。")
    if noted is not None and noted.strip().lower() != document["commitment"]:
        raise Wrong("文件里的承诺值与您事先记下的不同：这不是当时公布的那一次抽签。")
    if commitment_of(seed, document["salt"]) != document["commitment"]:
        raise Wrong("种子与事先公布的承诺值不符。")
    receipts = [row["receipt"] for row in entries]
    if receipts != sorted(set(receipts)) or digest_of(entries) != document["list_digest"]:
        raise Wrong("报名名单与公布的名单摘要不符。")
    if sum(document["quotas"].values()) > document["seats"]:
        raise Wrong("各类名额之和超过总名额。")
    if draw(seed, document["seats"], document["quotas"], entries) != results:
        raise Wrong("按种子和名单重新抽签，结果与公布的不同。")
    return sum(row["selected"] for row in results), len(entries)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def main(arguments: list[str]) -> int:
    """Check the file named first; prints one sentence and returns the exit code."""
    if not 1 <= len(arguments) <= 2:
        print("用法：python3 verify_draw.py draw.json [截止前公布的承诺值]", file=sys.stderr)
        return 2
    try:
        document = json.loads(Path(arguments[0]).read_text(encoding="utf-8-sig"))
        selected, count = verify(document, arguments[1] if len(arguments) == 2 else None)
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
        print(f"{arguments[0]} 的形式与抽签文件不符。", file=sys.stderr)
        return 1
    print(f"抽签无误：{count} 人报名，{selected} 人入选，重新抽签的结果与公布的相同。")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
