"""Invitations (邀请列席) over the API: lists from files, transitions, the invitee's own answer."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, Field

from core import imports
from core.refusals import Invalid, NotFound
from core.web.api import Answer, Api, if_match, job_json, moved
from core.web.api.moves import Moved
from core.web.api.tables import Table, TakeQuery, faults_json, table
from core.web.attempts import attempts
from core.web.requests import actor
from plugins.meetings import invitee_files, links, values
from plugins.meetings.api import applications, meetings, shapes
from plugins.meetings.api.outlines import ImportOut, InvitationFull, InvitationsOut
from plugins.meetings.forms import InvitationMove, Reply
from plugins.meetings.invitee_files import InviteeFile
from plugins.meetings.models import AgendaApplication, Invitation, Meeting
from plugins.meetings.pool_forms import PickIn
from plugins.meetings.services import calendar_replies, import_jobs, invitations, pool
from plugins.meetings.services.visibility import sees_invitation
from plugins.meetings.workflow import APPLICATION, INVITATION
from plugins.meetings.workflow.plans import Invitee

ONE = "/invitations/<id>"


class ImportQuery(TakeQuery):
    """As for every table; `application` names the item where the meeting has several."""

    application: str = Field("", max_length=32)


class CalendarIn(BaseModel):
    """The text/calendar part of an answer to an appointment, as a mail gateway passes it on."""

    calendar: str = Field(max_length=100_000)


class LinkOut(Moved):
    """A new personal link, shown once."""

    link: str


class SentOut(Moved):
    """Where the invitation stands; `link` after `send`, once."""

    link: str | None = None


class PickedOut(Moved):
    """Where the application stands; how many are new on its list, how many were on it."""

    created: int
    unchanged: int


class ReplyOut(Moved):
    """Where the invitation stands, and whether the materials are open now (会8)."""

    materials_open: bool


def declare(api: Api) -> None:
    """Add the endpoints."""
    into = "Add invitees from .xlsx or .csv; after approval the item goes back to approval (会7)"
    api.post(
        "/<id>/invitations/import", load=meetings.load, query=ImportQuery, prepare=_read, multipart=("file",),
        permission="meetings.schedule", answer=ImportOut, summary=into, may_be_job=True,
    )(import_into_meeting)  # fmt: skip
    api.post(
        "/applications/<id>/invitations/import", load=applications.load, query=ImportQuery, prepare=_read,
        multipart=("file",), permission="meetings.change_plan", answer=ImportOut, summary=into,
        may_be_job=True,
    )(import_into_application)  # fmt: skip
    api.post(
        "/applications/<id>/invitations/pick", load=applications.load, body=PickIn, permission="meetings.change_plan",
        answer=PickedOut, summary="Add people of the representative pool by their terms",
    )(pick)  # fmt: skip
    api.get(
        "/<id>/invitations", load=meetings.load, permission="meetings.schedule", answer=InvitationsOut,
        summary="Everyone invited to a meeting",
    )(of_meeting)  # fmt: skip
    api.get(ONE, load=load, permission="core.staff", answer=InvitationFull, summary="One invitation")(show)
    api.post(
        f"{ONE}/transitions", load=load, body=InvitationMove, machine=INVITATION, answer=SentOut,
        summary="Send, answer, substitute, revoke or check in; `send` answers the personal link once",
    )(move)  # fmt: skip
    api.post(
        f"{ONE}/link", load=load, permission="meetings.invite", answer=LinkOut,
        summary="A new personal link; the old one dies",
    )(renew)  # fmt: skip
    api.post(
        "/invitations/calendar-replies", body=CalendarIn, permission="meetings.reply", answer=Moved,
        summary="Take down what an invitee's calendar program answered (METHOD:REPLY); twice changes nothing",
    )(calendar_reply)  # fmt: skip
    api.post(
        "/invitations/reply", body=Reply, public=True, answer=ReplyOut,
        summary="The invitee accepts, declines or acknowledges the rules with the personal link's secret",
    )(reply)  # fmt: skip


def of_link(token: str) -> Invitation:
    """The invitation behind a personal link; raises NotFound, and TooManyRequests for whoever guesses on and on."""
    attempts().refuse_crowd()
    try:
        return invitations.by_token(token)
    except NotFound:
        attempts().failed()
        raise


def load(ident: str) -> Invitation:
    """Staff who invite or check in; raises NotFound."""
    return invitations.find(actor(), ident)


def of_meeting(meeting: Meeting) -> Answer:
    """By item and place in the list."""
    rows = [row for row in invitations.of_meeting(meeting) if sees_invitation(actor(), row)]
    return Answer({"items": [shapes.invitation(row, contacts=True) for row in rows]})


def show(invitation: Invitation) -> Answer:
    """With acknowledgements and events."""
    return Answer(shapes.invitation_full(invitation, actor()), version=invitation.version)


def move(invitation: Invitation, body: InvitationMove) -> Answer:
    """Nothing goes to an invitee before approval (会7)."""
    invitations.move(
        actor(), invitation, body.event, reason=body.reason, version=if_match(invitation.version), params=body.values()
    )
    answer = moved(INVITATION, invitation)
    if body.event == "send":
        return Answer(answer.data | {"link": links.personal_path(invitation.fresh_token)}, version=answer.version)
    return answer


def renew(invitation: Invitation) -> Answer:
    """For a link that leaked or was lost."""
    link = invitations.renew_link(actor(), invitation)
    answer = moved(INVITATION, invitation)
    return Answer(answer.data | {"link": link}, version=answer.version)


def calendar_reply(body: CalendarIn) -> Answer:
    """The address must be the one that was invited."""
    return moved(INVITATION, calendar_replies.answer(actor(), body.calendar))


def reply(body: Reply) -> Answer:
    """Needs no account: the secret is enough, for this invitation and nothing else."""
    invitation = of_link(body.token)
    invitations.answer(
        invitation, body.event, note=body.note, rule_version=body.rule_version, publish_name=body.publish_name
    )
    answer = moved(INVITATION, invitation)
    is_open = invitations.has_acknowledged(invitation)
    return Answer(answer.data | {"materials_open": is_open}, version=answer.version)


# --- lists from files -------------------------------------------------------------------------------


def import_into_meeting(meeting: Meeting, query: ImportQuery, given: Table[InviteeFile]) -> Answer:
    """Into the one item of the meeting, or the one that is named."""
    named = query.application or request.form.get("application", "")
    items = [item for item in meeting.agenda if not named or item.id == named]
    if len(items) != 1:
        raise Invalid({"application": [_l("会议有多个议题（或没有这个议题），请指明名单属于哪个议题。")]})
    return import_into_application(items[0], query, given)


def import_into_application(item: AgendaApplication, _query: ImportQuery, given: Table[InviteeFile]) -> Answer:
    """The same file twice changes nothing; faulty rows are named, and left out only when the caller says so."""
    file = given.found
    people = {row.row: Invitee(**row.values()) for row in file.invitees}
    if given.staged:
        kept = imports.keep(actor(), given.staged)
        job = import_jobs.import_list(actor(), item, kept, list(people.values()), skip=given.skip)
        return Answer(job_json(job), status=202)
    act = invitations.preview if given.dry_run else invitations.add_people
    change = act(actor(), item, list(people.values()))
    known = {person.key for person in change.known}
    return Answer(
        {
            "dry_run": given.dry_run,
            "application": item.id,
            "rows": [_row(number, person, person.key in known) for number, person in people.items()],
            "errors": faults_json(file.faults),
            "created": 0 if given.dry_run else len(change.new),
            "unchanged": len(change.known),
            "state": item.state,
            "state_label": APPLICATION.label(item.state),
        }
    )


def pick(item: AgendaApplication, body: PickIn) -> Answer:
    """Who is on the list already stays as he is; after approval it is a change of plan (会7)."""
    change = pool.pick(actor(), item, body.terms, body.reason)
    counts = {"created": len(change.new), "unchanged": len(set(body.terms)) - len(change.new)}
    return Answer(moved(APPLICATION, item).data | counts, version=item.version)


def _read() -> Table[InviteeFile]:
    return table(ImportQuery, invitee_files.read, lambda file: len(file.invitees))


def _row(number: int, person: Invitee, known: bool) -> dict[str, Any]:
    return {
        "row": number,
        "name": person.name,
        "category": person.category,
        "category_label": values.CATEGORIES[person.category],
        "organisation": person.organisation,
        "contact": person.contact,
        "represents": person.represents,
        "status": "unchanged" if known else "new",
    }
