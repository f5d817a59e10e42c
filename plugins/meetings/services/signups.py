"""Signing up (公众报名) without an account: entry, receipt, secret link, withdrawal; the list as everybody reads it.

No limit hangs on network addresses: behind a proxy they are all alike. A call takes so many entries a minute and in
all, and one for each way to reach a person.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select

from core import audit, settings
from core.db import db, utcnow
from core.jurisdictions import current
from core.permissions import SYSTEM, Actor, Grant, can
from core.refusals import Invalid, NotFound, Refusal, Refused, Stale, WrongState
from plugins.meetings import telling
from plugins.meetings.links import digest
from plugins.meetings.models import AgendaApplication, Meeting, Signup, SignupCall
from plugins.meetings.models.signups import STANDING
from plugins.meetings.values import CATEGORIES
from plugins.meetings.workflow import INVITATION, SIGNUP, SIGNUP_CALL
from plugins.meetings.workflow.signups import entries_of, take_place

MOST_A_MINUTE = 60
MOST_IN_ALL = 5_000
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?\d{7,15}")


class TooMany(Refused):
    """More at once than a call takes (429)."""

    status = 429


@dataclass(frozen=True)
class Entry:
    """What somebody fills in."""

    name: str
    category: str
    contact: str
    organisation: str = ""
    reason: str = ""
    publish_name: bool = False


@dataclass(frozen=True)
class SignedUp:
    """The sign-up; `token` is the secret of its link, shown this once, "" where it was there before."""

    signup: Signup
    token: str


def sign_up(call: SignupCall, entry: Entry) -> SignedUp:
    """Take an entry, inside `write()`. The same person (name and contact) again changes nothing.

    Raises:
        Invalid: `category`, `contact`. Refused: SIGNUP_CLOSED, CONTACT_KNOWN, SIGNUP_FULL. TooMany.
    """
    call = db.session.get_one(SignupCall, call.id, with_for_update=True, populate_existing=True)
    if not call.takes_entries(utcnow()):
        raise Refused(Refusal("SIGNUP_CLOSED", _closed(call), "会3"))
    key = _contact_key(entry.contact)
    if entry.category not in call.categories:
        raise Invalid({"category": [_l("这次报名不接受这一类，请从列出的类别中选择。")]})
    known = db.session.scalar(select(Signup).where(Signup.call_id == call.id, Signup.contact_key == key))
    if known is not None:
        return _again(known, entry)
    _hold_back_floods(call)
    if call.state == "planned":  # the sweep is late, the clock is not
        SIGNUP_CALL.fire(call, "open", SYSTEM)
    return _enter(call, entry, key)


def _enter(call: SignupCall, entry: Entry, key: str) -> SignedUp:
    token = secrets.token_urlsafe(24)
    last = db.session.scalar(select(func.max(Signup.number)).where(Signup.call_id == call.id)) or 0
    signup = Signup(
        call=call, number=last + 1, name=" ".join(entry.name.split()), category=entry.category,
        contact=entry.contact.strip(), contact_key=key, organisation=entry.organisation.strip(),
        reason=entry.reason.strip(), publish_name=entry.publish_name, state="applied", version=1, place=0,
        token_hash=digest(token), end_reason="",
    )  # fmt: skip
    db.session.add(signup)
    db.session.flush()
    audit.record(as_actor(signup), "meetings.signup.apply", SIGNUP.object_type, signup.id, article="会3")
    take_place(signup)
    title = call.application.title
    body = _l(
        "您已报名列席《%(title)s》的审议，报名编号 %(receipt)s。用下面的链接可以查询结果，也可以撤回报名。",
        title=title,
        receipt=signup.receipt,
    )
    telling.signed_up(
        signup, "received", _l("已收到您的报名：%(title)s", title=title), body, telling.own_signup_path(token)
    )
    return SignedUp(signup, token)


def _again(known: Signup, entry: Entry) -> SignedUp:
    """Only who knows name and contact together learns that somebody signed up, and even he gets no second link."""
    if known.name == " ".join(entry.name.split()):
        return SignedUp(known, "")
    detail = _l("这个联系方式已经用来报过名，每个联系方式只能报一次。请填写您本人的联系方式。")
    raise Refused(Refusal("CONTACT_KNOWN", detail, "会3", ("contact",)))


def _hold_back_floods(call: SignupCall) -> None:
    mine = select(func.count()).select_from(Signup).where(Signup.call_id == call.id)
    if (db.session.scalar(mine) or 0) >= MOST_IN_ALL:
        raise Refused(Refusal("SIGNUP_FULL", _l("报名人数已达上限，不能再报名。请与召集单位联系。"), "会3"))
    recent = mine.where(Signup.created_at > utcnow() - timedelta(minutes=1))
    if (db.session.scalar(recent) or 0) >= MOST_A_MINUTE:
        raise TooMany(Refusal("TOO_MANY_REQUESTS", _l("现在报名的人很多，请过一分钟再提交。您填写的内容都已保留。")))


def _contact_key(contact: str) -> str:
    """An address or a number without its spelling; raises Invalid when it is neither."""
    text = contact.strip()
    if "@" in text and _MAIL.fullmatch(text):
        return text.lower()
    number = re.sub(r"[\s()（）-]", "", text)
    if _PHONE.fullmatch(number):
        return number.removeprefix("+86")
    raise Invalid({"contact": [_l("请填写手机号、固定电话（含区号）或电子邮箱，以便通知您结果。")]})


def _closed(call: SignupCall) -> Any:
    if call.state == "cancelled":
        return _l("这次报名已经取消。")
    if call.opens_at > utcnow():
        return _l("报名还没有开始，请在公布的时间再来。")
    return _l("报名已经截止。")


# --- one's own way back -----------------------------------------------------------------------------


def by_token(token: str) -> Signup:
    """The sign-up behind a personal link; raises NotFound."""
    found = db.session.scalar(select(Signup).where(Signup.token_hash == digest(token)))
    if found is None:
        raise NotFound
    return found


def as_actor(signup: Signup) -> Actor:
    """Who signed up, as someone who acts: on this sign-up and nothing else; named by receipt."""
    return Actor(signup.id, f"报名 {signup.receipt}", (Grant("signed_up", current().id),))


def withdraw(actor: Actor, signup: Signup, *, reason: str = "", version: int | None = None) -> None:
    """Take a sign-up back; a seat goes to the next on the waiting list. An invitation that came of it is revoked.

    Raises:
        Forbidden, Stale. WrongState: it was taken back before, or the person has attended.
    """
    if not can(actor, "meetings.leave_signup", signup) or signup.invitation is None:
        SIGNUP.fire(signup, "withdraw", actor, reason=reason, version=version)
        return
    if SIGNUP.row_for("withdraw", signup.state) is None:
        raise WrongState(SIGNUP.label(signup.state))
    if version is not None and version != signup.version:
        raise Stale(signup.version)
    invitation = signup.invitation
    if INVITATION.row_for("revoke", invitation.state) is None:
        raise WrongState(INVITATION.label(invitation.state))
    INVITATION.fire(invitation, "revoke", SYSTEM, reason=reason or "本人撤回报名")
    if signup.state in STANDING:  # the invitation had been declined, its seat given on
        SIGNUP.fire(signup, "withdraw", actor, reason=reason)


def find(actor: Actor, signup_id: str) -> Signup:
    """One sign-up, for those who run the call; raises NotFound."""
    found = db.session.get(Signup, signup_id)
    if found is None or can(actor, "meetings.signups", found) is None:
        raise NotFound
    return found


def forget_people() -> int:
    """Long after the meeting (`meetings.link_days`) only receipt, category and masked name are kept; inside `write()`.

    Returns how many people were forgotten.
    """
    before = utcnow() - timedelta(days=settings.get("meetings.link_days"))
    over = (
        select(SignupCall.id)
        .join(AgendaApplication, AgendaApplication.id == SignupCall.application_id)
        .outerjoin(Meeting, Meeting.id == AgendaApplication.meeting_id)
        .where(or_(SignupCall.cancelled_at < before, Meeting.closed_at < before))
    )
    rows = db.session.scalars(select(Signup).where(Signup.call_id.in_(over), Signup.contact != "")).all()
    for row in rows:
        row.name, row.contact, row.contact_key, row.organisation, row.reason = row.masked, "", None, "", ""
    db.session.flush()
    if rows:
        audit.record(SYSTEM, "meetings.signup.forget", SIGNUP.object_type, "", data={"people": len(rows)})
    return len(rows)


def waiting_place(signup: Signup) -> int:
    """The place on the waiting list, from 1; 0 for who does not wait."""
    if signup.state != "waiting":
        return 0
    before = (
        select(func.count())
        .select_from(Signup)
        .where(Signup.call_id == signup.call_id, Signup.state == "waiting", Signup.place < signup.place)
    )
    return 1 + (db.session.scalar(before) or 0)


# --- the list as everybody reads it -----------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A line of the published list; `now` says where it stands, `changed` that this differs from the decision."""

    receipt: str
    name: str
    category: Any
    selected: bool
    place: int
    now: Any
    changed: bool


