"""what the public reads at the address of a withdrawn publication"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0008"
down_revision = "core_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("core_publication", schema=None) as batch_op:
        batch_op.add_column(sa.Column("public_note", sa.String(length=500), nullable=False, server_default=""))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("core_publication", schema=None) as batch_op:
        batch_op.drop_column("public_note")
