"""The row scope: what a session may see and write."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from core import jurisdictions
from core.contracts import JurisdictionRef
from core.db import ScopeError, all_jurisdictions, db, write
from core.models import Matter


@pytest.fixture
def foreign_matter(other_county: JurisdictionRef) -> str:
    with jurisdictions.enter(other_county), write() as session:
        matter = Matter(title="别县的事项")
        session.add(matter)
        session.flush()
        return matter.id


def test_another_countys_row_is_invisible(foreign_matter: str, county: JurisdictionRef) -> None:
    assert db.session.get(Matter, foreign_matter) is None
    assert db.session.scalars(select(Matter)).all() == []


def test_all_jurisdictions_sees_it(app: Flask, foreign_matter: str) -> None:
    with all_jurisdictions("test"):
        assert db.session.get(Matter, foreign_matter) is not None


def test_a_scoped_query_without_scope_is_an_error(app: Flask) -> None:
    with pytest.raises(ScopeError):
        db.session.scalars(select(Matter)).all()


def test_a_foreign_row_is_not_written(county: JurisdictionRef, other_county: JurisdictionRef) -> None:
    with pytest.raises(ScopeError), write() as session:
        session.add(Matter(title="x", jurisdiction_id=other_county.id))


def test_only_write_commits(county: JurisdictionRef) -> None:
    db.session.add(Matter(title="x"))
    with pytest.raises(ScopeError):
        db.session.commit()
