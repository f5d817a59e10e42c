"""calendar part of notices"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("core_notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("calendar", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("core_notice", schema=None) as batch_op:
        batch_op.drop_column("calendar")
