"""Telephone lines"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "hotline_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "hotline_line",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("number", sa.String(30), nullable=False),
        sa.Column("hours", sa.String(80), nullable=False),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("jurisdiction_id", sa.String(32), sa.ForeignKey("core_jurisdiction.id"), nullable=False, index=True),
        sa.UniqueConstraint("jurisdiction_id", "number"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("hotline_line")
