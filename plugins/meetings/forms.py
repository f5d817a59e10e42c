"""What people and programs send, field by field (contract.md): one set of models for the API and the console."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from flask_babel import lazy_gettext as _l
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from core.refusals import REQUIRED
from core.web.api.publications import Part
from plugins.meetings.services.materials import NewMaterial
from plugins.meetings.services.obligations import Page
from plugins.meetings.workflow.plans import Invitee

SubjectClass = Literal[
    "urban_planning", "public_resources", "social_welfare", "education_health", "other_vital", "none"
]
Openness = Literal["open", "partial", "closed"]
Form = Literal["invitation", "television", "internet", "radio", "new_media"]
Category = Literal["stakeholder", "expert", "journalist", "party_delegate", "npc_deputy", "cppcc_member", "public"]
MeetingKind = Literal["plenary", "executive", "departmental", "special"]
MaterialKind = Literal["draft", "basis", "adoption_summary", "hearing_record", "hearing_report", "other"]
Disposition = Literal["adopted", "partly", "not_adopted"]
Result = Literal["passed", "passed_in_principle", "revise", "rejected", "other"]


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError(REQUIRED)
    return text


def _once(values: list[Any]) -> list[Any]:
    if len(set(values)) != len(values):
        raise ValueError(_l("每项只能出现一次。"))
    return values


def _each_person_once(people: list[InviteeIn]) -> list[InviteeIn]:
    keys = [(person.name, person.category, person.organisation) for person in people]
    if len(set(keys)) != len(keys):
        raise ValueError(_l("名单中有重复的人员。"))
    return people


Title = Annotated[str, Field(max_length=200), AfterValidator(_not_blank)]
Long = Annotated[str, Field(max_length=5000)]
Id = Annotated[str, Field(max_length=64)]
Quotas = dict[Category, Annotated[int, Field(ge=0, le=1000)]]


class InviteeIn(BaseModel):
    """A person on the invited list."""

    name: Annotated[str, Field(max_length=60), AfterValidator(_not_blank)]
    category: Category
    organisation: str = Field("", max_length=200)
    contact: str = Field("", max_length=200)
    represents: str = Field("", max_length=200)

    def person(self) -> Invitee:
        """As services take it."""
        return Invitee(**self.model_dump())


MOST_INVITEES = 5000
"""People on the list of one item."""
People = Annotated[list[InviteeIn], Field(max_length=MOST_INVITEES), AfterValidator(_each_person_once)]
Forms = Annotated[list[Form], AfterValidator(_once)]


class OpinionGroup(BaseModel):
    """Like opinions counted together, of an adoption summary (会6)."""

    text: str = Field(max_length=2000)
    count: int = Field(ge=1)
    adopted: bool
    reason: str = Field("", max_length=2000)


class MaterialIn(BaseModel):
    """A meeting material; it counts for a gate with its `file` only."""

    kind: MaterialKind
    title: Title
    file: Id | None = None
    opinions: list[OpinionGroup] = Field(default_factory=list, max_length=500)
    restricted: bool = Field(False, description="A PDF that invitees get with their own name across each page.")

    def material(self) -> NewMaterial:
        """As services take it."""
        groups = tuple(group.model_dump() for group in self.opinions)
        return NewMaterial(self.kind, self.title, self.file, groups, self.restricted)


class ApplicationPatch(BaseModel):
    """The fields of a draft that change."""

    title: Title | None = None
    matter: Id | None = None
    subject_class: SubjectClass | None = None
    openness: Openness | None = None
    openness_ground: Long | None = None
    needs_participation: bool | None = None
    hearing_required: bool | None = None
    important: bool | None = None
    forms: Forms | None = None
    organisation_form: Long | None = None
    participation_mode: Long | None = None
    quotas: Quotas | None = None
    invitees: People | None = None
    materials: Annotated[list[MaterialIn], Field(max_length=100)] | None = None

    def values(self) -> dict[str, Any]:
        """What was sent, as services take it."""
        return as_values(self)


class ApplicationIn(ApplicationPatch):
    """A new application: title and subject_class are required, a matter is made where none is named."""

    title: Title
    subject_class: SubjectClass
    agency: Id | None = Field(None, description="Code or id of the applying agency; the caller's own by default.")


class Move(BaseModel):
    """An event of a state machine, with a reason where it needs one."""

    event: str = Field(max_length=40)
    reason: str = Field("", max_length=2000)


class ApplicationMove(Move):
    """An event of an application with its own values: schedule `meeting` · change_plan the new values ·
    deliberate `result`, `note` · approve `content_hash` as seen.
    """

    meeting: Id | None = None
    content_hash: str | None = Field(None, max_length=64)
    forms: Forms | None = None
    organisation_form: Long | None = None
    participation_mode: Long | None = None
    quotas: Quotas | None = None
    invitees: People | None = None
    result: Result | None = None
    note: Long | None = None

    def values(self) -> dict[str, Any]:
        """The event's own values."""
        return {name: value for name, value in as_values(self).items() if name not in Move.model_fields}


