"""Document templates (文档模板) a jurisdiction uses in place of the built-in ones, every version kept."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint

from core.db import Base
from core.models import TemplateVersion


class DocumentTemplate(TemplateVersion, Base):
    """One version of the template of a paper (`documents.papers`)."""

    __tablename__ = "meetings_document_template"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "paper", "version"),)
