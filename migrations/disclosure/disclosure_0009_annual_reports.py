"""annual reports"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "disclosure_0009"
down_revision = "disclosure_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "disclosure_annual_report",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("overview", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("approved_hash", sa.String(length=64), nullable=True),
        sa.Column("written_by", sa.String(length=32), nullable=True),
        sa.Column("approved_name", sa.String(length=60), nullable=False),
        sa.Column("returned_reason", sa.Text(), nullable=False),
        sa.Column("publication_id", sa.String(length=32), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("kind in ('body', 'government')", name=op.f("ck_disclosure_annual_report_kind")),
        sa.CheckConstraint(
            "state = 'draft' or content_hash = approved_hash", name=op.f("ck_disclosure_annual_report_as_approved")
        ),
        sa.CheckConstraint(
            "state in ('draft', 'reviewed', 'published')", name=op.f("ck_disclosure_annual_report_state")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["core_agency.id"], name=op.f("fk_disclosure_annual_report_agency_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_annual_report_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["core_publication.id"], name=op.f("fk_disclosure_annual_report_publication_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["core_account.id"], name=op.f("fk_disclosure_annual_report_written_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_annual_report")),
        sa.UniqueConstraint("agency_id", "year", "kind", name=op.f("uq_disclosure_annual_report_agency_id_year_kind")),
    )
    with op.batch_alter_table("disclosure_annual_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_annual_report_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_disclosure_annual_report_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("disclosure_annual_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_annual_report_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_annual_report_agency_id"))

    op.drop_table("disclosure_annual_report")
