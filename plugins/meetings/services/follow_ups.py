"""The follow-up of a published decision (会10): opened with its publication, closed by its window, answered at once."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select, true

from core import audit, publications, settings
from core.db import db, new_id, utcnow
from core.jurisdictions import current
from core.models import Publication
from core.permissions import SYSTEM, Actor, can
from core.refusals import Invalid, NotFound, Stale, WrongState
from core.text import checked
from core.workflow import Move
from plugins.meetings.models import AgendaApplication, FollowUp, Meeting, Obligation
from plugins.meetings.services.visibility import sees_closed_items, visible_meetings
from plugins.meetings.workflow import FOLLOW_UP
from plugins.meetings.workflow.follow_ups import is_over

DECISIONS = ("outcome", "policy_document")
"""What opinions are given on; the document rather than the outcome, once it is there."""
LIMITS = {"title": 200, "body": 200_000}


def opened_by(obligation: Obligation) -> None:
    """A duty was met by a page: opinions on it are taken from now on, counted anew with the policy document."""
    item, page = obligation.application, obligation.publication_id
    if obligation.kind not in DECISIONS or item is None or page is None or item.openness == "closed":
        return
    if not settings.get("meetings.follow_up_days"):
        return
    found = of_item(item)
    if found is None:
        found = FollowUp(
            id=new_id(), application=item, decided_id=page, state="open", version=1, opened_at=utcnow()
        )  # fmt: skip
        db.session.add(found)
        db.session.flush()
    elif found.state == "answered" or (obligation.kind == "outcome" and found.decided.state == "released"):
        return  # opinions were answered, or there is something to read already
    found.decided_id = page
    FOLLOW_UP.fire(found, "reopen", SYSTEM)


def of_item(item: AgendaApplication) -> FollowUp | None:
    """The follow-up of an item; None before its decision is published."""
    return db.session.scalar(select(FollowUp).where(FollowUp.application_id == item.id))


def visible(actor: Actor) -> Select[FollowUp]:
    """THE filter: follow-ups of meetings one may know of; those of closed items for staff alone."""
    open_items = true() if sees_closed_items(actor) else AgendaApplication.openness != "closed"
    return (
        select(FollowUp)
        .join(AgendaApplication, AgendaApplication.id == FollowUp.application_id)
        .join(Meeting, Meeting.id == AgendaApplication.meeting_id)
        .where(visible_meetings(actor), open_items)
    )


def path(follow_up: FollowUp) -> str:
    """Its public page."""
    return f"/{current().slug}/meetings/follow-ups/{follow_up.id}/"


def find(actor: Actor, follow_up_id: str) -> FollowUp:
    """One follow-up; raises NotFound."""
    found = db.session.scalar(visible(actor).where(FollowUp.id == follow_up_id))
    if found is None:
        raise NotFound
    return found


def handles(actor: Actor, follow_up: FollowUp) -> bool:
    """True for those who group and answer: nobody else reads single opinions."""
    return can(actor, "meetings.follow_up", follow_up) is not None


def find_handled(actor: Actor, follow_up_id: str) -> FollowUp:
    """One follow-up this person handles; raises NotFound."""
    found = find(actor, follow_up_id)
    if not handles(actor, found):
        raise NotFound
    return found


def move(actor: Actor, follow_up: FollowUp, event: str, *, reason: str = "", version: int | None = None) -> Move:
    """Carry out an event of `FOLLOW_UP`; with `publish` a revised plan that was drafted is released too.

    Raises:
        Forbidden, WrongState, Stale, Refused: OPINIONS_UNGROUPED, OPINIONS_UNANSWERED (会10), NOT_APPROVED.
    """
    params = {}
    revised = follow_up.revised
    if event == "publish" and revised is not None and revised.state != "released":
        params["release"] = lambda: publications.release(actor, revised)
    return FOLLOW_UP.fire(follow_up, event, actor, reason=reason, version=version, params=params)


def close_if_over(follow_up: FollowUp) -> bool:
    """The window has passed: go on to answering, or end where nobody wrote; True when it did."""
    if follow_up.state != "open" or not is_over(follow_up):
        return False
    FOLLOW_UP.fire(follow_up, "close", SYSTEM)
    return True


def revise(actor: Actor, follow_up: FollowUp, title: str, body: str, *, version: int | None = None) -> Publication:
    """Draft the revised plan, or change the draft; it is published with the answers, compared with the decided text.

    Raises:
        Forbidden, Invalid, Stale, WrongState: the answers are published already.
    """
    require_open(actor, follow_up, version)
    texts = checked({"title": title, "body": body}, LIMITS, ("title", "body"))
    if follow_up.revised is not None:
        publications.edit(actor, follow_up.revised, title=texts["title"], body=texts["body"])
    else:
        follow_up.revised = publications.create(
            actor, kind="notice", agency_id=follow_up.agency_id, matter_id=follow_up.matter_id, plugin="meetings",
            subject_type=FOLLOW_UP.object_type, subject_id=follow_up.id, related_id=follow_up.decided_id, **texts,
        )  # fmt: skip
    changed(follow_up)
    return follow_up.revised


def approve_revision(actor: Actor, follow_up: FollowUp, *, version: int | None = None) -> None:
    """Another person approves the revised plan as it stands.

    Raises:
        Forbidden, Stale, WrongState, Refused: OWN_APPROVAL. Invalid: there is none.
    """
    if follow_up.revised is None:
        raise Invalid({"body": [_l("还没有修改后的方案。")]})
    if version is not None and version != follow_up.version:
        raise Stale(follow_up.version)
    publications.approve(actor, follow_up.revised)
    changed(follow_up)


def compared(follow_up: FollowUp) -> tuple[Publication, Publication] | None:
    """The decided text and the revised plan, once both may be read by everybody."""
    decided, revised = follow_up.decided, follow_up.revised
    if revised is None or revised.state != "released" or decided.state != "released":
        return None
    return decided, revised


def require_open(actor: Actor, follow_up: FollowUp, version: int | None = None) -> None:
    """Refuse who does not handle it, or changes after the answers were published.

    Raises:
        Forbidden, WrongState, Stale.
    """
    FOLLOW_UP.require_right(follow_up, "publish", actor)
    if follow_up.state not in {"open", "answering"}:
        raise WrongState(FOLLOW_UP.label(follow_up.state))
    if version is not None and version != follow_up.version:
        raise Stale(follow_up.version)


def changed(follow_up: FollowUp) -> None:
    """Count a change that is no event."""
    follow_up.version += 1
    db.session.flush()


def note(actor: Actor, act: str, follow_up: FollowUp, **data: object) -> None:
    """An audit row of an act on opinions: ids and words of the state, never what a citizen wrote."""
    audit.record(
        actor, f"{FOLLOW_UP.object_type}.{act}", FOLLOW_UP.object_type, follow_up.id, article="会10", data=dict(data)
    )


def of_meeting(meeting: Meeting) -> Sequence[FollowUp]:
    """The follow-ups of a meeting's items that everybody may read of, in the order of the agenda."""
    query = (
        select(FollowUp)
        .join(AgendaApplication, AgendaApplication.id == FollowUp.application_id)
        .where(AgendaApplication.meeting_id == meeting.id, AgendaApplication.openness != "closed")
        .order_by(AgendaApplication.position)
    )
    return db.session.scalars(query).all()
