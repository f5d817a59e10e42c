"""the processing sheet"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "disclosure_0006"
down_revision = "disclosure_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "disclosure_referral",
        sa.Column("document_id", sa.String(length=32), nullable=False),
        sa.Column("target", sa.String(length=16), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.String(length=32), nullable=True),
        sa.Column("answered_name", sa.String(length=80), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("target in ('superior', 'secrecy_office')", name=op.f("ck_disclosure_referral_target")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["core_attachment.id"], name=op.f("fk_disclosure_referral_attachment_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["disclosure_document.id"], name=op.f("fk_disclosure_referral_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_referral_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_referral")),
    )
    with op.batch_alter_table("disclosure_referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_referral_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_referral_jurisdiction_id"), ["jurisdiction_id"], unique=False)

    op.create_table(
        "disclosure_sheet_line",
        sa.Column("document_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("agency_id", sa.String(length=32), nullable=True),
        sa.Column("actor_id", sa.String(length=32), nullable=True),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=80), nullable=False),
        sa.Column("attribute", sa.String(length=12), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("void_reason", sa.String(length=300), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("not void or void_reason <> ''", name=op.f("ck_disclosure_sheet_line_void_reason")),
        sa.ForeignKeyConstraint(["agency_id"], ["core_agency.id"], name=op.f("fk_disclosure_sheet_line_agency_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["disclosure_document.id"], name=op.f("fk_disclosure_sheet_line_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_sheet_line_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_sheet_line")),
    )
    with op.batch_alter_table("disclosure_sheet_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_sheet_line_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_sheet_line_jurisdiction_id"), ["jurisdiction_id"], unique=False)

    with op.batch_alter_table("disclosure_document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin", sa.String(length=10), nullable=False, server_default="made"))
        batch_op.add_column(sa.Column("source", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("public_text", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("ground_facts", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("sheet", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("proposal", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("repeal_kind", sa.String(length=10), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("repeal_basis", sa.String(length=300), nullable=False, server_default=""))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("disclosure_document", schema=None) as batch_op:
        batch_op.drop_column("repeal_basis")
        batch_op.drop_column("repeal_kind")
        batch_op.drop_column("proposal")
        batch_op.drop_column("sheet")
        batch_op.drop_column("ground_facts")
        batch_op.drop_column("public_text")
        batch_op.drop_column("source")
        batch_op.drop_column("origin")

    with op.batch_alter_table("disclosure_sheet_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_sheet_line_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_sheet_line_document_id"))

    op.drop_table("disclosure_sheet_line")
    with op.batch_alter_table("disclosure_referral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_referral_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_referral_document_id"))

    op.drop_table("disclosure_referral")
