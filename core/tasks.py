"""Background work (后台任务): the database is the truth, a Celery message is only a wake-up.

What is due stands in rows; the sweeps find it whether or not a message arrived, and may run twice or in two workers.
By default messages are files under DATA/queue; with `CELERY_BROKER_URL` the same code runs on Redis or Valkey.
"""

from __future__ import annotations

import functools
import importlib
import logging
import os
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from celery import Celery, Task, shared_task
from celery.platforms import SecurityWarning
from celery.schedules import crontab
from flask import Flask, current_app, has_app_context
from sqlalchemy import delete, select

from core import announcements, heartbeat, jobs, jurisdictions, notices, plugins, reminders, soundness
from core.db import all_jurisdictions, db, utcnow, write
from core.models import Announcement, IdempotencyRecord, LoginSession, Notice, OneTimeLink

log = structlog.get_logger(__name__)
OUTBOX_SECONDS, CLOCK_SECONDS, CLEAN_SECONDS = 5.0, 60.0, 3600.0
NIGHTLY = crontab(hour="3", minute="10")
KEPT_KEYS = timedelta(hours=24)
KEPT_ENDED = timedelta(days=30)
"""How long ended sessions and used links stay for inquiries."""
SCHEDULER = "core.beat:Scheduler"
"""In memory: a file of it breaks under kill -9, and the rows are the truth."""
QUIET_SECONDS = 30.0
"""How long a failing broker is left alone: the sweeps find the rows anyway."""
_quiet_until = 0.0


# --- Celery ----------------------------------------------------------------------------------------


def init_app(app: Flask) -> None:
    """Give the app its Celery and its schedule; stops the start when a plugin schedules a task that is not there.

    Raises:
        core.plugins.PluginError: with the task's name.
    """
    logging.getLogger("kombu.connection").setLevel(logging.ERROR)  # it misses a host name in a queue of files
    celery = Celery("mingtang", set_as_current=False)
    celery.flask_app = app
    celery.conf.update(_configuration(app))
    schedule = {
        "core.outbox": {"task": "core.tasks.sweep_outbox", "schedule": OUTBOX_SECONDS},
        "core.jobs": {"task": "core.tasks.run_jobs", "schedule": OUTBOX_SECONDS},
        "core.clocks": {"task": "core.tasks.sweep_clocks", "schedule": CLOCK_SECONDS},
        "core.clean": {"task": "core.tasks.clean", "schedule": CLEAN_SECONDS},
        "core.verify": {"task": "core.tasks.verify", "schedule": NIGHTLY},
    }
    for name, item in app.extensions["mingtang.plugins"].build("register_schedules"):
        _require_task(name, item.task)
        schedule[item.key] = {"task": item.task, "schedule": item.seconds}
    for entry in schedule.values():  # a message nobody took in two rounds is worth nothing
        every = CLEAN_SECONDS if entry["schedule"] is NIGHTLY else float(entry["schedule"])  # type: ignore[arg-type]
        entry["options"] = {"expires": max(2 * every, 10.0)}
    celery.conf.beat_schedule = schedule
    app.extensions["mingtang.celery"] = celery


def celery_of(app: Flask) -> Celery:
    """The app's Celery, for wsgi.py and the worker."""
    return app.extensions["mingtang.celery"]


def _configuration(app: Flask) -> dict[str, Any]:
    queue = Path(app.config["DATA"]) / "queue"
    files = {
        "broker_url": "filesystem://",
        "broker_transport": "core.filequeue:Transport",
        "broker_transport_options": {
            "data_folder_in": str(queue), "data_folder_out": str(queue), "control_folder": str(queue / "control"),
            "processed_folder": str(queue / "done"), "store_processed": False, "polling_interval": 0.1,
        },
    }  # fmt: skip
    outside = {"broker_url": app.config["CELERY_BROKER_URL"], "broker_transport_options": {"socket_timeout": 5}}
    return (outside if app.config["CELERY_BROKER_URL"] else files) | {
        "timezone": "Asia/Shanghai",
        "task_ignore_result": True,
        "task_publish_retry": False,
        "beat_scheduler": SCHEDULER,
        "broker_connection_timeout": 2,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # a broker that is away for a night ends no worker
        "worker_enable_remote_control": False,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_prefetch_multiplier": 1,
    }


def _require_task(plugin: str, name: str) -> None:
    module, _, function = name.rpartition(".")
    try:
        getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise plugins.PluginError(f"Plugin «{plugin}» schedules the task «{name}», which is not there.") from error


def run_worker(app: Flask, *, beat: bool = False, threads: int = 4) -> None:
    """Work until SIGTERM or Ctrl-C, in an unpatched process; with `beat` also send the periodic messages."""
    warnings.filterwarnings("ignore", category=SecurityWarning)  # who runs it is the operator's choice
    celery = celery_of(app)
    if beat:
        from celery.beat import EmbeddedService

        service = EmbeddedService(celery, max_interval=1, thread=True, scheduler_cls=SCHEDULER)
        service.daemon = True
        service.start()
    with app.app_context():
        heartbeat.beat()
    worker = celery.Worker(
        pool="threads", concurrency=threads, hostname=f"mingtang-{os.getpid()}@local",
        without_gossip=True, without_mingle=True, without_heartbeat=True, quiet=True,
    )  # fmt: skip
    worker.start()


