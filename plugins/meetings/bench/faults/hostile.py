"""R8 to R11: clients that do not read, send too much, flood or say nothing, and what the others notice of them."""

from __future__ import annotations

import json
import secrets
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any

from core.bench.processes import sockets, threads
from plugins.meetings.bench.embedded import summary
from plugins.meetings.bench.fanout import at_rate
from plugins.meetings.bench.faults.peer import Peer, frame
from plugins.meetings.bench.faults.stage import PATIENCE, RATE, beside, missed, page, peak, served, until
from plugins.meetings.bench.faults.table import Figures, Place
from plugins.meetings.bench.faults.writers import Caller
from plugins.meetings.bench.readers import Readers, any_readers
from plugins.meetings.bench.sites import PLACE, Process, Site
from plugins.meetings.bench.targets import Target, Write

LONG_LINE = "读" * 4000
MB = 1024 * 1024
KERNEL_KB = 128
"""What the system keeps for a socket beside the process (core.web.fanout.limits.KERNEL_BYTES, doubled by it)."""
WRITING = 2
"""Connections of those who write while it goes on."""


# --- R8 --------------------------------------------------------------------------------------------


def slow_readers(place: Place, *, good: int, each: int, seconds: float) -> Figures:
    """R8: some never read, some never speak, some take an octet a second; the good ones notice nothing."""
    with served(place) as (site, server, target), any_readers() as readers:
        readers.connect(int(target.address[1]), good, target.join)
        base = sockets(server.pid), threads(server.pid)
        quiet = _long_lines(target, readers, seconds)
        with ExitStack() as bad, peak(server.pid) as grown:
            deaf = [bad.enter_context(_joined(site, server, window=4096)) for _ in range(2 * each)]
            for _ in range(each):
                bad.callback(Peer(server.url).close)
            began = time.monotonic()
            with ThreadPoolExecutor(1) as pool, beside(partial(_nibble, deaf[each:]), 1.0):
                back = pool.submit(until, lambda: sockets(server.pid) <= base[0] + WRITING, PATIENCE)
                noisy = _long_lines(target, readers, max(seconds, 10.0))
            gone, kb = back.result() - began, grown() * 1024 / (3 * each)
        settled = until(lambda: _settled(server.pid, base), PATIENCE) - began
    return {
        "bad": 3 * each, "kb_each": round(max(kb, 0.0) + KERNEL_KB), "gone_s": round(gone, 1),
        "settled_s": round(settled, 1), "quiet_p99_ms": quiet["p99"], "p99_ms": noisy["p99"],
        "slower_percent": round(max(0.0, noisy["p99"] / quiet["p99"] - 1) * 100),
        **missed(noisy, round(RATE * max(seconds, 10.0)) * good),
    }  # fmt: skip


def _settled(pid: int, base: tuple[int, int]) -> bool:
    return sockets(pid) <= base[0] and threads(pid) <= base[1]


def _long_lines(target: Target, readers: Readers, seconds: float) -> dict[str, Any]:
    """Lines that fill what is kept for those who do not read, beside the measured ones."""
    assert target.writer is not None
    write: Write = target.writer()
    with beside(lambda: write(LONG_LINE, secrets.token_hex(16)), 1 / RATE):
        return at_rate(target, readers, RATE, seconds)


@contextmanager
def _joined(site: Site, server: Process, **how: Any) -> Iterator[Peer]:
    peer = Peer(server.url, **how).enter()
    peer.join(jurisdiction=PLACE, meeting=site.meeting, after=10**6)
    yield peer
    peer.close()


def _nibble(peers: list[Peer]) -> None:
    for peer in peers:
        peer.nibble()


# --- R9 --------------------------------------------------------------------------------------------


def too_large(place: Place, *, megabytes: int) -> Figures:
    """R9: fragments without end, one huge message, a compressed bomb, a huge poll: cut before they are put together."""
    attacks = {"fragments": _fragments, "message": _message, "bomb": _bomb, "poll": _poll, "headers": _headers}
    worst, cut = 0.0, 0
    with served(place) as (_, server, _target):
        for attack in attacks.values():
            with peak(server.pid) as grown:
                cut += attack(server.url, megabytes)
                worst = max(worst, grown())
        alive = Peer(server.url).admitted()
        tracebacks = sum("Traceback" in line for line in server.said())
    return {
        "attacks": len(attacks), "not_cut": len(attacks) - cut, "mb_each": round(worst, 1),
        "refused_others": int(not alive), "tracebacks": tracebacks,
    }  # fmt: skip


