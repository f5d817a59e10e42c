"""The table of faults. What each demands is the most its figure may be; the tests carry the short forms out."""

from __future__ import annotations

from plugins.meetings.bench.faults import crowds, deaths, hostile, outages, queues
from plugins.meetings.bench.faults.table import POSTGRES, SQLITE, Scenario

BOTH = (SQLITE, POSTGRES)
WEB, WORKER = "web --port 0", "worker --with-parent"
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
        "R3",
        "Redis killed, paused and emptied, {seconds:g} s each; two processes, {writers} writers, {readers} readers",
        outages.redis_away,
        NOTHING_LOST | {"refused": 0, "delay_s": 5},
        long={"seconds": 30.0, "writers": 4, "readers": 50},
        short={"seconds": 0.5, "writers": 2, "readers": 4},
        databases=BOTH,
        at_least={"lines": 1},
    ),
    Scenario(
        "R4",
        "PostgreSQL stopped for {seconds:g} s, cut in transactions, restarted, {times} times; {writers} writers",
        outages.postgres_away,
        NOTHING_LOST | {"improper": 0, "processes_ended": 0, "mails_missing": 0, "refused_afterwards": 0, "back_s": 10},
        long={"times": 5, "seconds": 20.0, "writers": 4, "readers": 50, "roles": (WEB, WORKER)},
        short={"times": 1, "seconds": 0.2, "writers": 4, "readers": 4, "roles": (WEB,)},
        databases=(POSTGRES,),
        at_least={"lines": 1, "pages": 1, "refused": 1, "cut": 1},
    ),
    Scenario(
        "R6",
        "{readers} readers, 5 lines a second, {seconds:g} s",
        crowds.steady,
        {"lost": 0, "doubled": 0, "cut_off": 0, "p99_ms": 500, "drift_percent": 5},
        long={"readers": 500, "seconds": 600.0},
        short={"readers": 20, "seconds": 2.0},
        at_least={"lines": 1},
    ),
    Scenario(
        "R7",
        "{readers} readers, their server ended by {ends}; {missed} lines meanwhile by another process",
        crowds.server_restarted,
        NOTHING_LOST | {"back_s": 20, "reads": 40},
        long={"readers": 1000, "missed": 1000, "ends": ("SIGKILL", "SIGTERM")},
        short={"readers": 20, "missed": 210, "ends": ("SIGKILL",)},
        databases=BOTH,
        at_least={"reads": 1},
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
    Scenario(
        "R12",
        "two writers, each at a process of its own, {lines} lines each",
        queues.two_writers,
        NOTHING_LOST | {"errors": 0},
        long={"lines": 5000},
        short={"lines": 50},
        databases=BOTH,
        at_least={"lines": 100},
    ),
    Scenario(
        "R13",
        "{processes} processes with {writers} writers each, {seconds:g} s",
        queues.many_writers,
        NOTHING_LOST | {"errors": 0},
        long={"processes": 4, "writers": 16, "seconds": 60.0},
        short={"processes": 2, "writers": 8, "seconds": 1.0},
        at_least={"lines": 1},
    ),
)