def run_beat(app: Flask) -> None:
    """Send the periodic messages until SIGTERM. Two beats do no harm."""
    celery_of(app).Beat(quiet=True, max_interval=1, scheduler_cls=SCHEDULER).run()


def wake(task: str = "core.tasks.sweep_outbox") -> None:
    """Tell the worker that rows are due, after the commit; never fails what was committed."""
    global _quiet_until  # noqa: PLW0603 one broker per process
    embedded = not current_app.config["CELERY_BROKER_URL"]
    if time.monotonic() < _quiet_until or (embedded and heartbeat.state() != "ok"):
        return
    try:
        celery_of(current_app).send_task(task, expires=60, ignore_result=True, retry=False)
    except Exception as error:  # noqa: BLE001 whatever a broker does, the request has succeeded
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("worker not woken", error=f"{type(error).__name__}: {error}")


# --- writing tasks ---------------------------------------------------------------------------------


def core_task(function: Callable[[], Any]) -> Any:
    """A sweep of the core: in the app's context, never twice at once in one process; a call meanwhile runs it again."""
    running, asked = threading.Lock(), threading.Event()

    @shared_task(name=f"{function.__module__}.{function.__name__}", bind=True)
    @functools.wraps(function)
    def run(self: Task) -> Any:
        asked.set()
        result = None
        while asked.is_set() and running.acquire(blocking=False):
            try:
                asked.clear()
                with _context(self):
                    result = function()
            finally:
                running.release()
        return result

    return run


def plugin_task(plugin: str) -> Callable[[Callable[..., Any]], Any]:
    """A task of a plugin: `function(jurisdiction, …)` inside each jurisdiction where the plugin is on.

    Called with `jurisdiction_id=…` for one of them. One that fails is logged and keeps no other from its turn.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        @shared_task(name=f"{function.__module__}.{function.__name__}", bind=True)
        @functools.wraps(function)
        def run(self: Task, jurisdiction_id: str | None = None, **arguments: Any) -> None:
            with _context(self):
                for place in _places(jurisdiction_id):
                    if plugin in plugins.enabled(place):
                        with _shielded(plugin, function.__name__, place.slug), jurisdictions.enter(place):
                            function(place, **arguments)

        return run

    return decorate


def _context(task: Task) -> AbstractContextManager[Any]:
    return nullcontext() if has_app_context() else task.app.flask_app.app_context()


def _places(jurisdiction_id: str | None) -> list[Any]:
    return [jurisdictions.by_id(jurisdiction_id)] if jurisdiction_id else jurisdictions.everywhere()


@contextmanager
def _shielded(owner: str, name: str, place: str) -> Iterator[None]:
    """One place that fails is logged by name and does not stop the others; in tests it raises."""
    try:
        yield
    except Exception:
        if current_app.testing:
            raise
        log.exception("task failed", owner=owner, task=name, jurisdiction=place)


# --- sweeps of the core ----------------------------------------------------------------------------


@core_task
def sweep_outbox() -> int:
    """Make owed hook calls and deliver owed notices, everywhere; returns how many went out."""
    heartbeat.beat()
    done = 0
    for owed, outbox in ((Announcement, announcements), (Notice, notices)):
        with all_jurisdictions("which places owe something"):
            query = select(owed.jurisdiction_id).where(outbox.due(utcnow())).distinct()
            places = [jurisdictions.by_id(place_id) for place_id in db.session.scalars(query)]
        for place in places:
            with _shielded("core", "sweep_outbox", place.slug), jurisdictions.enter(place):
                while sent := outbox.deliver_due():
                    done += sent
    return done


@core_task
def run_jobs() -> int:
    """Do the background jobs that wait, one at a time in each worker process; returns how many were taken up."""
    return jobs.run_due()


@core_task
def sweep_clocks() -> int:
    """Remind of deadlines and escalate overdue ones; returns how many clocks moved a stage."""
    return reminders.sweep()


@core_task
def clean() -> int:
    """Forget what has had its time: stored answers of API keys, ended sessions, used links, jobs, broken uploads."""
    now, removed = utcnow(), jobs.forget()
    for model, moment in (
        (IdempotencyRecord, IdempotencyRecord.created_at < now - KEPT_KEYS),
        (LoginSession, LoginSession.expires_at < now - KEPT_ENDED),
        (OneTimeLink, OneTimeLink.expires_at < now - KEPT_ENDED),
    ):
        with write() as session:
            removed += session.execute(delete(model).where(moment)).rowcount  # type: ignore[attr-defined]
    for path in (Path(current_app.config["DATA"]) / "files").glob(".incoming-*"):
        if time.time() - path.stat().st_mtime > KEPT_KEYS.total_seconds():
            path.unlink(missing_ok=True)
            removed += 1
    return removed


@core_task
def verify() -> int:
    """Every night: audit chains and sealed records; returns how many faults were found, `doctor` tells of them."""
    faults = [(slug, fault) for slug, found in soundness.check().items() for fault in found]
    for slug, fault in faults:
        log.error("record unsound", jurisdiction=slug, fault=fault)
    return len(faults)
