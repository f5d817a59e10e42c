"""imported rows"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "disclosure_0004"
down_revision = "disclosure_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "disclosure_imported_row",
        sa.Column("document_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("issuer", sa.String(length=100), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.String(length=32), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("outcome in ('new', 'version')", name=op.f("ck_disclosure_imported_row_outcome")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["disclosure_document.id"], name=op.f("fk_disclosure_imported_row_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["core_account.id"], name=op.f("fk_disclosure_imported_row_imported_by")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_imported_row_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_imported_row")),
        sa.UniqueConstraint(
            "jurisdiction_id", "digest", name=op.f("uq_disclosure_imported_row_jurisdiction_id_digest")
        ),
    )
    with op.batch_alter_table("disclosure_imported_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_imported_row_document_id"), ["document_id"], unique=False)
        batch_op.create_index("ix_disclosure_imported_row_identity", ["jurisdiction_id", "identity"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_disclosure_imported_row_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("disclosure_imported_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_imported_row_jurisdiction_id"))
        batch_op.drop_index("ix_disclosure_imported_row_identity")
        batch_op.drop_index(batch_op.f("ix_disclosure_imported_row_document_id"))

    op.drop_table("disclosure_imported_row")
