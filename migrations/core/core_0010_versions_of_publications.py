"""new versions of publications; why something is public information"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0010"
down_revision = "core_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("core_publication", schema=None) as batch_op:
        batch_op.add_column(sa.Column("open_reason", sa.String(length=500), nullable=False, server_default=""))
    with op.batch_alter_table("core_moved", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_core_moved_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_core_moved_kind"), "kind in ('matter', 'publication')")


def downgrade() -> None:
    """Undo."""
    op.execute("DELETE FROM core_moved WHERE kind = 'publication'")
    with op.batch_alter_table("core_moved", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_core_moved_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_core_moved_kind"), "kind in ('matter')")
    with op.batch_alter_table("core_publication", schema=None) as batch_op:
        batch_op.drop_column("open_reason")
