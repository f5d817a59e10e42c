"""Signing in: sessions, lockout, passwords, links."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select

from core import accounts, jurisdictions, passwords, signin
from core.contracts import JurisdictionRef
from core.db import db, utcnow, write
from core.models import Account, AuditEntry, LoginSession, OneTimeLink
from core.permissions import SYSTEM
from core.refusals import Invalid, Refused

pytestmark = pytest.mark.usefixtures("quick_hashes")
PASSWORD, OTHER = "a-long-enough-one", "another-good-one"


@pytest.fixture
def someone(app: Flask) -> str:
    with accounts.administration():
        return accounts.create(SYSTEM, login="someone", name="某人", email="some@one.org", password=PASSWORD).id


def refused(login: str, password: str) -> str:
    with pytest.raises(Refused) as no:
        signin.sign_in(login, password)
    return no.value.refusals[0].code


def age(**fields: timedelta) -> None:
    """Let stored moments lie further back."""
    with write() as session:
        for row in session.scalars(select(LoginSession)):
            for name, by in fields.items():
                setattr(row, name, getattr(row, name) - by)


@pytest.mark.parametrize("name", ["someone", "SOMEONE", " some@one.org "])
def test_by_login_or_mail(someone: str, name: str) -> None:
    opened = signin.sign_in(name, PASSWORD)
    assert accounts.account_of_session(opened.token).id == someone  # type: ignore[union-attr]
    row = db.session.scalars(select(LoginSession)).one()
    assert opened.token not in (row.token_hash, row.id)


@pytest.mark.parametrize(
    ("login", "password"),
    [("someone", "wrong"), ("nobody", PASSWORD), ("someone", ""), ("", ""), ("someone", PASSWORD + "x" * 10_000), ("someone", PASSWORD.upper())],
)  # fmt: skip
def test_all_failures_answer_alike(someone: str, login: str, password: str) -> None:
    assert refused(login, password) == "SIGN_IN_FAILED"


def test_five_failures_lock_for_a_quarter_of_an_hour(someone: str) -> None:
    for _ in range(5):
        refused("someone", "wrong")
    assert refused("someone", PASSWORD) == "SIGN_IN_FAILED"
    with write() as session:
        account = session.get_one(Account, someone)
        assert account.locked_until is not None
        assert timedelta(minutes=14) < account.locked_until - utcnow() <= timedelta(minutes=15)
        account.locked_until = utcnow() - timedelta(seconds=1)
    assert signin.sign_in("someone", PASSWORD).account_id == someone


def test_attempts_while_locked_do_not_lengthen_the_lock(someone: str) -> None:
    for _ in range(5):
        refused("someone", "wrong")
    until = db.session.get_one(Account, someone).locked_until
    refused("someone", "wrong")
    assert db.session.get_one(Account, someone).locked_until == until


def test_success_forgets_earlier_failures(someone: str) -> None:
    for _ in range(3):
        for _ in range(4):
            refused("someone", "wrong")
        signin.sign_in("someone", PASSWORD)


def test_failures_are_on_record_without_what_was_typed(someone: str, city: JurisdictionRef) -> None:
    refused("my-secret-typed-here", "x")
    with jurisdictions.enter(city):
        row = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
        assert row is not None
        assert (row.action, row.object_id, row.data) == ("core.account.sign_in_failed", "", {})


def test_an_unknown_login_costs_the_same_work(someone: str) -> None:
    """The hash is computed either way; the best of several runs keeps the machine's noise out."""

    def best(login: str) -> float:
        spent = []
        for _ in range(4):
            started = time.process_time()
            refused(login, "wrong")
            spent.append(time.process_time() - started)
        return min(spent)

    known, unknown = best("someone"), best("nobody")
    assert abs(known - unknown) < max(0.5 * known, 0.01)


def test_sessions_end_by_age_and_by_idleness(app: Flask, someone: str) -> None:
    opened = signin.sign_in("someone", PASSWORD)
    age(expires_at=timedelta(hours=app.config["SESSION_HOURS"], seconds=1))
    assert accounts.account_of_session(opened.token) is None
    opened = signin.sign_in("someone", PASSWORD)
    age(seen_at=timedelta(minutes=app.config["SESSION_IDLE_MINUTES"], seconds=1))
    assert accounts.account_of_session(opened.token) is None


def test_use_keeps_a_session_awake(app: Flask, someone: str) -> None:
    opened = signin.sign_in("someone", PASSWORD)
    age(seen_at=timedelta(minutes=30))
    with app.test_request_context():
        from flask import session

        session["token"] = opened.token
        account, how = accounts.authenticate_request()
        assert (account.id if account else "", how) == (someone, "cookie")
    assert utcnow() - db.session.scalars(select(LoginSession)).one().seen_at < timedelta(minutes=1)


