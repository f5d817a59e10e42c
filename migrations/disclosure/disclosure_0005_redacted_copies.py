"""redacted copies"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "disclosure_0005"
down_revision = "disclosure_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "disclosure_redaction",
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("agency_id", sa.String(length=32), nullable=True),
        sa.Column("source_id", sa.String(length=32), nullable=False),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.Column("unplaced", sa.JSON(), nullable=False),
        sa.Column("copy_id", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "state <> 'made' or copy_id is not null", name=op.f("ck_disclosure_redaction_made_with_copy")
        ),
        sa.CheckConstraint("state in ('marking', 'made', 'dropped')", name=op.f("ck_disclosure_redaction_state")),
        sa.ForeignKeyConstraint(["agency_id"], ["core_agency.id"], name=op.f("fk_disclosure_redaction_agency_id")),
        sa.ForeignKeyConstraint(["copy_id"], ["core_attachment.id"], name=op.f("fk_disclosure_redaction_copy_id")),
        sa.ForeignKeyConstraint(["created_by"], ["core_account.id"], name=op.f("fk_disclosure_redaction_created_by")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_redaction_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["core_attachment.id"], name=op.f("fk_disclosure_redaction_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_redaction")),
    )
    with op.batch_alter_table("disclosure_redaction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_redaction_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_redaction_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index("ix_disclosure_redaction_subject", ["subject_type", "subject_id"], unique=False)

    op.create_table(
        "disclosure_redaction_region",
        sa.Column("redaction_id", sa.String(length=32), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(length=4), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "ground in ('1a', '1b', '1c', '2a', '2b', '2c', '3a', '3b', '3c', '4')",
            name=op.f("ck_disclosure_redaction_region_ground"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_disclosure_redaction_region_reason")),
        sa.CheckConstraint(
            "x >= 0 and y >= 0 and width > 0 and height > 0 and x + width <= 1000 and y + height <= 1000",
            name=op.f("ck_disclosure_redaction_region_on_page"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_redaction_region_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["redaction_id"], ["disclosure_redaction.id"], name=op.f("fk_disclosure_redaction_region_redaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_redaction_region")),
    )
    with op.batch_alter_table("disclosure_redaction_region", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_disclosure_redaction_region_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_disclosure_redaction_region_redaction_id"), ["redaction_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("disclosure_redaction_region", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_redaction_region_redaction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_redaction_region_jurisdiction_id"))

    op.drop_table("disclosure_redaction_region")
    with op.batch_alter_table("disclosure_redaction", schema=None) as batch_op:
        batch_op.drop_index("ix_disclosure_redaction_subject")
        batch_op.drop_index(batch_op.f("ix_disclosure_redaction_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_redaction_agency_id"))

    op.drop_table("disclosure_redaction")
