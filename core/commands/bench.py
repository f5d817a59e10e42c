"""`bench …`: benchmarks, each beside a peer in the same run. Plugins add theirs by `register_benchmarks`."""

from __future__ import annotations

from collections.abc import Iterable

import click

from core.bench import portal

BENCHMARKS: tuple[click.Command, ...] = portal.COMMANDS
"""Those of the core itself."""


def group(of_plugins: Iterable[click.Command]) -> click.Group:
    """The group with the core's benchmarks and these."""
    commands = {str(command.name): command for command in (*BENCHMARKS, *of_plugins)}
    return click.Group("bench", commands, help="Measure this product on this machine, beside a peer in the same run.")
