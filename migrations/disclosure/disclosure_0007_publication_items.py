"""publication items"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "disclosure_0007"
down_revision = "disclosure_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "disclosure_index_series",
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_index_series_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_index_series")),
        sa.UniqueConstraint(
            "jurisdiction_id", "owner", "year", name=op.f("uq_disclosure_index_series_jurisdiction_id_owner_year")
        ),
    )
    with op.batch_alter_table("disclosure_index_series", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_disclosure_index_series_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )

    op.create_table(
        "disclosure_item",
        sa.Column("document_id", sa.String(length=32), nullable=True),
        sa.Column("agency_id", sa.String(length=32), nullable=True),
        sa.Column("matter_id", sa.String(length=32), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("genre", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=50), nullable=False),
        sa.Column("keywords", sa.String(length=200), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("carrier", sa.String(length=12), nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=False),
        sa.Column("counted_from", sa.Date(), nullable=True),
        sa.Column("urgency", sa.String(length=12), nullable=False),
        sa.Column("key_area", sa.Boolean(), nullable=False),
        sa.Column("column_key", sa.String(length=40), nullable=False),
        sa.Column("agencies", sa.JSON(), nullable=False),
        sa.Column("concerns_nobody", sa.Boolean(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("days_basis", sa.String(length=300), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("approved_hash", sa.String(length=64), nullable=True),
        sa.Column("approved_name", sa.String(length=80), nullable=False),
        sa.Column("cleared_hash", sa.String(length=64), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_cause", sa.String(length=20), nullable=False),
        sa.Column("publication_id", sa.String(length=32), nullable=True),
        sa.Column("draft_id", sa.String(length=32), nullable=True),
        sa.Column("expired_on", sa.Date(), nullable=True),
        sa.Column("expired_basis", sa.String(length=300), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=32), nullable=True),
        sa.Column("withdrawn_name", sa.String(length=80), nullable=False),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("withdrawal_confirmed_name", sa.String(length=80), nullable=False),
        sa.Column("withdrawal_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("edited_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "carrier in ('text', 'table', 'image', 'audio_video', 'other')", name=op.f("ck_disclosure_item_carrier")
        ),
        sa.CheckConstraint("origin in ('made', 'obtained')", name=op.f("ck_disclosure_item_origin")),
        sa.CheckConstraint(
            "state <> 'to_release' or approved_hash = content_hash", name=op.f("ck_disclosure_item_as_approved")
        ),
        sa.CheckConstraint(
            "state in ('editing', 'confirming', 'disputed', 'mediation', 'review', 'to_release', 'released', 'complete', 'withdrawn', 'not_released')",
            name=op.f("ck_disclosure_item_state"),
        ),
        sa.CheckConstraint(
            "state not in ('released', 'complete') or publication_id is not null",
            name=op.f("ck_disclosure_item_public_page"),
        ),
        sa.CheckConstraint("urgency in ('none', 'timely', 'public_event')", name=op.f("ck_disclosure_item_urgency")),
        sa.ForeignKeyConstraint(["agency_id"], ["core_agency.id"], name=op.f("fk_disclosure_item_agency_id")),
        sa.ForeignKeyConstraint(["created_by"], ["core_account.id"], name=op.f("fk_disclosure_item_created_by")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["disclosure_document.id"], name=op.f("fk_disclosure_item_document_id")
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["core_publication.id"], name=op.f("fk_disclosure_item_draft_id")),
        sa.ForeignKeyConstraint(["edited_by"], ["core_account.id"], name=op.f("fk_disclosure_item_edited_by")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_item_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["matter_id"], ["core_matter.id"], name=op.f("fk_disclosure_item_matter_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["core_publication.id"], name=op.f("fk_disclosure_item_publication_id")
        ),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["core_account.id"], name=op.f("fk_disclosure_item_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_item")),
    )
    with op.batch_alter_table("disclosure_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_item_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_item_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index("ix_disclosure_item_list", ["jurisdiction_id", "state", "updated_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_item_matter_id"), ["matter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_item_publication_id"), ["publication_id"], unique=False)
        batch_op.create_index(
            "uq_disclosure_item_document",
            ["document_id"],
            unique=True,
            sqlite_where=sa.text("document_id is not null and not (state in ('withdrawn', 'not_released'))"),
            postgresql_where=sa.text("document_id is not null and not (state in ('withdrawn', 'not_released'))"),
        )

    op.create_table(
        "disclosure_catalogue_row",
        sa.Column("publication_id", sa.String(length=32), nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=True),
        sa.Column("agency_id", sa.String(length=32), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("index_number", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("genre", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=50), nullable=False),
        sa.Column("keywords", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("column_key", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expired_on", sa.Date(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["core_agency.id"], name=op.f("fk_disclosure_catalogue_row_agency_id")),
        sa.ForeignKeyConstraint(["item_id"], ["disclosure_item.id"], name=op.f("fk_disclosure_catalogue_row_item_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_catalogue_row_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["core_publication.id"], name=op.f("fk_disclosure_catalogue_row_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_catalogue_row")),
        sa.UniqueConstraint("item_id", name=op.f("uq_disclosure_catalogue_row_item_id")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "agency_id",
            "year",
            "serial",
            name=op.f("uq_disclosure_catalogue_row_jurisdiction_id_agency_id_year_serial"),
        ),
        sa.UniqueConstraint(
            "jurisdiction_id", "index_number", name=op.f("uq_disclosure_catalogue_row_jurisdiction_id_index_number")
        ),
        sa.UniqueConstraint("publication_id", name=op.f("uq_disclosure_catalogue_row_publication_id")),
    )
    with op.batch_alter_table("disclosure_catalogue_row", schema=None) as batch_op:
        batch_op.create_index("ix_disclosure_catalogue_row_agency", ["agency_id", "released_at", "id"], unique=False)
        batch_op.create_index(
            "ix_disclosure_catalogue_row_column", ["jurisdiction_id", "column_key", "released_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_disclosure_catalogue_row_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )
        batch_op.create_index(
            "ix_disclosure_catalogue_row_list", ["jurisdiction_id", "released_at", "id"], unique=False
        )

    op.create_table(
        "disclosure_confirmation",
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=True),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "state <> 'objected' or reason <> ''", name=op.f("ck_disclosure_confirmation_objection_reason")
        ),
        sa.CheckConstraint(
            "state in ('pending', 'confirmed', 'objected', 'overruled', 'void')",
            name=op.f("ck_disclosure_confirmation_state"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["core_agency.id"], name=op.f("fk_disclosure_confirmation_agency_id")),
        sa.ForeignKeyConstraint(["by_id"], ["core_account.id"], name=op.f("fk_disclosure_confirmation_by_id")),
        sa.ForeignKeyConstraint(["item_id"], ["disclosure_item.id"], name=op.f("fk_disclosure_confirmation_item_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_confirmation_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_confirmation")),
    )
    with op.batch_alter_table("disclosure_confirmation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_confirmation_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_confirmation_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_disclosure_confirmation_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )
        batch_op.create_index(
            "uq_disclosure_confirmation_in_force",
            ["item_id", "agency_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'void'"),
            postgresql_where=sa.text("state <> 'void'"),
        )

    op.create_table(
        "disclosure_dispute",
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raised_name", sa.String(length=80), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("referral", sa.Text(), nullable=False),
        sa.Column("referred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ruling", sa.String(length=10), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_name", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("ruling = '' or decision <> ''", name=op.f("ck_disclosure_dispute_written_decision")),
        sa.CheckConstraint(
            "ruling = '' or ruling in ('publish', 'modify', 'refuse', 'settled')",
            name=op.f("ck_disclosure_dispute_ruling"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["core_agency.id"], name=op.f("fk_disclosure_dispute_agency_id")),
        sa.ForeignKeyConstraint(["item_id"], ["disclosure_item.id"], name=op.f("fk_disclosure_dispute_item_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_dispute_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_dispute")),
    )
    with op.batch_alter_table("disclosure_dispute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_dispute_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_dispute_jurisdiction_id"), ["jurisdiction_id"], unique=False)

    op.create_table(
        "disclosure_edition",
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("publication_id", sa.String(length=32), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_name", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["disclosure_item.id"], name=op.f("fk_disclosure_edition_item_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_edition_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["core_publication.id"], name=op.f("fk_disclosure_edition_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_edition")),
    )
    with op.batch_alter_table("disclosure_edition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_edition_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_edition_jurisdiction_id"), ["jurisdiction_id"], unique=False)

    op.create_table(
        "disclosure_placement",
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("placed_on", sa.Date(), nullable=True),
        sa.Column("confirmed_name", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "kind in ('agency_page', 'column', 'website', 'press_conference', 'media', 'reading_room', 'notice_board', 'screen')",
            name=op.f("ck_disclosure_placement_kind"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["disclosure_item.id"], name=op.f("fk_disclosure_placement_item_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_placement_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_placement")),
    )
    with op.batch_alter_table("disclosure_placement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_placement_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_placement_jurisdiction_id"), ["jurisdiction_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("disclosure_placement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_placement_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_placement_item_id"))

    op.drop_table("disclosure_placement")
    with op.batch_alter_table("disclosure_edition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_edition_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_edition_item_id"))

    op.drop_table("disclosure_edition")
    with op.batch_alter_table("disclosure_dispute", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_dispute_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_dispute_item_id"))

    op.drop_table("disclosure_dispute")
    with op.batch_alter_table("disclosure_confirmation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_disclosure_confirmation_in_force",
            sqlite_where=sa.text("state <> 'void'"),
            postgresql_where=sa.text("state <> 'void'"),
        )
        batch_op.drop_index(batch_op.f("ix_disclosure_confirmation_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_confirmation_item_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_confirmation_agency_id"))

    op.drop_table("disclosure_confirmation")
    with op.batch_alter_table("disclosure_catalogue_row", schema=None) as batch_op:
        batch_op.drop_index("ix_disclosure_catalogue_row_list")
        batch_op.drop_index(batch_op.f("ix_disclosure_catalogue_row_jurisdiction_id"))
        batch_op.drop_index("ix_disclosure_catalogue_row_column")
        batch_op.drop_index("ix_disclosure_catalogue_row_agency")

    op.drop_table("disclosure_catalogue_row")
    with op.batch_alter_table("disclosure_item", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_disclosure_item_document",
            sqlite_where=sa.text("document_id is not null and not (state in ('withdrawn', 'not_released'))"),
            postgresql_where=sa.text("document_id is not null and not (state in ('withdrawn', 'not_released'))"),
        )
        batch_op.drop_index(batch_op.f("ix_disclosure_item_publication_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_item_matter_id"))
        batch_op.drop_index("ix_disclosure_item_list")
        batch_op.drop_index(batch_op.f("ix_disclosure_item_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_item_agency_id"))

    op.drop_table("disclosure_item")
    with op.batch_alter_table("disclosure_index_series", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_index_series_jurisdiction_id"))

    op.drop_table("disclosure_index_series")
