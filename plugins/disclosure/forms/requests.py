"""Requests for information as people and programs send them: the public form, the counter, the moves."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from core.refusals import REQUIRED
from plugins.disclosure.services.requests import Entry


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError(REQUIRED)
    return text


Channel = Literal["web", "counter", "registered_mail", "mail", "fax"]
Applicant = Literal["person", "business", "research", "charity", "legal", "other"]
Identity = Literal["", "resident", "passport", "permit", "other"]
Form = Literal["", "paper", "electronic", "disc", "view"]
Delivery = Literal["", "online", "email", "post", "pickup", "fax"]
Result = Literal[
    "granted", "partly", "state_secret", "forbidden", "safety", "third_party", "internal", "process", "case_file",
    "query", "not_held", "to_be_made", "unclear", "complaint", "repeated", "published_work", "mass", "reissue",
    "not_corrected", "not_paid", "other", "withdrawn",
]  # fmt: skip
Withholding = Literal["state_secret", "forbidden", "safety", "third_party", "internal", "process", "case_file", "query"]
Id = Annotated[str, Field(max_length=64)]
Long = Annotated[str, Field(max_length=5000)]


class RequestIn(BaseModel):
    """A request; `agency` is the id or code of the body asked. `channel` and `arrived_on` are the officer's."""

    agency: Id
    applicant_kind: Applicant
    applicant_name: Annotated[str, Field(max_length=100), AfterValidator(_not_blank)]
    identity_kind: Identity = ""
    identity_number: str = Field("", max_length=40)
    organisation_code: str = Field("", max_length=18)
    contact_person: str = Field("", max_length=60)
    phone: str = Field("", max_length=30)
    email: str = Field("", max_length=200, pattern=r"^$|^[^@\s]+@[^@\s]+\.[^@\s]+$")
    address: str = Field("", max_length=200)
    agent_name: str = Field("", max_length=60)
    agent_identity: str = Field("", max_length=40)
    help_needed: str = Field("", max_length=300)
    description: Annotated[str, Field(max_length=2000), AfterValidator(_not_blank)]
    form: Form = ""
    delivery: Delivery = ""
    channel: Channel = "web"
    arrived_on: date | None = None

    def entry(self) -> Entry:
        """As services take it."""
        return Entry(**self.model_dump(exclude={"agency", "channel", "arrived_on"}))


class ReceiptIn(BaseModel):
    """What opens one's own request."""

    number: str = Field(max_length=30)
    secret: str = Field(max_length=40)


class OwnMove(ReceiptIn):
    """What an applicant does: correct and explain take `text`."""

    event: Literal["correct", "explain", "receive", "withdraw"]
    text: Long = ""


class OwnLetterIn(ReceiptIn):
    """Which letter of one's own request."""

    letter: Id


class WithheldIn(BaseModel):
    """A part that is kept back (部分公开), with its ground and reason."""

    part: str = Field(max_length=200)
    result: Withholding
    reason: str = Field(max_length=2000)


class RequestMove(BaseModel):
    """An event of a request with its own values; services.requests.move says which takes what."""

    event: str = Field(max_length=40)
    reason: str = Field("", max_length=2000)
    day: date | None = None
    items: Long = ""
    days: int = Field(1, ge=0, le=1000)
    text: Long = ""
    kind: Literal["third_party", "co_author"] = "third_party"
    party: str = Field("", max_length=200)
    contact: str = Field("", max_length=200)
    consultation: Id = ""
    answer: Literal["agreed", "refused"] = "agreed"
    justified: bool = False
    cents: int = Field(0, ge=0, le=100_000_000)
    result: Result | None = None
    withheld: Annotated[list[WithheldIn], Field(max_length=100)] = []
    body: str = Field("", max_length=200)
    transfer_to: Id = ""
    delivery: Delivery = ""
    proof: str = Field("", max_length=300)

    def values(self) -> dict[str, Any]:
        """What was sent beyond event and reason."""
        sent = self.model_dump(include=self.model_fields_set - {"event", "reason"})
        return sent | ({"kind": self.kind} if self.event == "consult" else {})


class ChallengeIn(BaseModel):
    """A case before another body."""

    kind: Literal["reconsideration", "litigation", "litigation_after", "complaint"]
    body: Annotated[str, Field(max_length=200), AfterValidator(_not_blank)]
    number: str = Field("", max_length=60)
    opened_on: date | None = None


class ChallengeResultIn(BaseModel):
    """How a case ended."""

    challenge: Id
    result: Literal["upheld", "corrected", "other"]
    note: str = Field("", max_length=500)
    closed_on: date | None = None


class NoteIn(BaseModel):
    """The neutral line of the public register."""

    public_note: str = Field(max_length=200)
