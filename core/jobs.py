"""Background jobs (后台任务): asked for in a request, done by the worker, watched and cancelled by who asked.

A plugin offers a `JobKind` (hook `register_jobs`); a service of its own checks the right and calls `start()`. The row
is the truth: a worker takes it with a lease, `Work.step` renews the lease and shows progress, and whatever is written
at the end checks that the job is still this worker's. A killed worker's job is taken up again when its lease has run
out, at most `ATTEMPTS` times, so `run` either changes nothing before `Work.finish` or finds what it did before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import current_app
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, or_, select

from core import audit, plugins, storage
from core.contracts import JobKind, JurisdictionRef
from core.db import DatabaseBusy, after_commit, all_jurisdictions, db, scope, utcnow, write, writing
from core.jurisdictions import by_id, current, enter
from core.languages import LANGUAGES, said
from core.models import Account, Job
from core.permissions import SYSTEM, Actor, actor_for
from core.refusals import Forbidden, Invalid, NotFound, Refused, WrongState

log = structlog.get_logger(__name__)
LEASE = timedelta(seconds=90)
"""How long a worker may be silent before another takes its job."""
ATTEMPTS = 3
STEP_SECONDS = 1.0
"""Progress is committed at most this often."""
KEPT = timedelta(days=7)
"""How long a job and its file can be fetched after its end."""
STATES: dict[str, Any] = {
    "waiting": _l("等待办理"),
    "running": _l("正在办理"),
    "done": _l("已完成"),
    "failed": _l("没有完成"),
    "cancelled": _l("已取消"),
}
OPEN = ("waiting", "running")


@dataclass(frozen=True)
class Result:
    """What came of a job: one sentence, a file for who asked, and the same for a program to read (plain JSON)."""

    sentence: Any = ""
    file: storage.Staged | None = None
    report: Mapping[str, Any] | None = None


Step = Callable[[int, int], None]
"""`step(done, total)`, told by long work how far it is."""


def no_steps(_done: int, _total: int) -> None:
    """For work that nobody watches."""


class Lost(Exception):
    """The job was cancelled, or another worker has it: stop, write nothing more."""


# --- asking ----------------------------------------------------------------------------------------


def start(
    actor: Actor,
    kind: str,
    *,
    title: Any,
    subject: str = "",
    arguments: Mapping[str, Any] | None = None,
    total: int = 0,
) -> Job:
    """Owe a job, inside the caller's `write()`; the caller has checked that `actor` may ask for it.

    Asked again for the same thing while it waits or runs, it answers the job that is there. What `SYSTEM` asks for is
    watched by nobody.

    Raises:
        Forbidden: the public asks.
    """
    account = db.session.get(Account, actor.id) if actor.id else None
    if account is None and not actor.is_system:
        raise Forbidden
    given = dict(arguments or {})
    same = select(Job).where(
        Job.asked_by == actor.id, Job.kind == kind, Job.subject == subject, Job.state.in_(OPEN)
    )  # fmt: skip
    for earlier in db.session.scalars(same):
        if earlier.arguments == given:
            return earlier
    job = Job(
        jurisdiction_id=current().id, kind=kind, title=said(title, _language(account))[:200], subject=subject,
        arguments=given, asked_by=actor.id, total=total,
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    audit.record(actor, "core.job.start", "core.job", job.id, data={"kind": kind, "subject": subject})
    after_commit(_wake)
    return job


def find(actor: Actor, job_id: str) -> Job:
    """The job, for who asked for it.

    Raises:
        NotFound: unknown, of another county, or another person's.
    """
    job = db.session.scalar(_mine(actor).where(Job.id == job_id))
    if job is None:
        raise NotFound
    return job


def mine(actor: Actor, *, limit: int = 50) -> Sequence[Job]:
    """A person's jobs here, newest first."""
    return db.session.scalars(_mine(actor).order_by(Job.created_at.desc(), Job.id).limit(limit)).all()


def cancel(actor: Actor, job: Job) -> None:
    """Stop a job that has not ended, inside `write()`; a worker that has it writes nothing more.

    Raises:
        WrongState: it has ended.
    """
    db.session.refresh(job, with_for_update=True)
    if job.state not in OPEN:
        raise WrongState(STATES[job.state])
    _end(job, "cancelled", "")
    audit.record(actor, "core.job.cancel", "core.job", job.id)


def _mine(actor: Actor) -> Select[Job]:
    return select(Job).where(Job.asked_by == (actor.id or ""))


def _wake() -> None:
    from core.tasks import wake

    wake("core.tasks.run_jobs")


# --- doing -----------------------------------------------------------------------------------------


