"""Hold and release, confidential item and rehearsal of the live text"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "meetings_0007"
down_revision = "meetings_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("meetings_live_session") as batch_op:
        batch_op.add_column(sa.Column("rehearsal_of", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("delay", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("waiting", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("stopped_by", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("confidential_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("confidential_by", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("confirmed_by", sa.String(length=32), nullable=True))
        batch_op.create_index("ix_meetings_live_session_rehearsal_of", ["rehearsal_of"], unique=True)
    op.create_table(
        "meetings_live_held",
        sa.Column("post", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("release_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("two_persons", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=True),
        sa.Column("first_by", sa.String(length=32), nullable=True),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "state in ('waiting', 'stopped', 'released', 'refused')", name=op.f("ck_meetings_live_held_state")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_meetings_live_held_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["post"], ["meetings_live_post.post"], name=op.f("fk_meetings_live_held_post")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["meetings_live_session.id"], name=op.f("fk_meetings_live_held_session_id")
        ),
        sa.PrimaryKeyConstraint("post", name=op.f("pk_meetings_live_held")),
        sa.UniqueConstraint("session_id", "place", name=op.f("uq_meetings_live_held_session_id_place")),
    )
    with op.batch_alter_table("meetings_live_held") as batch_op:
        batch_op.create_index("ix_meetings_live_held_due", ["state", "release_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_meetings_live_held_jurisdiction_id"), ["jurisdiction_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("meetings_live_held")
    with op.batch_alter_table("meetings_live_session") as batch_op:
        batch_op.drop_index("ix_meetings_live_session_rehearsal_of")
        for name in (
            "rehearsal_of", "delay", "waiting", "stopped_at", "stopped_by", "confidential_at", "confidential_by",
            "confirmed_at", "confirmed_by",
        ):  # fmt: skip
            batch_op.drop_column(name)
