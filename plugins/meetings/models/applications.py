"""The agenda application (议题申报) with its participation plan, its materials and the acts of approval."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Agency, Attachment, Matter
from plugins.meetings.values import MATERIAL_KINDS, OPENNESS, RESULTS, SUBJECT_CLASSES, one_of

if TYPE_CHECKING:
    from plugins.meetings.models.invitations import Invitation
    from plugins.meetings.models.meetings import Meeting
    from plugins.meetings.models.signups import SignupCall

APPLICATION_STATES = (
    "draft", "pending", "pending_leader", "approved", "scheduled", "in_session",
    "deliberated", "discharging", "done", "withdrawn",
)  # fmt: skip


class AgendaApplication(HasId, JurisdictionScoped, Base):
    """An item a body puts on the agenda (议题), from draft to done; see workflow.applications for its life."""

    __tablename__ = "meetings_application"
    __table_args__ = (
        CheckConstraint(one_of("state", APPLICATION_STATES), name="state"),
        CheckConstraint(one_of("subject_class", SUBJECT_CLASSES), name="subject_class"),
        CheckConstraint(one_of("openness", OPENNESS), name="openness"),
        CheckConstraint(f"result is null or {one_of('result', RESULTS)}", name="result"),
        CheckConstraint(
            "state not in ('scheduled', 'in_session', 'deliberated', 'discharging', 'done') or meeting_id is not null",
            name="scheduled_in_meeting",
        ),
        CheckConstraint(
            "state not in ('deliberated', 'discharging', 'done') or result is not null", name="deliberated_result"
        ),
        CheckConstraint("state in ('draft', 'withdrawn') or content_hash <> ''", name="submitted_hash"),
        Index("ix_meetings_application_list", "jurisdiction_id", "state", "updated_at", "id"),
    )

    title: Mapped[str] = mapped_column(String(200))
    matter_id: Mapped[str] = mapped_column(ForeignKey("core_matter.id"), index=True)
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"), index=True)
    """申报单位."""
    subject_class: Mapped[str] = mapped_column(String(20))
    openness: Mapped[str] = mapped_column(String(10), default="open")
    openness_ground: Mapped[str] = mapped_column(Text, default="")
    """The legal ground for not being open (会2)."""
    needs_participation: Mapped[bool] = mapped_column(default=False)
    hearing_required: Mapped[bool] = mapped_column(default=False)
    important: Mapped[bool] = mapped_column(default=False)
    """重要议题: the principal leader approves too."""
    forms: Mapped[list[str]] = mapped_column(JSON, default=list)
    organisation_form: Mapped[str] = mapped_column(Text, default="")
    participation_mode: Mapped[str] = mapped_column(Text, default="")
    quotas: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """Category → least number of invitees, on top of the local rule `meetings.category_quotas`."""
    state: Mapped[str] = mapped_column(String(16), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    """What was submitted: SHA-256 over item, plan, invited list and materials (`content.content_hash`)."""
    returns_to: Mapped[str] = mapped_column(String(16), default="")
    """Where approval leads after a change of plan: "approved" or "scheduled"; empty the first time."""
    meeting_id: Mapped[str | None] = mapped_column(ForeignKey("meetings_meeting.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    """Place on the agenda, from 1."""
    minutes: Mapped[int] = mapped_column(default=20)
    """How long it is planned to take; the convenor's business, not part of what is approved."""
    left_agenda: Mapped[bool] = mapped_column(default=False)
    """It stood on an announced agenda and was taken off: who copied it (OParl) is told so."""
    result: Mapped[str | None] = mapped_column(String(20))
    result_note: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    submitted_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    submitted_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    deliberated_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    matter: Mapped[Matter] = relationship()
    agency: Mapped[Agency | None] = relationship()
    meeting: Mapped[Meeting | None] = relationship(back_populates="agenda")
    materials: Mapped[list[Material]] = relationship(
        back_populates="application", order_by="Material.position", cascade="all, delete-orphan"
    )
    approvals: Mapped[list[Approval]] = relationship(
        back_populates="application", order_by="Approval.at", cascade="all, delete-orphan"
    )
    invitations: Mapped[list[Invitation]] = relationship(
        back_populates="application", order_by="Invitation.position", cascade="all, delete-orphan"
    )
    signup_calls: Mapped[list[SignupCall]] = relationship(
        back_populates="application", order_by="SignupCall.created_at"
    )

    @property
    def convening_agency_id(self) -> str | None:
        """召集单位: the meeting's agency; before it is on an agenda, the applying one."""
        return self.meeting.agency_id if self.meeting else self.agency_id

    @property
    def agencies_involved(self) -> frozenset[str | None]:
        """The applying and the convening agency: both may withdraw the item or change its plan."""
        return frozenset({self.agency_id, self.convening_agency_id})

    @property
    def invitees(self) -> list[Invitation]:
        """The invited list as it stands in the plan (邀请人员名单)."""
        return [invitation for invitation in self.invitations if invitation.in_plan]

    @property
    def planned_signup(self) -> SignupCall | None:
        """The public sign-up that is part of the plan (会7), cancelled since or not; None where the plan has none."""
        return next((call for call in reversed(self.signup_calls) if call.in_plan), None)

    @property
    def applicants(self) -> frozenset[str]:
        """Who applied: the drafter and whoever submitted; none of them approves."""
        return frozenset(person for person in (self.created_by, self.submitted_by) if person)

    def __str__(self) -> str:
        return self.title


class Material(HasId, JurisdictionScoped, Base):
    """A document that belongs to the application (会议材料); counts for a gate only with its file."""

    __tablename__ = "meetings_material"
    __table_args__ = (CheckConstraint(one_of("kind", MATERIAL_KINDS), name="kind"),)

    application_id: Mapped[str] = mapped_column(ForeignKey("meetings_application.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    attachment_id: Mapped[str | None] = mapped_column(ForeignKey("core_attachment.id"))
    opinions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Of an adoption summary: groups {text, count, adopted, reason} of like opinions (会6)."""
    restricted: Mapped[bool] = mapped_column(default=False)
    """限制传阅: a PDF that invitees get with their own name across each page."""
    position: Mapped[int] = mapped_column(default=0)
    application: Mapped[AgendaApplication] = relationship(back_populates="materials")
    attachment: Mapped[Attachment | None] = relationship()


class Approval(HasId, JurisdictionScoped, Base):
    """One act on an application: cleared (保密核签), approved or returned, bound to the content by its hash (会7)."""

    __tablename__ = "meetings_approval"
    __table_args__ = (
        CheckConstraint("decision in ('cleared', 'approved', 'returned')", name="decision"),
        CheckConstraint("decision <> 'returned' or reason <> ''", name="return_reason"),
        CheckConstraint("not void or void_reason <> ''", name="void_reason"),
    )

    application_id: Mapped[str] = mapped_column(ForeignKey("meetings_application.id"), index=True)
    decision: Mapped[str] = mapped_column(String(10))
    role: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[str | None] = mapped_column(String(32))
    actor_name: Mapped[str] = mapped_column(String(80))
    on_behalf_of: Mapped[str] = mapped_column(String(80), default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(default=utcnow)
    void: Mapped[bool] = mapped_column(default=False)
    """Overtaken by a change of plan; kept as history."""
    void_reason: Mapped[str] = mapped_column(Text, default="")
    application: Mapped[AgendaApplication] = relationship(back_populates="approvals")
