"""After the decision (会10): the follow-up of an item, opinions on it, and the groups in which they are answered."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Publication
from plugins.meetings.models.applications import AgendaApplication
from plugins.meetings.values import DISPOSITIONS, OPINION_SOURCES, one_of

FOLLOW_UP_STATES = ("open", "answering", "answered", "ended")


class FollowUp(HasId, JurisdictionScoped, Base):
    """Opinions on one published decision are taken, then answered together; its window is a clock of the core."""

    __tablename__ = "meetings_follow_up"
    __table_args__ = (
        UniqueConstraint("application_id"),
        CheckConstraint(one_of("state", FOLLOW_UP_STATES), name="state"),
        CheckConstraint("state <> 'answered' or answered_at is not null", name="answered_at"),
        Index("ix_meetings_follow_up_list", "jurisdiction_id", "opened_at", "id"),
    )

    application_id: Mapped[str] = mapped_column(ForeignKey("meetings_application.id"))
    decided_id: Mapped[str] = mapped_column(ForeignKey("core_publication.id"))
    """What opinions are about: the policy document, or the outcome where there is none."""
    revised_id: Mapped[str | None] = mapped_column(ForeignKey("core_publication.id"))
    """The revised plan: a draft until the answers are published."""
    state: Mapped[str] = mapped_column(String(10), default="open")
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime]
    """How long opinions are taken is a clock of the core (`workflow.follow_ups.WINDOW`)."""
    answered_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    application: Mapped[AgendaApplication] = relationship()
    decided: Mapped[Publication] = relationship(foreign_keys=[decided_id])
    revised: Mapped[Publication | None] = relationship(foreign_keys=[revised_id])
    groups: Mapped[list[OpinionGroup]] = relationship(back_populates="follow_up", order_by="OpinionGroup.number")
    opinions: Mapped[list[Opinion]] = relationship(back_populates="follow_up", order_by="Opinion.received_at")

    @property
    def agency_id(self) -> str | None:
        """召集单位: the one who answers."""
        return self.application.convening_agency_id

    @property
    def matter_id(self) -> str:
        """The matter whose life-line it belongs to."""
        return self.application.matter_id

    @property
    def live_groups(self) -> list[OpinionGroup]:
        """Groups that were not merged into another one."""
        return [group for group in self.groups if group.merged_into_id is None]

    def __str__(self) -> str:
        return self.application.title


class OpinionGroup(HasId, JurisdictionScoped, Base):
    """Like opinions, answered once. A merged group stays, empty, and names the one that took its opinions over."""

    __tablename__ = "meetings_opinion_group"
    __table_args__ = (
        UniqueConstraint("follow_up_id", "number"),
        CheckConstraint(f"disposition is null or {one_of('disposition', DISPOSITIONS)}", name="disposition"),
        CheckConstraint("merged_into_id is null or merged_into_id <> id", name="merged_into_another"),
        CheckConstraint("merged_into_id is null or disposition is null", name="merged_unanswered"),
        CheckConstraint("disposition is null or disposition = 'adopted' or reply <> ''", name="reason"),
    )

    follow_up_id: Mapped[str] = mapped_column(ForeignKey("meetings_follow_up.id"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    """The opinion in one sentence, as it is published."""
    disposition: Mapped[str | None] = mapped_column(String(12))
    reply: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    merged_into_id: Mapped[str | None] = mapped_column(ForeignKey("meetings_opinion_group.id"))
    split_from_id: Mapped[str | None] = mapped_column(ForeignKey("meetings_opinion_group.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    follow_up: Mapped[FollowUp] = relationship(back_populates="groups")
    opinions: Mapped[list[Opinion]] = relationship(back_populates="group", order_by="Opinion.received_at")

    def __str__(self) -> str:
        return self.title


class Opinion(HasId, JurisdictionScoped, Base):
    """What somebody thinks of the decision. Name and contact are for the staff alone; the text is never published."""

    __tablename__ = "meetings_opinion"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "number"),
        CheckConstraint(one_of("source", OPINION_SOURCES), name="source"),
        Index("ix_meetings_opinion_list", "follow_up_id", "received_at", "id"),
    )

    follow_up_id: Mapped[str] = mapped_column(ForeignKey("meetings_follow_up.id"))
    group_id: Mapped[str | None] = mapped_column(ForeignKey("meetings_opinion_group.id"), index=True)
    number: Mapped[str] = mapped_column(String(20))
    """Receipt number, by which its author finds it again with the secret."""
    secret_hash: Mapped[str] = mapped_column(String(64), default="")
    source: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(60), default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    given_on: Mapped[date | None]
    """Of a letter or call: the day it came in."""
    entered_by: Mapped[str] = mapped_column(String(80), default="")
    """The member of staff who entered it; empty for the web form."""
    sender_hash: Mapped[str] = mapped_column(String(64), default="")
    """Keyed digest of address and day, against floods; says nothing about anybody."""
    received_at: Mapped[datetime] = mapped_column(default=utcnow)

    follow_up: Mapped[FollowUp] = relationship(back_populates="opinions")
    group: Mapped[OpinionGroup | None] = relationship(back_populates="opinions")

    @property
    def agency_id(self) -> str | None:
        """Who handles it."""
        return self.follow_up.agency_id
