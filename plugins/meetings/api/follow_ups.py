"""Opinions on a published decision and their answers (会10) over the API."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, Field
from sqlalchemy import select

from core import publications
from core.refusals import Invalid
from core.web.api import (
    Answer,
    Api,
    ClockOut,
    EventOut,
    Page,
    PageQuery,
    clocks_json,
    events_json,
    if_match,
    moved,
    page,
)
from core.web.api.moves import Moved
from core.web.requests import actor, sender_address
from plugins.meetings import forms, values
from plugins.meetings.models import FollowUp, Opinion, OpinionGroup
from plugins.meetings.services import follow_ups, opinions
from plugins.meetings.workflow import FOLLOW_UP
from plugins.meetings.workflow.follow_ups import window

ONE = "/follow-ups/<id>"
GROUP = "/opinion-groups/<id>"


class GroupOut(BaseModel):
    """Like opinions and their answer; `disposition` and `reply` are empty before they are answered."""

    id: str
    number: int
    title: str
    count: int
    disposition: str | None
    disposition_label: str
    reply: str


class StaffGroupOut(GroupOut):
    """With its history, for those who group and answer."""

    merged_into: str | None
    split_from: str | None
    opinions: list[str]
    etag: str


class FollowUpOut(BaseModel):
    """A follow-up in a list; `until` is the last day on which opinions are taken."""

    id: str
    application: str
    meeting: str | None
    title: str
    state: str
    state_label: str
    opened_at: str
    until: str | None
    answered_at: str | None
    decided: str | None
    revised: str | None
    url: str
    etag: str


class FollowUpFull(FollowUpOut):
    """One follow-up: the groups once they are published, to those who answer always."""

    groups: list[StaffGroupOut | GroupOut]
    opinions: int
    events: list[EventOut]
    clocks: list[ClockOut]


class OpinionOut(BaseModel):
    """An opinion, for those who group and answer."""

    id: str
    number: str
    source: str
    source_label: str
    text: str
    name: str
    contact: str
    given_on: str | None
    entered_by: str
    group: str | None
    received_at: str


class ReceiptOut(BaseModel):
    """Number and secret for looking the answer up; the secret is shown this once."""

    number: str
    secret: str


class LookUpIn(BaseModel):
    """What the receipt says."""

    number: str = Field(max_length=20)
    secret: str = Field(max_length=40)


class LookedUpOut(BaseModel):
    """One's own opinion and what became of it; `answer` is null before the answers are published."""

    number: str
    text: str
    received_at: str
    title: str
    state: str
    state_label: str
    answer: GroupOut | None


class RevisedOut(BaseModel):
    """The drafted plan: approve it as a publication, then publish the answers."""

    publication: str
    etag: str


def declare(api: Api) -> None:
    """Add the endpoints."""
    staff: dict[str, Any] = {"permission": "meetings.follow_up"}
    api.get(
        "/follow-ups",
        public=True,
        query=PageQuery,
        answer=Page[FollowUpOut],
        summary="Opinions on published decisions: where each stands",
    )(listing)
    api.get(ONE, load=load, public=True, answer=FollowUpFull, summary="One decision's opinions, grouped and answered")(
        show
    )
    api.post(
        f"{ONE}/transitions",
        load=load,
        body=forms.Move,
        machine=FOLLOW_UP,
        answer=Moved,
        summary="Publish all answers together, with the revised plan (会10)",
    )(move)
    api.post(
        f"{ONE}/opinions",
        load=load,
        body=forms.OpinionIn,
        public=True,
        status=201,
        answer=ReceiptOut,
        summary="Give an opinion on the decision; no account",
    )(give)
    api.get(f"{ONE}/opinions", load=load, query=PageQuery, answer=Page[OpinionOut], **staff, summary="The opinions")(
        of_follow_up
    )
    api.post(
        f"{ONE}/opinions/entered",
        load=load,
        body=forms.EnteredOpinionIn,
        status=201,
        answer=OpinionOut,
        **staff,
        summary="Enter an opinion that came by letter, telephone or mailbox",
    )(enter)
    api.post(
        f"{ONE}/groups",
        load=load,
        body=forms.GroupIn,
        status=201,
        answer=StaffGroupOut,
        **staff,
        summary="Group opinions",
    )(group)
    api.post(
        f"{ONE}/revision",
        load=load,
        body=forms.RevisionIn,
        answer=RevisedOut,
        **staff,
        summary="Draft the revised plan, or change the draft",
    )(revise)
    api.post(
        f"{GROUP}/merge",
        load=load_group,
        body=forms.MergeIn,
        answer=StaffGroupOut,
        permission="core.staff",
        summary="Put all opinions of a group into another one",
    )(merge)
    api.post(
        f"{GROUP}/split",
        load=load_group,
        body=forms.SplitIn,
        status=201,
        answer=StaffGroupOut,
        permission="core.staff",
        summary="Make a group of some of its opinions",
    )(split)
    api.post(
        f"{GROUP}/answer",
        load=load_group,
        body=forms.GroupAnswerIn,
        answer=StaffGroupOut,
        permission="core.staff",
        summary="Answer a group; not adopted needs a reason (会10)",
    )(answer)
    api.post(
        "/opinions/look-up",
        body=LookUpIn,
        public=True,
        answer=LookedUpOut,
        summary="What became of an opinion, by its receipt",
    )(look_up)


def load(ident: str) -> FollowUp:
    """What the caller may see; raises NotFound."""
    return follow_ups.find(actor(), ident)


def load_group(ident: str) -> OpinionGroup:
    """For those who handle it; raises NotFound."""
    return opinions.find_group(actor(), ident)


