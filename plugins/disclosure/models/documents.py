"""The official document (公文) with its attribute of openness, from draft to issue."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Agency, Matter
from plugins.disclosure.values import ATTRIBUTES, REFERRED_TO, SECRECY, one_of

DOCUMENT_STATES = (
    "drafting", "secrecy_review", "referred", "review", "leader_review", "to_sign", "signed", "issued",
    "redetermination", "void", "repealed",
)  # fmt: skip
ISSUED = ("signed", "issued", "redetermination", "repealed")
"""States no document reaches without an attribute (认3)."""


class Document(HasId, JurisdictionScoped, Base):
    """An official document (公文) or what is handled like one (参照); its files hang on it as attachment links."""

    __tablename__ = "disclosure_document"
    __table_args__ = (
        CheckConstraint(one_of("state", DOCUMENT_STATES), name="state"),
        CheckConstraint(f"attribute is null or {one_of('attribute', ATTRIBUTES)}", name="attribute"),
        CheckConstraint(one_of("secrecy_level", SECRECY), name="secrecy_level"),
        CheckConstraint(
            f"not ({one_of('state', ISSUED)}) or attribute is not null", name="issued_with_attribute"
        ),
        CheckConstraint(
            "secrecy_level = 'none' or attribute is null or attribute = 'withheld'", name="secret_withheld"
        ),
        Index("ix_disclosure_document_list", "jurisdiction_id", "state", "updated_at", "id"),
        Index(
            "uq_disclosure_document_number", "jurisdiction_id", "number", unique=True,
            sqlite_where=sql("number <> ''"), postgresql_where=sql("number <> ''"),
        ),
    )  # fmt: skip

    title: Mapped[str] = mapped_column(String(200))
    genre: Mapped[str] = mapped_column(String(20))
    """文种, one of GENRES or of the local rule that extends them (认2)."""
    text: Mapped[str] = mapped_column(Text, default="")
    """Plain text; blank lines part paragraphs. Never HTML."""
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"), index=True)
    """制发机关; of joint documents the leading one."""
    matter_id: Mapped[str | None] = mapped_column(ForeignKey("core_matter.id"), index=True)
    attribute: Mapped[str | None] = mapped_column(String(12))
    attribute_reason: Mapped[str] = mapped_column(Text, default="")
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What was answered in the questionnaire of 认4 to 认6."""
    grounds: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Codes of GROUNDS."""
    secrecy_level: Mapped[str] = mapped_column(String(12), default="none")
    important: Mapped[bool] = mapped_column(default=False)
    """重要: the principal leader approves too."""
    joint_agencies: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Ids of the other bodies of a joint document (会签单位)."""
    key_area: Mapped[str] = mapped_column(String(40), default="")
    """重点领域, empty where none (管7)."""
    number: Mapped[str] = mapped_column(String(50), default="")
    """文号, with 〔〕; unique where there is one."""
    formed_on: Mapped[date | None]
    """形成日期."""
    issued_on: Mapped[date | None]
    """印发日期."""
    state: Mapped[str] = mapped_column(String(16), default="drafting")
    version: Mapped[int] = mapped_column(default=1)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    approved_hash: Mapped[str | None] = mapped_column(String(64))
    """The content the last leader needed agreed to; the signature and the public page must carry this one (管6)."""
    origin: Mapped[str] = mapped_column(String(10), default="made")
    """制作 or 获取 (管2)."""
    source: Mapped[str] = mapped_column(String(200), default="")
    """Whom obtained information came from (管2)."""
    public_text: Mapped[str] = mapped_column(Text, default="")
    """区分处理: the public version of a document that also holds what must be withheld (认4)."""
    ground_facts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """What a ground asks for (认5), consent or public interest included: keys of GROUND_FACTS."""
    sheet: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """Further entries of the processing sheet (发文处理签): keys of SHEET_FIELDS; not part of what is approved."""
    proposal: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The attribute asked for while it is redetermined; the document keeps its own until that is complete."""
    repeal_kind: Mapped[str] = mapped_column(String(10), default="")
    repeal_basis: Mapped[str] = mapped_column(String(300), default="")
    """The document that repealed this one (废止、失效)."""
    created_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    agency: Mapped[Agency | None] = relationship()
    matter: Mapped[Matter | None] = relationship()
    lines: Mapped[list[SheetLine]] = relationship(back_populates="document", order_by="SheetLine.position")
    referrals: Mapped[list[Referral]] = relationship(back_populates="document", order_by="Referral.at")

    @property
    def countersigners(self) -> frozenset[str]:
        """The other bodies of a joint document (会签单位)."""
        return frozenset(self.joint_agencies)

    @property
    def version_for_the_public(self) -> str:
        """What may be published: the public version where the document was split (区分处理)."""
        return self.public_text or self.text

    def __str__(self) -> str:
        return self.title


class SheetLine(HasId, JurisdictionScoped, Base):
    """A line of the processing sheet (发文处理签): who did what, for whom, when, on which content, saying what."""

    __tablename__ = "disclosure_sheet_line"
    __table_args__ = (CheckConstraint("not void or void_reason <> ''", name="void_reason"),)

    document_id: Mapped[str] = mapped_column(ForeignKey("disclosure_document.id"), index=True)
    position: Mapped[int]
    event: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str] = mapped_column(String(16))
    """The state the act was done in."""
    role: Mapped[str] = mapped_column(String(40))
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"))
    """The body that countersigned (会签)."""
    actor_id: Mapped[str | None] = mapped_column(String(32))
    actor_name: Mapped[str] = mapped_column(String(80))
    on_behalf_of: Mapped[str] = mapped_column(String(80), default="")
    attribute: Mapped[str | None] = mapped_column(String(12))
    opinion: Mapped[str] = mapped_column(Text, default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    void: Mapped[bool] = mapped_column(default=False)
    """Given for content that has changed since, or overtaken by a return; kept as history."""
    void_reason: Mapped[str] = mapped_column(String(300), default="")
    document: Mapped[Document] = relationship(back_populates="lines")
    agency: Mapped[Agency | None] = relationship()


class Referral(HasId, JurisdictionScoped, Base):
    """A doubt about secrecy put to a higher body (报请), and the answer, which is kept as a document (认9)."""

    __tablename__ = "disclosure_referral"
    __table_args__ = (CheckConstraint(one_of("target", REFERRED_TO), name="target"),)

    document_id: Mapped[str] = mapped_column(ForeignKey("disclosure_document.id"), index=True)
    target: Mapped[str] = mapped_column(String(16))
    question: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    asked_name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    answer: Mapped[str] = mapped_column(Text, default="")
    attachment_id: Mapped[str | None] = mapped_column(ForeignKey("core_attachment.id"))
    answered_name: Mapped[str] = mapped_column(String(80), default="")
    answered_at: Mapped[datetime | None]
    document: Mapped[Document] = relationship(back_populates="referrals")
