"""What the people of a demonstration do around a meeting, each act in a `write()` of its own, as they would.

`people` are the actors of `core.demo.PEOPLE` by their name there; everything goes through the services.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from core.db import db, write
from core.jurisdictions import current
from core.models import Account
from core.permissions import Actor
from plugins.meetings import representative_files
from plugins.meetings.demo import papers
from plugins.meetings.demo.scripts import Item, Script
from plugins.meetings.live import idempotency
from plugins.meetings.live.forms import LineIn
from plugins.meetings.models import Meeting, Obligation
from plugins.meetings.services import (
    applications,
    invitations,
    live,
    live_review,
    meetings,
    obligations,
    pool_intake,
    recusals,
    substitutions,
)
from plugins.meetings.values import OBLIGATION_KINDS

People = Mapping[str, Actor]
APPLICANTS = {"office": "organiser", "housing": "applicant", "education": "education"}
"""Who applies for which body."""
NO_DOCUMENT = "本议题的审议结果直接由部门组织实施，不另行制发政策文件"
POOL = Path(__file__).with_name("pool.csv")
REHEARSED = ("现在演练开场：请各单位对照议程核对材料。", "这一句故意写错，请审核员改过再放行。")
ANSWERS = (("accept", "acknowledge"), ("accept", "acknowledge"), ("accept",), ())
"""What the invitees of an item answer in turn, the last one stays silent."""


SUBSTITUTE = {"name": "周立新", "contact": "substitute@example.org", "reason": "本人当天外出培训，不能到场。"}
"""Whom an invitee sends instead."""


@contextmanager
def act() -> Iterator[None]:
    """One act of one person; whoever waits for the process has his turn after it."""
    with write():
        yield
    time.sleep(0.001)  # under gevent the hub goes round, so that a whole meeting's making holds up no reader


def draft(people: People, item: Item) -> str:
    """An application as its body fills it in; answers its id."""
    applicant = people[APPLICANTS[item.agency]]
    values = item.values | {"agency": item.agency, "materials": papers.materials(applicant, item)}
    with act():
        return applications.create(applicant, values).id


def submit(people: People, item: Item, ident: str) -> None:
    """The body submits its application."""
    _move(people[APPLICANTS[item.agency]], ident, "submit")


def approve(people: People, ident: str, *, by_leader: bool = True) -> None:
    """The deputy approves, of an important item then the leader."""
    _move(people["deputy"], ident, "approve")
    waits = applications.find(people["leader"], ident).state == "pending_leader"
    if waits and by_leader:
        _move(people["leader"], ident, "approve")


def give_back(people: People, ident: str, reason: str) -> None:
    """The deputy returns an application with his reason."""
    _move(people["deputy"], ident, "return", reason=reason)


def convene(people: People, agenda: Sequence[str], starts_at: datetime, place: str) -> str:
    """The organiser makes a meeting of approved items and announces it; answers its id."""
    values = {"kind": "executive", "starts_at": starts_at, "place": place, "agenda": agenda}
    title = f"{current().name}人民政府常务会议"
    with act():
        made = meetings.create(people["organiser"], values | {"title": title}).id
    step(people, made, "announce")
    return made


def pool(people: People) -> None:
    """The representative pool, as the organiser's table has it; inside `write()`."""
    table = representative_files.read(POOL.read_bytes(), POOL.name)
    pool_intake.take_in(people["organiser"], list(table.entries.values()))


def invite(people: People, meeting: str, *, everyone_comes: bool = False) -> None:
    """Invitations go out by approved list; the invitees answer, most of them."""
    with act():
        for item in _meeting(people, meeting).agenda:
            invitations.send_all(people["organiser"], item)
    with act():
        for item in _meeting(people, meeting).agenda:
            for n, invitation in enumerate(item.invitees):
                for event in ANSWERS[0 if everyone_comes else n % len(ANSWERS)]:
                    invitations.answer(invitation, event, publish_name=event == "acknowledge" or None)


def declare(people: People, meeting: str) -> None:
    """Somebody invited to the first item declares an interest; the deputy has yet to decide."""
    with act():
        invitation = _meeting(people, meeting).agenda[0].invitees[1]
        recusals.declare_own(invitation, "interest", "本人与这个议题的服务提供单位有业务往来。")


