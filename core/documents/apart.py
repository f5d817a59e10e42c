"""Work on somebody's file in a process of its own: a file may be built to take for ever or to crash its reader.

`run("package.module", order)` starts `python -m package.module`, gives it `order` as JSON on standard input and answers
what it writes; the module says `sys.exit("word")` for a file it will not take.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

AT_ONCE = threading.BoundedSemaphore(2)


class Unfit(Exception):
    """The file was not taken; `args[0]` is the word the module ended with, "broken" if it crashed or took too long."""


def run(module: str, order: Mapping[str, Any], patience: float) -> bytes:
    """What `module` makes of `order` within `patience` seconds.

    Raises:
        Unfit.
    """
    command = [sys.executable, "-m", module]
    try:
        with AT_ONCE:
            done = subprocess.run(  # noqa: S603
                command, input=json.dumps(order).encode(), capture_output=True, timeout=patience, check=False
            )
    except subprocess.TimeoutExpired:
        raise Unfit("broken") from None
    if done.returncode:
        word = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise Unfit(word if word.isidentifier() else "broken")
    return done.stdout
