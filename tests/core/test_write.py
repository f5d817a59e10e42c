"""write(): one transaction, callbacks only after commit, writers of several threads take turns."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text

from core import jurisdictions
from core.contracts import JurisdictionRef
from core.db import SQLITE_READ_MS, ScopeError, after_commit, db, write
from core.models import Matter


def test_callbacks_run_after_commit_and_not_after_rollback(county: JurisdictionRef) -> None:
    ran: list[str] = []
    with write() as session:
        session.add(Matter(title="一"))
        after_commit(lambda: ran.append("yes"))
        assert ran == []
    with pytest.raises(ValueError, match="boom"), write():
        after_commit(lambda: ran.append("no"))
        raise ValueError("boom")
    assert ran == ["yes"]


def test_write_does_not_nest(county: JurisdictionRef) -> None:
    with write(), pytest.raises(ScopeError), write():
        pass


def test_rows_read_before_are_read_again(county: JurisdictionRef, app: Flask) -> None:
    with write() as session:
        matter = Matter(title="旧")
        session.add(matter)
    assert matter.title == "旧"

    def change() -> None:
        with app.app_context(), jurisdictions.enter(county), write() as session:
            session.get_one(Matter, matter_id).title = "新"

    matter_id = matter.id
    db.session.rollback()
    thread = threading.Thread(target=change)
    thread.start()
    thread.join()
    with write():
        assert matter.title == "新"


def test_four_threads_lose_nothing(app: Flask, county: JurisdictionRef) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with app.app_context(), jurisdictions.enter(county):
                for step in range(25):
                    with write() as session:
                        session.add(Matter(title=f"{number}-{step}"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert db.session.scalar(select(func.count()).select_from(Matter)) == 100


@pytest.mark.sqlite
def test_readers_wait_for_who_opens_or_closes_the_file_also_after_a_write(county: JurisdictionRef) -> None:
    def waits() -> int:
        return int(db.session.execute(text("PRAGMA busy_timeout")).scalar_one())

    assert waits() == SQLITE_READ_MS
    with write() as session:
        session.add(Matter(title="一"))
        assert waits() == SQLITE_READ_MS
    assert waits() == SQLITE_READ_MS


def test_a_reader_waits_while_another_has_the_file_for_itself(tmp_path: Path) -> None:
    file, found = tmp_path / "one.db", list[int]()
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE numbers (number)"))
    engine.dispose()
    other = sqlite3.connect(file)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")

    def read() -> None:
        with engine.connect() as connection:
            found.extend(connection.scalars(text("SELECT count(*) FROM numbers")))

    thread = threading.Thread(target=read)
    thread.start()
    thread.join(0.1)
    assert thread.is_alive()
    other.close()
    thread.join()
    engine.dispose()
    assert found == [0]
