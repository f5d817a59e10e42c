"""`bench portal`, `bench search`, `bench sweep`: a county with 100,000 publications, beside the least a page can be."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import click

from core import reminders
from core.app import create_app
from core.bench.filled import PLACE, SUBJECTS, fill
from core.bench.processes import ask, child, cores, machine, prepare
from core.commands.output import as_json

READY = re.compile(r"ready at (http://\S+)")
Paths = Mapping[str, Sequence[str]]
EMPTY = {"an empty view": ("/",)}
RARE = 400
"""So many different words, places in the list and pages are asked for in turn: nothing is answered from memory."""


@dataclass(frozen=True)
class Plan:
    """How many publications, and seconds of each phase."""

    rows: int
    seconds: float


@contextmanager
def county(plan: Plan, tell: Callable[[str], None]) -> Iterator[Path]:
    """A data folder with that many publications; gone afterwards."""
    data = Path(tempfile.mkdtemp(prefix="mingtang-bench-"))
    try:
        for done in fill(data, plan.rows):
            tell(f"writing publications: {done:,} of {plan.rows:,}")
        yield data
    finally:
        shutil.rmtree(data, ignore_errors=True)


def portal(plan: Plan, tell: Callable[[str], None]) -> dict[str, Any]:
    """Home, lists deep and shallow, pages, the feed."""
    return _compare(plan, tell, _portal_paths, {})


def search(plan: Plan, tell: Callable[[str], None]) -> dict[str, Any]:
    """Common words, rare ones and words that are nowhere, beside LIKE over the same table."""
    words = [*SUBJECTS, "通知"]
    scan = {"the same by LIKE": tuple(f"/scan?q={quote(word)}" for word in words)}
    return _compare(plan, tell, lambda _url, _data: _search_paths(plan.rows), scan)


def sweep(plan: Plan, tell: Callable[[str], None]) -> dict[str, Any]:
    """A look over as many open clocks as there are publications: once when all are to be told of, once when none is."""
    with county(plan, tell) as data, create_app(DATA=data).app_context():
        begun = time.perf_counter()
        moved = reminders.sweep()
        first = time.perf_counter() - begun
        begun = time.perf_counter()
        again = reminders.sweep()
        second = time.perf_counter() - begun
    rows = [
        {"what": "every clock reaches a stage", "clocks": moved, "seconds": first},
        {"what": "nothing has changed", "clocks": again, "seconds": second},
    ]
    return {"machine": machine(), "rows": plan.rows, "sweeps": rows}


def _compare(
    plan: Plan, tell: Callable[[str], None], paths: Callable[[str, Path], Paths], more: Paths
) -> dict[str, Any]:
    server_core, reader_core = cores()
    with county(plan, tell) as data:
        words = (sys.executable, "-m", "core.cli", "serve", "--port", "0", "--data", str(data))
        peer = (sys.executable, "-m", "core.bench.empty", "0", str(data / "mingtang.db"))
        with child(sys.executable, "-m", "core.bench.reader", core=reader_core) as reader:
            with child(*peer, core=server_core) as process:
                base = _measure(reader, _ready(process), EMPTY | dict(more), plan, tell)
            with child(*words, core=server_core) as process:
                url = _ready(process)
                rows = base + _measure(reader, url, paths(url, data), plan, tell)
    for row in rows:
        row["of_empty"] = row["per_second"] / rows[0]["per_second"]
    return {"machine": machine(), "rows": plan.rows, "pages": rows}


def _measure(reader: Any, url: str, paths: Paths, plan: Plan, tell: Callable[[str], None]) -> list[dict[str, Any]]:
    """As fast as it goes, then at half of that: what the times are then."""
    address = urlsplit(url)
    found = []
    for name, asked in paths.items():
        tell(name)
        plain = {"host": address.hostname, "port": address.port, "paths": list(asked), "seconds": plan.seconds}
        fast = ask(reader, json.dumps(plain | {"rate": 0}))
        half = ask(reader, json.dumps(plain | {"rate": max(1.0, fast["per_second"] / 2)}))
        wrong = fast["wrong"] + half["wrong"] + fast["lost"] + half["lost"]
        found.append(
            {"page": name, "per_second": fast["per_second"], "p50": half["p50"], "p99": half["p99"], "wrong": wrong}
        )
    return found


def _ready(process: Any) -> str:
    for line in process.stdout:
        if hit := READY.search(line):
            return hit[1]
    raise click.ClickException("The server did not start.")


def _portal_paths(url: str, _data: Path) -> Paths:
    """The addresses as a reader finds them: each list page leads to the next."""
    lists: list[str] = []
    pages: list[str] = []
    after = ""
    base = f"/{PLACE}/publications/"
    while len(lists) < RARE:
        lists.append(base + after)
        text = _text(url, lists[-1])
        pages += re.findall(rf'href="({base}[0-9a-f]{{32}}/)"', text)
        following = re.search(r'href="[^"]*(\?[^"]*after=[^"]+)"', text)
        if following is None:
            break
        after = following[1].replace("&amp;", "&")
    kinds = [f"{one}{'&' if '?' in one else '?'}kind=notice" for one in lists]
    return {"list, page after page": lists, "list of one kind": kinds, "a publication": pages[:5000], "home": _fresh()}


def _text(url: str, path: str) -> str:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port)
    with closing(connection):
        connection.request("GET", path)
        return connection.getresponse().read().decode()


def _fresh() -> list[str]:
    """The home page, each time by another address: what a second's memory would save is not counted."""
    return [f"/{PLACE}/?{secrets.token_hex(4)}" for _number in range(RARE)]


