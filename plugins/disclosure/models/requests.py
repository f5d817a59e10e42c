"""Access on request (依申请公开, 管12): the request with its applicant, from registration to the archive."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Account, Agency
from plugins.disclosure.values import one_of
from plugins.disclosure.values_requests import APPLICANTS, CHANNELS, DELIVERIES, FORMS, IDENTITIES, RESULTS

if TYPE_CHECKING:
    from plugins.disclosure.models.challenges import Challenge
    from plugins.disclosure.models.consultations import Consultation

REQUEST_STATES = (
    "to_confirm", "received", "to_correct", "processing", "consulting", "explaining", "to_pay", "to_approve",
    "to_deliver", "answered", "archived", "abandoned", "withdrawn",
)  # fmt: skip
ENDED = ("answered", "archived", "abandoned", "withdrawn")
"""States with a result; every other one is open and has none."""
REPLY_STATES = ("proposed", "approved", "returned", "delivered")


class AccessRequest(HasId, JurisdictionScoped, Base):
    """A request for information; whose it is, is for those who handle it alone. Never deleted (a trigger refuses it).

    Its files hang on it as attachment links: `disclosure.request`, identity papers as `disclosure.request_identity`.
    """

    __tablename__ = "disclosure_request"
    __table_args__ = (
        CheckConstraint(one_of("state", REQUEST_STATES), name="state"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(one_of("applicant_kind", APPLICANTS), name="applicant_kind"),
        CheckConstraint(f"identity_kind = '' or {one_of('identity_kind', IDENTITIES)}", name="identity_kind"),
        CheckConstraint(f"form = '' or {one_of('form', FORMS)}", name="form"),
        CheckConstraint(f"delivery = '' or {one_of('delivery', DELIVERIES)}", name="delivery"),
        CheckConstraint(f"result is null or {one_of('result', RESULTS)}", name="result"),
        CheckConstraint(f"({one_of('state', ENDED)}) = (result is not null)", name="ended_with_result"),
        CheckConstraint("(result is null) = (closed_on is null)", name="closed_on"),
        CheckConstraint(
            "state in ('to_confirm', 'withdrawn') or received_on is not null", name="received_on"
        ),
        UniqueConstraint("jurisdiction_id", "number"),
        Index("ix_disclosure_request_list", "jurisdiction_id", "state", "created_at", "id"),
        Index("ix_disclosure_request_changes", "jurisdiction_id", "updated_at", "id"),
    )  # fmt: skip

    number: Mapped[str] = mapped_column(String(30))
    """登记号, e.g. YSQ2026-0012; shown to the applicant and in the public register."""
    secret_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the secret on the receipt, which is nowhere stored."""
    agency_id: Mapped[str] = mapped_column(ForeignKey("core_agency.id"), index=True)
    """The body that answers."""
    channel: Mapped[str] = mapped_column(String(16))
    arrived_on: Mapped[date]
    """The day it came in: sent, handed in, signed for."""
    received_on: Mapped[date | None]
    """收到申请之日, from which all is counted (条例第三十一条); empty until it is confirmed with the applicant."""
    entered_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    """The officer who filled it in for the applicant; empty where the applicant did."""
    handler_id: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"), index=True)
    """承办人: whoever took it up; another person approves."""

    applicant_kind: Mapped[str] = mapped_column(String(10))
    applicant_name: Mapped[str] = mapped_column(String(100))
    identity_kind: Mapped[str] = mapped_column(String(10), default="")
    identity_number: Mapped[str] = mapped_column(String(40), default="")
    organisation_code: Mapped[str] = mapped_column(String(18), default="")
    """统一社会信用代码 of an organisation."""
    contact_person: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    agent_name: Mapped[str] = mapped_column(String(60), default="")
    agent_identity: Mapped[str] = mapped_column(String(40), default="")
    help_needed: Mapped[str] = mapped_column(String(300), default="")
    """What a reader with a disability needs (条例第四十三条)."""

    description: Mapped[str] = mapped_column(Text)
    """Name, number or other marks of the information asked for."""
    form: Mapped[str] = mapped_column(String(12), default="")
    delivery: Mapped[str] = mapped_column(String(12), default="")
    document_id: Mapped[str | None] = mapped_column(ForeignKey("disclosure_document.id"), index=True)
    """The document it turned out to be about: several requests for one are seen together (条例第四十四条)."""

    correction_items: Mapped[str] = mapped_column(Text, default="")
    """需要补正的事项, told once."""
    correction_told_on: Mapped[date | None]
    correction_text: Mapped[str] = mapped_column(Text, default="")
    corrected_on: Mapped[date | None]
    extended_on: Mapped[date | None]
    reason_asked_on: Mapped[date | None]
    explanation: Mapped[str] = mapped_column(Text, default="")
    fee_cents: Mapped[int] = mapped_column(default=0)
    """信息处理费 in 分."""
    fee_told_on: Mapped[date | None]
    fee_paid_on: Mapped[date | None]

    result: Mapped[str | None] = mapped_column(String(16))
    closed_on: Mapped[date | None]
    """The day it was answered, withdrawn or lapsed: the year in which it is counted."""
    archived_on: Mapped[date | None]
    identity_purged_on: Mapped[date | None]
    public_note: Mapped[str] = mapped_column(String(200), default="")
    """What it was about, neutral and without anybody's data, for the public register."""
    public_noted_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    transferred_from_id: Mapped[str | None] = mapped_column(ForeignKey("disclosure_request.id"), index=True)
    """The request another body passed on."""

    state: Mapped[str] = mapped_column(String(12), default="to_confirm")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    agency: Mapped[Agency] = relationship()
    handler: Mapped[Account | None] = relationship(foreign_keys=[handler_id])
    replies: Mapped[list[Reply]] = relationship(back_populates="request", order_by="Reply.number")
    consultations: Mapped[list[Consultation]] = relationship(
        back_populates="request", order_by="Consultation.sent_on, Consultation.id"
    )
    challenges: Mapped[list[Challenge]] = relationship(back_populates="request", order_by="Challenge.opened_on")

    @property
    def owner_id(self) -> str | None:
        """Whom its clocks remind."""
        return self.handler_id

    @property
    def reply(self) -> Reply | None:
        """The reply in the making, or given last."""
        return self.replies[-1] if self.replies else None

    @property
    def masked(self) -> str:
        """The applicant in lists: 张**."""
        return f"{self.applicant_name[:1]}**"

    def __str__(self) -> str:
        return self.number


