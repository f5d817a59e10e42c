"""What people and programs send; what is not known is refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Category = Literal["strategy", "vital_rules", "emergencies", "funds", "emergency_plans", "prices", "other"]
Method = Literal[
    "hearing", "field_visit", "consultation", "press_conference", "website", "newspaper", "television", "radio",
    "wechat", "weibo",
]  # fmt: skip
Disposition = Literal["adopted", "partly", "rejected", "unrelated"]
Channel = Literal["web", "hearing", "survey", "letter", "phone"]
Code = Annotated[str, Field(min_length=1, max_length=64, description="Code or id of the body.")]


class Sent(BaseModel):
    """`values` are the columns that were sent."""

    model_config = ConfigDict(extra="forbid")

    def values(self, *left_out: str) -> dict[str, Any]:
        """Column → value, only what was sent."""
        given = self.model_dump(mode="python")
        return {name: given[name] for name in self.model_fields_set - set(left_out)}


class MoveIn(Sent):
    """An event, with a reason where it needs one."""

    event: str = Field(max_length=40)
    reason: str = Field("", max_length=2000)


class ItemIn(Sent):
    """A decision item (决策事项, 预4)."""

    agency: Code
    title: str = Field(min_length=1, max_length=200)
    category: Category
    matter: str = Field("", max_length=32)
    joint_agencies: list[Code] = Field(default_factory=list, max_length=30)
    year: int | None = Field(None, ge=1900, le=2200)


class MethodIn(Sent):
    """A way of asking (预5): of certain people with date, place, people, record (`note`); of everybody with link."""

    kind: Method
    on: date | None = None
    place: str = Field("", max_length=100)
    people: str = Field("", max_length=2000)
    link: str = Field("", max_length=500)
    note: str = Field("", max_length=20_000)


class ConsultationFields(Sent):
    """What may be changed: all of it in draft, summary and methods while summarising."""

    title: str = Field("", max_length=200)
    main_points: str = Field("", max_length=5000)
    background: str = Field("", max_length=5000)
    basis: str = Field("", max_length=5000)
    feedback: str = Field("", max_length=2000)
    text: str = Field("", max_length=200_000)
    methods: list[MethodIn] = Field(default_factory=list, max_length=20)
    short_ground: str = Field("", max_length=2000)
    short_explanation: str = Field("", max_length=2000)
    closes_at: AwareDatetime | None = Field(None, description="The end wanted, exclusive; empty: the usual period.")
    summary: str = Field("", max_length=20_000)

    def columns(self, *left_out: str) -> dict[str, Any]:
        """As the service names them."""
        given = self.values(*left_out)
        if "closes_at" in given:
            given["wanted_close"] = given.pop("closes_at")
        return given


class ConsultationIn(ConsultationFields):
    """A consultation for `item`; without one the item is made from `agency`, `title`, `category` and `matter`."""

    item: str = Field("", max_length=32)
    agency: str = Field("", max_length=64)
    category: Literal["", Category] = ""
    matter: str = Field("", max_length=32)
    joint_agencies: list[Code] = Field(default_factory=list, max_length=30)


class ConsultationMove(MoveIn):
    """An event · correct, replace_draft, revise `text` · replace_draft, extend `closes_at` · hand_in `legality` ·
    issue `document_number`.
    """

    text: str = Field("", max_length=200_000)
    closes_at: AwareDatetime | None = None
    legality: Literal["", "passed", "passed_with_changes", "failed"] = ""
    legality_note: str = Field("", max_length=5000)
    document_number: str = Field("", max_length=50)


class OpinionIn(Sent):
    """An opinion. By the web nobody signs in; staff enter the others with `source` and `given_on`."""

    text: str = Field(min_length=1, max_length=20_000)
    place: str = Field("", max_length=20, description="Anchor of the article it is about; empty: the whole.")
    passage: str = Field("", max_length=500)
    name: str = Field("", max_length=60)
    contact: str = Field("", max_length=200)
    channel: Channel = "web"
    source: str = Field("", max_length=200)
    given_on: date | None = None


class ReceiptIn(Sent):
    """Number and secret of a receipt."""

    number: str = Field(max_length=30)
    secret: str = Field(max_length=100)


class HideIn(Sent):
    """Why it is not read and not counted."""

    hidden: bool
    reason: str = Field("", max_length=500)


class GroupIn(Sent):
    """Opinions that say the same; `into` an existing group instead of a new one."""

    opinions: list[str] = Field(min_length=1, max_length=10_000)
    title: str = Field("", max_length=200)
    into: str = Field("", max_length=32)


class GroupAct(Sent):
    """answer `disposition`, `reason`, `title` · merge `into` · split `opinions`, `title`."""

    event: Literal["answer", "merge", "split"]
    disposition: Literal["", "adopted", "partly", "rejected", "unrelated"] = ""
    reason: str = Field("", max_length=5000)
    title: str = Field("", max_length=200)
    into: str = Field("", max_length=32)
    opinions: list[str] = Field(default_factory=list, max_length=10_000)