class MeetingPatch(BaseModel):
    """What may change before a meeting begins."""

    title: Title | None = None
    starts_at: AwareDatetime | None = None
    place: str | None = Field(None, max_length=200)
    open_to_public: bool | None = Field(None, description="Of a special meeting the convenor decides (会4).")
    openness_note: Long | None = None

    def values(self) -> dict[str, Any]:
        """What was sent."""
        return as_values(self)


class MeetingIn(MeetingPatch):
    """A new meeting; `agenda` lists application ids in their order, all scheduled in one transaction."""

    kind: MeetingKind
    starts_at: AwareDatetime
    agenda: Annotated[list[Id], Field(max_length=100)] = Field(default_factory=list)
    agency: Id | None = Field(None, description="Code or id of the convening agency; the caller's own by default.")


class AgendaPlace(BaseModel):
    """An item at its place on the agenda, and how long it may take."""

    id: Id
    minutes: int | None = None


class AgendaOrder(BaseModel):
    """The whole agenda in its order; `minutes` of items that do not say theirs stay."""

    agenda: Annotated[list[AgendaPlace], Field(min_length=1, max_length=100)]

    def order(self) -> list[str]:
        """The items' ids."""
        return [place.id for place in self.agenda]

    def minutes(self) -> dict[str, int]:
        """Those that were said."""
        return {place.id: place.minutes for place in self.agenda if place.minutes is not None}


class InvitationMove(Move):
    """An event of an invitation: acknowledge `rule_version`, `publish_name` · substitute `invitee`."""

    rule_version: int | None = None
    publish_name: bool | None = None
    invitee: InviteeIn | None = None

    def values(self) -> dict[str, Any]:
        """The event's own values."""
        given: dict[str, Any] = {"rule_version": self.rule_version, "publish_name": self.publish_name}
        return given | {"invitee": self.invitee.person() if self.invitee else None}


class Reply(BaseModel):
    """What an invitee answers with the secret of the personal link."""

    token: str = Field(max_length=100)
    event: Literal["accept", "decline", "acknowledge"]
    note: str = Field("", max_length=500)
    rule_version: int | None = None
    publish_name: bool | None = None


class PageIn(BaseModel):
    """A page to publish: text and files, or `publication`, the id of one that was drafted and approved before."""

    title: str = Field("", max_length=200)
    summary: str = Field("", max_length=500)
    body: str = Field("", max_length=200_000)
    attachments: Annotated[list[Id], Field(max_length=50)] = Field(default_factory=list)
    file: Id | None = None
    publication: str = Field("", max_length=32)
    parts: Annotated[list[Part], Field(max_length=60)] = Field(default_factory=list)

    def page(self) -> Page:
        """As services take it."""
        files = [*self.attachments, *([self.file] if self.file else [])]
        parts = tuple(part.model_dump(exclude_none=True) for part in self.parts)
        return Page(self.title, self.summary, self.body, tuple(files), self.publication, parts)


