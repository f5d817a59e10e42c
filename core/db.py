"""The database: base classes, the row scope that lives in the session, and the one way to write.

Three rules hold everywhere (measured reasons stand in docs/architecture.md):

* a query on a `JurisdictionScoped` model sees exactly the rows of the current scope;
* only `write()` commits, inside BEGIN IMMEDIATE on SQLite;
* one session per scope, never reused, so that the identity map cannot leak a row of another county.
"""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from flask.globals import app_ctx
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import DateTime, Engine, ForeignKey, MetaData, String, event
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.types import TypeDecorator

SQLITE_WAIT_SECONDS = 5.0
"""How long a writer waits for its turn before it says that the database is busy."""
SQLITE_READ_MS = 2_000
"""How long a reader waits: only while another process opens the file as the first or closes it as the last."""


_ahead: ContextVar[timedelta] = ContextVar("mingtang_clock", default=timedelta())


def utcnow() -> datetime:
    """Now, aware, in UTC. The one clock of the product."""
    return datetime.now(UTC) + _ahead.get()


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let the product's clock stand at `moment` and run on from there: the demo tells its past through the services.

    Rows, audit, deadlines and notices written inside agree on the time; no request ever runs in here.
    """
    token = _ahead.set(moment - datetime.now(UTC))
    try:
        yield
    finally:
        _ahead.reset(token)


def new_id() -> str:
    """A public id: 128 random bits as 32 hexadecimal characters."""
    return secrets.token_hex(16)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC; a naive datetime is refused instead of guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To UTC; SQLite keeps no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: every stored time carries a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Any) -> datetime | None:
        """Aware again, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all models; the naming convention keeps constraints nameable in batch migrations."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UtcDateTime()}


class HasId:
    """Primary key that is at the same time the public id."""

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)


class JurisdictionScoped:
    """Mixin: the row belongs to one jurisdiction (本级) and is invisible outside its scope."""

    @declared_attr
    def jurisdiction_id(cls) -> Mapped[str]:  # noqa: N805
        """Whose row it is."""
        return mapped_column(ForeignKey("core_jurisdiction.id"), index=True)


# --- scope -----------------------------------------------------------------------------------------


class ScopeError(RuntimeError):
    """A scoped row was read or written without a scope, or across one: always a programming error."""


@dataclass(frozen=True, eq=False)
class Scope:
    """What the current code may see: one jurisdiction, or all of them for a stated reason."""

    jurisdiction_id: str | None
    reason: str = ""
    serial: int = field(default_factory=itertools.count().__next__)


_scope: ContextVar[Scope | None] = ContextVar("mingtang_scope", default=None)


def current_scope() -> Scope | None:
    """The scope in force, None outside any."""
    return _scope.get()


@contextmanager
def scope(jurisdiction_id: str) -> Iterator[Scope]:
    """See exactly one jurisdiction's rows, in a session of its own."""
    yield from _enter(Scope(jurisdiction_id))


@contextmanager
def all_jurisdictions(reason: str) -> Iterator[Scope]:
    """See every jurisdiction's rows (city overview, sweeps); the reason is logged by the caller."""
    if not reason:
        raise ScopeError("all_jurisdictions() needs a reason")
    yield from _enter(Scope(None, reason))


def _enter(new: Scope) -> Iterator[Scope]:
    token = _scope.set(new)
    try:
        yield new
    finally:
        db.session.remove()
        _scope.reset(token)


def _session_key() -> tuple[int, int]:
    active = _scope.get()
    return (id(app_ctx._get_current_object()), active.serial if active else -1)  # type: ignore[attr-defined]  # noqa: SLF001


class Session(FlaskSession):
    """Session whose `commit` belongs to `write()` alone."""

    def commit(self) -> None:
        """Commit, inside `write()` only; raises ScopeError elsewhere."""
        if not self.info.get("writing"):
            raise ScopeError("only core.db.write() commits")
        super().commit()


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": Session, "scopefunc": _session_key})
session = db.session
"""The current scope's session, under the name plugins use (`core.db` is this module)."""


