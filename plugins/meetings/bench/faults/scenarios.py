"""The table of faults. What each demands is the most its figure may be; the tests carry the short forms out."""

from __future__ import annotations

from plugins.meetings.bench.faults import deaths, hostile
from plugins.meetings.bench.faults.table import POSTGRES, SQLITE, Scenario

BOTH = (SQLITE, POSTGRES)
NOTHING_LOST = {"lost": 0, "doubled": 0, "out_of_order": 0, "digest_faults": 0, "readers_unlike": 0}

SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        "R1",
        "kill -9 between commit and emit, {kills} times, {writers} writers, {readers} readers",
        deaths.between_commit_and_emit,
        NOTHING_LOST,
        long={"kills": 200, "writers": 4, "readers": 50},
        short={"kills": 2, "writers": 4, "readers": 8},
        databases=BOTH,
        at_least={"lines": 1},
    ),
    Scenario(
        "R2",
        "kill -9 in {points}, {times} times each",
        deaths.at_other_points,
        {"undone_or_doubled": 0, "digest_faults": 0, "invariants_broken": 0, "back_s": 10},
        long={"points": tuple(deaths.POINTS), "times": 5},
        short={"points": ("a commit", "the tailer", "an import"), "times": 1},
        databases=BOTH,
    ),
    Scenario(
        "R8",
        "{each} readers that do not read, {each} mute, {each} at an octet a second, among {good} good ones",
        hostile.slow_readers,
        {"kb_each": 512, "gone_s": 15, "settled_s": 30, "slower_percent": 20, "lost": 0, "cut_off": 0},
        long={"good": 200, "each": 50, "seconds": 20.0},
        short={"good": 5, "each": 10, "seconds": 1.0},
    ),
    Scenario(
        "R9",
        "{megabytes} MB of fragments, of one message, of a poll, of headers, and a compressed bomb",
        hostile.too_large,
        {"not_cut": 0, "mb_each": 5, "refused_others": 0, "tracebacks": 0},
        long={"megabytes": 300},
        short={"megabytes": 100},
    ),
    Scenario(
        "R10",
        "{clients} clients flood for {seconds:g} s, come again when cut, and {good} read",
        hostile.floods,
        {"cut_s": 1, "p99_ms": 300, "log_lines_each": 10, "tracebacks": 0, "lost": 0, "cut_off": 0},
        long={"clients": 10, "good": 100, "seconds": 20.0},
        short={"clients": 4, "good": 5, "seconds": 1.0},
    ),
    Scenario(
        "R11",
        "{count} sockets that say nothing, or headers and bodies an octet at a time",
        hostile.idle,
        {"closed_s": 10, "page_p99_ms": 500},
        long={"count": 1000},
        short={"count": 60},
    ),
)
