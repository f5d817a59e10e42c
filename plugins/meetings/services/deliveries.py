"""Who was told what (送达): every message to invitees, and what is ticked off where no message arrived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from core import audit, permissions
from core.db import db, utcnow
from core.models import Notice
from core.permissions import Actor
from core.refusals import Invalid, NotFound
from plugins.meetings.models import ContactNote, Delivery, Invitation, Meeting
from plugins.meetings.models.deliveries import REACHED
from plugins.meetings.services.visibility import sees_invitation
from plugins.meetings.values import CHANNELS, CONTACT_RESULTS, CONTACT_WAYS, DELIVERY_STATES

TYPE = "meetings.delivery"


@dataclass(frozen=True)
class Change:
    """One occasion with everybody who was to hear of it."""

    kind: str
    title: str
    body: str
    at: Any
    rows: tuple[Delivery, ...]

    @property
    def open(self) -> int:
        """How many have still to be called or written to."""
        return sum(row.is_open for row in self.rows)


def find(actor: Actor, delivery_id: str) -> Delivery:
    """One telling, for staff who invite; raises NotFound."""
    found = db.session.get(Delivery, delivery_id)
    if found is None or permissions.can(actor, "meetings.invite", found.invitation) is None:
        raise NotFound
    return found


def of_meeting(actor: Actor, meeting: Meeting) -> list[Delivery]:
    """Everything told about this meeting, newest first, of those this person invites."""
    query = (
        select(Delivery)
        .where(Delivery.meeting_id == meeting.id)
        .options(
            joinedload(Delivery.notice),
            selectinload(Delivery.contacts),
            joinedload(Delivery.invitation).joinedload(Invitation.application),
        )
        .order_by(Delivery.at.desc(), Delivery.id)
    )
    return [row for row in db.session.scalars(query) if sees_invitation(actor, row.invitation)]


def changes(rows: Iterable[Delivery]) -> list[Change]:
    """Tellings gathered by item and occasion, those with somebody still to be told first."""
    groups: dict[tuple[str, str], list[Delivery]] = {}
    for row in rows:
        version = "" if row.kind in ("invite", "reminder") else row.occasion
        groups.setdefault((row.invitation.application_id, version or row.kind), []).append(row)
    found = [
        Change(one[0].kind, one[0].invitation.application.title, one[0].body, one[0].at, tuple(one))
        for one in groups.values()
    ]
    return sorted(found, key=lambda change: not change.open)


def tick(actor: Actor, delivery: Delivery, way: str, result: str, note: str = "") -> ContactNote:
    """Note a call, a letter or a word in person. Once the person was reached, what he had to hear earlier is ticked
    off with it. The same result noted twice in a row is noted once.

    Raises:
        Forbidden. Invalid: unknown way or result, or a letter without its number.
    """
    grant = permissions.require(actor, "meetings.invite", delivery.invitation)
    _check(way, result, note)
    last = delivery.contacts[-1] if delivery.contacts else None
    if last is not None and (last.way, last.result, last.note) == (way, result, note):
        return last
    earlier = [row for row in delivery.invitation.deliveries if row.is_open and row.at <= delivery.at]
    noted = [_note(actor, row, way, result, note) for row in ([*earlier] if result in REACHED else [])]
    own = next((one for one in noted if one.delivery is delivery), None) or _note(actor, delivery, way, result, note)
    db.session.flush()
    data = {"way": way, "result": result, "with": [one.delivery_id for one in noted if one is not own]}
    audit.record(actor, f"{TYPE}.tick", TYPE, delivery.id, grant=grant, article="会3", data=data)
    return own


def advice(delivery: Delivery) -> Any:
    """What to do about one that did not arrive; "" where nothing is to be done."""
    if delivery.state == "to_call":
        return _l("请打电话或寄信告知，再在这里登记。")
    if delivery.state != "failed" or delivery.notice is None:
        return ""
    if delivery.channel == "sms" and delivery.notice.error.startswith("no channel"):
        return _l("本级没有接通短信渠道，请打电话告知，再在这里登记。")
    return _l("发送没有成功，系统还会再试；请同时打电话告知，再在这里登记。")


def summary(invitation: Invitation) -> dict[str, Any]:
    """How the invitation itself went out: channel and state in words, the letter's number."""
    sent = [row for row in invitation.deliveries if row.kind == "invite"]
    if not sent:
        return {"channel": "", "state": "", "label": "", "detail": ""}
    row = sent[-1]
    note = row.reached_by
    detail = f"{CONTACT_WAYS[note.way]} {note.note}".strip() if note is not None else ""
    return {
        "channel": row.channel, "channel_label": CHANNELS[row.channel], "state": row.state,
        "label": DELIVERY_STATES[row.state], "detail": detail,
    }  # fmt: skip


def still_open() -> ColumnElement[bool]:
    """Rows of `Delivery`, joined to invitation and notice, for which somebody has to call or write."""
    reached = exists().where(ContactNote.delivery_id == Delivery.id, ContactNote.result.in_(REACHED))
    unsent = or_(Delivery.notice_id.is_(None), and_(Notice.sent_at.is_(None), Notice.error != ""))
    answered = and_(Delivery.kind == "invite", Invitation.replied_at.is_not(None))
    moot = and_(Invitation.state.in_(("revoked", "substituted")), Delivery.kind != "revoked")
    return and_(Delivery.kind != "reminder", unsent, ~reached, ~answered, ~moot)


def _check(way: str, result: str, note: str) -> None:
    faults: dict[str, Sequence[Any]] = {}
    if way not in CONTACT_WAYS:
        faults["way"] = [_l("请选择电话、信函或当面。")]
    if result not in CONTACT_RESULTS:
        faults["result"] = [_l("请选择结果。")]
    elif (result == "posted") != (way == "letter") and result in REACHED and way in CONTACT_WAYS:
        faults["result"] = [_l("信函的结果选“信函已寄出”，电话或当面的选“已告知本人”。")]
    if way == "letter" and result == "posted" and not note.strip():
        faults["note"] = [_l("请填写信函编号。")]
    if len(note) > 300:
        faults["note"] = [_l("最多 300 个字。")]
    if faults:
        raise Invalid({name: list(lines) for name, lines in faults.items()})


def _note(actor: Actor, row: Delivery, way: str, result: str, note: str) -> ContactNote:
    made = ContactNote(way=way, result=result, note=note.strip(), at=utcnow(), by=actor.id, by_name=actor.name)
    row.contacts.append(made)
    return made
