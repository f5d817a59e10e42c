"""The published protocols against our real server: every rule holds, or stands in deviations.toml with its reason."""

from __future__ import annotations

import shutil
import signal
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.servers import protocol_engine, protocol_socket  # noqa: F401 (they fill RULES)
from tests.servers.protocol import RULES, Rule, Visitor
from tests.serving import Server

pytestmark = pytest.mark.server
DEVIATIONS: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("deviations.toml").read_text())
AT_ONCE = 8


class Quick(Server):
    """Pings every three seconds."""

    module = "tests.servers.quick_pings"


def test_the_protocols_hold_but_for_what_is_known(template: Path, tmp_path: Path) -> None:
    """A deviation nobody knew fails, and so does one that is no more: then its entry goes."""
    shutil.copytree(template, tmp_path / "data")
    server = Quick(tmp_path / "data").ready()
    try:
        visitor = Visitor(server.url)

        def tried(rule: Rule) -> str:
            try:
                return rule.act(visitor)
            except Exception as error:
                return f"{type(error).__name__}: {error}"

        with ThreadPoolExecutor(AT_ONCE) as pool:
            done = dict(zip(RULES, pool.map(tried, RULES.values()), strict=True))
        known = {name: rule.demands for name, rule in RULES.items()}
        known |= {name: entry["answers"] for name, entry in DEVIATIONS.items()}
        for name in known:
            if done[name] != known[name]:  # a machine that stalls is no deviation
                done[name] = tried(RULES[name])
        assert done == known
        assert not [line for line in server.errors if "Traceback" in line], server.errors
    finally:
        server.end(signal.SIGKILL)


def test_every_deviation_is_one_and_says_of_whom_and_why() -> None:
    assert not [name for name, entry in DEVIATIONS.items() if RULES[name].demands == entry["answers"]]
    for entry in DEVIATIONS.values():
        assert entry.keys() == {"answers", "whose", "why"}
        assert entry["whose"] in {"python-engineio", "python-socketio", "ours"}
        assert entry["why"]
