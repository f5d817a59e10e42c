"""The results of the benchmarks as tables for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Cell = Callable[[dict[str, Any]], str]


def _at(*path: str, digits: int = 1) -> Cell:
    def cell(row: dict[str, Any]) -> str:
        value: Any = row
        for step in path:
            if step not in value:
                return "–"
            value = value[step]
        return f"{value:,.{digits}f}"

    return cell


FANOUT: tuple[tuple[str, Cell], ...] = (
    ("messages/s, saturated", _at("saturation", "per_second", digits=0)),
    ("  server CPU µs a message", _at("saturation", "us_per_message", digits=2)),
    ("at 5 lines/s, p50 ms", _at("rates", "5", "p50")),
    ("at 5 lines/s, p99 ms", _at("rates", "5", "p99")),
    ("at 20 lines/s, p50 ms", _at("rates", "20", "p50")),
    ("at 20 lines/s, p99 ms", _at("rates", "20", "p99")),
    ("  server CPU µs a message", _at("rates", "20", "us_per_message", digits=2)),
    ("joins (connects) a second", _at("handshakes_per_second", digits=0)),
    ("memory a reader, KB", _at("kb_per_viewer")),
    ("readers' own share of their core, at most", lambda row: f"{max(phase['busy'] for phase in _phases(row)):.0%}"),
    ("lost / doubled / cut off", lambda row: " / ".join(_faults(row))),
)


def _phases(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [*row["rates"].values(), row["saturation"]]


def _faults(row: dict[str, Any]) -> list[str]:
    return [str(max(phase[fault] for phase in _phases(row))) for fault in ("lost", "doubled", "dropped")]


def fanout(result: dict[str, Any]) -> str:
    """`bench live`: a table for each crowd, the ratios."""
    parts = [_machine(result["machine"]), "Server on one core, readers on another."]
    for size in dict.fromkeys(row["viewers"] for row in result["rows"]):
        rows = [row for row in result["rows"] if row["viewers"] == size]
        parts += ["", f"{f'{size:,} readers':42}" + "".join(f"{row['server']:>19}" for row in rows)]
        parts += [f"{label:42}" + "".join(f"{cell(row):>19}" for row in rows) for label, cell in FANOUT]
    parts += _shared(result["two_processes"])
    parts += ["", *(f"{name.replace('_', ' '):42}{value:>19.2f}" for name, value in result["ratios"].items())]
    parts += ["", *(f"left out: {sentence}" for sentence in result["missing"])] if result["missing"] else []
    return "\n".join(parts)


def _shared(two: dict[str, Any]) -> list[str]:
    if not two:
        return []
    head = f"{two['viewers']:,} readers, processes on one core"
    parts = ["", f"{head:42}{'one':>19}{'two and Redis':>19}"]
    for rate in two["ratios"]:
        for label, name in (
            (f"at {rate} lines/s, p99 ms", "p99"),
            ("  CPU µs a message, all of them", "us_per_message"),
        ):
            parts.append(f"{label:42}" + "".join(f"{two[count][rate][name]:>19,.2f}" for count in ("one", "two")))
    return parts


EMBEDDED: tuple[tuple[str, Cell], ...] = (
    ("line to reader, p50 ms", _at("latency", "p50")),
    ("line to reader, p99 ms", _at("latency", "p99")),
    ("line to reader, longest ms", _at("latency", "max")),
    ("lost", _at("latency", "lost", digits=0)),
    ("pages meanwhile, p50 ms", _at("pages", "all", "p50")),
    ("pages meanwhile, p99 ms", _at("pages", "all", "p99")),
    ("line acknowledged to the writer, p99 ms", _at("written", "p99")),
    ("server CPU seconds", _at("cpu_seconds", digits=2)),
    ("worker CPU seconds", _at("worker_cpu_seconds", digits=2)),
    ("imports or exports done", _at("works_done", digits=0)),
)


def embedded(result: dict[str, Any]) -> str:
    """`bench embedded`: a table for the product and one for the peer, a column for each phase."""
    plan = result["plan"]
    parts = [
        _machine(result["machine"]),
        "{viewers:,} readers, {rate:g} lines/s, {seconds:g} s a phase.".format(**plan),
    ]
    for row in result["rows"]:
        phases = row["phases"]
        parts += ["", f"{row['name']:42}" + "".join(f"{name:>12}" for name in phases)]
        parts += [f"{label:42}" + "".join(f"{cell(phases[name]):>12}" for name in phases) for label, cell in EMBEDDED]
    return "\n".join([*parts, *(f"\n{note}" for note in result["notes"])])


def faults(result: dict[str, Any]) -> str:
    """`bench faults`: what was done, demanded and measured, one fault after the other."""
    parts = [_machine(result["machine"])]
    for row in result["rows"]:
        verdict = "passed" if row["passed"] else f"FAILED: {', '.join(row['faults'])}"
        parts += [
            "",
            f"{row['id']:4} {row['done']} ({row['database']}, {row['seconds']:,.0f} s)",
            f"     demanded  {_figures(row['demanded'], ' ≤ ')}",
            f"     measured  {_figures(row['measured'], ' ')}",
            f"     {verdict}",
        ]
    return "\n".join([*parts, "", *(f"not tried: {sentence}" for sentence in result["missing"])]).rstrip()


def _figures(figures: dict[str, float], between: str) -> str:
    return ", ".join(f"{name.replace('_', ' ')}{between}{value:,.4g}" for name, value in figures.items())


def _machine(machine: dict[str, Any]) -> str:
    return "{cores} cores ({processor}), {memory_gb} GB, {system}, Python {python}; all on this machine.".format(
        **machine
    )


def size(result: dict[str, Any]) -> str:
    """`live size`: what was tried, and the sentence it comes to."""
    head = f"{'readers':>10}{'lines/s':>10}{'p99 ms':>10}{'memory MB':>12}  "
    tried = [
        f"{step['viewers']:>10,}{step['rate']:>10g}{step['p99']:>10,.0f}{step['memory_mb']:>12,.0f}  {step['verdict']}"
        for step in result["steps"]
    ]
    held = [
        f"At {rate} lines a second this machine holds {readers:,} readers."
        if readers
        else f"At {rate} lines a second this machine did not hold the smallest crowd tried."
        for rate, readers in result["holds"].items()
    ]
    return "\n".join([_machine(result["machine"]), "", head, *tried, "", *held, *result["notes"]])
