"""`serve` and `demo` as real processes: the start, the two processes, their end."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.serving import wait_for

pytestmark = pytest.mark.server
Serve = Callable[..., "Server"]  # noqa: F821 — of conftest.py


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def test_the_first_start_hands_out_three_secrets_once(serve: Serve) -> None:
    server = serve().ready()
    password, *links = [line for line in server.lines if line.startswith("  ")]
    assert password.split()[0] == "system_admin"
    assert [link.split()[0] for link in links] == ["security_admin", "audit_admin"]
    for link in links:
        address = link.split()[-1]
        assert address.startswith(f"{server.url}/account/link/")
        assert server.get(address.removeprefix(server.url))[0] == 200
    assert server.get("/")[0] == 200
    assert server.end() == 0
    assert server.lines[-1] == "Mingtang has stopped."
    again = serve(data=server.data).ready()
    assert len(again.lines) == 1


def test_pages_sockets_and_worker_behind_one_port(serve: Serve) -> None:
    server = serve().ready()
    wait_for(lambda: json.loads(server.get("/readyz")[1])["worker"] == "ok")
    assert json.loads(server.get("/readyz")[1])["ready"] is True
    status, body = server.get("/socket.io/?EIO=4&transport=polling")
    assert (status, body[:1]) == (200, b"0")
    (worker,) = server.children()
    assert server.end(signal.SIGTERM) == 0
    assert not alive(worker)


def test_the_worker_dies_with_its_parent_and_is_replaced_when_it_dies(serve: Serve) -> None:
    server = serve().ready()
    wait_for(lambda: len(server.children()) == 1)
    (first,) = server.children()
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: server.children() not in ([], [first]))
    (second,) = server.children()
    assert server.get("/healthz")[0] == 200
    server.end(signal.SIGKILL)
    wait_for(lambda: not alive(second))


def test_a_busy_port_stops_the_start_before_anything_is_set_up(serve: Serve, tmp_path: Path) -> None:
    server = serve().ready()
    port = server.url.rpartition(":")[2]
    other = serve("serve", "--port", port, data=tmp_path / "other")
    assert other.ended() == 1
    assert other.errors == [f"mingtang: Port {port} is in use by another program; choose one with --port."]
    assert not (tmp_path / "other" / "mingtang.db").exists()


def test_a_role_of_its_own_wants_tables_that_are_up_to_date(serve: Serve) -> None:
    web = serve("run web")
    assert web.ended() == 1
    assert web.errors[0].endswith("are behind the code: run ./mingtang db upgrade.")
    assert len(web.errors) == 1


@pytest.mark.slow
def test_a_demo_shows_a_live_meeting_and_is_filled_once_anew_after_a_cut_and_never_over_an_installation(
    serve: Serve, tmp_path: Path
) -> None:
    demo = serve("demo").ready()
    assert demo.lines[0] == "Filling the demo ..."
    assert demo.get("/")[0] == demo.get("/zunyi/")[0] == 200
    assert demo.get("/xishui/meetings/")[0] == 200
    assert demo.get("/yuqing/meetings/")[0] == 404
    live = one_live_meeting(demo, "zunyi")
    first = head(demo, "zunyi", live)
    assert demo.get(f"/zunyi/meetings/{live}/live/")[0] == 200
    wait_for(lambda: head(demo, "zunyi", live) > first)
    wait_for(lambda: head(demo, "zunyi", live) > first + 1)
    accounts = printed_accounts(demo)
    assert len(accounts) > 12
    for login in (accounts[0], f"{accounts[1]}-meitan", accounts[-1]):
        assert may_sign_in(demo, login)
    assert not may_sign_in(demo, "nobody")
    demo.end()

    stopped_at = written(demo.data)
    second = serve("demo", data=demo.data).ready()
    assert second.lines[0] != "Filling the demo ..."
    assert written(demo.data) == stopped_at  # nobody reads yet
    second.get(f"/zunyi/meetings/{live}/live/")
    wait_for(lambda: written(demo.data) > stopped_at)
    second.end()

    (demo.data / "demo").write_text("filling")
    with closing(sqlite3.connect(demo.data / "mingtang.db")) as database:
        database.execute("DELETE FROM core_role_grant")
        database.commit()
    third = serve("demo", data=demo.data).ready()
    with closing(sqlite3.connect(demo.data / "mingtang.db")) as database:
        assert database.execute("SELECT count(*) > 30 FROM core_role_grant").fetchone() == (1,)
    third.end()

    (demo.data / "demo").unlink()
    refused = serve("demo", data=demo.data)
    assert refused.ended() == 1
    assert refused.errors[0].endswith("holds an installation of its own; give the demo another one with --data.")


def one_live_meeting(server: Any, place: str) -> str:
    items = json.loads(server.get(f"/api/v1/{place}/meetings")[1])["items"]
    (found,) = [item["id"] for item in items if item["state"] == "in_session"]
    return str(found)


def head(server: Any, place: str, meeting: str) -> int:
    """Where a reader who catches up finds the live text."""
    return int(json.loads(server.get(f"/api/v1/{place}/meetings/{meeting}/live?after=0")[1])["head"])


def written(data: Path) -> int:
    with closing(sqlite3.connect(data / "mingtang.db")) as database:
        return int(database.execute("SELECT count(*) FROM meetings_live_event").fetchone()[0])


def printed_accounts(server: Any) -> list[str]:
    return [line.split()[0] for line in server.lines if line.startswith("  ")]


def may_sign_in(server: Any, login: str) -> bool:
    """With the password that the demo prints, through the form of the console, as a browser does."""
    (password,) = [line.split(" password ")[1].split()[0] for line in server.lines if " password " in line]
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with browser.open(f"{server.url}/admin/", timeout=20) as page:
        address, form = page.url, page.read().decode()
    token = form.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    body = urllib.parse.urlencode({"login": login, "password": password, "csrf_token": token}).encode()
    try:
        with browser.open(address, body, timeout=20) as answer:
            return "/admin/" in str(answer.url)
    except urllib.error.HTTPError:
        return False
