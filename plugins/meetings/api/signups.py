"""Public sign-up (公众报名) over the API: calls, entries without an account, the draw anyone runs again."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from sqlalchemy import select

from core.web.api import Answer, Api, if_match, moved
from core.web.api.moves import Moved
from core.web.api.pages import Page, PageQuery, page
from core.web.requests import actor
from plugins.meetings.api import signup_shapes as shapes
from plugins.meetings.forms import Move
from plugins.meetings.models import AgendaApplication, Signup, SignupCall
from plugins.meetings.models.signups import SIGNUP_CALL_STATES
from plugins.meetings.services import applications, signup_calls, signups
from plugins.meetings.services.visibility import visible_calls
from plugins.meetings.signup_forms import SignupCallIn, SignupCallPatch, SignupIn, TokenIn
from plugins.meetings.workflow import SIGNUP, SIGNUP_CALL

ONE = "/signups/<id>"
PERSON = "/signups/applicants/<id>"


class CallsQuery(PageQuery):
    """Filters of the list."""

    state: Literal[SIGNUP_CALL_STATES] | None = None  # type: ignore[valid-type]
    application: str | None = Field(None, max_length=32)
    meeting: str | None = Field(None, max_length=32)


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(
        "/signups", public=True, query=CallsQuery, answer=Page[shapes.SignupCallOut],
        summary="Sign-up calls, newest first; the public sees published ones",
    )(calls)  # fmt: skip
    api.post(
        "/signups", body=SignupCallIn, permission="meetings.signups", status=201, answer=shapes.SignupCallFull,
        summary="Set up a call for an item; part of the plan while the item is a draft (会7)",
    )(create_call)  # fmt: skip
    api.get(ONE, load=load, public=True, answer=shapes.SignupCallFull, summary="One sign-up call")(show_call)
    api.patch(
        ONE, load=load, body=SignupCallPatch, permission="meetings.signups", versioned=True,
        answer=shapes.SignupCallFull, summary="Change a call before it is published",
    )(change_call)  # fmt: skip
    api.post(
        f"{ONE}/transitions", load=load, body=Move, machine=SIGNUP_CALL, answer=Moved,
        summary="Publish, open, close, draw, settle or cancel",
    )(move_call)  # fmt: skip
    api.get(
        f"{ONE}/draw.json", load=load, public=True, answer=shapes.DrawOut,
        summary="The draw as verify_draw.py reads it: commitment, fixed list, seed and results",
    )(draw_json)  # fmt: skip
    api.post(
        f"{ONE}/applicants", load=load, body=SignupIn, public=True, status=201, answer=shapes.ReceiptOut,
        summary="Sign up, without an account; the same name and contact again changes nothing",
    )(sign_up)  # fmt: skip
    api.get(
        f"{ONE}/applicants", load=load, permission="meetings.signups", answer=shapes.SignupsOut,
        summary="Everyone who signed up, for those who run the call",
    )(people)  # fmt: skip
    api.post(
        f"{ONE}/hand-over", load=load, permission="meetings.signups", answer=shapes.HandedOverOut,
        summary="Put those selected on the item's invited list (会7)",
    )(hand_over)  # fmt: skip
    api.post(
        f"{PERSON}/transitions", load=load_person, body=Move, machine=SIGNUP, answer=Moved,
        summary="Withdraw somebody's sign-up for him, with a reason",
    )(move_person)  # fmt: skip
    api.post(
        "/signups/mine", body=TokenIn, public=True, answer=shapes.OwnSignupOut,
        summary="Where one's own sign-up stands, by the secret of the personal link",
    )(mine)  # fmt: skip
    api.post(
        "/signups/mine/withdraw", body=TokenIn, public=True, answer=shapes.OwnSignupOut,
        summary="Take one's own sign-up back",
    )(withdraw)  # fmt: skip


def load(ident: str) -> SignupCall:
    """What the caller may see; raises NotFound."""
    return signup_calls.find(actor(), ident)


def load_person(ident: str) -> Signup:
    """For those who run the call; raises NotFound."""
    return signups.find(actor(), ident)


def calls(query: CallsQuery) -> Answer:
    """Cancelled ones stay in the list."""
    statement = select(SignupCall).where(visible_calls(actor()))
    if query.state:
        statement = statement.where(SignupCall.state == query.state)
    if query.application:
        statement = statement.where(SignupCall.application_id == query.application)
    if query.meeting:
        items = select(AgendaApplication.id).where(AgendaApplication.meeting_id == query.meeting)
        statement = statement.where(SignupCall.application_id.in_(items))
    return page(statement, query, SignupCall.created_at, shapes.call, modified=SignupCall.updated_at)


def show_call(call: SignupCall) -> Answer:
    """With events."""
    return Answer(shapes.call_full(call, actor()), version=call.version)


def create_call(body: SignupCallIn) -> Answer:
    """A draft."""
    item = applications.find(actor(), body.application)
    return show_call(signup_calls.create(actor(), item, body.values()))


def change_call(call: SignupCall, body: SignupCallPatch) -> Answer:
    """The fields that were sent."""
    return show_call(signup_calls.edit(actor(), call, body.values(), version=if_match(call.version)))


def move_call(call: SignupCall, body: Move) -> Answer:
    """Drawn once and for all."""
    signup_calls.move(actor(), call, body.event, reason=body.reason, version=if_match(call.version))
    return moved(SIGNUP_CALL, call)


def draw_json(call: SignupCall) -> Answer:
    """Empty list before the deadline, no seed before the draw."""
    return Answer(signups.document(call))


def sign_up(call: SignupCall, body: SignupIn) -> Answer:
    """Limits stand in the service."""
    done = signups.sign_up(call, body.entry())
    return Answer(shapes.receipt(done), status=201 if done.token else 200)


def people(call: SignupCall) -> Answer:
    """By receipt."""
    return Answer({"items": [shapes.signup(row) for row in call.signups]})


def hand_over(call: SignupCall) -> Answer:
    """At once under a plan that contains the call, else by a change of plan."""
    added = signup_calls.hand_over(actor(), call, version=if_match(call.version))
    state = call.application.state
    data = {"added": added, "application": call.application_id, "application_state": state, "etag": str(call.version)}
    return Answer(data, version=call.version)


def move_person(person: Signup, body: Move) -> Answer:
    """The next on the waiting list moves up."""
    if body.event == "withdraw":
        signups.withdraw(actor(), person, reason=body.reason, version=if_match(person.version))
    else:
        SIGNUP.fire(person, body.event, actor(), reason=body.reason, version=if_match(person.version))
    return moved(SIGNUP, person)


def mine(body: TokenIn) -> Answer:
    """Needs no account."""
    return Answer(shapes.own(signups.by_token(body.token)))


def withdraw(body: TokenIn) -> Answer:
    """Needs no account."""
    person = signups.by_token(body.token)
    signups.withdraw(signups.as_actor(person), person)
    return Answer(shapes.own(person))
