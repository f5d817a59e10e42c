"""The official document (公文) with its attribute of openness, from draft to issue."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Agency, Matter
from plugins.disclosure.values import ATTRIBUTES, SECRECY, one_of

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
    created_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    agency: Mapped[Agency | None] = relationship()
    matter: Mapped[Matter | None] = relationship()

    def __str__(self) -> str:
        return self.title
