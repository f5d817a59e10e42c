"""the person named for a deadline"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0003"
down_revision = "core_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("core_clock", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner_id", sa.String(length=32), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_core_clock_owner_id"), "core_account", ["owner_id"], ["id"])


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("core_clock", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_core_clock_owner_id"), type_="foreignkey")
        batch_op.drop_column("owner_id")
