"""Opinions on a decision (会10): given on the web or entered by staff, grouped, merged, split, answered group by group.

An opinion stands in one group at most; a group that was merged keeps its row and names where its opinions went.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import date, timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from core.db import db, new_id, utcnow
from core.permissions import Actor
from core.refusals import Invalid, NotFound, Refusal, Refused, Stale, TooMany, WrongState
from core.text import checked
from core.workdays import local_date
from plugins.meetings.links import digest
from plugins.meetings.models import FollowUp, Opinion, OpinionGroup
from plugins.meetings.services import follow_ups
from plugins.meetings.services.slips import disposed
from plugins.meetings.values import OPINION_SOURCES
from plugins.meetings.workflow.follow_ups import is_over
from plugins.meetings.workflow.slips import unreasoned

LIMITS = {"text": 2000, "name": 60, "contact": 200}
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without letters and digits that look alike."""
FROM_ONE, FROM_ALL = 10, 300
"""How many opinions one address, and everybody together, may send on one decision in an hour."""


def give(
    follow_up: FollowUp, text: str, *, name: str = "", contact: str = "", address: str = ""
) -> tuple[Opinion, str]:
    """An opinion by the public form; answers it with the secret for looking it up, which is nowhere stored.

    Raises:
        Invalid. Refused: FOLLOW_UP_CLOSED (会10). TooMany.
    """
    texts = checked({"text": text, "name": name, "contact": contact}, LIMITS, ("text",))
    _require_window(follow_up)
    sender = _sender(address)
    _against_floods(follow_up, sender)
    secret = "".join(secrets.choice(ALPHABET) for _ in range(10))
    opinion = _add(follow_up, source="web", sender_hash=sender, secret_hash=digest(secret), **texts)
    return opinion, secret


def enter(
    actor: Actor,
    follow_up: FollowUp,
    source: str,
    text: str,
    *,
    name: str = "",
    contact: str = "",
    given_on: date | None = None,
) -> Opinion:
    """An opinion that came by letter, telephone or mailbox, entered by staff while it can still be answered.

    Raises:
        Forbidden, WrongState, Invalid.
    """
    follow_ups.require_open(actor, follow_up)
    if source not in OPINION_SOURCES or source == "web":
        raise Invalid({"source": [_l("请选择来源：来信、热线电话或领导信箱。")]})
    if given_on is not None and given_on > local_date(utcnow()):
        raise Invalid({"given_on": [_l("收到日期不能晚于今天。")]})
    texts = checked({"text": text, "name": name, "contact": contact}, LIMITS, ("text",))
    opinion = _add(follow_up, source=source, entered_by=actor.name, given_on=given_on, **texts)
    follow_ups.note(actor, "enter", follow_up, opinion=opinion.id, source=source)
    return opinion


def look_up(number: str, secret: str) -> Opinion:
    """The opinion of a receipt; raises NotFound for a wrong number and a wrong secret alike."""
    found = db.session.scalar(select(Opinion).where(Opinion.number == number.strip()))
    given = digest("".join(secret.split()).upper())
    if found is None or not found.secret_hash or not hmac.compare_digest(found.secret_hash, given):
        raise NotFound
    return found


def answer_to(opinion: Opinion) -> OpinionGroup | None:
    """The published answer; None before the answers are published."""
    return opinion.group if opinion.follow_up.state == "answered" else None


# --- groups --------------------------------------------------------------------------------------------


def find_group(actor: Actor, group_id: str) -> OpinionGroup:
    """One group this person handles; raises NotFound."""
    found = db.session.get(OpinionGroup, group_id)
    if found is None or not follow_ups.handles(actor, found.follow_up):
        raise NotFound
    return found


def group(
    actor: Actor, follow_up: FollowUp, opinion_ids: Sequence[str], *, title: str = "", into: str = ""
) -> OpinionGroup:
    """Put opinions that stand in no group yet into a new group named `title`, or into the group with the id `into`.

    Raises:
        Forbidden, WrongState (answers published), Invalid: none chosen, unknown, grouped already, no title.
    """
    follow_ups.require_open(actor, follow_up)
    chosen = _chosen(follow_up, opinion_ids)
    if any(opinion.group_id for opinion in chosen):
        raise Invalid({"opinions": [_l("所选的意见有的已经分组，请刷新后再选。")]})
    target = _live(follow_up, into) if into else _new(follow_up, title)
    _take(target, chosen)
    follow_ups.note(actor, "group", follow_up, group=target.id, opinions=[one.id for one in chosen])
    return target


def merge(actor: Actor, source: OpinionGroup, into: str) -> OpinionGroup:
    """All opinions of a group go over to another one; the empty row says where they went.

    Raises:
        Forbidden, WrongState, Invalid: no such group, or the group itself.
    """
    follow_up = source.follow_up
    follow_ups.require_open(actor, follow_up)
    _require_live(source)
    target = _live(follow_up, into)
    if target is source:
        raise Invalid({"into": [_l("请选择另一个分组。")]})
    _take(target, list(source.opinions))
    source.disposition, source.merged_into_id = None, target.id
    source.version += 1
    db.session.flush()
    follow_ups.note(actor, "merge", follow_up, group=source.id, into=target.id)
    return target


