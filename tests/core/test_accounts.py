"""Accounts, roles, 三员, delegations and tokens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import accounts, audit, jurisdictions, permissions, signin
from core.contracts import JurisdictionRef
from core.db import ScopeError, db, utcnow, write
from core.models import Account, ApiToken, AuditEntry, Delegation, LoginSession, RoleGrant
from core.permissions import SYSTEM, THREE_ADMINS, Actor
from core.refusals import Forbidden, Invalid, NotFound, Refused

pytestmark = pytest.mark.usefixtures("quick_hashes")
PASSWORD = "a-long-enough-one"


def make(login: str, **fields: object) -> str:
    with accounts.administration():
        return accounts.create(SYSTEM, login=login, name="某人", **fields).id  # type: ignore[arg-type]


def account(account_id: str) -> Account:
    return db.session.get_one(Account, account_id)


def test_a_login_is_lower_case_and_mail_is_a_second_name(app: Flask) -> None:
    made = make(" Zhang.San ", email="Zhang@Example.org")
    assert account(made).login == "zhang.san"
    assert accounts.by_login("ZHANG@example.ORG").id == made  # type: ignore[union-attr]
    assert accounts.by_login("nobody") is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"login": "x"}, "login"),
        ({"login": "two words"}, "login"),
        ({"login": "taken"}, "login"),
        ({"login": "mail@example.org"}, "login"),
        ({"login": "new", "email": "mail@example.org"}, "email"),
        ({"login": "new", "email": "no-mail"}, "email"),
        ({"login": "new", "password": "short"}, "password"),
        ({"login": "new", "password": "x" * 201}, "password"),
        ({"login": "lisi", "password": "my-lisi-2026"}, "password"),
        ({"login": "new", "password": "Password123"}, "password"),
        ({"login": "new", "password": "ababababababab"}, "password"),
    ],
)
def test_what_is_wrong_with_a_new_account_is_named(app: Flask, fields: dict[str, str], field: str) -> None:
    make("taken", email="mail@example.org")
    with pytest.raises(Invalid) as no, accounts.administration():
        accounts.create(SYSTEM, name="某人", **fields)  # type: ignore[arg-type]
    assert set(no.value.errors) == {field}


def test_only_the_system_administrator_makes_accounts(city: JurisdictionRef, person: Callable[..., Actor]) -> None:
    system, security = person("system_admin", place=city), person("security_admin", place=city)
    with accounts.administration():
        accounts.create(system, login="one", name="一")
    with pytest.raises(Forbidden), accounts.administration():
        accounts.create(security, login="two", name="二")


def test_only_the_security_administrator_of_the_city_grants_roles(
    city: JurisdictionRef, other_county: JurisdictionRef, person: Callable[..., Actor]
) -> None:
    target = make("target")
    security = person("security_admin", place=city)
    with accounts.administration():
        accounts.grant(security, account(target), "drafter", other_county.id)
    for role, place in (("system_admin", city), ("leader", city), ("security_admin", other_county)):
        actor = person(role, place=place)
        with pytest.raises(Forbidden), accounts.administration():
            accounts.grant(actor, account(target), "leader", other_county.id)


@pytest.mark.parametrize("first", sorted(THREE_ADMINS))
@pytest.mark.parametrize("second", sorted(THREE_ADMINS))
def test_nobody_holds_two_of_the_three(
    city: JurisdictionRef, other_county: JurisdictionRef, first: str, second: str
) -> None:
    target = make("target")
    with accounts.administration():
        accounts.grant(SYSTEM, account(target), first, city.id)
    if first == second:
        with accounts.administration():
            accounts.grant(SYSTEM, account(target), second, other_county.id)
        return
    with pytest.raises(Refused) as no, accounts.administration():
        accounts.grant(SYSTEM, account(target), second, other_county.id)
    assert no.value.refusals[0].code == "SEPARATION_OF_DUTIES"


def test_nobody_grants_to_himself(city: JurisdictionRef, person: Callable[..., Actor]) -> None:
    actor = person("security_admin", place=city)
    with pytest.raises(Forbidden) as no, accounts.administration():
        accounts.grant(actor, account(actor.id or ""), "leader", city.id)
    assert no.value.refusals[0].code == "SELF_GRANT"


def test_a_grant_is_given_once_and_raises_the_rights_version(city: JurisdictionRef) -> None:
    target = make("target")
    before = account(target).rights_version
    with accounts.administration():
        one = accounts.grant(SYSTEM, account(target), "leader", city.id)
        assert accounts.grant(SYSTEM, account(target), "leader", city.id) is one
    assert account(target).rights_version == before + 1
    with accounts.administration() as session:
        accounts.revoke(SYSTEM, session.scalars(select(RoleGrant).where(RoleGrant.account_id == target)).one())
    assert account(target).rights_version == before + 2
    assert permissions.actor_for(account(target)).grants == ()
    with pytest.raises(Invalid), accounts.administration():
        accounts.grant(SYSTEM, account(target), "emperor", city.id)


def test_the_last_of_the_three_stays(city: JurisdictionRef, person: Callable[..., Actor]) -> None:
    last = person("security_admin", place=city)

    def revoke() -> None:
        with accounts.administration() as session:
            held = session.scalars(select(RoleGrant).where(RoleGrant.account_id == last.id)).one()
            accounts.revoke(SYSTEM, held)

    with pytest.raises(Refused) as no:
        revoke()
    assert no.value.refusals[0].code == "LAST_ADMIN"
    with pytest.raises(Refused), accounts.administration():
        accounts.deactivate(SYSTEM, account(last.id or ""), "离任")
    person("security_admin", place=city)
    revoke()


def test_deactivating_ends_sessions_and_tokens(app: Flask) -> None:
    target = make("target", password=PASSWORD)
    opened = signin.sign_in("target", PASSWORD)
    with accounts.administration():
        secret = accounts.create_token(SYSTEM, account(target))
    assert accounts.account_of_token(secret)
    assert accounts.account_of_session(opened.token)
    with pytest.raises(Invalid), accounts.administration():
        accounts.deactivate(SYSTEM, account(target), "")
    with accounts.administration():
        accounts.deactivate(SYSTEM, account(target), "离任")
    assert accounts.account_of_token(secret) is None
    assert accounts.account_of_session(opened.token) is None
    with pytest.raises(Refused):
        signin.sign_in("target", PASSWORD)
    with accounts.administration():
        accounts.reactivate(SYSTEM, account(target))
    assert accounts.account_of_token(secret) is None
    assert signin.sign_in("target", PASSWORD).account_id == target


def test_tokens_are_stored_as_digests_and_can_be_revoked(app: Flask) -> None:
    target = make("target")
    with accounts.administration():
        secret = accounts.create_token(SYSTEM, account(target), "OA")
    row = db.session.scalars(select(ApiToken)).one()
    assert secret not in (row.token_hash, row.label)
    with pytest.raises(ScopeError), accounts.administration():
        accounts.revoke_token(SYSTEM, row)
    with accounts.administration() as session:
        accounts.revoke_token(SYSTEM, session.scalars(select(ApiToken)).one())
    assert accounts.account_of_token(secret) is None


def test_a_token_is_for_oneself_or_by_the_system_administrator(
    city: JurisdictionRef, person: Callable[..., Actor]
) -> None:
    own, other = person("leader", place=city), person("drafter", place=city)
    with accounts.administration():
        assert accounts.create_token(own, account(own.id or ""))
    with pytest.raises(Forbidden), accounts.administration():
        accounts.create_token(own, account(other.id or ""))


def test_account_matters_stand_in_the_citys_chain(city: JurisdictionRef, county: JurisdictionRef) -> None:
    make("target", password=PASSWORD)
    signin.sign_in("target", PASSWORD)
    assert db.session.scalars(select(AuditEntry)).all() == []
    with jurisdictions.enter(city):
        actions = [row.action for row in db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq))]
        assert actions == ["core.account.create", "core.account.sign_in"]
        assert list(audit.verify()) == []


# --- delegation ------------------------------------------------------------------------------------


def test_a_delegate_acts_in_the_period_and_is_named(county: JurisdictionRef, person: Callable[..., Actor]) -> None:
    leader, deputy = person("leader", place=county, name="主任"), person("drafter", place=county)
    now = utcnow()
    with write():
        made = accounts.delegate(
            leader, account(deputy.id or ""), ["leader"], now - timedelta(hours=1), now + timedelta(days=3), "出差期间"
        ).id
    grant = permissions.can(permissions.actor_for(account(deputy.id or "")), "core.withdraw")
    assert grant is not None
    assert (grant.on_behalf_of, grant.on_behalf_of_id) == ("主任", leader.id)
    with pytest.raises(NotFound), write() as session:
        accounts.end_delegation(deputy, session.get_one(Delegation, made))
    with write() as session:
        accounts.end_delegation(leader, session.get_one(Delegation, made))
    assert permissions.can(permissions.actor_for(account(deputy.id or "")), "core.withdraw") is None


def test_a_delegation_outside_its_period_gives_nothing(county: JurisdictionRef, person: Callable[..., Actor]) -> None:
    leader, deputy = person("leader", place=county), person(place=county)
    with write():
        accounts.delegate(
            leader,
            account(deputy.id or ""),
            ["leader"],
            utcnow() + timedelta(hours=1),
            utcnow() + timedelta(hours=2),
            "会议",
        )
    assert permissions.actor_for(account(deputy.id or "")).grants == ()


def test_what_is_wrong_with_a_delegation_is_named(
    county: JurisdictionRef, city: JurisdictionRef, person: Callable[..., Actor]
) -> None:
    leader, admin = person("leader", place=county), person("audit_admin", place=county)
    other = account(person(place=county).id or "").id
    now, later = utcnow(), utcnow() + timedelta(days=1)
    for actor, to, roles, start, end, note, field in (
        (leader, other, ["supervisor"], now, later, "x", "roles"),
        (leader, other, [], now, later, "x", "roles"),
        (admin, other, ["audit_admin"], now, later, "x", "roles"),
        (leader, leader.id, ["leader"], now, later, "x", "to"),
        (leader, other, ["leader"], later, now, "x", "ends_at"),
        (leader, other, ["leader"], now - timedelta(2), now - timedelta(1), "x", "ends_at"),
        (leader, other, ["leader"], now, later, " ", "scope_note"),
    ):
        with pytest.raises(Invalid) as no, write():
            accounts.delegate(actor, account(to or ""), roles, start, end, note)
        assert set(no.value.errors) == {field}


def test_what_is_delegated_is_not_passed_on(county: JurisdictionRef, person: Callable[..., Actor]) -> None:
    leader, deputy, third = (person(*roles, place=county) for roles in (["leader"], [], []))
    now, later = utcnow() - timedelta(minutes=1), utcnow() + timedelta(days=1)
    with write():
        accounts.delegate(leader, account(deputy.id or ""), ["leader"], now, later, "x")
    with pytest.raises(Invalid), write():
        accounts.delegate(
            permissions.actor_for(account(deputy.id or "")), account(third.id or ""), ["leader"], now, later, "x"
        )


def test_sessions_of_nobody(app: Flask) -> None:
    assert accounts.account_of_session("") is None
    assert accounts.account_of_session("made-up") is None
    assert db.session.scalars(select(LoginSession)).all() == []