def _search_paths(rows: int) -> Paths:
    step = max(1, rows // RARE)
    here = f"/{PLACE}/search?q="
    common = [f"{here}{quote(word)}&n={number}" for number in range(RARE // len(SUBJECTS)) for word in SUBJECTS]
    return {
        "common words": common,
        "a number, found once": [f"{here}{quote(f'第{number}号')}" for number in range(0, rows, step)],
        "two words": [f"{here}{quote(word)}+{quote('规划')}&n={number}" for number in range(40) for word in SUBJECTS],
        "a word nowhere": [f"{here}{quote('龙舟')}{number}" for number in range(RARE)],
    }


# --- as commands ------------------------------------------------------------------------------------


def _command(name: str, measure: Callable[[Plan, Callable[[str], None]], dict[str, Any]], told: str) -> click.Command:
    @click.command(name, help=told)
    @click.option("--rows", default=100_000, show_default=True, type=click.IntRange(1_000, 1_000_000))
    @click.option("--seconds", default=5.0, show_default=True, type=click.FloatRange(0.5, 600), help="Of each phase.")
    @as_json
    def command(rows: int, seconds: float, *, as_json: bool) -> None:
        prepare()
        result = measure(Plan(rows, seconds), lambda said: click.echo(f"… {said}", err=True))
        click.echo(json.dumps(result, ensure_ascii=False) if as_json else _table(result))
        if any(page["wrong"] for page in result.get("pages", ())):
            raise click.exceptions.Exit(1)

    return command


def _table(result: dict[str, Any]) -> str:
    lines = [f"{result['rows']:,} publications. {json.dumps(result['machine'], ensure_ascii=False)}", ""]
    if "sweeps" in result:
        return "\n".join([*lines, *(f"{one['what']:34}{one['clocks']:>9,} clocks{one['seconds']:>9.2f} s"
                                    for one in result["sweeps"])])  # fmt: skip
    lines.append(f"{'':26}{'pages/s':>10}{'of empty':>10}{'p50 ms':>9}{'p99 ms':>9}   at half of that rate")
    lines += [
        f"{one['page']:26}{one['per_second']:>10,.0f}{one['of_empty']:>10.2f}{one['p50']:>9.1f}{one['p99']:>9.1f}"
        + (f"   {one['wrong']} wrong" if one["wrong"] else "")
        for one in result["pages"]
    ]
    return "\n".join(lines)


COMMANDS = (
    _command("portal", portal, "Lists and pages at 100,000 publications, beside an empty view on the same server."),
    _command("search", search, "Search at 100,000 publications, beside an empty view and LIKE over the same table."),
    _command("sweep", sweep, "The look over 100,000 open deadlines."),
)
