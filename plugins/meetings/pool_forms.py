"""What people and programs send about the representative pool and recusals: one set for the API and the console."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from flask_babel import lazy_gettext as _l
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from core.refusals import REQUIRED
from plugins.meetings.forms import Category, Id, Move
from plugins.meetings.services.representatives import Term

FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2199, 12, 31)


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError(REQUIRED)
    return text


def _reasonable(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(_l("日期应在 1950 年到 2199 年之间。"))
    return day


Day = Annotated[date, AfterValidator(_reasonable)]


class TermIn(BaseModel):
    """A term (任期): `until` is its last day, left out while it has none."""

    model_config = ConfigDict(populate_by_name=True)

    category: Category
    begins: Day = Field(alias="from")
    ends: Day | None = Field(None, alias="until")

    @model_validator(mode="after")
    def _ends_after_begin(self) -> Self:
        if self.ends is not None and self.ends < self.begins:
            raise ValueError(_l("任期的最后一天早于第一天。"))
        return self

    def term(self) -> Term:
        """As services take it."""
        return Term(self.category, self.begins, self.ends)


class RepresentativePatch(BaseModel):
    """The fields of an entry that change; `terms` are replaced."""

    name: Annotated[str, Field(max_length=60), AfterValidator(_not_blank)] | None = None
    organisation: str | None = Field(None, max_length=200)
    contact: str | None = Field(None, max_length=200)
    speciality: str | None = Field(None, max_length=200)
    region: str | None = Field(None, max_length=100)
    trade: str | None = Field(None, max_length=100)
    publish_name: bool | None = None
    renewal_due: Day | None = Field(None, description="Last day of the year served; a year from today by default.")
    terms: Annotated[list[TermIn], Field(min_length=1, max_length=20)] | None = None

    def values(self) -> dict[str, Any]:
        """What was sent, as services take it."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        found = {name: value for name, value in sent.items() if value is not None}
        return found | ({"terms": [term.term() for term in found["terms"]]} if "terms" in found else {})


class RepresentativeIn(RepresentativePatch):
    """A new entry."""

    name: Annotated[str, Field(max_length=60), AfterValidator(_not_blank)]
    terms: Annotated[list[TermIn], Field(min_length=1, max_length=20)]


class RenewIn(BaseModel):
    """Entries to renew by a year in one act."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=500)]


class PickIn(BaseModel):
    """People of the pool for an item's invited list, by their `terms`; a reason where the list was approved before."""

    terms: Annotated[list[Id], Field(min_length=1, max_length=500)]
    reason: str = Field("", max_length=500)


Statement = Annotated[str, Field(max_length=1000), AfterValidator(_not_blank)]


class RecusalIn(BaseModel):
    """A declaration: an interest in the item, or something that bears on the eligibility."""

    kind: Literal["interest", "eligibility"]
    statement: Statement


class OwnRecusalIn(RecusalIn):
    """The invitee's own declaration, with the secret of the personal link."""

    token: str = Field(max_length=100)


class RepresentativeMove(Move):
    """An event of an entry: renew, pause, resume, end."""


class RecusalMove(Move):
    """An event of a declaration: accept, keep; both with their reason."""
