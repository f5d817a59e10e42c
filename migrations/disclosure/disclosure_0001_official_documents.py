"""official documents"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "disclosure_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "disclosure_document",
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("genre", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.String(length=32), nullable=True),
        sa.Column("matter_id", sa.String(length=32), nullable=True),
        sa.Column("attribute", sa.String(length=12), nullable=True),
        sa.Column("attribute_reason", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.Column("secrecy_level", sa.String(length=12), nullable=False),
        sa.Column("important", sa.Boolean(), nullable=False),
        sa.Column("joint_agencies", sa.JSON(), nullable=False),
        sa.Column("key_area", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=50), nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("approved_hash", sa.String(length=64), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "attribute is null or attribute in ('voluntary', 'on_request', 'withheld')",
            name=op.f("ck_disclosure_document_attribute"),
        ),
        sa.CheckConstraint(
            "not (state in ('signed', 'issued', 'redetermination', 'repealed')) or attribute is not null",
            name=op.f("ck_disclosure_document_issued_with_attribute"),
        ),
        sa.CheckConstraint(
            "secrecy_level = 'none' or attribute is null or attribute = 'withheld'",
            name=op.f("ck_disclosure_document_secret_withheld"),
        ),
        sa.CheckConstraint(
            "secrecy_level in ('none', 'secret', 'confidential', 'top_secret')",
            name=op.f("ck_disclosure_document_secrecy_level"),
        ),
        sa.CheckConstraint(
            "state in ('drafting', 'secrecy_review', 'referred', 'review', 'leader_review', 'to_sign', 'signed', 'issued', 'redetermination', 'void', 'repealed')",
            name=op.f("ck_disclosure_document_state"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["core_agency.id"], name=op.f("fk_disclosure_document_agency_id")),
        sa.ForeignKeyConstraint(["created_by"], ["core_account.id"], name=op.f("fk_disclosure_document_created_by")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_document_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["matter_id"], ["core_matter.id"], name=op.f("fk_disclosure_document_matter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_document")),
    )
    with op.batch_alter_table("disclosure_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_document_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_document_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index(
            "ix_disclosure_document_list", ["jurisdiction_id", "state", "updated_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_disclosure_document_matter_id"), ["matter_id"], unique=False)
        batch_op.create_index(
            "uq_disclosure_document_number",
            ["jurisdiction_id", "number"],
            unique=True,
            sqlite_where=sa.text("number <> ''"),
            postgresql_where=sa.text("number <> ''"),
        )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("disclosure_document", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_disclosure_document_number",
            sqlite_where=sa.text("number <> ''"),
            postgresql_where=sa.text("number <> ''"),
        )
        batch_op.drop_index(batch_op.f("ix_disclosure_document_matter_id"))
        batch_op.drop_index("ix_disclosure_document_list")
        batch_op.drop_index(batch_op.f("ix_disclosure_document_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_document_agency_id"))

    op.drop_table("disclosure_document")
