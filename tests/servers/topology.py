"""Several processes as the generated configuration starts them: nginx, web, live, worker, beat, PostgreSQL, Redis."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from core import deploy, jurisdictions, migrate
from core.app import create_app
from core.db import db
from tests.hall import COUNTY, people
from tests.installations import seed_places
from tests.serving import ROOT, wait_for

WRAPPER = """user root;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
http {{ access_log off; include {folder}/*.conf; }}
"""
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


def free_ports(count: int) -> int:
    """The first of so many neighbouring ports nobody uses."""
    for first in range(21_000 + os.getpid() % 1000 * 10, 60_000, count):
        with ExitStack() as taken:
            try:
                for port in range(first, first + count):
                    taken.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            return first
    raise AssertionError("no free ports")


def check_nginx(folder: Path) -> subprocess.CompletedProcess[str]:
    """`nginx -t` over every configuration in the folder."""
    (folder / "main").write_text(WRAPPER.format(folder=folder))
    return subprocess.run([NGINX, "-t", "-c", folder / "main"], capture_output=True, text=True, check=False)


class Topology:
    """Starts every process by the line of its unit, with the environment the units read from a file."""

    def __init__(self, folder: Path, database: str, redis: str) -> None:
        self.folder, self.data = folder, folder / "data"
        port = free_ports(5)
        self.url = f"http://127.0.0.1:{port}"
        self.layout = deploy.Layout(first_port=port + 1)
        self.environ = os.environ | {
            "DATABASE_URL": database, "REDIS_URL": redis, "CELERY_BROKER_URL": redis, "MINGTANG_PROXY_HOPS": "1",
        }  # fmt: skip
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.tokens = self._fill(port, database)

    def _fill(self, port: int, database: str) -> dict[str, str]:
        app = create_app(DATA=self.data, TESTING=True, SQLALCHEMY_DATABASE_URI=database)
        with app.app_context():
            migrate.upgrade()
            seed_places()
            tokens = people(jurisdictions.by_slug(COUNTY))
            self.units = deploy.systemd(self.layout, "mingtang")
            site = deploy.Site("localhost", port, cache=str(self.folder / "cache"))
            for name, text in deploy.nginx(site, self.layout).items():
                (self.folder / name).write_text(text)
            db.session.remove()
            db.engine.dispose()
        return tokens

    def start_all(self) -> None:
        """Everything the target wants, then nginx; returns when all answer."""
        (wants,) = [line for line in self.units["mingtang.target"].splitlines() if line.startswith("Wants=")]
        for unit in wants.removeprefix("Wants=").split():
            self.start(unit)
        checked = check_nginx(self.folder)
        assert checked.returncode == 0, checked.stderr
        command = [NGINX, "-c", str(self.folder / "main"), "-g", "daemon off;"]
        self.running["nginx"] = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        for port in (*self.layout.web_ports, *self.layout.live_ports):
            wait_for(lambda port=port: self.get("/healthz", f"http://127.0.0.1:{port}")[0] == 200)  # type: ignore[misc]
        wait_for(lambda: self.get("/healthz")[0] == 200)

    def start(self, unit: str) -> None:
        """Start `mingtang-web@8001.service` as systemd would."""
        name, at, rest = unit.partition("@")
        text = self.units[f"{name}@.service" if at else unit]
        (line,) = [line for line in text.splitlines() if line.startswith("ExecStart=")]
        command = shlex.split(line.removeprefix("ExecStart=").replace("%i", rest.partition(".")[0]))
        self.running[unit] = subprocess.Popen(
            command, cwd=ROOT, env=self.environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )

    def kill(self, unit: str) -> None:
        """As by kill -9."""
        process = self.running.pop(unit)
        process.kill()
        process.wait()

    def end(self) -> None:
        """End what still runs; nginx in its own way, its children with it."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(30)

    def get(self, path: str, base: str = "", **headers: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and text of an answer; 0 where nobody answers."""
        try:
            with urllib.request.urlopen(urllib.request.Request((base or self.url) + path, headers=headers)) as answer:
                return answer.status, dict(answer.headers), answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, dict(answer.headers), answer.read().decode()
        except OSError:
            return 0, {}, ""
