"""bodies, guides, the withheld catalogue, rectifications"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "disclosure_0003"
down_revision = "disclosure_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "disclosure_body",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("office_name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("fax", sa.String(length=60), nullable=False),
        sa.Column("hours", sa.String(length=120), nullable=False),
        sa.Column("mail", sa.String(length=120), nullable=False),
        sa.Column("website", sa.String(length=200), nullable=False),
        sa.Column("deputy_name", sa.String(length=60), nullable=False),
        sa.Column("supervises", sa.Boolean(), nullable=False),
        sa.Column("assessed", sa.Boolean(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["core_agency.id"], name=op.f("fk_disclosure_body_agency_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_body_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_body")),
        sa.UniqueConstraint("agency_id", name=op.f("uq_disclosure_body_agency_id")),
    )
    with op.batch_alter_table("disclosure_body", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_body_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index(
            "uq_disclosure_body_supervises",
            ["jurisdiction_id"],
            unique=True,
            sqlite_where=sa.text("supervises"),
            postgresql_where=sa.text("supervises"),
        )

    op.create_table(
        "disclosure_rectification",
        sa.Column("agency_id", sa.String(length=32), nullable=True),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("ordered_by", sa.String(length=80), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_name", sa.String(length=60), nullable=False),
        sa.Column("reported_by", sa.String(length=32), nullable=True),
        sa.Column("reported_name", sa.String(length=60), nullable=False),
        sa.Column("returned_reason", sa.Text(), nullable=False),
        sa.Column("verification", sa.Text(), nullable=False),
        sa.Column("verified_name", sa.String(length=60), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "outcome is null or outcome in ('rectified', 'accountability', 'transferred')",
            name=op.f("ck_disclosure_rectification_outcome"),
        ),
        sa.CheckConstraint(
            "severity in ('minor', 'serious', 'grave')", name=op.f("ck_disclosure_rectification_severity")
        ),
        sa.CheckConstraint(
            "state <> 'verified' or verified_name <> ''", name=op.f("ck_disclosure_rectification_verified")
        ),
        sa.CheckConstraint(
            "state = 'open' or (outcome is not null and measures <> '')",
            name=op.f("ck_disclosure_rectification_reported"),
        ),
        sa.CheckConstraint("state in ('open', 'reported', 'verified')", name=op.f("ck_disclosure_rectification_state")),
        sa.ForeignKeyConstraint(["agency_id"], ["core_agency.id"], name=op.f("fk_disclosure_rectification_agency_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_rectification_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by"], ["core_account.id"], name=op.f("fk_disclosure_rectification_reported_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_rectification")),
    )
    with op.batch_alter_table("disclosure_rectification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_rectification_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_disclosure_rectification_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )
        batch_op.create_index(
            "ix_disclosure_rectification_list", ["jurisdiction_id", "state", "due_on", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_disclosure_rectification_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "disclosure_urging",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("demand", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("urged_by", sa.String(length=32), nullable=True),
        sa.Column("urged_name", sa.String(length=60), nullable=False),
        sa.Column("answered_name", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("state = 'open' or answer <> ''", name=op.f("ck_disclosure_urging_answered")),
        sa.CheckConstraint("state in ('open', 'answered', 'closed')", name=op.f("ck_disclosure_urging_state")),
        sa.ForeignKeyConstraint(["agency_id"], ["core_agency.id"], name=op.f("fk_disclosure_urging_agency_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_urging_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["urged_by"], ["core_account.id"], name=op.f("fk_disclosure_urging_urged_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_urging")),
    )
    with op.batch_alter_table("disclosure_urging", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_urging_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_urging_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index("ix_disclosure_urging_list", ["jurisdiction_id", "state", "due_on", "id"], unique=False)

    op.create_table(
        "disclosure_entry",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(length=32), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_sensitive", sa.Boolean(), nullable=False),
        sa.Column("public_title", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=50), nullable=False),
        sa.Column("code_name", sa.String(length=50), nullable=False),
        sa.Column("ground", sa.String(length=2), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=True),
        sa.Column("unit", sa.String(length=80), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exclusion", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "ground = '' or ground in ('1a', '1b', '1c', '2a', '2b', '2c', '3a', '3b', '3c', '4')",
            name=op.f("ck_disclosure_entry_ground"),
        ),
        sa.CheckConstraint(
            "not (state in ('entered', 'to_publish', 'to_request')) or public_title <> ''",
            name=op.f("ck_disclosure_entry_with_title"),
        ),
        sa.CheckConstraint("state <> 'excluded' or exclusion <> ''", name=op.f("ck_disclosure_entry_explained")),
        sa.CheckConstraint(
            "state in ('listed', 'excluded') or (ground <> '' and facts <> '')",
            name=op.f("ck_disclosure_entry_with_reason"),
        ),
        sa.CheckConstraint(
            "state in ('listed', 'reasoned', 'excluded', 'entered', 'to_publish', 'to_request')",
            name=op.f("ck_disclosure_entry_state"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["core_agency.id"], name=op.f("fk_disclosure_entry_agency_id")),
        sa.ForeignKeyConstraint(["created_by"], ["core_account.id"], name=op.f("fk_disclosure_entry_created_by")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["disclosure_document.id"], name=op.f("fk_disclosure_entry_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_entry_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_entry")),
    )
    with op.batch_alter_table("disclosure_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_entry_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_entry_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index("ix_disclosure_entry_list", ["agency_id", "year", "state", "id"], unique=False)
        batch_op.create_index(
            "uq_disclosure_entry_document",
            ["document_id"],
            unique=True,
            sqlite_where=sa.text("document_id is not null"),
            postgresql_where=sa.text("document_id is not null"),
        )

    op.create_table(
        "disclosure_guide",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("arrangement", sa.Text(), nullable=False),
        sa.Column("obtaining", sa.Text(), nullable=False),
        sa.Column("contact", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("approved_hash", sa.String(length=64), nullable=True),
        sa.Column("publication_id", sa.String(length=32), nullable=True),
        sa.Column("written_by", sa.String(length=32), nullable=True),
        sa.Column("approved_name", sa.String(length=60), nullable=False),
        sa.Column("returned_reason", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "state in ('drafting', 'review', 'approved', 'published', 'superseded')",
            name=op.f("ck_disclosure_guide_state"),
        ),
        sa.CheckConstraint(
            "state not in ('approved', 'published') or content_hash = approved_hash",
            name=op.f("ck_disclosure_guide_as_approved"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["core_agency.id"], name=op.f("fk_disclosure_guide_agency_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_guide_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["core_publication.id"], name=op.f("fk_disclosure_guide_publication_id")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["core_account.id"], name=op.f("fk_disclosure_guide_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_guide")),
        sa.UniqueConstraint("agency_id", "edition", name=op.f("uq_disclosure_guide_agency_id_edition")),
    )
    with op.batch_alter_table("disclosure_guide", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_guide_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_guide_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index(
            "uq_disclosure_guide_published",
            ["agency_id"],
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )

    op.create_table(
        "disclosure_withheld_catalogue",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("approved_hash", sa.String(length=64), nullable=True),
        sa.Column("compiled_by", sa.String(length=32), nullable=True),
        sa.Column("approved_name", sa.String(length=60), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_by", sa.String(length=32), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_reason", sa.Text(), nullable=False),
        sa.Column("receipt_number", sa.String(length=50), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publication_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "state = 'compiling' or approved_hash = content_hash",
            name=op.f("ck_disclosure_withheld_catalogue_as_approved"),
        ),
        sa.CheckConstraint(
            "state in ('compiling', 'approved', 'filed', 'accepted', 'published', 'superseded')",
            name=op.f("ck_disclosure_withheld_catalogue_state"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'published') or receipt_number <> ''",
            name=op.f("ck_disclosure_withheld_catalogue_receipt"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["core_agency.id"], name=op.f("fk_disclosure_withheld_catalogue_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["compiled_by"], ["core_account.id"], name=op.f("fk_disclosure_withheld_catalogue_compiled_by")
        ),
        sa.ForeignKeyConstraint(
            ["filed_by"], ["core_account.id"], name=op.f("fk_disclosure_withheld_catalogue_filed_by")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_withheld_catalogue_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["core_publication.id"], name=op.f("fk_disclosure_withheld_catalogue_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_withheld_catalogue")),
        sa.UniqueConstraint(
            "agency_id", "year", "edition", name=op.f("uq_disclosure_withheld_catalogue_agency_id_year_edition")
        ),
    )
    with op.batch_alter_table("disclosure_withheld_catalogue", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_withheld_catalogue_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_disclosure_withheld_catalogue_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )
        batch_op.create_index(
            "uq_disclosure_withheld_catalogue_published",
            ["agency_id", "year"],
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("disclosure_withheld_catalogue", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_disclosure_withheld_catalogue_published",
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )
        batch_op.drop_index(batch_op.f("ix_disclosure_withheld_catalogue_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_withheld_catalogue_agency_id"))

    op.drop_table("disclosure_withheld_catalogue")
    with op.batch_alter_table("disclosure_guide", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_disclosure_guide_published",
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )
        batch_op.drop_index(batch_op.f("ix_disclosure_guide_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_guide_agency_id"))

    op.drop_table("disclosure_guide")
    with op.batch_alter_table("disclosure_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_disclosure_entry_document",
            sqlite_where=sa.text("document_id is not null"),
            postgresql_where=sa.text("document_id is not null"),
        )
        batch_op.drop_index("ix_disclosure_entry_list")
        batch_op.drop_index(batch_op.f("ix_disclosure_entry_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_entry_agency_id"))

    op.drop_table("disclosure_entry")
    with op.batch_alter_table("disclosure_urging", schema=None) as batch_op:
        batch_op.drop_index("ix_disclosure_urging_list")
        batch_op.drop_index(batch_op.f("ix_disclosure_urging_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_urging_agency_id"))

    op.drop_table("disclosure_urging")
    with op.batch_alter_table("disclosure_rectification", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_rectification_subject_id"))
        batch_op.drop_index("ix_disclosure_rectification_list")
        batch_op.drop_index(batch_op.f("ix_disclosure_rectification_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_rectification_agency_id"))

    op.drop_table("disclosure_rectification")
    with op.batch_alter_table("disclosure_body", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_disclosure_body_supervises", sqlite_where=sa.text("supervises"), postgresql_where=sa.text("supervises")
        )
        batch_op.drop_index(batch_op.f("ix_disclosure_body_jurisdiction_id"))

    op.drop_table("disclosure_body")
