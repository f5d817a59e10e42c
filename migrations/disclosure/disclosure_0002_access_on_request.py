"""access on request"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "disclosure_0002"
down_revision = "disclosure_0001"
branch_labels = None
depends_on = None

RAISE = "a registered request is never deleted"
KEEP = {
    "sqlite": (
        f"""CREATE TRIGGER disclosure_request_kept BEFORE DELETE ON disclosure_request
        BEGIN SELECT RAISE(ABORT, '{RAISE}'); END""",
    ),
    "postgresql": (
        f"""CREATE OR REPLACE FUNCTION disclosure_request_kept() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{RAISE}'; END $$""",
        """CREATE TRIGGER disclosure_request_kept BEFORE DELETE ON disclosure_request
        FOR EACH ROW EXECUTE FUNCTION disclosure_request_kept()""",
    ),
}
"""What is registered stays; a later migration that rebuilds the table on SQLite runs these again."""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "disclosure_request",
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.String(length=32), nullable=True),
        sa.Column("handler_id", sa.String(length=32), nullable=True),
        sa.Column("applicant_kind", sa.String(length=10), nullable=False),
        sa.Column("applicant_name", sa.String(length=100), nullable=False),
        sa.Column("identity_kind", sa.String(length=10), nullable=False),
        sa.Column("identity_number", sa.String(length=40), nullable=False),
        sa.Column("organisation_code", sa.String(length=18), nullable=False),
        sa.Column("contact_person", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("agent_name", sa.String(length=60), nullable=False),
        sa.Column("agent_identity", sa.String(length=40), nullable=False),
        sa.Column("help_needed", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("delivery", sa.String(length=12), nullable=False),
        sa.Column("document_id", sa.String(length=32), nullable=True),
        sa.Column("correction_items", sa.Text(), nullable=False),
        sa.Column("correction_told_on", sa.Date(), nullable=True),
        sa.Column("correction_text", sa.Text(), nullable=False),
        sa.Column("corrected_on", sa.Date(), nullable=True),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("reason_asked_on", sa.Date(), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("fee_cents", sa.Integer(), nullable=False),
        sa.Column("fee_told_on", sa.Date(), nullable=True),
        sa.Column("fee_paid_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("archived_on", sa.Date(), nullable=True),
        sa.Column("identity_purged_on", sa.Date(), nullable=True),
        sa.Column("public_note", sa.String(length=200), nullable=False),
        sa.Column("public_noted_by", sa.String(length=32), nullable=True),
        sa.Column("transferred_from_id", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "(state in ('answered', 'archived', 'abandoned', 'withdrawn')) = (result is not null)",
            name=op.f("ck_disclosure_request_ended_with_result"),
        ),
        sa.CheckConstraint(
            "applicant_kind in ('person', 'business', 'research', 'charity', 'legal', 'other')",
            name=op.f("ck_disclosure_request_applicant_kind"),
        ),
        sa.CheckConstraint(
            "channel in ('web', 'counter', 'registered_mail', 'mail', 'fax')",
            name=op.f("ck_disclosure_request_channel"),
        ),
        sa.CheckConstraint(
            "delivery = '' or delivery in ('online', 'email', 'post', 'pickup', 'fax')",
            name=op.f("ck_disclosure_request_delivery"),
        ),
        sa.CheckConstraint(
            "form = '' or form in ('paper', 'electronic', 'disc', 'view')", name=op.f("ck_disclosure_request_form")
        ),
        sa.CheckConstraint(
            "identity_kind = '' or identity_kind in ('resident', 'passport', 'permit', 'other')",
            name=op.f("ck_disclosure_request_identity_kind"),
        ),
        sa.CheckConstraint(
            "result is null or result in ('granted', 'partly', 'state_secret', 'forbidden', 'safety', 'third_party', 'internal', 'process', 'case_file', 'query', 'not_held', 'to_be_made', 'unclear', 'complaint', 'repeated', 'published_work', 'mass', 'reissue', 'not_corrected', 'not_paid', 'other', 'withdrawn')",
            name=op.f("ck_disclosure_request_result"),
        ),
        sa.CheckConstraint(
            "state in ('to_confirm', 'received', 'to_correct', 'processing', 'consulting', 'explaining', 'to_pay', 'to_approve', 'to_deliver', 'answered', 'archived', 'abandoned', 'withdrawn')",
            name=op.f("ck_disclosure_request_state"),
        ),
        sa.CheckConstraint(
            "state in ('to_confirm', 'withdrawn') or received_on is not null",
            name=op.f("ck_disclosure_request_received_on"),
        ),
        sa.CheckConstraint("(result is null) = (closed_on is null)", name=op.f("ck_disclosure_request_closed_on")),
        sa.ForeignKeyConstraint(["agency_id"], ["core_agency.id"], name=op.f("fk_disclosure_request_agency_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["disclosure_document.id"], name=op.f("fk_disclosure_request_document_id")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["core_account.id"], name=op.f("fk_disclosure_request_entered_by")),
        sa.ForeignKeyConstraint(["handler_id"], ["core_account.id"], name=op.f("fk_disclosure_request_handler_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_request_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["public_noted_by"], ["core_account.id"], name=op.f("fk_disclosure_request_public_noted_by")
        ),
        sa.ForeignKeyConstraint(
            ["transferred_from_id"], ["disclosure_request.id"], name=op.f("fk_disclosure_request_transferred_from_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_request")),
        sa.UniqueConstraint("jurisdiction_id", "number", name=op.f("uq_disclosure_request_jurisdiction_id_number")),
    )
    with op.batch_alter_table("disclosure_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_request_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index("ix_disclosure_request_changes", ["jurisdiction_id", "updated_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_request_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_request_handler_id"), ["handler_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_request_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index(
            "ix_disclosure_request_list", ["jurisdiction_id", "state", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_disclosure_request_transferred_from_id"), ["transferred_from_id"], unique=False
        )

    op.create_table(
        "disclosure_challenge",
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("(result = 'open') = (closed_on is null)", name=op.f("ck_disclosure_challenge_closed_on")),
        sa.CheckConstraint(
            "kind in ('reconsideration', 'litigation', 'litigation_after', 'complaint')",
            name=op.f("ck_disclosure_challenge_kind"),
        ),
        sa.CheckConstraint(
            "result in ('open', 'upheld', 'corrected', 'other')", name=op.f("ck_disclosure_challenge_result")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_challenge_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["disclosure_request.id"], name=op.f("fk_disclosure_challenge_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_challenge")),
    )
    with op.batch_alter_table("disclosure_challenge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_challenge_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_challenge_request_id"), ["request_id"], unique=False)

    op.create_table(
        "disclosure_consultation",
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("party", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("justified", sa.Boolean(), nullable=False),
        sa.Column("override_reason", sa.Text(), nullable=False),
        sa.Column("override_told_on", sa.Date(), nullable=True),
        sa.Column("suspension_id", sa.String(length=32), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "(answer = 'waiting') = (answered_on is null)", name=op.f("ck_disclosure_consultation_answered_on")
        ),
        sa.CheckConstraint(
            "answer in ('waiting', 'agreed', 'refused', 'silent', 'ended')",
            name=op.f("ck_disclosure_consultation_answer"),
        ),
        sa.CheckConstraint("kind in ('third_party', 'co_author')", name=op.f("ck_disclosure_consultation_kind")),
        sa.CheckConstraint(
            "override_reason = '' or override_told_on is not null",
            name=op.f("ck_disclosure_consultation_override_told"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_consultation_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["disclosure_request.id"], name=op.f("fk_disclosure_consultation_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["suspension_id"], ["core_clock_suspension.id"], name=op.f("fk_disclosure_consultation_suspension_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_consultation")),
    )
    with op.batch_alter_table("disclosure_consultation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_disclosure_consultation_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_disclosure_consultation_request_id"), ["request_id"], unique=False)

    op.create_table(
        "disclosure_reply",
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("withheld", sa.JSON(), nullable=False),
        sa.Column("other_body", sa.String(length=200), nullable=False),
        sa.Column("other_contact", sa.String(length=200), nullable=False),
        sa.Column("proposed_by", sa.String(length=32), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.String(length=32), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=32), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivery", sa.String(length=12), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("proof", sa.String(length=300), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "result in ('granted', 'partly', 'state_secret', 'forbidden', 'safety', 'third_party', 'internal', 'process', 'case_file', 'query', 'not_held', 'to_be_made', 'unclear', 'complaint', 'repeated', 'published_work', 'mass', 'reissue', 'not_corrected', 'not_paid', 'other', 'withdrawn')",
            name=op.f("ck_disclosure_reply_result"),
        ),
        sa.CheckConstraint(
            "state <> 'delivered' or (delivered_on is not null and proof <> '')",
            name=op.f("ck_disclosure_reply_delivered"),
        ),
        sa.CheckConstraint(
            "state in ('proposed', 'approved', 'returned', 'delivered')", name=op.f("ck_disclosure_reply_state")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["core_account.id"], name=op.f("fk_disclosure_reply_approved_by")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_disclosure_reply_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["core_account.id"], name=op.f("fk_disclosure_reply_proposed_by")),
        sa.ForeignKeyConstraint(["request_id"], ["disclosure_request.id"], name=op.f("fk_disclosure_reply_request_id")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["core_account.id"], name=op.f("fk_disclosure_reply_reviewed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_reply")),
        sa.UniqueConstraint("request_id", "number", name=op.f("uq_disclosure_reply_request_id_number")),
    )
    with op.batch_alter_table("disclosure_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_reply_jurisdiction_id"), ["jurisdiction_id"], unique=False)

    for statement in KEEP[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("disclosure_reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_reply_jurisdiction_id"))

    op.drop_table("disclosure_reply")
    with op.batch_alter_table("disclosure_consultation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_consultation_request_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_consultation_jurisdiction_id"))

    op.drop_table("disclosure_consultation")
    with op.batch_alter_table("disclosure_challenge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_challenge_request_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_challenge_jurisdiction_id"))

    op.drop_table("disclosure_challenge")
    with op.batch_alter_table("disclosure_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_request_transferred_from_id"))
        batch_op.drop_index("ix_disclosure_request_list")
        batch_op.drop_index(batch_op.f("ix_disclosure_request_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_request_handler_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_request_document_id"))
        batch_op.drop_index("ix_disclosure_request_changes")
        batch_op.drop_index(batch_op.f("ix_disclosure_request_agency_id"))

    op.drop_table("disclosure_request")
