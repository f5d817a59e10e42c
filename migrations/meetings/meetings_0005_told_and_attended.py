"""invitations: tellings, answers, substitutes, passages"""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "meetings_0005"
down_revision = "meetings_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "meetings_answer",
        sa.Column("invitation_id", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("answer in ('accept', 'decline')", name=op.f("ck_meetings_answer_answer")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["meetings_invitation.id"], name=op.f("fk_meetings_answer_invitation_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_meetings_answer_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings_answer")),
    )
    with op.batch_alter_table("meetings_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meetings_answer_invitation_id"), ["invitation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meetings_answer_jurisdiction_id"), ["jurisdiction_id"], unique=False)

    op.create_table(
        "meetings_attendance",
        sa.Column("invitation_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=3), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.String(length=80), nullable=False),
        sa.Column("void_reason", sa.String(length=300), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("event in ('in', 'out')", name=op.f("ck_meetings_attendance_event")),
        sa.CheckConstraint("voided_at is null or void_reason <> ''", name=op.f("ck_meetings_attendance_void_reason")),
        sa.CheckConstraint("way in ('qr', 'code', 'list', 'paper')", name=op.f("ck_meetings_attendance_way")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["meetings_invitation.id"], name=op.f("fk_meetings_attendance_invitation_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_meetings_attendance_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings_attendance")),
        sa.UniqueConstraint("invitation_id", "key", name=op.f("uq_meetings_attendance_invitation_id_key")),
    )
    with op.batch_alter_table("meetings_attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meetings_attendance_jurisdiction_id"), ["jurisdiction_id"], unique=False)

    op.create_table(
        "meetings_delivery",
        sa.Column("invitation_id", sa.String(length=32), nullable=False),
        sa.Column("meeting_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("occasion", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("notice_id", sa.String(length=32), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("channel in ('email', 'sms', 'paper')", name=op.f("ck_meetings_delivery_channel")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["meetings_invitation.id"], name=op.f("fk_meetings_delivery_invitation_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_meetings_delivery_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings_meeting.id"], name=op.f("fk_meetings_delivery_meeting_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["core_notice.id"], name=op.f("fk_meetings_delivery_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings_delivery")),
        sa.UniqueConstraint("invitation_id", "occasion", name=op.f("uq_meetings_delivery_invitation_id_occasion")),
    )
    with op.batch_alter_table("meetings_delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meetings_delivery_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index("ix_meetings_delivery_meeting", ["meeting_id", "kind"], unique=False)

    op.create_table(
        "meetings_substitution",
        sa.Column("invitation_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=500), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "state <> 'refused' or decision <> ''", name=op.f("ck_meetings_substitution_refused_reason")
        ),
        sa.CheckConstraint(
            "state in ('proposed', 'accepted', 'refused', 'withdrawn')", name=op.f("ck_meetings_substitution_state")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["meetings_invitation.id"], name=op.f("fk_meetings_substitution_invitation_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_meetings_substitution_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings_substitution")),
    )
    with op.batch_alter_table("meetings_substitution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meetings_substitution_invitation_id"), ["invitation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meetings_substitution_jurisdiction_id"), ["jurisdiction_id"], unique=False)
        batch_op.create_index(
            "uq_meetings_substitution_open",
            ["invitation_id"],
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )

    op.create_table(
        "meetings_contact_note",
        sa.Column("delivery_id", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=True),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "result in ('told', 'posted', 'no_answer', 'wrong')", name=op.f("ck_meetings_contact_note_result")
        ),
        sa.CheckConstraint("way in ('phone', 'letter', 'person')", name=op.f("ck_meetings_contact_note_way")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["meetings_delivery.id"], name=op.f("fk_meetings_contact_note_delivery_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["core_jurisdiction.id"], name=op.f("fk_meetings_contact_note_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings_contact_note")),
    )
    with op.batch_alter_table("meetings_contact_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meetings_contact_note_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meetings_contact_note_jurisdiction_id"), ["jurisdiction_id"], unique=False)

    with op.batch_alter_table("meetings_invitation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("link_salt", sa.String(length=32), server_default="", nullable=False))
        batch_op.add_column(sa.Column("present", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("present_note", sa.String(length=300), server_default="", nullable=False))

    _note_passages()


def _note_passages() -> None:
    """Who was checked in before passages were kept gets them from the invitation."""
    connection = op.get_bind()
    invitation = sa.table(
        "meetings_invitation",
        *(sa.column(name) for name in ("id", "jurisdiction_id", "checked_in_at", "checked_out_at")),
    )
    columns = (
        "id",
        "jurisdiction_id",
        "invitation_id",
        "key",
        "event",
        "at",
        "received_at",
        "way",
        "door",
        "by_name",
        "voided_by",
        "void_reason",
    )
    attendance = sa.table("meetings_attendance", *(sa.column(name) for name in columns))
    for row in connection.execute(sa.select(invitation).where(invitation.c.checked_in_at.is_not(None))).all():
        for event, at in (("in", row.checked_in_at), ("out", row.checked_out_at)):
            if at is not None:
                values = {"id": uuid4().hex, "jurisdiction_id": row.jurisdiction_id, "invitation_id": row.id}
                values |= {"key": f"before-{event}", "event": event, "at": at, "received_at": at, "way": "list"}
                connection.execute(
                    sa.insert(attendance).values(**values, door="", by_name="", voided_by="", void_reason="")
                )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("meetings_invitation", schema=None) as batch_op:
        batch_op.drop_column("present_note")
        batch_op.drop_column("present")
        batch_op.drop_column("link_salt")

    with op.batch_alter_table("meetings_contact_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meetings_contact_note_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_meetings_contact_note_delivery_id"))

    op.drop_table("meetings_contact_note")
    with op.batch_alter_table("meetings_substitution", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_meetings_substitution_open",
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )
        batch_op.drop_index(batch_op.f("ix_meetings_substitution_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_meetings_substitution_invitation_id"))

    op.drop_table("meetings_substitution")
    with op.batch_alter_table("meetings_delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_meetings_delivery_meeting")
        batch_op.drop_index(batch_op.f("ix_meetings_delivery_jurisdiction_id"))

    op.drop_table("meetings_delivery")
    with op.batch_alter_table("meetings_attendance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meetings_attendance_jurisdiction_id"))

    op.drop_table("meetings_attendance")
    with op.batch_alter_table("meetings_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meetings_answer_jurisdiction_id"))
        batch_op.drop_index(batch_op.f("ix_meetings_answer_invitation_id"))

    op.drop_table("meetings_answer")
