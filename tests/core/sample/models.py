"""The sample plugin's one table and its machine."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.refusals import Refusal
from core.workflow import Machine, Move, State, Transition


class Thing(HasId, JurisdictionScoped, Base):
    """draft → pending → done."""

    __tablename__ = "sample_thing"

    title: Mapped[str] = mapped_column(String(40))
    count: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(20), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"))
    deleted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)


def enough(thing: Any, _move: Move) -> Refusal | None:
    """A guard: the count is there."""
    return None if thing.count else Refusal("COUNT_MISSING", "请填写数量。", "会7", ("count",))


def named(thing: Any, _move: Move) -> Refusal | None:
    """A second guard."""
    return Refusal("TITLE_UNFIT", "名称不能用“坏”。", "会8") if "坏" in thing.title else None


MACHINE = Machine(
    "sample.thing",
    {"draft": State("草稿"), "pending": State("待审批"), "done": State("已办结", terminal=True)},
    (
        Transition("submit", "申报", ("draft",), "pending", "sample.edit", "会7", guards=(enough, named)),
        Transition("approve", "同意", ("pending",), "done", "sample.approve", "会7"),
        Transition("return", "退回", ("pending",), "draft", "sample.approve", needs_reason=True),
    ),
)