@event.listens_for(Session, "do_orm_execute")
def _scope_rows(state: ORMExecuteState) -> None:
    if state.is_column_load or not (state.is_select or state.is_update or state.is_delete):
        return
    active = _scope.get()
    if active is None:
        if any(issubclass(mapper.class_, JurisdictionScoped) for mapper in state.all_mappers):
            raise ScopeError("a scoped model was queried without a scope")
        return
    if active.jurisdiction_id is None:
        return
    wanted = active.jurisdiction_id
    state.statement = state.statement.options(
        with_loader_criteria(JurisdictionScoped, lambda cls: cls.jurisdiction_id == wanted, include_aliases=True)
    )


@event.listens_for(Session, "before_flush")
def _refuse_foreign_rows(session: FlaskSession, *_: Any) -> None:
    changed = [*session.new, *(row for row in session.dirty if session.is_modified(row)), *session.deleted]
    if changed and not session.info.get("writing"):
        raise ScopeError(f"{type(changed[0]).__name__} changed outside core.db.write()")
    active = _scope.get()
    for row in changed:
        if not isinstance(row, JurisdictionScoped):
            continue
        if active is None:
            raise ScopeError(f"{type(row).__name__} written without a scope")
        if active.jurisdiction_id is None:
            continue
        if row.jurisdiction_id is None:
            row.jurisdiction_id = active.jurisdiction_id
        elif row.jurisdiction_id != active.jurisdiction_id:
            raise ScopeError(f"{type(row).__name__} belongs to another jurisdiction")


# --- writing ---------------------------------------------------------------------------------------

IMMEDIATE = "mingtang_immediate"
"""Marks the one connection of a `write()`; sessions of other scopes go on reading beside it."""
_sqlite_writer = threading.Lock()  # a gevent lock in the serving process, which patches before importing


class DatabaseBusy(RuntimeError):
    """Another writer held the database longer than `SQLITE_WAIT_SECONDS`: answer 503 and Retry-After."""


@contextmanager
def write() -> Iterator[FlaskSession]:
    """One write transaction: ends the read transaction, locks, yields, commits, then runs `after_commit`.

    Rows loaded before are expired and read again inside, so checks made on them hold.

    Raises:
        DatabaseBusy: another process kept the write lock for more than five seconds.
    """
    session = db.session()
    if session.info.get("writing"):
        raise ScopeError("write() inside write()")
    session.rollback()
    single_writer = db.engine.dialect.name == "sqlite"
    if single_writer and not _sqlite_writer.acquire(timeout=SQLITE_WAIT_SECONDS):
        raise DatabaseBusy
    session.info["writing"] = True
    callbacks: list[Callable[[], None]] = session.info.setdefault("after_commit", [])
    callbacks.clear()
    try:
        session.connection(execution_options={IMMEDIATE: True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        callbacks.clear()
        raise
    finally:
        session.info["writing"] = False
        if single_writer:
            _sqlite_writer.release()
    done, callbacks[:] = list(callbacks), []
    for callback in done:
        callback()


def writing() -> bool:
    """True inside `write()`."""
    return bool(db.session().info.get("writing"))


def after_commit(callback: Callable[[], None]) -> None:
    """Run `callback` once the current `write()` has committed; never when it rolls back."""
    session = db.session()
    if not session.info.get("writing"):
        raise ScopeError("after_commit() outside write()")
    session.info["after_commit"].append(callback)


# --- SQLite ----------------------------------------------------------------------------------------


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not hasattr(connection, "execute") or "sqlite3" not in type(connection).__module__:
        return
    connection.isolation_level = None  # BEGIN is ours, see _begin
    for pragma in (f"busy_timeout={SQLITE_READ_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    if not isinstance(connection.dialect, SQLiteDialect_pysqlite):
        return
    if not connection.get_execution_options().get(IMMEDIATE):
        connection.exec_driver_sql("BEGIN")
        return
    _let_sqlite_wait(connection, 0)  # under gevent its wait would freeze everybody
    try:
        _begin_immediate(connection)
    finally:
        _let_sqlite_wait(connection, SQLITE_READ_MS)


def _let_sqlite_wait(connection: Any, milliseconds: int) -> None:
    connection.exec_driver_sql(f"PRAGMA busy_timeout={milliseconds}").close()


def _begin_immediate(connection: Any) -> None:
    deadline = time.monotonic() + SQLITE_WAIT_SECONDS
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            if "locked" not in str(error) and "busy" not in str(error):
                raise
            if time.monotonic() > deadline:
                raise DatabaseBusy from error
            time.sleep(0.005)
        else:
            return
