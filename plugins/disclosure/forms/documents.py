"""Documents as people and programs send them: one set of models for the API and the console."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.refusals import REQUIRED
from core.web.api import TransitionIn


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError(REQUIRED)
    return text


Title = Annotated[str, Field(max_length=200), AfterValidator(_not_blank)]
Id = Annotated[str, Field(max_length=64)]
Genre = Annotated[str, Field(max_length=20)]
Long = Annotated[str, Field(max_length=200_000)]
Attribute = Literal["voluntary", "on_request", "withheld"]
Level = Literal["none", "secret", "confidential", "top_secret"]
Ground = Literal["1a", "1b", "1c", "2a", "2b", "2c", "3a", "3b", "3c", "4"]
GroundFact = Literal[
    "secrecy_period", "secrecy_basis", "legal_basis", "override", "evidence", "third_party", "informed_on"
]
Short = Annotated[str, Field(max_length=300)]


class AnswersIn(BaseModel):
    """The questionnaire of 认4 to 认6."""

    model_config = ConfigDict(extra="forbid")

    vital: bool | None = None
    organisation: bool | None = None
    conflict_reason: str = Field("", max_length=2000)


class FileIn(BaseModel):
    """A file of the document."""

    file: Id
    title: str = Field("", max_length=200)


class DocumentPatch(BaseModel):
    """What is changed of a draft; lists are replaced."""

    title: Title | None = None
    genre: Genre | None = None
    text: Long | None = None
    public_text: Long | None = None
    origin: Literal["made", "obtained"] | None = None
    source: str | None = Field(None, max_length=200)
    matter: Id | None = None
    attribute: Attribute | None = None
    attribute_reason: str | None = Field(None, max_length=2000)
    answers: AnswersIn | None = None
    grounds: list[Ground] | None = None
    ground_facts: dict[str, Short] | None = None
    secrecy_level: Level | None = None
    important: bool | None = None
    joint_agencies: list[Id] | None = Field(None, max_length=50)
    key_area: str | None = Field(None, max_length=40)
    formed_on: date | None = None
    sheet: dict[str, Short] | None = None
    files: list[FileIn] | None = Field(None, max_length=50)

    def values(self) -> dict[str, Any]:
        """Only what was sent, as services take it; an attribute sent as null is taken back."""
        sent = self.model_dump(exclude_unset=True)
        return {name: value for name, value in sent.items() if value is not None or name in {"attribute", "formed_on"}}


class DocumentIn(DocumentPatch):
    """A new draft; the body is the drafter's own unless named."""

    title: Title
    genre: Genre
    agency: Id | None = None


class DocumentMove(TransitionIn):
    """A move of table 5.1 with the event's own values."""

    model_config = ConfigDict(extra="forbid")

    target: Literal["superior", "secrecy_office"] | None = None
    answer: str = Field("", max_length=2000)
    file: Id | None = None
    agency: Id | None = None
    number: str = Field("", max_length=60)
    issued_on: date | None = None
    attribute: Attribute | None = None
    attribute_reason: str = Field("", max_length=2000)
    grounds: list[Ground] | None = None
    answers: AnswersIn | None = None
    ground_facts: dict[GroundFact, Short] | None = None
    secrecy_level: Level | None = None
    public_text: Long | None = None
    basis: str = Field("", max_length=300)
    kind: Literal["repealed", "expired"] = "repealed"

    def given(self) -> dict[str, Any]:
        """The event's own values that were sent."""
        sent = self.model_dump(exclude_unset=True, exclude={"event", "reason"})
        return {name: value for name, value in sent.items() if value is not None}
