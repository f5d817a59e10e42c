"""Who governs where: jurisdictions (本级政府), agencies (机关), plugin switches and settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow


class Jurisdiction(HasId, Base):
    """A city, county or district (行政区划); a tree of any depth with one root."""

    __tablename__ = "core_jurisdiction"

    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("core_jurisdiction.id"))
    position: Mapped[int] = mapped_column(default=0)
    parent: Mapped[Jurisdiction | None] = relationship(remote_side="Jurisdiction.id")

    def __str__(self) -> str:
        return self.name


class Agency(HasId, JurisdictionScoped, Base):
    """A body that carries out government business (行政机关); abolished ones name their successor (管5)."""

    __tablename__ = "core_agency"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "code"),)

    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(20), default="department")
    """government 政府 · department 职能部门 · authorised 授权组织 · public_body 公共企事业单位."""
    successor_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"))
    abolished_at: Mapped[datetime | None]
    contact: Mapped[str] = mapped_column(String(200), default="")

    def __str__(self) -> str:
        return self.name


class PluginSwitch(HasId, Base):
    """Whether a plugin is on in a jurisdiction; the nearest ancestor with a row decides."""

    __tablename__ = "core_plugin_switch"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "plugin"),
        CheckConstraint("state in ('on', 'off', 'locked_off')", name="state"),
    )

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("core_jurisdiction.id"))
    plugin: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(500), default="")
    changed_at: Mapped[datetime] = mapped_column(default=utcnow)


class SettingValue(HasId, Base):
    """A local rule (本地规则) that differs from the default; the nearest ancestor with a row decides."""

    __tablename__ = "core_setting"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "key"),)

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("core_jurisdiction.id"))
    key: Mapped[str] = mapped_column(String(80))
    value: Mapped[Any] = mapped_column(JSON)