class Work:
    """A job in the hands of this worker."""

    def __init__(self, job: Job, language: str, actor: Actor) -> None:
        self.id, self.subject, self.arguments = job.id, job.subject, dict(job.arguments)
        self.kind, self.attempt, self.actor, self.language = job.kind, job.attempts, actor, language
        self.ended = False
        self._told = 0.0

    def step(self, done: int, total: int) -> None:
        """Say how far it is: call it as often as you like, it commits at most once a second, in a session of its own.

        Inside your own `write()` it does nothing: there the numbers would only show with your commit.

        Raises:
            Lost: cancelled, or no longer this worker's.
        """
        if writing() or time.monotonic() - self._told < STEP_SECONDS:
            return
        self._told = time.monotonic()
        with suppress(DatabaseBusy), scope(current().id), write() as session:
            job = self._claimed(session)
            job.done, job.total, job.lease_until = done, total, utcnow() + LEASE

    def finish(self, result: Result) -> None:
        """Say what came of it, inside the `write()` that holds the effect: both are there or neither.

        Raises:
            Lost: cancelled, or no longer this worker's; the transaction must not go through.
        """
        job = self._claimed(db.session())
        if result.file is not None:
            job.result = storage.keep(self.actor, result.file)
        job.done, job.report = job.total, None if result.report is None else dict(result.report)
        _end(job, "done", said(result.sentence, self.language))
        db.session.flush()
        after_commit(self._is_done)

    def _is_done(self) -> None:
        self.ended = True

    def _claimed(self, session: Any) -> Job:
        job = session.get(Job, self.id, with_for_update=True, populate_existing=True)
        if job is None or job.state != "running" or job.attempts != self.attempt:
            raise Lost
        return job  # type: ignore[no-any-return]


def due(now: datetime) -> ColumnElement[bool]:
    """Jobs that wait, and those whose worker has not been heard of."""
    return or_(Job.state == "waiting", and_(Job.state == "running", Job.lease_until <= now))


def run_due() -> int:
    """Do what is due everywhere, oldest first, one after the other; returns how many were taken up. Several may run."""
    taken = 0
    while (place := _next_place()) is not None:
        with enter(place):
            if not _take_one():
                break
            taken += 1
    return taken


def _next_place() -> JurisdictionRef | None:
    with all_jurisdictions("which place has a job waiting"):
        query = select(Job.jurisdiction_id).where(due(utcnow())).order_by(Job.created_at).limit(1)
        place_id = db.session.scalar(query)
        return by_id(place_id) if place_id else None


def _take_one() -> bool:
    query = select(Job).where(due(utcnow())).order_by(Job.created_at, Job.id).limit(1)
    with write() as session:
        job = session.scalars(query.with_for_update(skip_locked=True)).first()
        if job is None:
            return False
        account = session.get_one(Account, job.asked_by) if job.asked_by else None
        kind, refusal = _able(job, account)
        if refusal is not None:
            _end(job, "failed", said(refusal, _language(account)))
            return True
        job.state, job.attempts, job.lease_until = "running", job.attempts + 1, utcnow() + LEASE
        session.flush()
        work = Work(job, _language(account), actor_for(account) if account else SYSTEM)
    _do(work, kind)
    return True


def _language(account: Account | None) -> str:
    return account.language if account else "zh"


def _able(job: Job, account: Account | None) -> tuple[Any, Any]:
    """The kind that does this job, and why it cannot be done (None when it can)."""
    owner, kind = kinds().get(job.kind, ("", None))
    if kind is None or owner not in plugins.enabled(current()):
        return None, _l("办理它的功能已停用；重新启用后请再发起一次。")
    if job.attempts >= ATTEMPTS:
        return None, _l("办理中断了 %(n)s 次，没有留下任何改动；请重新发起，仍不行时请联系系统管理员。", n=ATTEMPTS)
    return kind, None if account is None or account.active else _l("发起人的账号已停用。")


def kinds() -> dict[str, tuple[str, JobKind]]:
    """Every kind by key, with the plugin it belongs to."""
    return {kind.key: (plugin, kind) for plugin, kind in plugins.installed().build("register_jobs")}


def _do(work: Work, kind: JobKind) -> None:
    """Run it; whatever happens, the row says so. A busy database leaves it to the next attempt."""
    started = time.monotonic()
    try:
        with force_locale(LANGUAGES.get(work.language, LANGUAGES["zh"])):
            result = kind.run(work)
        if not work.ended:
            with write():
                work.finish(result or Result())
    except (Lost, DatabaseBusy) as left:
        log.info("job left", job=work.id, kind=work.kind, why=type(left).__name__)
    except (Refused, Invalid, NotFound) as no:
        _fail(work, _sentence(no))
    except Exception:
        log.exception("job failed", job=work.id, kind=work.kind)
        _fail(work, _l("办理时出错，没有留下任何改动；请重新发起，仍不行时请联系系统管理员。"))
        if current_app.testing:
            raise
    else:
        log.info("job done", job=work.id, kind=work.kind, seconds=round(time.monotonic() - started, 1))


def _sentence(no: Refused | Invalid | NotFound) -> Any:
    if isinstance(no, Refused):
        return no.refusals[0].detail
    if isinstance(no, Invalid):
        return next((sentence for sentences in no.errors.values() for sentence in sentences), "")
    return _l("要办理的内容已不存在，或者您已无权查看。")


def _fail(work: Work, sentence: Any) -> None:
    with write() as session:
        try:
            _end(work._claimed(session), "failed", said(sentence, work.language))  # noqa: SLF001 one module
        except Lost:
            log.info("job left", job=work.id, kind=work.kind, why="Lost")


def _end(job: Job, state: str, sentence: str) -> None:
    now = utcnow()
    job.state, job.sentence, job.lease_until = state, sentence[:500], None
    job.ended_at, job.expires_at = now, now + KEPT


# --- forgetting ------------------------------------------------------------------------------------


def forget() -> int:
    """Delete jobs past their time with their files, everywhere; returns how many."""
    with all_jurisdictions("jobs that have had their time"), write() as session:
        rows = session.scalars(select(Job).where(Job.expires_at < utcnow())).all()
        files = [row.result for row in rows if row.result is not None]
        for row in rows:
            session.delete(row)
        session.flush()
        for file in files:
            storage.discard(file)
        return len(rows)