class Reply(HasId, JurisdictionScoped, Base):
    """A reply to a request: proposed, reviewed, approved, delivered; another one after a return or a ruling."""

    __tablename__ = "disclosure_reply"
    __table_args__ = (
        CheckConstraint(one_of("result", RESULTS), name="result"),
        CheckConstraint(one_of("state", REPLY_STATES), name="state"),
        CheckConstraint("state <> 'delivered' or (delivered_on is not null and proof <> '')", name="delivered"),
        UniqueConstraint("request_id", "number"),
    )

    request_id: Mapped[str] = mapped_column(ForeignKey("disclosure_request.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    result: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text, default="")
    """What the applicant is told beside the letter's own sentences: where to find it, how to get it."""
    withheld: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """部分公开: each part kept back as {part, result, reason}; `result` is one of the codes that withhold."""
    other_body: Mapped[str] = mapped_column(String(200), default="")
    other_contact: Mapped[str] = mapped_column(String(200), default="")
    """Who is responsible instead, and how to reach them (条例第三十六条第五项)."""
    proposed_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=utcnow)
    reviewed_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    reviewed_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    approved_at: Mapped[datetime | None]
    delivery: Mapped[str] = mapped_column(String(12), default="")
    delivered_on: Mapped[date | None]
    proof: Mapped[str] = mapped_column(String(300), default="")
    """How the delivery is proved: number of the letter, who signed, when it was read."""

    request: Mapped[AccessRequest] = relationship(back_populates="replies")
