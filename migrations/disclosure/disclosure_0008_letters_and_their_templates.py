"""letters and their templates"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "disclosure_0008"
down_revision = "disclosure_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "disclosure_document_template",
        sa.Column("paper", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.String(length=32), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["core_attachment.id"], name=op.f("fk_disclosure_document_template_attachment_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["core_account.id"], name=op.f("fk_disclosure_document_template_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_document_template_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_document_template")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "paper",
            "version",
            name=op.f("uq_disclosure_document_template_jurisdiction_id_paper_version"),
        ),
    )
    with op.batch_alter_table("disclosure_document_template", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_disclosure_document_template_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )

    op.create_table(
        "disclosure_letter",
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("reply_id", sa.String(length=32), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=30), nullable=False),
        sa.Column("attachment_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["core_attachment.id"], name=op.f("fk_disclosure_letter_attachment_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_letter_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["reply_id"], ["disclosure_reply.id"], name=op.f("fk_disclosure_letter_reply_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["disclosure_request.id"], name=op.f("fk_disclosure_letter_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_letter")),
        sa.UniqueConstraint("request_id", "position", name=op.f("uq_disclosure_letter_request_id_position")),
    )
    with op.batch_alter_table("disclosure_letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_letter_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_letter_reply_id"), ["reply_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("disclosure_letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_letter_reply_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_letter_jurisdiction_id"))

    op.drop_table("disclosure_letter")
    with op.batch_alter_table("disclosure_document_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_document_template_jurisdiction_id"))

    op.drop_table("disclosure_document_template")
