"""Answers that calendar programs send to appointments: what each would change, and taking them down (会3).

One person, one answer, whatever the channel: what is taken down here is the same answer as by link or by telephone,
and an answer older than what is known changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from core import permissions
from core.permissions import Actor
from core.refusals import Forbidden, Invalid, NotFound, Refusal, Refused
from plugins.meetings.documents import calendar_reply
from plugins.meetings.documents.calendar_reply import CalendarReply
from plugins.meetings.models import Delivery, Invitation
from plugins.meetings.services import invitations
from plugins.meetings.workflow import INVITATION

MOST = 200
"""Answers read at once."""
SAID = {"accept": ("accepted", "acknowledged", "checked_in", "checked_out"), "decline": ("declined",)}
"""Answer → states that say it already."""
READINGS: dict[str, Any] = {
    "new": _l("将登记"),
    "same": _l("已是这个答复，不变"),
    "unreadable": _l("不是对列席邀请的日历答复，不登记。请上传受邀人邮件中的 .ics 附件。"),
    "unknown": _l("没有这份邀请：可能不是本级发出的，不登记。"),
    "address": _l("答复的邮箱和受邀人的邮箱不一致，不登记。请与本人核实。"),
    "stale": _l("答复的是变更之前的安排，不登记。请本人按最近一次通知再答复。"),
    "late": _l("之后另有答复，以最近的为准，不登记。"),
    "closed": _l("这份邀请现在不能再答复，不登记。"),
}
"""What is to be done with a reply, and why."""


@dataclass(frozen=True)
class Reading:
    """One reply of a heap: `result` is one of `READINGS`, `detail` the sentence to it."""

    number: int
    result: str
    reply: CalendarReply | None = None
    invitation: Invitation | None = None
    detail: Any = ""


def read(actor: Actor, text: str) -> list[Reading]:
    """What each reply in a text would change, in its order; writes nothing.

    Raises:
        Forbidden: the actor takes down nobody's answer. Invalid: nothing, or too many at once.
    """
    permissions.require(actor, "meetings.reply")
    pieces = calendar_reply.parted(text) if text.strip() else []
    if not pieces:
        raise Invalid({"calendar": [_l("请选择或粘贴日历答复（.ics）。")]})
    if len(pieces) > MOST:
        raise Invalid({"calendar": [_l("一次最多 %(most)s 份答复，请分几次登记。", most=MOST)]})
    return list(_newest([_reading(actor, number, piece) for number, piece in enumerate(pieces, 1)]))


def take(actor: Actor, text: str) -> list[Reading]:
    """Take down the replies that say something new, inside `write()`; the same text twice changes nothing.

    Raises:
        Forbidden, Invalid: see `read`.
    """
    readings = read(actor, text)
    for one in readings:
        if one.result == "new" and one.invitation is not None and one.reply is not None:
            invitations.move(actor, one.invitation, one.reply.answer, reason=one.reply.comment)
    return readings


def answer(actor: Actor, text: str) -> Invitation:
    """Take down one reply, as a mail gateway passes it on.

    Raises:
        Invalid: no such answer, unknown, or of another address than was invited. Forbidden. Refused: REPLY_STALE,
        NO_REPLY_NOW.
    """
    one = take(actor, text)[0]
    if one.invitation is None or one.result == "address":
        raise Invalid({"calendar": [one.detail]})
    codes = {"stale": "REPLY_STALE", "late": "REPLY_STALE", "closed": "NO_REPLY_NOW"}
    if one.result in codes:
        raise Refused(Refusal(codes[one.result], one.detail, "会3"))
    return one.invitation


def _reading(actor: Actor, number: int, piece: str) -> Reading:
    try:
        reply = calendar_reply.read(piece)
    except calendar_reply.ReplyError:
        return Reading(number, "unreadable", detail=READINGS["unreadable"])
    try:
        row = invitations.find(actor, reply.invitation)
        INVITATION.require_right(row, reply.answer, actor)
    except (NotFound, Forbidden):
        return Reading(number, "unknown", reply, detail=READINGS["unknown"])
    result, detail = _judged(actor, row, reply)
    return Reading(number, result, reply, row, detail or READINGS[result])


def _judged(actor: Actor, row: Invitation, reply: CalendarReply) -> tuple[str, Any]:
    if row.contact.strip().casefold() != reply.address.casefold():
        return "address", ""
    if row.state in SAID[reply.answer]:
        return "same", ""
    sent = _last_sent(row)
    if sent is not None and reply.sequence is not None and reply.sequence < _sequence(sent):
        return "stale", ""
    known = row.answers[-1].at if row.answers else None
    own = reply.stamp if reply.stamp and sent and reply.stamp > sent.at else None  # else it is the appointment's own
    if own and known and own < known.replace(microsecond=0):
        return "late", ""
    if INVITATION.row_for(reply.answer, row.state) is None:
        why = _l("这份邀请现在是“%(state)s”，不能再答复，不登记。", state=INVITATION.label(row.state))
        return "closed", why
    no = INVITATION.obstacles(row, reply.answer, actor)
    return ("closed", no[0].detail) if no else ("new", "")


def _newest(readings: Sequence[Reading]) -> Iterator[Reading]:
    """Of several replies to one invitation in the same heap only the latest is new."""
    best: dict[str, Reading] = {}
    for one in readings:
        if one.result == "new" and one.invitation is not None:
            best[one.invitation.id] = max(best.get(one.invitation.id, one), one, key=_age)
    for one in readings:
        if one.result != "new" or one.invitation is None or best[one.invitation.id] is one:
            yield one
        else:
            yield Reading(one.number, "late", one.reply, one.invitation, READINGS["late"])


def _age(one: Reading) -> tuple[int, datetime, int]:
    assert one.reply is not None, "only what was read is compared"
    return one.reply.sequence or 0, one.reply.stamp or datetime.min.replace(tzinfo=UTC), one.number


def _last_sent(row: Invitation) -> Delivery | None:
    """The last message that carried the appointment."""
    return next((one for one in reversed(row.deliveries) if one.notice is not None and one.notice.calendar), None)


def _sequence(sent: Delivery) -> int:
    found = re.search(r"(?m)^SEQUENCE:(\d+)", sent.notice.calendar if sent.notice else "")
    return int(found[1]) if found else 0
