"""Check-in (签到): the door's list, passages taken from several doors in any order, presence per item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import audit, permissions
from core.db import db, utcnow
from core.permissions import Actor
from core.refusals import Forbidden, Invalid, NotFound, Refused
from plugins.meetings import links
from plugins.meetings.models import AgendaApplication, Attendance, Invitation, Meeting
from plugins.meetings.services import invitations, rules
from plugins.meetings.workflow import INVITATION
from plugins.meetings.workflow.attendance import Account, Passage, account

TYPE = "meetings.attendance"
EXPECTED = ("sent", "accepted", "declined", "acknowledged", "checked_in", "checked_out")
AHEAD = timedelta(minutes=5)
"""How far the clock of a door may be ahead; what comes from later is taken to have happened now."""
STEPS = {
    ("", "in"): ("check_in",),
    ("", "out"): ("check_in", "check_out"),
    ("in", "out"): ("check_out",),
    ("out", "in"): ("come_back",),
    ("in", ""): ("undo_check_in",),
    ("out", ""): ("undo_check_in",),
}
"""(where the invitation stands, where the passages put it) → the events that lead there."""
STANDING = {"checked_in": "in", "checked_out": "out"}


@dataclass(frozen=True)
class Act:
    """One passage as a door noted it: `person` is an invitation's id, `code` what was scanned or typed, or both."""

    key: str
    event: str
    at: datetime
    way: str
    person: str = ""
    code: str = ""
    promised: bool = False
    """The person read the rules at the door and promised to keep them (会8)."""


@dataclass(frozen=True)
class Taken:
    """What became of an act: recorded, known (sent before), double (says nothing new), or refused: with a reason."""

    key: str
    result: str
    detail: Any = ""
    person: str = ""
    name: str = ""


@dataclass(frozen=True)
class Guest:
    """A person at the door: the items he is invited for, digests of his codes, where he stands."""

    invitation: Invitation
    items: tuple[str, ...]
    codes: tuple[str, ...]
    promised: bool
    state: str


def guests(actor: Actor, meeting: Meeting) -> list[Guest]:
    """Everybody expected, each once however many items he attends, as a door loads them.

    Raises:
        Forbidden: the actor checks nobody in here.
    """
    permissions.require(actor, "meetings.check_in", meeting)
    rows = [row for row in invited(actor, meeting) if row.state in EXPECTED]
    persons: dict[Any, list[Invitation]] = {}
    for row in rows:
        persons.setdefault((row.key, row.contact), []).append(row)
    return [_guest(meeting, one) for one in persons.values()]


def invited(actor: Actor, meeting: Meeting) -> list[Invitation]:
    """All invitations of the meeting for which this person checks in."""
    return [row for row in invitations.of_meeting(meeting) if permissions.can(actor, "meetings.check_in", row)]


def masked(name: str) -> str:
    """A name as it is kept on a door's telephone: 王*, 王*明."""
    return f"{name[:1]}{'*' * max(len(name) - 2, 1)}{name[2:][-1:]}"


def take(actor: Actor, meeting: Meeting, door: str, acts: Sequence[Act]) -> list[Taken]:
    """Merge acts of a door into what is known, in whatever order and however often they come. Whoever was let in is
    kept even where the rules object: it is shown until the objection is met, and counts then.

    Raises:
        Forbidden: the actor checks nobody in here.
    """
    permissions.require(actor, "meetings.check_in", meeting)
    people = invited(actor, meeting)
    return [_take(actor, people, door, act) for act in acts]


def settle(actor: Actor, row: Invitation) -> None:
    """Bring the invitation to where its passages put it.

    Raises:
        Refused: the rules object (WRONG_STATE, RULES_NOT_ACKNOWLEDGED 会8); the passages are kept.
    """
    found = accounted(row)
    for event in STEPS.get((STANDING.get(row.state, ""), found.state), ()):
        INVITATION.fire(row, event, actor, reason="签到更正", params={"noted": True})
    if row.state in STANDING and found.stays:
        row.checked_in_at = found.stays[0].since
        row.checked_out_at = found.stays[-1].until
        db.session.flush()


def accounted(row: Invitation) -> Account:
    """What the passages that stand come to."""
    return account(Passage(one.key, one.event, one.at) for one in row.passages if one.voided_at is None)


def objection(row: Invitation) -> Any:
    """Why passages of this person do not count yet, "" where they do: he was let in although the rules object."""
    if STANDING.get(row.state, "") == accounted(row).state:
        return ""
    if row.state in ("substituted", "revoked"):
        return _l("邀请已经撤销或换人，此人不应入场，请核实。")
    if row.state == "declined":
        return _l("此人已答复不参加。请先登记接受邀请。")
    if not invitations.has_acknowledged(row):
        return _l("此人还没有承诺遵守现行会议开放规则。请先登记承诺（会8）。")
    return _l("签到还没有计入，请重新核对。")


def void(actor: Actor, passage: Attendance, reason: str) -> None:
    """Take a wrong passage out of the count; it stays readable. Twice does nothing twice.

    Raises:
        Forbidden, Invalid: no reason. Refused.
    """
    grant = permissions.require(actor, "meetings.check_in", passage.invitation)
    if not reason.strip():
        raise Invalid({"reason": [_l("请写明理由。")]})
    if passage.voided_at is None:
        passage.voided_at, passage.voided_by, passage.void_reason = utcnow(), actor.name, reason.strip()[:300]
        db.session.flush()
        audit.record(actor, f"{TYPE}.void", TYPE, passage.id, grant=grant, article="会8", reason=reason)
        settle(actor, passage.invitation)