def listing(query: PageQuery) -> Answer:
    """Newest first."""
    return page(follow_ups.visible(actor()), query, FollowUp.opened_at, shape, modified=FollowUp.updated_at)


def show(follow_up: FollowUp) -> Answer:
    """Groups as this viewer may read them."""
    mine = follow_ups.handles(actor(), follow_up)
    shown = follow_up.live_groups if mine or follow_up.state == "answered" else []
    data = shape(follow_up) | {
        "groups": [staff_group(row) if mine else group_shape(row) for row in (follow_up.groups if mine else shown)],
        "opinions": len(follow_up.opinions),
        "events": events_json(FOLLOW_UP, follow_up),
        "clocks": clocks_json(FOLLOW_UP.object_type, follow_up),
    }
    return Answer(data, version=follow_up.version)


def move(follow_up: FollowUp, body: forms.Move) -> Answer:
    """All answers at once."""
    follow_ups.move(actor(), follow_up, body.event, reason=body.reason, version=if_match(follow_up.version))
    return moved(FOLLOW_UP, follow_up)


def give(follow_up: FollowUp, body: forms.OpinionIn) -> Answer:
    """Consent first; then number and secret."""
    if not body.consent:
        raise Invalid({"consent": [_l("请先同意我们为办理意见使用您填写的内容。")]})
    opinion, secret = opinions.give(
        follow_up, body.text, name=body.name, contact=body.contact, address=sender_address()
    )
    return Answer({"number": opinion.number, "secret": secret})


def of_follow_up(follow_up: FollowUp, query: PageQuery) -> Answer:
    """Newest first."""
    statement = select(Opinion).where(Opinion.follow_up_id == follow_up.id)
    return page(statement, query, Opinion.received_at, opinion_shape)


def enter(follow_up: FollowUp, body: forms.EnteredOpinionIn) -> Answer:
    """With its source."""
    made = opinions.enter(
        actor(), follow_up, body.source, body.text, name=body.name, contact=body.contact, given_on=body.given_on
    )
    return Answer(opinion_shape(made))


def group(follow_up: FollowUp, body: forms.GroupIn) -> Answer:
    """New or into one that is there."""
    made = opinions.group(actor(), follow_up, body.opinions, title=body.title, into=body.into)
    return Answer(staff_group(made), version=made.version)


def merge(one: OpinionGroup, body: forms.MergeIn) -> Answer:
    """The group that has them now."""
    into = opinions.merge(actor(), one, body.into)
    return Answer(staff_group(into), version=into.version)


def split(one: OpinionGroup, body: forms.SplitIn) -> Answer:
    """The new group."""
    made = opinions.split(actor(), one, body.opinions, body.title)
    return Answer(staff_group(made), version=made.version)


def answer(one: OpinionGroup, body: forms.GroupAnswerIn) -> Answer:
    """Published with all others."""
    opinions.answer(actor(), one, body.disposition, body.reply, title=body.title, version=if_match(one.version))
    return Answer(staff_group(one), version=one.version)


def revise(follow_up: FollowUp, body: forms.RevisionIn) -> Answer:
    """Another person approves it at the publications endpoint or in the console."""
    page_ = follow_ups.revise(actor(), follow_up, body.title, body.body, version=if_match(follow_up.version))
    return Answer({"publication": page_.id}, version=follow_up.version)


def look_up(body: LookUpIn) -> Answer:
    """A wrong number and a wrong secret answer the same."""
    found = opinions.look_up(body.number, body.secret)
    given = opinions.answer_to(found)
    follow_up = found.follow_up
    return Answer(
        {
            "number": found.number,
            "text": found.text,
            "received_at": found.received_at,
            "title": follow_up.application.title,
            "state": follow_up.state,
            "state_label": FOLLOW_UP.label(follow_up.state),
            "answer": group_shape(given) if given else None,
        }
    )


# --- shapes ---------------------------------------------------------------------------------------------


def shape(row: FollowUp) -> dict[str, Any]:
    """As lists show it."""
    clock = window(row)
    pages = {"decided": row.decided, "revised": row.revised}
    return {
        "id": row.id,
        "application": row.application_id,
        "meeting": row.application.meeting_id,
        "title": row.application.title,
        "state": row.state,
        "state_label": FOLLOW_UP.label(row.state),
        "opened_at": row.opened_at,
        "until": clock.due_on if clock else None,
        "answered_at": row.answered_at,
        **{name: publications.address(p) if p and p.state == "released" else None for name, p in pages.items()},
        "url": follow_ups.path(row),
        "etag": str(row.version),
    }


def group_shape(row: OpinionGroup) -> dict[str, Any]:
    """As it is published."""
    return {
        "id": row.id,
        "number": row.number,
        "title": row.title,
        "count": len(row.opinions),
        "disposition": row.disposition,
        "disposition_label": values.DISPOSITIONS[row.disposition] if row.disposition else "",
        "reply": row.reply,
    }


def staff_group(row: OpinionGroup) -> dict[str, Any]:
    """With its history."""
    return group_shape(row) | {
        "merged_into": row.merged_into_id,
        "split_from": row.split_from_id,
        "opinions": [opinion.id for opinion in row.opinions],
        "etag": str(row.version),
    }


def opinion_shape(row: Opinion) -> dict[str, Any]:
    """For those who group and answer."""
    names = ("id", "number", "source", "text", "name", "contact", "given_on", "entered_by", "received_at")
    return {name: getattr(row, name) for name in names} | {
        "source_label": values.OPINION_SOURCES[row.source],
        "group": row.group_id,
    }