def counts(call: SignupCall) -> dict[str, int]:
    """Category → how many stand on the list."""
    standing = select(Signup.category, func.count()).where(Signup.call_id == call.id, Signup.state.in_(STANDING))
    found = {row[0]: row[1] for row in db.session.execute(standing.group_by(Signup.category))}
    return dict.fromkeys(call.categories, 0) | found


def published(call: SignupCall) -> Sequence[Listed]:
    """From the deadline on: the fixed list by receipt, once decided by place."""
    drawn = {str(row["receipt"]): row for row in call.results}
    now = {row.receipt: row for row in call.signups}
    lines = []
    for receipt, category, name in call.entries:
        row = now[receipt]
        result = drawn.get(receipt, {})
        selected = bool(result.get("selected", call.state == "settled" and row.state == "selected"))
        place = int(result.get("place", row.place))
        changed = bool(call.decided_at) and row.state != ("selected" if selected else "waiting")
        label = SIGNUP.label(row.state)
        lines.append(Listed(receipt, name, CATEGORIES[category], selected, place, label, changed))
    return sorted(lines, key=lambda line: (line.place, line.receipt)) if call.results else lines


def document(call: SignupCall) -> dict[str, Any]:
    """draw.json as documents/verify_draw.py reads it; the seed is null before the draw."""
    return {
        "format": "mingtang-draw",
        "version": 1,
        "call": call.id,
        "title": call.application.title,
        "state": call.state,
        "seats": call.seats,
        "quotas": call.quotas,
        "closes_at": call.closes_at,
        "commitment": call.commitment,
        "seed": call.seed if call.results or call.decided_at else None,
        "salt": call.salt if call.decided_at else None,
        "list_digest": call.list_digest,
        "entries": entries_of(call),
        "results": call.results,
    }
