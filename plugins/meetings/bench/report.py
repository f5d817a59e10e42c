"""The result of `bench live` as a table for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Cell = Callable[[dict[str, Any]], str]


def _phase(name: str, *path: str, digits: int = 1) -> Cell:
    def cell(row: dict[str, Any]) -> str:
        value: Any = row["phases"][name]
        for step in path:
            value = value[step]
        return f"{value:,.{digits}f}"

    return cell


ROWS: tuple[tuple[str, Cell], ...] = (
    ("deliveries", lambda row: f"{sum(phase['latency']['count'] for phase in row['phases'].values()):,}"),
    ("lost / doubled / out of order", lambda row: f"{row['lost']} / {row['doubled']} / {row['disordered']}"),
    ("readers cut off", lambda row: str(row["dropped"])),
    ("line to reader, p50 ms", _phase("quiet", "latency", "p50")),
    ("line to reader, p99 ms", _phase("quiet", "latency", "p99")),
    ("line to reader, longest ms", _phase("quiet", "latency", "max")),
    ("  while pages are read, p50 ms", _phase("pages", "latency", "p50")),
    ("  while pages are read, p99 ms", _phase("pages", "latency", "p99")),
    ("  while pages are read, longest ms", _phase("pages", "latency", "max")),
    ("pages meanwhile, p50 ms", _phase("pages", "pages", "all", "p50")),
    ("pages meanwhile, p99 ms", _phase("pages", "pages", "all", "p99")),
    ("pages meanwhile, longest ms", _phase("pages", "pages", "all", "max")),
    ("line acknowledged to the writer, p99 ms", _phase("quiet", "written", "p99")),
    ("server CPU seconds", _phase("quiet", "cpu_seconds", digits=2)),
    ("server CPU µs a delivery", _phase("quiet", "us_per_delivery")),
    ("server CPU seconds with pages", _phase("pages", "cpu_seconds", digits=2)),
    ("handshakes a second", lambda row: f"{row['handshakes_per_second']:,.0f}"),
    ("memory without / with readers, MB", lambda row: "{empty:.0f} / {with_viewers:.0f}".format(**row["memory_mb"])),
    ("memory a reader, KB", lambda row: f"{row['kb_per_viewer']:.0f}"),
    ("readers' own processor share", lambda row: f"{row['busy']:.0%}"),
)


def table(result: dict[str, Any]) -> str:
    """What was measured, on what, both columns, the ratios."""
    plan, machine = result["plan"], result["machine"]
    head = [
        "{viewers} readers, {rate:g} lines/s, {seconds:g} s quiet and {seconds:g} s with page readers.".format(**plan),
        "{cores} cores ({processor}), {memory_gb} GB, {system}, Python {python}; all on this machine.".format(
            **machine
        ),
        "",
        f"{'':42}" + "".join(f"{row['name']:>18}" for row in result["rows"]),
    ]
    body = [f"{label:42}" + "".join(f"{cell(row):>18}" for row in result["rows"]) for label, cell in ROWS]
    pages = [
        f"  {path:40}{times['p99']:>18,.1f}"
        for path, times in result["rows"][0]["phases"]["pages"]["pages"].items()
        if path != "all"
    ]
    tail = ["", *(f"{name.replace('_', ' '):42}{value:>18.2f}" for name, value in result["ratios"].items())]
    return "\n".join([*head, *body, "", "Pages of Mingtang, p99 ms", *pages, *tail])
