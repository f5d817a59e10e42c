"""政府信息公开指南 (管8, 条例第十二条): one edition after the other for each body."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Agency, Publication
from plugins.disclosure.values import one_of

GUIDE_STATES = ("drafting", "review", "approved", "published", "superseded")
GUIDE_TEXTS = ("classification", "arrangement", "obtaining")


class Guide(HasId, JurisdictionScoped, Base):
    """An edition of a body's guide; `contact` is what it says of the working office."""

    __tablename__ = "disclosure_guide"
    __table_args__ = (
        UniqueConstraint("agency_id", "edition"),
        CheckConstraint(one_of("state", GUIDE_STATES), name="state"),
        CheckConstraint("state not in ('approved', 'published') or content_hash = approved_hash", name="as_approved"),
        Index(
            "uq_disclosure_guide_published", "agency_id", unique=True,
            sqlite_where=sql("state = 'published'"), postgresql_where=sql("state = 'published'"),
        ),
    )  # fmt: skip

    agency_id: Mapped[str] = mapped_column(ForeignKey("core_agency.id"), index=True)
    edition: Mapped[int]
    classification: Mapped[str] = mapped_column(Text, default="")
    """信息分类."""
    arrangement: Mapped[str] = mapped_column(Text, default="")
    """编排体系."""
    obtaining: Mapped[str] = mapped_column(Text, default="")
    """获取方式."""
    contact: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """机构名称、办公地址、办公时间、联系电话、传真、网址 as they stood when it was written."""
    state: Mapped[str] = mapped_column(String(12), default="drafting")
    version: Mapped[int] = mapped_column(default=1)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    approved_hash: Mapped[str | None] = mapped_column(String(64))
    publication_id: Mapped[str | None] = mapped_column(ForeignKey("core_publication.id"))
    written_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    approved_name: Mapped[str] = mapped_column(String(60), default="")
    returned_reason: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    agency: Mapped[Agency] = relationship()
    publication: Mapped[Publication | None] = relationship()
