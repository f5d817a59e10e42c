"""`python -m tests.servers.quick_pings serve …`: the command line, but with heartbeats every three seconds."""

from __future__ import annotations

from core import cli

SECONDS = 3


def _run(rest: list[str]) -> int:
    """After the command line has patched what it serves with, before the application is made."""
    from core.commands import run
    from core.web.fanout import engine

    vars(engine).update(PING_SECONDS=SECONDS, PONG_SECONDS=SECONDS)
    return run(rest)


if __name__ == "__main__":
    vars(cli)["_run"] = _run
    cli.main()
