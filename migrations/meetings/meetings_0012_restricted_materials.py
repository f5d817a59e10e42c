"""materials with the reader's name across each page"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "meetings_0012"
down_revision = "meetings_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("meetings_material", schema=None) as batch_op:
        batch_op.add_column(sa.Column("restricted", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("meetings_material", schema=None) as batch_op:
        batch_op.drop_column("restricted")
