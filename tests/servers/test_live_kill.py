"""R1 with browsers among the readers: through deaths of the server nothing is lost, nothing doubled, digests equal."""

from __future__ import annotations

import subprocess

import pytest

from plugins.meetings.bench.faults.deaths import between_commit_and_emit
from plugins.meetings.bench.faults.scenarios import SCENARIOS
from plugins.meetings.bench.faults.table import SQLITE, place
from plugins.meetings.bench.sites import PLACE
from plugins.meetings.replay.client import expect
from tests.servers import browser_reader

pytestmark = [pytest.mark.server, pytest.mark.slow]
(R1,) = [scenario for scenario in SCENARIOS if scenario.ident == "R1"]


def test_browsers_lose_nothing_and_see_nothing_twice_through_deaths_of_the_server() -> None:
    browsers: list[subprocess.Popen[str]] = []
    addresses: list[str] = []
    with place(SQLITE) as here:

        def begin(url: str) -> None:
            addresses.append(url)
            browsers.extend(browser_reader.begin(url, PLACE, here.site.meeting, seed) for seed in (1, 2))

        figures = between_commit_and_emit(here, **R1.short, begun=begin)
        path = f"/api/v1/{PLACE}/meetings/{here.site.meeting}/record.json"
        record = expect(here.site.client(addresses[0]).get(path), 200)
        said = [event["text"] for event in record["events"] if event["kind"] == "publish"]
        ended = [browser_reader.ended_with(browser, record) for browser in browsers]
        verified = here.site.run("audit", "verify")
    assert R1.faults(figures) == []
    assert [one["texts"] for one in ended] == [said, said]
    assert all({"reconnecting", "polling"} & set(one["states"]) for one in ended), "they came through a death"
    assert verified.returncode == 0, verified.stdout + verified.stderr
