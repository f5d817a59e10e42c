"""Publication items as people and programs send them: one set of models for the API and the console."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from core.web.api import TransitionIn
from plugins.disclosure.forms.documents import FileIn, Genre, Id, Long, Title

Place = Literal["website", "press_conference", "media", "reading_room", "notice_board", "screen"]


class ItemPatch(BaseModel):
    """What is changed before it is public; lists are replaced."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    summary: str | None = Field(None, max_length=500)
    text: Long | None = None
    genre: Genre | None = None
    number: str | None = Field(None, max_length=50)
    keywords: str | None = Field(None, max_length=200)
    origin: Literal["made", "obtained"] | None = None
    source: str | None = Field(None, max_length=200)
    carrier: Literal["text", "table", "image", "audio_video", "other"] | None = None
    formed_on: date | None = None
    urgency: Literal["none", "timely", "public_event"] | None = None
    key_area: bool | None = None
    column: str | None = Field(None, max_length=40)
    agencies: list[Id] | None = Field(None, max_length=50, description="Ids or codes of the other agencies concerned.")
    concerns_nobody: bool | None = None
    days: int | None = Field(None, ge=0, le=200, description="Working days where a law or rule sets others.")
    days_basis: str | None = Field(None, max_length=300)
    valid_until: date | None = None
    note: str | None = Field(None, max_length=500, description="Correction notice of the version in hand.")
    matter: Id | None = None
    files: list[FileIn] | None = Field(None, max_length=50)

    def values(self) -> dict[str, Any]:
        """Only what was sent, as services take it; `days` and `valid_until` sent as null are taken back."""
        sent = self.model_dump(exclude_unset=True)
        return {name: value for name, value in sent.items() if value is not None or name in {"days", "valid_until"}}


class ItemIn(ItemPatch):
    """An item that comes from no official document; the body is the sender's own unless named."""

    title: Title
    agency: Id | None = None


class PlacementIn(BaseModel):
    """A place to plan (`kind`) or a planned one (`id`) to change or confirm."""

    model_config = ConfigDict(extra="forbid")

    id: Id | None = None
    kind: Place | None = None
    place: str | None = Field(None, max_length=200)
    planned_on: date | None = None
    placed_on: date | None = None
    required: bool | None = None

    def values(self) -> dict[str, Any]:
        """Only what was sent."""
        return {name: value for name, value in self.model_dump(exclude_unset=True).items() if value is not None}


class ItemMove(TransitionIn):
    """A move of table 5.2 with the event's own values."""

    model_config = ConfigDict(extra="forbid")

    agency: Id | None = Field(None, description="confirm, object: whose word it is.")
    content_hash: str | None = Field(None, max_length=64, description="confirm, approve: the content that was read.")
    cleared: list[Annotated[str, Field(max_length=12)]] | None = Field(
        None, max_length=100, description="approve: keys of findings that were looked at and may be public."
    )
    at: AwareDatetime | None = Field(None, description="schedule: when; null takes it back.")
    public_note: str = Field("", max_length=300, description="withdraw: what the address says instead.")
    not_public: bool = Field(False, description="withdraw: it should never have been public; opens a rectification.")

    def given(self) -> dict[str, Any]:
        """The event's own values that were sent."""
        sent = self.model_dump(exclude_unset=True, exclude={"event", "reason"})
        return {name: value for name, value in sent.items() if value is not None}
