"""Serving: one command, one port, two processes.

The gevent process answers pages, API and sockets; an unpatched child runs the worker and ends with its parent. Why
two: under gevent a thread pool is greenlets, and a CPU-bound job freezes every reader (docs/architecture.md).
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import click
from flask import Flask
from sqlalchemy import select

from core import migrate
from core.db import db
from core.models import Account, Jurisdiction

READY = "Mingtang is ready at http://{host}:{port}/"


class CannotServe(click.ClickException):
    """The start stops with one sentence."""


def run(app: Flask, host: str, port: int, *, with_worker: bool) -> None:
    """Serve until Ctrl-C or SIGTERM; prints the ready line once the port answers.

    Raises:
        CannotServe: the port is taken or not allowed.
    """
    from geventwebsocket.handler import WebSocketHandler
    from gevent.pywsgi import WSGIServer

    listener = _listen(host, port)
    server = WSGIServer(listener, app, handler_class=WebSocketHandler, log=None, error_log=None)
    worker = _start_worker() if with_worker else None
    _stop_on_signals(server)
    server.start()
    click.echo(READY.format(host=host, port=listener.getsockname()[1]))
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.stop(timeout=2)
        if worker is not None:
            _stop_worker(worker)
        click.echo("Mingtang has stopped.")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotServe(f"Port {port} is in use by another program; choose one with --port.") from error
        raise CannotServe(f"Port {port} on {host} cannot be opened ({error.strerror}).") from error
    listener.listen(2048)
    listener.setblocking(False)
    return listener


def _start_worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "core.cli", "run", "worker", "--with-parent"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603


def _stop_worker(worker: subprocess.Popen[bytes]) -> None:
    if worker.stdin:
        worker.stdin.close()
    worker.terminate()
    try:
        worker.wait(5)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def _stop_on_signals(server: object) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)


def end_with_parent() -> None:
    """End this process when its standard input closes: the pipe closes however the parent dies."""

    def wait() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 1024):
                continue
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True, name="parent-watch").start()


def require_migrated() -> None:
    """Refuse to start on tables that are behind the code.

    Raises:
        CannotServe: with the command that mends it.
    """
    pending = migrate.pending()
    if pending:
        raise CannotServe(f"The tables of {', '.join(pending)} are behind the code: run ./mingtang db upgrade.")


def first_start() -> Iterator[str]:
    """On an empty installation: the city, the system administrator and the set-up links of the two others."""
    from core import signin
    from core.commands.places import create_jurisdiction

    if db.session.scalar(select(Jurisdiction.id).limit(1)) is None:
        create_jurisdiction("city", "本市", name_en="City")
    if db.session.scalar(select(Account.id).limit(1)) is not None:
        return
    secrets = signin.first_administrators()
    yield f"First start. Sign in at /admin/ as system_admin with the one-time password {secrets['system_admin']}"
    yield f"Hand on: security administrator {secrets['security_admin']}"
    yield f"Hand on: audit administrator {secrets['audit_admin']}"


def faults(app: Flask) -> Iterator[str]:
    """What `doctor` finds: one sentence each, with the mend."""
    data: Path = app.config["DATA"]
    if pending := migrate.pending():
        yield f"The tables of {', '.join(pending)} are behind the code: run ./mingtang db upgrade."
    if shutil.disk_usage(data).free < 500 * 1024 * 1024:
        yield f"Less than 500 MB are free where {data} lies: make room."
    if not (Path(app.static_folder or "") / "vendor" / "socket.io.esm.min.js").exists():
        yield "The browser files are missing: run ./mingtang again with npm or pip within reach."
    if not app.config["PUBLIC_URL"]:
        yield "MINGTANG_PUBLIC_URL is not set: links in e-mails will have no host. Set it to the public address."
    if not app.config["SMTP_URL"]:
        yield f"MINGTANG_SMTP_URL is not set: e-mails are written to {data / 'mail'} instead of sent."
