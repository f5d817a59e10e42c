"""What representatives and citizens say in a demonstration (会8, 会10): questions, the floor, opinions and answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.db import clock_at, db, utcnow
from core.jurisdictions import current
from plugins.meetings.demo import stage
from plugins.meetings.demo.scripts import spoken
from plugins.meetings.demo.stage import People, act
from plugins.meetings.models import FollowUp, Invitation, Meeting
from plugins.meetings.services import applications, follow_ups, invitations, opinions, rules, slips, speaking

LONG_AGO = timedelta(days=43)
ROOM = "政务服务中心三楼会议室"


def at_the_meeting(people: People, meeting: str) -> None:
    """Two questions to moderate or answer, two people in the queue."""
    asked, present = spoken(current().name).data["questions"], _present(meeting)
    with act():
        for person, words in zip(present, asked, strict=False):
            slip = slips.hand_in(person, words["kind"], words["text"])
            if words["admit"]:
                slips.move(people["stenographer"], slip, "admit")
    for person in present[:2]:
        with act():
            speaking.ask(db.session.get_one(Invitation, person.id))


def after_the_meeting(people: People, meeting: str) -> None:
    """A written opinion that was routed and replied to."""
    words = spoken(current().name).data["replied"]
    with act():
        slip = slips.hand_in(_present(meeting)[0], words["kind"], words["text"])
        slips.move(people["organiser"], slip, "admit")
        slips.move(people["organiser"], slip, "route", params={"unit": words["unit"]})
    with act():
        slips.move(people["applicant"], slips.find(people["applicant"], slip.id), "reply", params=words)


def on_the_decision(people: People, meeting: str) -> None:
    """What came in on the web and by letter on a decision that has just been published."""
    words = spoken(current().name).data["now"]
    with act():
        row = follow_ups.of_meeting(db.session.get_one(Meeting, meeting))[0]
        for text in words["opinions"]:
            opinions.give(row, text)
        opinions.enter(people["officer"], row, "letter", words["letter"])


def decided_long_ago(people: People) -> str:
    """A decision of six weeks ago, on which opinions were given; answers its follow-up."""
    told = spoken(current().name)
    begin = utcnow() - LONG_AGO
    with clock_at(begin):
        with act():
            rules.ensure_first_version()
        ident = stage.draft(people, told.item)
        stage.submit(people, told.item, ident)
        stage.approve(people, ident)
        meeting = stage.convene(people, [ident], begin + timedelta(days=1), ROOM)
    with clock_at(begin + timedelta(days=1)):
        stage.step(people, meeting, "open")
        for event, params in (("call", {}), ("deliberate", {"result": "passed"})):
            with act():
                item = applications.find(people["organiser"], ident)
                applications.move(people["organiser"], item, event, params=params)
        for event in ("close", "seal"):
            stage.step(people, meeting, event)
        stage.publish_results(people, meeting)
        stage.publish_items(people, meeting, (told.item,))
        with act():
            row = follow_ups.of_meeting(db.session.get_one(Meeting, meeting))[0]
            for text in told.data["answered"]["opinions"]:
                opinions.give(row, text)
            return row.id


def answer(people: People, follow_up: str) -> None:
    """The window has passed: grouped, answered, the revised plan approved and published with the answers."""
    words: dict[str, Any] = spoken(current().name).data["answered"]
    who = people["officer"]
    with act():
        row = db.session.get_one(FollowUp, follow_up)
        follow_ups.close_if_over(row)
        loose = [one.id for one in row.opinions]
        for group in words["groups"]:
            chosen, loose = loose[: group["count"]], loose[group["count"] :]
            made = opinions.group(who, row, chosen, title=group["title"])
            opinions.answer(who, made, group["disposition"], group["reply"])
        body = "\n\n".join(words["body"].strip().splitlines())
        follow_ups.revise(who, row, words["title"], body)
    with act():
        follow_ups.approve_revision(people["deputy"], db.session.get_one(FollowUp, follow_up))
    with act():
        row = db.session.get_one(FollowUp, follow_up)
        follow_ups.move(who, row, "publish")
        applications.discharge_if_settled(row.application)


def _present(meeting: str) -> list[Invitation]:
    rows = [row for item in db.session.get_one(Meeting, meeting).agenda for row in item.invitees]
    return [row for row in rows if invitations.has_acknowledged(row) and invitations.materials_open(row)]
