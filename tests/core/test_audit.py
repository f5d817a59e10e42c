"""The audit trail shows change, deletion, swapping, a cut tail and a forged head (promise 7, S11)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from core import audit, jurisdictions
from core.contracts import JurisdictionRef
from core.db import db, write
from core.models import AuditEntry
from core.permissions import SYSTEM, Actor, Grant


@pytest.fixture
def chain(county: JurisdictionRef) -> None:
    for number in range(6):
        with write():
            audit.record(SYSTEM, "test.act", "test.thing", f"{number}", reason=f"第{number}件", data={"数": number})


def tamper(*statements: str) -> list[str]:
    with write() as session:
        for statement in statements:
            session.execute(text(statement))
    return list(audit.verify())


def test_an_untouched_chain_is_sound(chain: None, county: JurisdictionRef) -> None:
    assert list(audit.verify()) == []


def test_an_empty_chain_is_sound(county: JurisdictionRef) -> None:
    assert list(audit.verify()) == []


@pytest.mark.parametrize(
    "change",
    [
        "reason = '别的'", "actor_name = '别人'", "role = 'leader'", "article = '会1'", "action = 'test.other'",
        "object_id = 'x'", "data = '{}'", "content_hash = 'ff'", "on_behalf_of = 'x'", "actor_id = 'x'",
        "at = '2020-01-01 00:00:00'", "object_type = 'x'",
    ],
)  # fmt: skip
def test_a_changed_field_is_found(chain: None, change: str) -> None:
    assert tamper(f"UPDATE core_audit_entry SET {change} WHERE seq = 3") == ["entry 3 was changed or reordered"]


def test_a_deleted_entry_is_found(chain: None) -> None:
    assert "entry 3 is missing (found 4)" in tamper("DELETE FROM core_audit_entry WHERE seq = 3")


def test_a_deletion_with_renumbering_is_found(chain: None) -> None:
    assert tamper(
        "DELETE FROM core_audit_entry WHERE seq = 3",
        *(f"UPDATE core_audit_entry SET seq = {seq - 1} WHERE seq = {seq}" for seq in (4, 5, 6)),
    )


def test_swapped_entries_are_found(chain: None) -> None:
    assert tamper(
        "UPDATE core_audit_entry SET seq = 99 WHERE seq = 2",
        "UPDATE core_audit_entry SET seq = 2 WHERE seq = 3",
        "UPDATE core_audit_entry SET seq = 3 WHERE seq = 99",
    )


def test_a_cut_tail_is_found_even_with_the_head_set_back(chain: None) -> None:
    found = tamper("DELETE FROM core_audit_entry WHERE seq > 4")
    assert found == ["the chain ends at 4, its head says 6: the tail was cut or added to"]
    found = tamper("UPDATE core_audit_head SET seq = 4, digest = (SELECT digest FROM core_audit_entry WHERE seq = 4)")
    assert found == ["the head of the chain was not written by this installation"]


def test_a_lost_head_is_found(chain: None) -> None:
    assert tamper("DELETE FROM core_audit_head") == ["the head of the chain is missing"]
    assert tamper("DELETE FROM core_audit_entry") == []  # nothing left to doubt: backups tell (docs/security.md)


def test_a_recomputed_chain_is_found_by_its_seal(chain: None) -> None:
    """Somebody with the database but without the installation's key rewrites everything after a change."""
    with write() as session:
        previous = audit.GENESIS
        for entry in session.query(AuditEntry).order_by(AuditEntry.seq):
            entry.reason = "改写"
            entry.prev_digest = previous
            entry.digest = previous = audit.digest_of(entry)
        session.flush()
        session.execute(text("UPDATE core_audit_head SET digest = :digest"), {"digest": previous})
    db.session.rollback()
    assert list(audit.verify()) == ["the head of the chain was not written by this installation"]


def test_each_jurisdiction_has_its_own_chain(chain: None, other_county: JurisdictionRef) -> None:
    with jurisdictions.enter(other_county):
        with write():
            assert audit.record(SYSTEM, "test.act", "test.thing", "x").seq == 1
        assert list(audit.verify()) == []


def test_what_fails_leaves_no_entry(chain: None) -> None:
    def fail() -> None:
        audit.record(SYSTEM, "test.act", "test.thing", "x")
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"), write():
        fail()
    assert list(audit.verify()) == []
    with write():
        assert audit.record(SYSTEM, "test.act", "test.thing", "y").seq == 7


def test_an_entry_names_role_and_principal(county: JurisdictionRef, person: Callable[..., Actor]) -> None:
    deputy = person(place=county, name="副主任")
    with write():
        entry = audit.record(
            deputy, "test.act", "test.thing", "x", grant=Grant("leader", county.id, None, "主任", "1"), article="会7"
        )
    assert (entry.actor_name, entry.role, entry.on_behalf_of, entry.article) == ("副主任", "leader", "主任", "会7")
