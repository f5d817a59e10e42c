"""Serving: one command, one port, two processes.

The gevent process answers pages, API and sockets; an unpatched child runs the worker and ends with its parent. Why
two: under gevent a thread pool is greenlets, and a CPU-bound job freezes every reader (docs/architecture.md).
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click
import structlog
from flask import Flask, current_app
from sqlalchemy import select

from core import migrate, passwords
from core.commands.places import create_jurisdiction
from core.db import db
from core.models import Account, Jurisdiction
from core.signin import first_administrators

log = structlog.get_logger(__name__)
ADDRESS_FILE = "server.address"
"""In the data folder: where its server answers, for commands that speak to it over HTTP."""
FAREWELL_SECONDS = 2.0
"""How long readers who were told to come back later may take to leave."""
STOP_SECONDS = 1.0
"""How long answers under way may take after Ctrl-C; open sockets are cut then, their readers come back."""
WORKER_STOP_SECONDS = 5.0
WORKER_PAUSES = (0.5, 1, 2, 5, 10, 30)
"""Waits before a worker that ended by itself is started again; the last one repeats."""


class CannotServe(click.ClickException):
    """The start stops with one sentence."""


def open_port(host: str, port: int) -> socket.socket:
    """Take the port before anything is set up, so that a start that cannot serve changes nothing.

    Raises:
        CannotServe: the port is taken or not allowed.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # inherited: an answer in two parts lost 40 ms
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except (OSError, UnicodeError) as error:
        listener.close()
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise CannotServe(f"Port {port} is in use by another program; choose one with --port.") from error
        reason = getattr(error, "strerror", None) or "no such address"
        raise CannotServe(f"Port {port} on {host} cannot be opened ({reason}).") from error
    listener.setblocking(False)
    return listener


def run(app: Flask, listener: socket.socket, *, with_worker: bool) -> None:
    """Serve until Ctrl-C or SIGTERM; prints the ready line once the port answers."""
    import gevent
    from gevent.event import Event
    from gevent.pool import Pool
    from gevent.pywsgi import WSGIServer

    from core.web import fanout

    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, stop.set)
    server = WSGIServer(listener, app, handler_class=fanout.handler(app), spawn=Pool(), log=None, error_log=None)
    worker = gevent.spawn(_keep_worker) if with_worker else None
    passwords.verify(None, "")  # what an unknown name is compared with is made now, not at the first sign-in
    keep_garbage_small()
    server.start()
    note: Path = app.config["DATA"] / ADDRESS_FILE
    if not note.exists() or not _answers(note.read_text()):
        note.write_text(address(listener))
    click.echo(f"Mingtang is ready at {address(listener)}/")
    sys.stdout.flush()
    stop.wait()
    if note.exists() and note.read_text() == address(listener):  # another process of this folder keeps its own
        note.unlink(missing_ok=True)
    if worker is not None:
        worker.kill()
    server.close()  # who comes now goes to another process, or comes again
    _part_from_readers(app)
    server.stop(timeout=STOP_SECONDS)
    click.echo("Mingtang has stopped.")


def _part_from_readers(app: Flask) -> None:
    """Tell the readers when to come back, and wait for them to leave, but not long."""
    from core.web import sockets

    end = time.monotonic() + FAREWELL_SECONDS
    there = sockets.say_goodbye(app)
    while there and time.monotonic() < end:
        time.sleep(0.05)
        there = sockets.has_clients(app)


def keep_garbage_small() -> None:
    """What the start has made stays for good, and new things are looked through rarely: thresholds alone gave 1.4×."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def address(listener: socket.socket) -> str:
    """Where the port answers: http://127.0.0.1:8000."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def running_at() -> str | None:
    """Where the server of this data folder answers on this machine; a killed one leaves its address behind."""
    note: Path = current_app.config["DATA"] / ADDRESS_FILE
    if not note.exists():
        return None
    return note.read_text().replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def _answers(base: str) -> bool:
    """Whether a server listens there: of several processes on one data folder the first stays noted."""
    where = urlsplit(base.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:"))
    try:
        socket.create_connection((where.hostname or "", where.port or 0), timeout=1).close()
    except (OSError, ValueError):
        return False
    return True


def _keep_worker() -> None:
    """Run the worker, again whenever it ends by itself; the greenlet's end is the worker's end."""
    import gevent

    failures = 0
    while True:
        started = time.monotonic()
        starting = gevent.spawn(_start_worker)  # starting takes turns: an end in the middle must not lose the worker
        try:
            code = starting.get().wait()
        finally:
            _stop_worker(starting.get())
        failures = 0 if time.monotonic() - started > WORKER_PAUSES[-1] else failures + 1
        pause = WORKER_PAUSES[min(failures, len(WORKER_PAUSES)) - 1] if failures else WORKER_PAUSES[0]
        log.error("worker ended, starting it again", code=code, pause=pause)
        time.sleep(pause)


def _start_worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "core.cli", "run", "worker", "--with-parent"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603


def _stop_worker(worker: subprocess.Popen[bytes]) -> None:
    if worker.stdin:
        worker.stdin.close()
    if worker.poll() is None:
        worker.terminate()
    try:
        worker.wait(WORKER_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def end_with_parent() -> None:
    """End this process when its standard input closes: the pipe closes however the parent dies."""

    def wait() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 1024):
                continue
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(WORKER_STOP_SECONDS)
        os._exit(1)  # a task that does not end; what it owes stands in rows

    threading.Thread(target=wait, daemon=True, name="parent-watch").start()


def require_migrated() -> None:
    """Refuse to start on tables that are behind the code.

    Raises:
        CannotServe: with the command that mends it.
    """
    pending = migrate.pending()
    if pending:
        raise CannotServe(f"The tables of {', '.join(pending)} are behind the code: run ./mingtang db upgrade.")


def first_start(base: str) -> Iterator[str]:
    """On an empty installation: the city, the system administrator and the set-up links of the two others.

    `base` is the address links begin with where no public one is set.
    """
    if db.session.scalar(select(Jurisdiction.id).limit(1)) is None:
        create_jurisdiction("city", "本市", name_en="City")
    if db.session.scalar(select(Account.id).limit(1)) is not None:
        return
    secrets = {role: base + text if text.startswith("/") else text for role, text in first_administrators().items()}
    yield "First start. Each of these is shown once:"
    yield f"  system_admin    one-time password {secrets['system_admin']} for {base}/admin/"
    yield f"  security_admin  hand on this link: {secrets['security_admin']}"
    yield f"  audit_admin     hand on this link: {secrets['audit_admin']}"