def propose_substitute(people: People, meeting: str) -> None:
    """Somebody who accepted cannot come after all and proposes another person; the organiser has to decide."""
    with act():
        for item in _meeting(people, meeting).agenda:
            for invitation in item.invitees:
                if invitation.state == "accepted" and substitutions.may_propose(invitation):
                    substitutions.propose(invitations.as_actor(invitation), invitation, SUBSTITUTE)
                    return


def attend(people: People, meeting: str, event: str = "check_in") -> None:
    """Those who promised to keep the rules come in, and leave again with `check_out`."""
    source = {"check_in": "acknowledged", "check_out": "checked_in"}[event]
    with act():
        for item in _meeting(people, meeting).agenda:
            for invitation in item.invitees:
                if invitation.state == source:
                    invitations.move(people["organiser"], invitation, event)


def step(people: People, meeting: str, event: str) -> None:
    """The organiser moves the meeting."""
    with act():
        meetings.move(people["organiser"], _meeting(people, meeting), event)


def rehearse(people: People, meeting: str) -> None:
    """演练: two lines that wait for the reviewer, who has stopped the stream to look at them."""
    with act():
        practice = live_review.begin_rehearsal(people["organiser"], _meeting(people, meeting)).meeting_id
    with act():
        live_review.stop_all(people["reviewer"], practice)
    for number, text in enumerate(REHEARSED):
        with act():
            asked = idempotency.request(people["stenographer"], f"rehearsal-{number:08}", "demo", number)
            live.publish(
                people["stenographer"],
                practice,
                LineIn.model_validate({"type": "speech", "text": text, "speaker": "主持人"}),
                asked,
            )


def publish_results(people: People, meeting: str) -> None:
    """The results become public; what is owed from now on stands on the desk (会9)."""
    for ident in [item.id for item in _meeting(people, meeting).agenda if item.state == "deliberated"]:
        _move(people["organiser"], ident, "publish")
    decided = [o.id for o in _owed(people, meeting, "outcome") if o.application and o.application.result]
    for ident in decided:
        _settle(people["officer"], ident, "publish")


def publish_documents(people: People, meeting: str, script: Script) -> None:
    """The policy document of the items that have one goes out together with its interpretation."""
    publish_items(people, meeting, script.items)


def publish_items(people: People, meeting: str, items: Sequence[Item]) -> None:
    """The same for these items."""
    texts = {item.title: item for item in items if item.policy}
    owing = {o.application.title: o.id for o in _owed(people, meeting, "policy_document") if o.application}
    for item in (texts[title] for title in owing if title in texts):
        title = item.title.removesuffix("（草案）")
        page = obligations.Page(title=title, body=_paragraphs(item.policy))
        body, parts = _paragraphs(item.interpretation), papers.other_forms(people["officer"])
        companion = obligations.Page(title=f"{title}解读", body=body, parts=parts)
        _settle(people["officer"], owing[item.title], "publish", page=page, interpretation=companion)


def name_owner(people: People, meeting: str) -> None:
    """Somebody sees to what is still owed."""
    officer = db.session.get_one(Account, people["officer"].id).login
    for ident in [o.id for o in _owed(people, meeting, *OBLIGATION_KINDS)]:
        _settle(people["officer"], ident, "assign", owner=officer)


def ask_exemption(people: People, meeting: str, *kinds: str) -> None:
    """What no document will follow is exempted: the officer asks, the deputy approves."""
    for ident in [o.id for o in _owed(people, meeting, *kinds)]:
        _settle(people["officer"], ident, "exempt", reason=NO_DOCUMENT)
        _settle(people["deputy"], ident, "approve_exemption")


# --- inside -----------------------------------------------------------------------------------------


def _meeting(people: People, ident: str) -> Meeting:
    return meetings.find(people["organiser"], ident)


def _owed(people: People, meeting: str, *kinds: str) -> list[Obligation]:
    return [o for o in _meeting(people, meeting).obligations if o.kind in kinds and o.state == "owed"]


def _move(actor: Actor, ident: str, event: str, **more: Any) -> None:
    with act():
        applications.move(actor, applications.find(actor, ident), event, **more)


def _settle(actor: Actor, ident: str, event: str, **more: Any) -> None:
    with act():
        obligations.move(actor, obligations.find(actor, ident), event, **more)


def _paragraphs(text: str) -> str:
    return "\n\n".join(text.splitlines())
