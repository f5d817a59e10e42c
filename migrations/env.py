"""Alembic environment: one chain and one version table for the core and for each plugin."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from core.db import Base, UtcDateTime

chain: str = context.config.attributes["chain"]
connection: Connection = context.config.attributes["connection"]


def _mine(_object: object, name: str | None, kind: str, _reflected: bool, _compare: object) -> bool:
    """A chain sees only its own tables, `core_*` or `<plugin>_*`."""
    return kind != "table" or (name or "").startswith(f"{chain}_")


def _render(kind: str, item: object, _context: object) -> str | bool:
    """Migrations name plain SQL types, so that they stand without the code of their day."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    version_table=f"alembic_version_{chain}",
    include_object=_mine,
    render_as_batch=True,
    compare_type=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