class ObligationMove(PageIn):
    """An event of an obligation; `publish` with the page, a policy document also with its `interpretation` ·
    assign `owner`.
    """

    event: str = Field(max_length=40)
    reason: str = Field("", max_length=2000)
    interpretation: PageIn | None = None
    owner: str = Field("", max_length=60, description="assign: user name of the person who sees to it, empty for none.")


class RulesIn(BaseModel):
    """A new version of the open-meeting rules (会8)."""

    attendance: Annotated[str, Field(max_length=20_000), AfterValidator(_not_blank)]
    duties: Annotated[str, Field(max_length=20_000), AfterValidator(_not_blank)]
    agenda_rules: Annotated[str, Field(max_length=20_000), AfterValidator(_not_blank)]
    discipline: Annotated[str, Field(max_length=20_000), AfterValidator(_not_blank)]


# --- questions, opinions, the floor ---------------------------------------------------------------------


class OwnIn(BaseModel):
    """Who speaks: the secret of a representative's personal link."""

    token: str = Field(max_length=100)


class SlipIn(OwnIn):
    """A question or written opinion on the item attended."""

    kind: Literal["question", "opinion"]
    text: str = Field(max_length=2000)
    publish_name: bool = Field(default=False, description="The name may stand beside the text; else the category does.")


class SlipMove(Move):
    """An event of a slip: admit `publish` · answer `answer`, `answered_by`, `on_record` · route `unit` (id or code) ·
    reply `disposition`, `reply`.
    """

    publish: bool = True
    answer: str = Field("", max_length=2000)
    answered_by: str = Field("", max_length=100)
    on_record: bool = False
    unit: str = Field("", max_length=64)
    disposition: Disposition | None = None
    reply: str = Field("", max_length=2000)

    def values(self) -> dict[str, Any]:
        """The event's own values."""
        return {name: value for name, value in self if name not in Move.model_fields}


class OpinionIn(BaseModel):
    """An opinion on a decision by the public form; name and contact are never published."""

    text: str = Field(max_length=2000)
    name: str = Field("", max_length=60)
    contact: str = Field("", max_length=200)
    consent: bool = Field(default=False, description="The author agrees that the office reads and keeps what was sent.")


class EnteredOpinionIn(BaseModel):
    """An opinion that came another way, entered by staff."""

    source: Literal["letter", "phone", "mailbox"]
    text: str = Field(max_length=2000)
    name: str = Field("", max_length=60)
    contact: str = Field("", max_length=200)
    given_on: date | None = None


class GroupIn(BaseModel):
    """Opinions for a new group with a `title`, or for the group `into`."""

    opinions: Annotated[list[Id], Field(min_length=1, max_length=500)]
    title: str = Field("", max_length=200)
    into: str = Field("", max_length=32)


class MergeIn(BaseModel):
    """The group that takes the opinions over."""

    into: Id


class SplitIn(BaseModel):
    """The opinions that become a group of their own."""

    opinions: Annotated[list[Id], Field(min_length=1, max_length=500)]
    title: str = Field(max_length=200)


class GroupAnswerIn(BaseModel):
    """What becomes of a group; `reply` says why where it is not adopted in full."""

    disposition: Disposition
    reply: str = Field("", max_length=2000)
    title: str | None = Field(None, max_length=200)


class RevisionIn(BaseModel):
    """The revised plan."""

    title: Title
    body: str = Field(max_length=200_000)


def as_values(model: BaseModel) -> dict[str, Any]:
    """The fields that were sent and are not null, lists of people and materials as services take them."""
    sent: Mapping[str, Any] = {name: getattr(model, name) for name in model.model_fields_set}
    values = {name: value for name, value in sent.items() if value is not None}
    if "invitees" in values:
        values["invitees"] = [person.person() for person in values["invitees"]]
    if "materials" in values:
        values["materials"] = [material.material() for material in values["materials"]]
    return values
