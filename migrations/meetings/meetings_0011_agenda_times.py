"""minutes an item is planned for"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "meetings_0011"
down_revision = "meetings_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("meetings_application", schema=None) as batch_op:
        batch_op.add_column(sa.Column("minutes", sa.Integer(), nullable=False, server_default="20"))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("meetings_application", schema=None) as batch_op:
        batch_op.drop_column("minutes")
