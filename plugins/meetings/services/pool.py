"""Picking people of the representative pool (代表库) for an item's invited list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from core import permissions
from core.db import db
from core.permissions import Actor
from core.refusals import Invalid, Refusal, Refused
from plugins.meetings.eligibility import Who, recused, today, why_not
from plugins.meetings.models import AgendaApplication, Representative, RepresentativeTerm
from plugins.meetings.services import invitations, representatives
from plugins.meetings.services.invitations import ListChange
from plugins.meetings.services.representatives import RIGHT, Wanted
from plugins.meetings.workflow.plans import Invitee


def candidates(actor: Actor, wanted: Wanted) -> Select[Representative]:
    """Everyone who has not left the pool, as asked for; who cannot be proposed today is among them."""
    query = representatives.search(actor, wanted).where(Representative.state != "ended")
    return query.options(selectinload(Representative.terms))


class Marks:
    """What stands against proposing somebody for one item, asked once for a page."""

    def __init__(self, item: AgendaApplication) -> None:
        self.recused: frozenset[Who] = recused(item)
        self.listed = {(row.name, row.organisation) for row in item.invitees} - self.recused
        self.today = today()

    def __call__(self, term: RepresentativeTerm) -> Any:
        """A few words; empty when he can be proposed."""
        key = term.representative.key
        if key in self.recused:
            return _l("已回避本议题")
        if key in self.listed:
            return _l("已在名单中")
        return why_not(term, self.today)


def pick(actor: Actor, item: AgendaApplication, term_ids: Sequence[str], reason: str = "") -> ListChange:
    """Put these people on the item's list, each in the category of his term; who is on it already stays as he is.

    After approval it is a change of plan (会7).

    Raises:
        Forbidden, WrongState. Invalid: no such term, or one person in two. Refused: NOT_PROPOSABLE, RECUSED (会3).
    """
    permissions.require(actor, RIGHT)
    invitations.require_list_right(actor, item)
    marks = Marks(item)
    terms = [term for term in _terms(term_ids) if term.representative.key not in marks.listed]
    against = [(term, why) for term in terms if (why := marks(term))]
    if against:
        raise Refused(*(_refusal(term, why, marks) for term, why in against))
    return invitations.add_people(actor, item, [_invitee(term) for term in terms], reason or str(_l("从代表库增补")))


def _terms(ids: Sequence[str]) -> list[RepresentativeTerm]:
    query = select(RepresentativeTerm).where(RepresentativeTerm.id.in_(ids))
    found = {row.id: row for row in db.session.scalars(query.options(selectinload(RepresentativeTerm.representative)))}
    if set(found) != set(ids):
        raise Invalid({"terms": [_l("勾选的人员有的已不在代表库，请重新打开页面再选。")]})
    terms = [found[ident] for ident in dict.fromkeys(ids)]
    if len({term.representative_id for term in terms}) != len(terms):
        raise Invalid({"terms": [_l("同一个人只能以一个类别列入名单，请只勾选一项。")]})
    return terms


def _refusal(term: RepresentativeTerm, why: Any, marks: Marks) -> Refusal:
    code = "RECUSED" if term.representative.key in marks.recused else "NOT_PROPOSABLE"
    return Refusal(code, _l("%(name)s：%(detail)s", name=term.representative.name, detail=why), "会3", ("invitees",))


def _invitee(term: RepresentativeTerm) -> Invitee:
    person = term.representative
    return Invitee(person.name, term.category, person.organisation, person.contact)
