"""the person named for a duty of publication"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "meetings_0002"
down_revision = "meetings_0001"
branch_labels = None
depends_on = None

OWNER = "fk_meetings_obligation_owner_id"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("meetings_obligation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("owner_name", sa.String(length=80), nullable=False, server_default=""))
        batch_op.create_foreign_key(batch_op.f(OWNER), "core_account", ["owner_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_meetings_obligation_owner_id"), ["owner_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("meetings_obligation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meetings_obligation_owner_id"))
        batch_op.drop_constraint(batch_op.f(OWNER), type_="foreignkey")
        batch_op.drop_column("owner_name")
        batch_op.drop_column("owner_id")
