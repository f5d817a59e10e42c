"""`bench live`: one line to thousands of readers, side by side with what anyone would pick instead.

Every server has one core, the readers another. The product is measured whole: lines are written by HTTP with everything
that makes them durable, readers join. Relays are measured as relays: what their publisher sends goes to a room.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import click

from core.bench.processes import cores, cpu_seconds, family, machine, memory_mb, prepare, settle
from plugins.meetings.bench import apart, targets
from plugins.meetings.bench.pace import line, paced
from plugins.meetings.bench.readers import Readers, native_readers
from plugins.meetings.bench.targets import Target, Write

SIZES = (500, 2_000, 5_000, 10_000)
RATES = (5, 20)
WINDOW = 2
"""Lines under way at once when saturated."""
SERVERS: dict[str, Callable[..., AbstractContextManager[Target]]] = {
    "mingtang": targets.mingtang,
    "ours": partial(targets.relay, "Mingtang, sockets", "ours"),
    "node": targets.node,
    "flask": partial(targets.relay, "Flask-SocketIO", "stock"),
    "floor": targets.floor,
}
TWO = "two"
"""Not a server but a comparison: two live processes beside one (apart)."""
COMPARED = 5_000
WRITERS = 8
"""Stenographers writing flat out at once when the product is saturated."""
SETTLE_SECONDS = 1.0
Tick = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """Which crowds, and how long each phase takes."""

    sizes: tuple[int, ...] = SIZES
    seconds: float = 4.0
    servers: tuple[str, ...] = (*SERVERS, TWO)


def run(plan: Plan, tell: Tick) -> dict[str, Any]:
    """Measure every server with every crowd; `tell` is called before each.

    Raises:
        click.ClickException: something did not start.
    """
    prepare()
    rows, missing = [], []
    for size in plan.sizes:
        for key in plan.servers:
            if key == TWO:
                continue
            tell(f"{size:,} × {key}")
            try:
                rows.append({"key": key, **_measure(SERVERS[key], size, plan.seconds)})
            except click.ClickException as no:
                if key == "mingtang":
                    raise
                missing.append(f"{key}, {size:,} readers: {no.message}")
    shared = _shared(plan, tell, missing) if TWO in plan.servers else {}
    found = {"rows": rows, "two_processes": shared, "missing": missing, "ratios": ratios(rows) | _by_rate(shared)}
    return {"plan": asdict(plan), "machine": machine(), **found}


def _shared(plan: Plan, tell: Tick, missing: list[str]) -> dict[str, Any]:
    size = nearest(plan.sizes)
    tell(f"{size:,} × two processes")
    try:
        return apart.compare(size, plan.seconds)
    except click.ClickException as no:
        missing.append(f"two processes: {no.message}")
        return {}


def _by_rate(shared: dict[str, Any]) -> dict[str, float]:
    return {f"two_processes_vs_one_at_{rate}": ratio for rate, ratio in shared.get("ratios", {}).items()}


def nearest(sizes: Iterable[int]) -> int:
    """The crowd that is compared."""
    return min(sizes, key=lambda viewers: abs(viewers - COMPARED))


def _measure(start: Callable[..., AbstractContextManager[Target]], size: int, seconds: float) -> dict[str, Any]:
    server, beside = cores()
    with start(core=server) as target, native_readers(beside) as readers:
        pid = target.process.pid
        settle(pid)  # a crowd comes to a server that has started, and our worker starts on the same core
        empty, before = memory_mb(pid), cpu_seconds(pid)
        met = readers.connect(int(target.address[1]), size, target.join, raw=target.raw)
        spent = cpu_seconds(pid) - before
        time.sleep(SETTLE_SECONDS)
        return {
            "server": target.name,
            "viewers": size,
            "handshakes_per_second": round(met["joined"] / max(met["seconds"], 0.001)),
            "us_per_handshake": round(spent * 1e6 / size),
            "kb_per_viewer": round((memory_mb(pid) - empty) * 1024 / size, 1),
            "rates": {str(rate): _costed(target, partial(at_rate, target, readers, rate, seconds)) for rate in RATES},
            "saturation": _costed(target, partial(_saturated, target, readers, seconds)),
        }


def _costed(target: Target, measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What it came to, with the server's processor time for a message to one reader."""
    pids = family(target.process.pid)
    before = sum(map(cpu_seconds, pids))
    result = measure()
    spent = sum(map(cpu_seconds, pids)) - before
    return result | {"us_per_message": round(spent * 1e6 / max(result["count"], 1), 2)}


def at_rate(target: Target, readers: Readers, rate: int, seconds: float) -> dict[str, Any]:
    """Write at planned moments, whatever the answers take; what the readers saw."""
    if target.writer is None:
        return readers.rate(rate, seconds)
    write = target.writer()
    readers.phase()
    readers.reach(paced(write, rate, seconds))
    return readers.result()


def _saturated(target: Target, readers: Readers, seconds: float) -> dict[str, Any]:
    if target.writer is None:
        return readers.saturate(seconds, WINDOW)
    readers.phase()
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(WRITERS) as pool:
        last = max(pool.map(lambda write: _flat_out(write, end), [target.writer() for _ in range(WRITERS)]))
    readers.reach(last)
    result = readers.result()
    return result | {"per_second": round(result["count"] / result["seconds"])}


def _flat_out(write: Write, end: float) -> int:
    last = 0
    while time.monotonic() < end:
        last = write(line(time.monotonic_ns()), secrets.token_hex(16))
    return last


def ratios(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Ours by theirs with the crowd nearest to 5,000; above 1 is better for rates, below 1 for times and memory.

    `saturation_*` compares like with like: our socket layer as a relay with the other relays. Times, joins and memory
    are those of the whole product.
    """
    size = nearest({row["viewers"] for row in rows}) if rows else 0
    at = {row["key"]: row for row in rows if row["viewers"] == size}
    pairs: dict[str, tuple[str, str, Callable[[dict[str, Any]], float]]] = {
        "saturation_vs_node": ("ours", "node", lambda row: row["saturation"]["per_second"]),
        "saturation_vs_floor": ("ours", "floor", lambda row: row["saturation"]["per_second"]),
        "saturation_whole_vs_node": ("mingtang", "node", lambda row: row["saturation"]["per_second"]),
        "p99_20_vs_node": ("mingtang", "node", lambda row: row["rates"]["20"]["p99"]),
        "p99_20_sockets_vs_node": ("ours", "node", lambda row: row["rates"]["20"]["p99"]),
        "handshakes_vs_node": ("mingtang", "node", lambda row: row["handshakes_per_second"]),
        "memory_vs_node": ("mingtang", "node", lambda row: row["kb_per_viewer"]),
    }
    return {
        name: round(figure(at[ours]) / figure(at[theirs]), 2)
        for name, (ours, theirs, figure) in pairs.items()
        if ours in at and theirs in at and figure(at[theirs])
    }


def sound(result: dict[str, Any]) -> bool:
    """Every reader of the product, and of its socket layer, has every line, once, in order."""
    phases = [
        phase
        for row in result["rows"]
        if row["key"] in {"mingtang", "ours"}
        for phase in (*row["rates"].values(), row["saturation"])
    ]
    phases += [phase for count in ("one", "two") for phase in result["two_processes"].get(count, {}).values()]
    return not any(phase[fault] for phase in phases for fault in ("lost", "doubled", "dropped"))
