"""Decision items, consultations with their editions, opinions and groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "predisclosure_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "predisclosure_item",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("joint_agencies", sa.JSON(), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("exemption_reason", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.String(length=32), nullable=True),
        sa.Column("approved_name", sa.String(length=60), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=18), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "category in ('strategy', 'vital_rules', 'emergencies', 'funds', 'emergency_plans', 'prices', 'other')",
            name=op.f("ck_predisclosure_item_category"),
        ),
        sa.CheckConstraint("state <> 'exempt' or approved_name <> ''", name=op.f("ck_predisclosure_item_approved")),
        sa.CheckConstraint("state = 'listed' or exemption_reason <> ''", name=op.f("ck_predisclosure_item_reasoned")),
        sa.CheckConstraint(
            "state in ('listed', 'exemption_pending', 'exempt')", name=op.f("ck_predisclosure_item_state")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["core_agency.id"], name=op.f("fk_predisclosure_item_agency_id")),
        sa.ForeignKeyConstraint(["created_by"], ["core_account.id"], name=op.f("fk_predisclosure_item_created_by")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_predisclosure_item_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["matter_id"], ["core_matter.id"], name=op.f("fk_predisclosure_item_matter_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["core_account.id"], name=op.f("fk_predisclosure_item_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predisclosure_item")),
    )
    with op.batch_alter_table("predisclosure_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_predisclosure_item_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_predisclosure_item_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index("ix_predisclosure_item_list", ["year", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_predisclosure_item_matter_id"), ["matter_id"], unique=False)

    op.create_table(
        "predisclosure_consultation",
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("main_points", sa.Text(), nullable=False),
        sa.Column("background", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("methods", sa.JSON(), nullable=False),
        sa.Column("short_ground", sa.Text(), nullable=False),
        sa.Column("short_explanation", sa.Text(), nullable=False),
        sa.Column("wanted_close", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_name", sa.String(length=60), nullable=False),
        sa.Column("errata", sa.JSON(), nullable=False),
        sa.Column("extensions", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("revised_text", sa.Text(), nullable=False),
        sa.Column("legality", sa.String(length=20), nullable=False),
        sa.Column("legality_note", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("document_number", sa.String(length=50), nullable=False),
        sa.Column("state", sa.String(length=18), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("submitted_by", sa.String(length=32), nullable=True),
        sa.Column("summarised_by", sa.String(length=32), nullable=True),
        sa.Column("publication_id", sa.String(length=32), nullable=True),
        sa.Column("summary_publication_id", sa.String(length=32), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "legality = '' or legality in ('passed', 'passed_with_changes', 'failed')",
            name=op.f("ck_predisclosure_consultation_legality"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'pending', 'open', 'closed', 'summarising', 'summary_review', 'summary_published', 'revised', 'submitted', 'issued', 'not_issued', 'terminated')",
            name=op.f("ck_predisclosure_consultation_state"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'pending', 'terminated') or (opens_at is not null and closes_at is not null)",
            name=op.f("ck_predisclosure_consultation_period"),
        ),
        sa.CheckConstraint(
            "closes_at is null or opens_at is null or closes_at > opens_at",
            name=op.f("ck_predisclosure_consultation_forwards"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["core_agency.id"], name=op.f("fk_predisclosure_consultation_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["core_account.id"], name=op.f("fk_predisclosure_consultation_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["predisclosure_item.id"], name=op.f("fk_predisclosure_consultation_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_predisclosure_consultation_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["core_matter.id"], name=op.f("fk_predisclosure_consultation_matter_id")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["core_publication.id"], name=op.f("fk_predisclosure_consultation_publication_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["core_account.id"], name=op.f("fk_predisclosure_consultation_submitted_by")
        ),
        sa.ForeignKeyConstraint(
            ["summarised_by"], ["core_account.id"], name=op.f("fk_predisclosure_consultation_summarised_by")
        ),
        sa.ForeignKeyConstraint(
            ["summary_publication_id"],
            ["core_publication.id"],
            name=op.f("fk_predisclosure_consultation_summary_publication_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predisclosure_consultation")),
    )
    with op.batch_alter_table("predisclosure_consultation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_predisclosure_consultation_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_predisclosure_consultation_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_predisclosure_consultation_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )
        batch_op.create_index("ix_predisclosure_consultation_list", ["state", "closes_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_predisclosure_consultation_matter_id"), ["matter_id"], unique=False)
        batch_op.create_index(
            "uq_predisclosure_consultation_item",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("state not in ('terminated', 'not_issued')"),
            postgresql_where=sa.text("state not in ('terminated', 'not_issued')"),
        )

    op.create_table(
        "predisclosure_edition",
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["predisclosure_consultation.id"],
            name=op.f("fk_predisclosure_edition_consultation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_predisclosure_edition_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predisclosure_edition")),
        sa.UniqueConstraint("consultation_id", "number", name=op.f("uq_predisclosure_edition_consultation_id_number")),
    )
    with op.batch_alter_table("predisclosure_edition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_predisclosure_edition_consultation_id"), ["consultation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_predisclosure_edition_jurisdiction_id"), ["jurisdiction_id"], unique=False)

    op.create_table(
        "predisclosure_group",
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("disposition", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("split_from_id", sa.String(length=32), nullable=True),
        sa.Column("merged_into_id", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "disposition = '' or disposition in ('adopted', 'partly', 'rejected', 'unrelated')",
            name=op.f("ck_predisclosure_group_disposition"),
        ),
        sa.CheckConstraint(
            "not (disposition in ('rejected', 'unrelated')) or reason <> ''",
            name=op.f("ck_predisclosure_group_reasoned"),
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["predisclosure_consultation.id"], name=op.f("fk_predisclosure_group_consultation_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_predisclosure_group_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["predisclosure_group.id"], name=op.f("fk_predisclosure_group_merged_into_id")
        ),
        sa.ForeignKeyConstraint(
            ["split_from_id"], ["predisclosure_group.id"], name=op.f("fk_predisclosure_group_split_from_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predisclosure_group")),
        sa.UniqueConstraint("consultation_id", "number", name=op.f("uq_predisclosure_group_consultation_id_number")),
    )
    with op.batch_alter_table("predisclosure_group", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_predisclosure_group_consultation_id"), ["consultation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_predisclosure_group_jurisdiction_id"), ["jurisdiction_id"], unique=False)

    op.create_table(
        "predisclosure_opinion",
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("sender_hash", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.String(length=32), nullable=True),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("passage", sa.String(length=500), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("hidden_reason", sa.Text(), nullable=False),
        sa.Column("group_id", sa.String(length=32), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("channel = 'web' or source <> ''", name=op.f("ck_predisclosure_opinion_sourced")),
        sa.CheckConstraint(
            "channel in ('web', 'hearing', 'survey', 'letter', 'phone')", name=op.f("ck_predisclosure_opinion_channel")
        ),
        sa.CheckConstraint("not hidden or hidden_reason <> ''", name=op.f("ck_predisclosure_opinion_hidden_reasoned")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["predisclosure_consultation.id"],
            name=op.f("fk_predisclosure_opinion_consultation_id"),
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["core_account.id"], name=op.f("fk_predisclosure_opinion_entered_by")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["predisclosure_group.id"], name=op.f("fk_predisclosure_opinion_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_predisclosure_opinion_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predisclosure_opinion")),
        sa.UniqueConstraint("jurisdiction_id", "number", name=op.f("uq_predisclosure_opinion_jurisdiction_id_number")),
    )
    with op.batch_alter_table("predisclosure_opinion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_predisclosure_opinion_consultation_id"), ["consultation_id"], unique=False)
        batch_op.create_index(
            "ix_predisclosure_opinion_flood", ["consultation_id", "sender_hash", "received_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_predisclosure_opinion_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_predisclosure_opinion_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index(
            "ix_predisclosure_opinion_list", ["consultation_id", "late", "hidden", "id"], unique=False
        )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("predisclosure_opinion", schema=None) as batch_op:
        batch_op.drop_index("ix_predisclosure_opinion_list")
        batch_op.drop_index(batch_op.f("ix_predisclosure_opinion_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_predisclosure_opinion_group_id"))
        batch_op.drop_index("ix_predisclosure_opinion_flood")
        batch_op.drop_index(batch_op.f("ix_predisclosure_opinion_consultation_id"))

    op.drop_table("predisclosure_opinion")
    with op.batch_alter_table("predisclosure_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_predisclosure_group_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_predisclosure_group_consultation_id"))

    op.drop_table("predisclosure_group")
    with op.batch_alter_table("predisclosure_edition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_predisclosure_edition_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_predisclosure_edition_consultation_id"))

    op.drop_table("predisclosure_edition")
    with op.batch_alter_table("predisclosure_consultation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_predisclosure_consultation_item",
            sqlite_where=sa.text("state not in ('terminated', 'not_issued')"),
            postgresql_where=sa.text("state not in ('terminated', 'not_issued')"),
        )
        batch_op.drop_index(batch_op.f("ix_predisclosure_consultation_matter_id"))
        batch_op.drop_index("ix_predisclosure_consultation_list")
        batch_op.drop_index(batch_op.f("ix_predisclosure_consultation_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_predisclosure_consultation_item_id"))
        batch_op.drop_index(batch_op.f("ix_predisclosure_consultation_agency_id"))

    op.drop_table("predisclosure_consultation")
    with op.batch_alter_table("predisclosure_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_predisclosure_item_matter_id"))
        batch_op.drop_index("ix_predisclosure_item_list")
        batch_op.drop_index(batch_op.f("ix_predisclosure_item_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_predisclosure_item_agency_id"))

    op.drop_table("predisclosure_item")
