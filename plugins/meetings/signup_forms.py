"""What is sent about public sign-up, field by field: one set of models for API, console and portal."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from core.refusals import REQUIRED
from plugins.meetings.forms import Category, Id, Quotas, as_values
from plugins.meetings.services.signups import Entry


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError(REQUIRED)
    return text


class SignupCallPatch(BaseModel):
    """The fields of a call that change while it is a draft."""

    method: Literal["order", "draw"] | None = Field(None, description="First come, or a public draw.")
    seats: int | None = Field(None, ge=1, le=500)
    quotas: Quotas | None = Field(None, description="Seats kept for a category.")
    categories: Annotated[list[Category], Field(max_length=7)] | None = None
    audience: str | None = Field(None, max_length=1000)
    opens_at: AwareDatetime | None = None
    closes_at: AwareDatetime | None = None

    def values(self) -> dict[str, Any]:
        """What was sent, as services take it."""
        return {name: value for name, value in as_values(self).items() if name != "application"}


class SignupCallIn(SignupCallPatch):
    """A new call for an item; what is not said comes from the local rules."""

    application: Id


class SignupIn(BaseModel):
    """What a citizen fills in."""

    name: Annotated[str, Field(max_length=60), AfterValidator(_not_blank)]
    category: Category
    contact: Annotated[str, Field(max_length=200), AfterValidator(_not_blank)]
    organisation: str = Field("", max_length=200)
    reason: str = Field("", max_length=1000)
    publish_name: bool = False

    def entry(self) -> Entry:
        """As the service takes it."""
        return Entry(**self.model_dump())


class TokenIn(BaseModel):
    """The secret of a personal link."""

    token: str = Field(max_length=100)