def _fragments(url: str, megabytes: int) -> bool:
    peer, chunk = Peer(url).enter(), bytes(60_000)
    sent = peer.pour(frame(chunk, 0 if number else 1, final=False) for number in range(megabytes * MB // len(chunk)))
    return peer.gone() and sent < megabytes * MB


def _message(url: str, megabytes: int) -> bool:
    peer = Peer(url).enter()
    head = frame(b"", length=megabytes * MB)
    peer.pour([head, *(bytes(MB) for _ in range(megabytes))])
    return peer.gone()


def _bomb(url: str, megabytes: int) -> bool:
    squeeze = zlib.compressobj(9, wbits=-15)
    packed = squeeze.compress(bytes(megabytes * MB // 4)) + squeeze.flush(zlib.Z_SYNC_FLUSH)
    peer = Peer(url, headers="Sec-WebSocket-Extensions: permessage-deflate\r\n").enter()
    octets = bytearray(frame(packed[:60_000]))
    octets[0] |= 0x40  # compressed, which nobody agreed on
    peer.raw(bytes(octets))
    return peer.gone()


def _poll(url: str, megabytes: int) -> bool:
    sid = _open_poll(url)
    peer = Peer(url, upgrade=False)
    address = f"/socket.io/?EIO=4&transport=polling&sid={sid}"
    peer.raw(f"POST {address} HTTP/1.1\r\nHost: x\r\nContent-Length: {megabytes * MB}\r\n\r\n".encode())
    return not peer.answered() or _knows_not(url, sid)


def _headers(url: str, megabytes: int) -> bool:
    peer = Peer(url, upgrade=False)
    peer.raw(b"GET / HTTP/1.1\r\n")
    peer.pour(b"X-A: " + b"a" * 60_000 + b"\r\n" for _ in range(megabytes * MB // 60_000))
    return peer.gone()


def _knows_not(url: str, sid: str) -> bool:
    return Caller(url).ask("GET", f"/socket.io/?EIO=4&transport=polling&sid={sid}").status == 400


def _open_poll(url: str) -> str:
    opened = Caller(url).ask("GET", "/socket.io/?EIO=4&transport=polling")
    return str(json.loads(opened.body[1:])["sid"])


# --- R10 -------------------------------------------------------------------------------------------


def floods(place: Place, *, clients: int, good: int, seconds: float) -> Figures:
    """R10: some send as fast as they can, events nobody knows and joins: cut, the others' lines come in time."""
    with served(place) as (site, server, target), any_readers() as readers:
        readers.connect(int(target.address[1]), good, target.join)
        before = len(server.said())
        join = json.dumps({"v": 1, "jurisdiction": PLACE, "meeting": site.meeting})
        says = [b'42/live,["x"]', f'42/live,1["join",{join}]'.encode(), b"2", b'42/live,5["post",{}]']
        with ThreadPoolExecutor(clients) as pool:
            cut = [pool.submit(_flood, server.url, says[number % len(says)], seconds) for number in range(clients)]
            phase = at_rate(target, readers, RATE, seconds)
        said = [line for line in server.said()[before:] if "/live/posts" not in line]  # of the measured lines
    return {
        "clients": clients, "cut_s": round(max(one.result() for one in cut), 2), "p99_ms": phase["p99"],
        "log_lines_each": len(said) / clients, "tracebacks": sum("Traceback" in line for line in said),
        **missed(phase, round(RATE * seconds) * good),
    }  # fmt: skip


def _flood(url: str, packet: bytes, seconds: float) -> float:
    """Come again and again and flood until cut; the longest time that took."""
    longest, octets, end = 0.0, frame(packet) * 1000, time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError):
            peer = Peer(url).enter()
            began = time.monotonic()
            peer.pour(octets for _ in range(1000))
            peer.gone()
            longest = max(longest, time.monotonic() - began)
            peer.close()
    return longest


# --- R11 -------------------------------------------------------------------------------------------


def idle(place: Place, *, count: int) -> Figures:
    """R11: sockets that say nothing, headers and bodies that come an octet at a time; all are closed, pages go on."""
    with served(place) as (_, server, target):
        base, took = sockets(server.pid), list[float]()
        kinds = [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ", _slow_body(target)]
        with ExitStack() as all_of_them:
            peers = []
            for number in range(count):
                peers.append(Peer(server.url, upgrade=False))
                all_of_them.callback(peers[-1].close)
                peers[-1].raw(kinds[number % len(kinds)])
            began = time.monotonic()
            pages = partial(page, target, took)
            drips = partial(_drip, [one for number, one in enumerate(peers) if number % len(kinds)])
            with beside(pages, 0.05), beside(drips, 1.0):
                closed = until(lambda: sockets(server.pid) <= base + 1, PATIENCE) - began
    times = summary(took)
    return {"sockets": count, "closed_s": round(closed, 1), "page_p99_ms": times["p99"], "pages": times["count"]}


def _slow_body(target: Target) -> bytes:
    assert target.join is not None
    path = f"/api/v1/{PLACE}/meetings/{target.join['meeting']}/live/posts"
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n".encode()


def _drip(peers: list[Peer]) -> None:
    for peer in peers:
        peer.raw(b"a")
