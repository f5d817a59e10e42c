"""items that left an announced agenda"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "meetings_0009"
down_revision = "meetings_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("meetings_application", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_agenda", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("meetings_application", schema=None) as batch_op:
        batch_op.drop_column("left_agenda")
