"""The withheld catalogue, guides, bodies, urging and rectifications as people and programs send them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Ground = Literal["", "1a", "1b", "1c", "2a", "2b", "2c", "3a", "3b", "3c", "4"]
Code = Annotated[str, Field(min_length=1, max_length=64, description="Code or id of the body.")]


class Sent(BaseModel):
    """What is not known is refused; `values` are the columns that were sent."""

    model_config = ConfigDict(extra="forbid")

    def values(self, *left_out: str) -> dict[str, Any]:
        """Column → value, only what was sent."""
        return {name: getattr(self, name) for name in self.model_fields_set - set(left_out)}


class MoveIn(Sent):
    """An event, with a reason where it needs one."""

    event: str = Field(max_length=40)
    reason: str = Field("", max_length=2000)


class EntryFields(Sent):
    """The columns of a row (管11)."""

    title: str = Field("", max_length=200)
    title_sensitive: bool = False
    public_title: str = Field("", max_length=200)
    number: str = Field("", max_length=50)
    code_name: str = Field("", max_length=50)
    ground: Ground = ""
    facts: str = Field("", max_length=2000)
    basis: str = Field("", max_length=300)
    formed_on: date | None = None
    unit: str = Field("", max_length=80)
    review_on: date | None = None


class EntryIn(EntryFields):
    """A row by hand; only `agency` and `title` are asked for at once."""

    agency: Code
    title: str = Field(min_length=1, max_length=200)


class EntryMove(EntryFields, MoveIn):
    """An event of a row, with the columns that change by it · disclose, make_requestable: `lifted`, the decision that
    declassified it or changed its basis, where the ground is 1a or 4.
    """

    lifted: str = Field("", max_length=300)


class CatalogueIn(Sent):
    """The catalogue of a body and year."""

    agency: Code
    year: int = Field(ge=1900, le=2200)


class CatalogueMove(MoveIn):
    """An event of a catalogue · accept `receipt_number`, `received_on`."""

    receipt_number: str = Field("", max_length=50)
    received_on: date | None = None


class GuideIn(Sent):
    """The texts of a guide (条例第十二条); contact data come from the body."""

    classification: str = Field("", max_length=20_000)
    arrangement: str = Field("", max_length=20_000)
    obtaining: str = Field("", max_length=20_000)


class NewGuideIn(GuideIn):
    """A new edition."""

    agency: Code


class BodyIn(Sent):
    """Working office and deputy leader of a body (管4); `supervises` only true, to move 主管部门 to it."""

    office_name: str = Field("", max_length=80)
    address: str = Field("", max_length=200)
    phone: str = Field("", max_length=60)
    fax: str = Field("", max_length=60)
    hours: str = Field("", max_length=120)
    mail: str = Field("", max_length=120)
    website: str = Field("", max_length=200)
    deputy_name: str = Field("", max_length=60)
    supervises: bool = False
    assessed: bool | None = None


class UrgingIn(Sent):
    """What the supervising department wants done by when (管4)."""

    agency: Code
    title: str = Field(min_length=1, max_length=200)
    demand: str = Field(min_length=1, max_length=2000)
    due_on: date
    subject_type: str = Field("", max_length=40)
    subject_id: str = Field("", max_length=32)


class RectificationIn(Sent):
    """A rectification ordered by hand (认10)."""

    agency: Code
    title: str = Field(min_length=1, max_length=200)
    finding: str = Field(min_length=1, max_length=5000)
    severity: Literal["minor", "serious", "grave"]
    ordered_by: str = Field("", max_length=80)
    due_on: date | None = None


class RectificationMove(MoveIn):
    """An event of a rectification · report `measures`, `outcome`."""

    measures: str = Field("", max_length=5000)
    outcome: Literal["", "rectified", "accountability", "transferred"] = ""