def split(actor: Actor, source: OpinionGroup, opinion_ids: Sequence[str], title: str) -> OpinionGroup:
    """Some opinions of a group become a group of their own; at least one stays.

    Raises:
        Forbidden, WrongState, Invalid: none or all chosen, not of this group, no title.
    """
    follow_up = source.follow_up
    follow_ups.require_open(actor, follow_up)
    _require_live(source)
    chosen = _chosen(follow_up, opinion_ids)
    if any(opinion.group_id != source.id for opinion in chosen) or len(chosen) == len(source.opinions):
        raise Invalid({"opinions": [_l("请选择这一组里的部分意见，至少留一条。")]})
    target = _new(follow_up, title)
    target.split_from_id = source.id
    _take(target, chosen)
    _reconsider(source)
    follow_ups.note(actor, "split", follow_up, group=source.id, new=target.id)
    return target


def answer(
    actor: Actor,
    answered: OpinionGroup,
    disposition: str,
    reply: str = "",
    *,
    title: str | None = None,
    version: int | None = None,
) -> OpinionGroup:
    """Say what becomes of a group; published with all others. Changing its opinions takes the answer back.

    Raises:
        Forbidden, WrongState, Stale, Invalid. Refused: REASON_MISSING (会10).
    """
    given = disposed(disposition, reply)
    follow_ups.require_open(actor, answered.follow_up)
    _require_live(answered)
    if version is not None and version != answered.version:
        raise Stale(answered.version)
    no = unreasoned(given["disposition"], given["reply"], "会10")
    if no is not None:
        raise Refused(no)
    if title is not None:
        answered.title = _titled(title)
    answered.disposition, answered.reply = given["disposition"], given["reply"]
    answered.version += 1
    follow_ups.changed(answered.follow_up)
    follow_ups.note(actor, "answer", answered.follow_up, group=answered.id, disposition=answered.disposition)
    return answered


# --- inside --------------------------------------------------------------------------------------------


def _require_window(follow_up: FollowUp) -> None:
    if is_over(follow_up):
        raise Refused(Refusal("FOLLOW_UP_CLOSED", _l("收集意见的期限已过，不再接收新的意见。"), "会10"))


def _sender(address: str) -> str:
    """A digest that differs every day, so that it counts and says nothing else."""
    if not address:
        return ""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"{local_date(utcnow())} {address}".encode(), "sha256").hexdigest()


def _against_floods(follow_up: FollowUp, sender: str) -> None:
    hour = utcnow() - timedelta(hours=1)
    query = (
        select(func.count())
        .select_from(Opinion)
        .where(Opinion.follow_up_id == follow_up.id, Opinion.source == "web", Opinion.received_at > hour)
    )
    of_all = db.session.scalar(query) or 0
    of_one = (db.session.scalar(query.where(Opinion.sender_hash == sender)) or 0) if sender else 0
    if of_one >= FROM_ONE or of_all >= FROM_ALL:
        raise TooMany(_l("短时间内提交的意见过多，请一小时后再试。您填写的内容还在。"))


def _add(follow_up: FollowUp, **values: object) -> Opinion:
    opinion = Opinion(id=new_id(), follow_up=follow_up, number=_number(), received_at=utcnow(), **values)
    db.session.add(opinion)
    db.session.flush()
    return opinion


def _number() -> str:
    """The day and six digits; unique in the jurisdiction."""
    while True:
        number = f"{local_date(utcnow()):%Y%m%d}-{secrets.randbelow(10**6):06d}"
        if db.session.scalar(select(Opinion.id).where(Opinion.number == number)) is None:
            return number


def _chosen(follow_up: FollowUp, ids: Sequence[str]) -> list[Opinion]:
    wanted = list(dict.fromkeys(ids))
    found = [opinion for opinion in follow_up.opinions if opinion.id in wanted]
    if not wanted or len(found) != len(wanted):
        raise Invalid({"opinions": [_l("请选择意见。")]})
    return found


def _new(follow_up: FollowUp, title: str) -> OpinionGroup:
    made = OpinionGroup(
        id=new_id(), follow_up=follow_up, number=1 + max((one.number for one in follow_up.groups), default=0),
        title=_titled(title), version=1,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def _titled(title: str) -> str:
    return checked({"title": title.strip()}, {"title": 200}, ("title",))["title"]


def _live(follow_up: FollowUp, group_id: str) -> OpinionGroup:
    found = next((one for one in follow_up.live_groups if one.id == group_id), None)
    if found is None:
        raise Invalid({"into": [_l("没有这个分组，或者它已经并入别的分组。")]})
    return found


def _require_live(one: OpinionGroup) -> None:
    if one.merged_into_id is not None:
        raise WrongState(_l("已并入其他分组"))


def _take(target: OpinionGroup, chosen: Sequence[Opinion]) -> None:
    for opinion in chosen:
        opinion.group = target
    _reconsider(target)


def _reconsider(changed: OpinionGroup) -> None:
    """Other opinions, other answer: the words stay as a draft, the decision is taken anew."""
    changed.disposition = None
    changed.version += 1
    follow_ups.changed(changed.follow_up)
