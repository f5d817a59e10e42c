"""addresses that lead to another one: merged matters"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0009"
down_revision = "core_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("core_matter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(length=12), nullable=False, server_default="open"))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_check_constraint(batch_op.f("ck_core_matter_state"), "state in ('open', 'merged')")
    in_force = sa.text("undone_at is null")
    op.create_table(
        "core_moved",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("old_id", sa.String(length=32), nullable=False),
        sa.Column("new_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("public_note", sa.String(length=500), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by", sa.String(length=32), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=32), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("kind in ('matter')", name=op.f("ck_core_moved_kind")),
        sa.CheckConstraint("old_id <> new_id", name=op.f("ck_core_moved_to_another")),
        sa.ForeignKeyConstraint(["moved_by"], ["core_account.id"], name=op.f("fk_core_moved_moved_by")),
        sa.ForeignKeyConstraint(["undone_by"], ["core_account.id"], name=op.f("fk_core_moved_undone_by")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_core_moved_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_moved")),
    )
    with op.batch_alter_table("core_moved", schema=None) as batch_op:
        batch_op.create_index(
            "uq_core_moved_in_force", ["kind", "old_id"], unique=True, sqlite_where=in_force, postgresql_where=in_force
        )
        batch_op.create_index("ix_core_moved_new", ["kind", "new_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_moved_jurisdiction_id"), ["jurisdiction_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("core_moved")
    with op.batch_alter_table("core_matter", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_core_matter_state"), type_="check")
        batch_op.drop_column("version")
        batch_op.drop_column("state")
