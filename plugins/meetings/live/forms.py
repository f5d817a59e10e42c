"""What is sent to the live text, over HTTP and by socket alike."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.refusals import REQUIRED
from plugins.meetings.live.reading import MOST

LONGEST = 4000
"""Code points in a line."""


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError(REQUIRED)
    return text


Text = Annotated[str, Field(max_length=LONGEST), AfterValidator(_not_blank)]
Reason = Annotated[str, Field(max_length=500), AfterValidator(_not_blank)]
Id = Annotated[str, Field(max_length=64)]


class LineIn(BaseModel):
    """A new line; only `type` and `text` are required. `item` is an agenda item's id, `attachments` are file ids."""

    type: Literal["item", "speech", "vote", "notice", "image"]
    text: Text
    item: Id | None = None
    speaker: str | None = Field(None, max_length=100)
    role: str | None = Field(None, max_length=60)
    attachments: list[Id] = Field(default_factory=list, max_length=20)


class CorrectionIn(BaseModel):
    """The right text of a public line, and why; both stay in the record."""

    text: Text
    reason: Reason


class RetractionIn(BaseModel):
    """Why a line is taken back: `reason` for the staff, `public_note` for the tombstone readers see."""

    reason: Reason
    public_note: str | None = Field(None, max_length=500)


class ItemIn(BaseModel):
    """The agenda item the meeting has come to; null between items."""

    item: Id | None = None


class PinIn(BaseModel):
    """The line to keep in sight; null lets go of it."""

    post: Id | None = None


class NoticeIn(BaseModel):
    """A sentence of the organiser to all readers."""

    text: Text


class EventIn(BaseModel):
    """An event of the meeting."""

    reason: str = Field("", max_length=2000)


class DelayIn(BaseModel):
    """How long every line waits for the reviewer; 0 sends it out at once."""

    seconds: int = Field(ge=0, le=180)


class TicketIn(BaseModel):
    """`token` is the secret of a personal link, for those who show neither account nor cookie."""

    token: str = Field("", max_length=100)


class TailQuery(BaseModel):
    """The events after `after`; `epoch` as known, so that another one is told (410)."""

    after: int = Field(0, ge=0)
    epoch: str | None = Field(None, max_length=32)
    limit: int = Field(MOST, ge=1, le=MOST)


class JoinIn(BaseModel):
    """A reader enters: what it has up to `after` of `epoch`. What a later client says besides is passed over."""

    model_config = ConfigDict(extra="ignore")

    v: Literal[1]
    jurisdiction: str = Field(max_length=80)
    meeting: Id
    epoch: str | None = Field(None, max_length=32)
    after: int = Field(0, ge=0)
    ticket: str | None = Field(None, max_length=100)


class PostIn(LineIn):
    """A line by socket; `key` is its Idempotency-Key."""

    jurisdiction: str = Field(max_length=80)
    meeting: Id
    key: str = Field(max_length=64)
