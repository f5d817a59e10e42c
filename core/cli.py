"""The command line behind ./mingtang: reads `--data`, patches for serving, makes the app, runs one command.

Errors an operator can mend come as one sentence on standard error and exit code 1.
"""

from __future__ import annotations

import os
import sys


def main(arguments: list[str] | None = None) -> None:
    """Entry point; `--data DIR` may stand anywhere."""
    rest = _take_data(list(sys.argv[1:] if arguments is None else arguments))
    words = [word for word in rest if not word.startswith("-")]
    if words and (words[0] in {"serve", "demo"} or words[:2] in (["run", "web"], ["run", "live"])):
        from gevent import monkey

        monkey.patch_all()
    sys.exit(_run(rest))


def _take_data(rest: list[str]) -> list[str]:
    kept: list[str] = []
    while rest:
        word = rest.pop(0)
        if word == "--data":
            if not rest:
                sys.stderr.write("mingtang: --data needs a folder.\n")
                sys.exit(2)
            os.environ["MINGTANG_DATA"] = rest.pop(0)
        elif word.startswith("--data="):
            os.environ["MINGTANG_DATA"] = word.partition("=")[2]
        else:
            kept.append(word)
    return kept


def _run(rest: list[str]) -> int:
    from core.commands import run

    return run(rest)


if __name__ == "__main__":
    main()