def test_sign_out_here_and_everywhere(someone: str) -> None:
    one, two, three = (signin.sign_in("someone", PASSWORD).token for _ in range(3))
    signin.sign_out(one)
    signin.sign_out(one)
    signin.sign_out("made-up")
    assert accounts.account_of_session(one) is None
    assert accounts.account_of_session(two) is not None
    signin.sign_out(two, everywhere=True)
    assert accounts.account_of_session(three) is None


def test_a_new_password_ends_the_other_sessions(someone: str) -> None:
    here, there = (signin.sign_in("someone", PASSWORD).token for _ in range(2))
    version = db.session.get_one(Account, someone).rights_version
    signin.change_password(someone, PASSWORD, OTHER, keep=here)
    assert accounts.account_of_session(here) is not None
    assert accounts.account_of_session(there) is None
    assert db.session.get_one(Account, someone).rights_version == version + 1
    assert refused("someone", PASSWORD)
    assert signin.sign_in("someone", OTHER)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("wrong", OTHER, "old"),
        (PASSWORD, "short", "new"),
        (PASSWORD, PASSWORD, "new"),
        (PASSWORD, "someone-2026", "new"),
    ],
)
def test_a_password_change_refused_names_the_field(someone: str, old: str, new: str, field: str) -> None:
    with pytest.raises(Invalid) as no:
        signin.change_password(someone, old, new)
    assert set(no.value.errors) == {field}
    assert signin.sign_in("someone", PASSWORD)


def test_guessing_the_old_password_locks_too(someone: str) -> None:
    for _ in range(5):
        with pytest.raises(Invalid):
            signin.change_password(someone, "wrong", OTHER)
    with pytest.raises(Invalid):
        signin.change_password(someone, PASSWORD, OTHER)


def secret_of(path: str) -> str:
    return path.rpartition("/")[2]


def test_a_link_sets_the_password_once(someone: str) -> None:
    with accounts.administration() as session:
        secret = secret_of(signin.make_link(SYSTEM, session.get_one(Account, someone)))
    assert db.session.scalars(select(OneTimeLink)).one().token_hash != secret
    assert signin.link_owner(secret).id == someone  # type: ignore[union-attr]
    with pytest.raises(Invalid):
        signin.use_link(secret, "short")
    assert signin.use_link(secret, OTHER) == someone
    assert signin.link_owner(secret) is None
    with pytest.raises(Refused) as no:
        signin.use_link(secret, OTHER)
    assert no.value.refusals[0].code == "LINK_INVALID"
    assert signin.sign_in("someone", OTHER)


def test_a_new_link_ends_the_earlier_and_an_old_one_expires(someone: str) -> None:
    def link(hours: int = 1) -> str:
        with accounts.administration() as session:
            return secret_of(signin.make_link(SYSTEM, session.get_one(Account, someone), hours=hours))

    first, second = link(), link()
    assert signin.link_owner(first) is None
    assert signin.link_owner(second) is not None
    assert signin.link_owner(link(hours=0)) is None


def test_the_first_start_makes_three_persons(app: Flask, city: JurisdictionRef) -> None:
    handed = signin.first_administrators()
    assert set(handed) == {"system_admin", "security_admin", "audit_admin"}
    opened = signin.sign_in("system_admin", handed["system_admin"])
    assert opened.must_change_password
    for role in ("security_admin", "audit_admin"):
        owner = signin.use_link(secret_of(handed[role]), OTHER)
        assert [held.role for held in db.session.get_one(Account, owner).grants] == [role]


def test_one_time_passwords_pass_the_policy() -> None:
    made = {passwords.one_time() for _ in range(200)}
    assert len(made) == 200
    assert not any(passwords.faults(password, "someone") for password in made)


def test_hashing_runs_in_native_threads_under_gevent(monkeypatch: pytest.MonkeyPatch) -> None:
    import gevent
    from gevent import monkey

    monkeypatch.setattr(monkey, "is_module_patched", lambda _name: True)
    ticks: list[float] = []

    def other_reader() -> None:
        for _ in range(5):
            ticks.append(time.process_time())
            gevent.sleep(0.001)

    reader = gevent.spawn(other_reader)
    hashed = gevent.spawn(passwords.hash_password, PASSWORD)
    gevent.joinall([reader, hashed])
    assert passwords.verify(hashed.value, PASSWORD)
    assert max(b - a for a, b in pairwise(ticks)) < 0.05