def find_passage(actor: Actor, passage_id: str) -> Attendance:
    """One passage; raises NotFound."""
    found = db.session.get(Attendance, passage_id)
    if found is None or permissions.can(actor, "meetings.check_in", found.invitation) is None:
        raise NotFound
    return found


# --- presence per item ------------------------------------------------------------------------------


def noted_present(row: Invitation) -> bool | None:
    """Was the person in the room while the item was dealt with, as the door noted it? None: it was not called yet."""
    item = row.application
    if item.called_at is None:
        return None
    end = item.deliberated_at or (row.meeting.closed_at if row.meeting else None)
    return any(stay.meets(item.called_at, end) for stay in accounted(row).stays)


def is_present(row: Invitation) -> bool | None:
    """The clerk's correction where there is one, else as the door noted it."""
    return noted_present(row) if row.present is None else row.present


def present_at(item: AgendaApplication) -> list[Invitation]:
    """Those who attended this item, in the order of the list: for attendance lists and minutes."""
    return [row for row in item.invitations if is_present(row)]


def correct(actor: Actor, row: Invitation, present: bool | None, note: str = "") -> None:
    """Say who was there, against what the door noted; None goes back to that.

    Raises:
        Forbidden. Invalid: a correction without a note.
    """
    grant = permissions.require(actor, "meetings.check_in", row)
    if present is not None and not note.strip():
        raise Invalid({"note": [_l("请写明更正的依据。")]})
    if (row.present, row.present_note) == (present, note.strip()):
        return
    row.present, row.present_note = present, note.strip()[:300] if present is not None else ""
    row.version += 1
    db.session.flush()
    data = {"present": present, "noted": noted_present(row)}
    audit.record(
        actor, "meetings.invitation.presence", INVITATION.object_type, row.id, grant=grant, article="会8",
        reason=note, data=data,
    )  # fmt: skip


# --- inside -----------------------------------------------------------------------------------------


def _guest(meeting: Meeting, rows: Sequence[Invitation]) -> Guest:
    first = rows[0]
    codes = [links.code_digest(meeting.id, code) for row in rows if (code := links.code_of(row))]
    promised = all(invitations.has_acknowledged(row) for row in rows)
    titles = tuple(row.application.title for row in rows)
    return Guest(first, titles, tuple(codes), promised, accounted(first).state)


def _take(actor: Actor, people: Sequence[Invitation], door: str, act: Act) -> Taken:
    row = _whose(people, act)
    if row is None:
        return Taken(act.key, "refused", _l("签到码不对，或者已经作废。请核对姓名，或按名单办理。"))
    if any(one.key == act.key for one in row.passages):
        return Taken(act.key, "known", person=row.id, name=row.name)
    if act.code and links.typed(act.code) != links.code_of(row):
        if row.state not in EXPECTED:  # let in by a door that could not know: nobody may overlook it
            _note(actor, row, door, act)
        return Taken(act.key, "refused", _l("这个签到码已经作废，请核实身份。"), row.id, row.name)
    twins = [one for one in people if (one.key, one.contact) == (row.key, row.contact) and one.state in EXPECTED]
    no: Any = ""
    for one in twins or [row]:
        _note(actor, one, door, act)
        no = _settled(actor, one, act.promised) or no
    if no:
        return Taken(act.key, "refused", no, row.id, row.name)
    if act.key in accounted(row).idle:
        return Taken(act.key, "double", _double(row, act), row.id, row.name)
    return Taken(act.key, "recorded", person=row.id, name=row.name)


def _whose(people: Iterable[Invitation], act: Act) -> Invitation | None:
    if act.person:
        return next((row for row in people if row.id == act.person), None)
    code = links.typed(act.code)
    return next((row for row in people if code and links.code_of(row) == code), None)


def _note(actor: Actor, row: Invitation, door: str, act: Act) -> None:
    row.passages.append(
        Attendance(
            key=act.key, event=act.event, at=min(act.at, utcnow() + AHEAD), received_at=utcnow(), way=act.way,
            door=door, by_name=actor.name,
        )
    )  # fmt: skip
    db.session.flush()
    db.session.expire(row, ["passages"])


def _settled(actor: Actor, row: Invitation, promised: bool) -> Any:
    """Settle, with the promise made at the door; answers the objection, "" where there is none."""
    try:
        rule = rules.in_force()
        if promised and rule and not invitations.has_acknowledged(row):
            INVITATION.fire(row, "acknowledge", actor, params={"rule_version": rule.version})
        settle(actor, row)
    except Forbidden:
        return _l("登记规则承诺须由会议组织者办理。")
    except Refused:
        return objection(row)
    return ""


def _double(row: Invitation, act: Act) -> Any:
    other = max((one for one in row.passages if one.key != act.key), key=lambda one: one.at, default=None)
    where = other.door if other and other.door else _l("另一处")
    return _l("此人已在%(door)s登记过，这一次不重复计入。", door=where)


def passages_of(meeting: Meeting) -> Sequence[Attendance]:
    """All passages of a meeting, newest first."""
    query = (
        select(Attendance)
        .join(Invitation, Invitation.id == Attendance.invitation_id)
        .join(AgendaApplication, AgendaApplication.id == Invitation.application_id)
        .where(AgendaApplication.meeting_id == meeting.id)
        .order_by(Attendance.at.desc(), Attendance.key)
    )
    return db.session.scalars(query).all()
