"""Who may be proposed or attend: terms and yearly renewal of the pool (代表库), recusal from an item (回避)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import settings
from core.db import db, utcnow
from core.languages import listed
from core.refusals import Refusal
from core.workdays import local_date
from core.workflow import Move
from plugins.meetings.models import AgendaApplication, Invitation, Recusal, Representative, RepresentativeTerm

Who = tuple[str, str]
"""A person on lists and in the pool: name and organisation."""


def today() -> date:
    """The day in Zunyi."""
    return local_date(utcnow())


# --- the pool ---------------------------------------------------------------------------------------


def why_not(term: RepresentativeTerm, day: date) -> Any:
    """Why nobody may be proposed from this term on `day`, as a sentence; empty when nothing stands against it."""
    person = term.representative
    if person.state == "paused":
        return _l("已暂停：%(why)s", why=person.state_note)
    if person.state == "ended":
        return _l("已退出代表库：%(why)s", why=person.state_note)
    if day < term.begins:
        return _l("任期从 %(day)s 开始", day=term.begins.isoformat())
    if term.ends is not None and term.ends < day:
        return _l("任期已于 %(day)s 届满", day=term.ends.isoformat())
    if person.renewal_due < day:
        return _l("没有办理年度续聘（应于 %(day)s 前办理）", day=person.renewal_due.isoformat())
    return ""


def renewable_until() -> date:
    """Years that end by this day may be renewed today (local rule `meetings.renewal_days`)."""
    return today() + timedelta(days=int(settings.get("meetings.renewal_days")))


def renewal_near(person: Representative, _move: Move) -> Refusal | None:
    """A year is renewed near its end: the same form sent twice does not renew two years."""
    early = person.renewal_due - renewable_until()
    if early <= timedelta():
        return None
    detail = _l(
        "%(name)s的聘期到 %(due)s，%(first)s 起可以续聘。",
        name=person.name, due=person.renewal_due.isoformat(), first=(today() + early).isoformat(),
    )  # fmt: skip
    return Refusal("NOT_DUE", detail, "会3")


# --- recusal ----------------------------------------------------------------------------------------


def recused(item: AgendaApplication) -> frozenset[Who]:
    """Everyone whose recusal from this item was accepted: they are neither invited to it nor attend it."""
    query = (
        select(Invitation.name, Invitation.organisation)
        .join(Recusal, Recusal.invitation_id == Invitation.id)
        .where(Invitation.application_id == item.id, Recusal.state == "recused")
    )
    return frozenset((name, organisation) for name, organisation in db.session.execute(query))


def list_free_of_recused(item: AgendaApplication, people: Iterable[Who]) -> Refusal | None:
    """会3, 会7: a list does not name somebody who is recused from the item."""
    found = sorted(recused(item) & set(people))
    if not found:
        return None
    names = listed(name for name, _organisation in found)
    detail = _l("以下人员已决定回避本议题，不能列入邀请名单：%(names)s。请改邀其他人。", names=names)
    return Refusal("RECUSED", detail, "会3", ("invitees",))


def not_recused(invitation: Invitation, _move: Move) -> Refusal | None:
    """会3, 会7: a recused person is neither sent an invitation nor let in; an open declaration is decided first."""
    if (invitation.name, invitation.organisation) in recused(invitation.application):
        detail = _l("%(name)s已决定回避本议题，不能邀请，也不能列席。", name=invitation.name)
        return Refusal("RECUSED", detail, "会3")
    if any(row.state == "declared" for row in invitation.recusals):
        detail = _l("%(name)s的回避或资格申报还没有决定，请先作出决定。", name=invitation.name)
        return Refusal("RECUSAL_OPEN", detail, "会7")
    return None


def not_own_declaration(declaration: Recusal, move: Move) -> Refusal | None:
    """会7: whether somebody is recused is decided by another person than the one who declared it."""
    persons = {move.actor.id, move.grant.on_behalf_of_id if move.grant else ""}
    if declaration.declared_by is None or declaration.declared_by not in persons:
        return None
    return Refusal("SELF_APPROVAL", _l("申报人不能对自己的申报作决定，请由其他组织者或分管领导决定。"), "会7")


def not_attending(declaration: Recusal, _move: Move) -> Refusal | None:
    """会3: who has been let in already is sent out first; the record then shows when he left."""
    if declaration.invitation.state != "checked_in":
        return None
    return Refusal("IN_THE_HALL", _l("这位代表已经签到。请先办理退席，再决定回避。"), "会3")
