"""Who was told what: channels, ticking off, reminders, answers kept; appointments that move and end."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core import jurisdictions, notices
from core.contracts import OutgoingNotice
from plugins.meetings import telling

PEOPLE = [
    {"name": "王小明", "category": "public", "contact": "wang@example.org"},
    {"name": "李桂芳", "category": "public", "contact": "138 0000 0000"},
    {"name": "赵建华", "category": "npc_deputy"},
]


@pytest.fixture
def invited(office: Any) -> tuple[str, str, dict[str, str]]:
    """A meeting, its item, and the invitations by name, all sent."""
    item = office.approved(title="供水管网改造", invitees=PEOPLE)
    meeting = office.meeting(item)
    rows = office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"]
    for row in rows:
        office.fire("organiser", f"invitations/{row['id']}", "send")
    return meeting, item, {row["name"]: row["id"] for row in rows}


def told(office: Any, meeting: str, kind: str) -> dict[str, dict[str, Any]]:
    """The tellings of one kind by name."""
    rows = office.ok("organiser", "GET", f"meetings/{meeting}/deliveries")["items"]
    return {row["name"]: row for row in rows if row["kind"] == kind}


def deliver(app: Flask) -> None:
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")):
        notices.deliver_due()


def mails(app: Flask) -> list[Any]:
    found = [
        message_from_bytes(one.read_bytes(), policy=policy.default)
        for one in Path(app.config["DATA"], "mail").glob("*.eml")
    ]
    return sorted(found, key=lambda mail: str(mail["Subject"]))


@pytest.mark.parametrize(
    ("contact", "channel"),
    [("a@b.cn", "email"), ("138 0000 0000", "sms"), ("+86-851-28220000", "sms"), ("", "paper"), ("社区转", "paper")],
)
def test_the_contact_decides_the_channel(contact: str, channel: str) -> None:
    assert telling.channel_of(contact) == channel


@pytest.mark.article("meetings", 3)
def test_everybody_told_is_on_the_list_with_what_to_do(app: Flask, office: Any, invited: Any) -> None:
    meeting, _item, _ids = invited
    deliver(app)
    rows = told(office, meeting, "invite")
    assert {name: (row["channel"], row["state"], row["open"]) for name, row in rows.items()} == {
        "王小明": ("email", "sent", False),
        "李桂芳": ("sms", "failed", True),
        "赵建华": ("paper", "to_call", True),
    }
    assert "没有接通短信渠道" in rows["李桂芳"]["advice"]
    assert "诚邀您列席审议《供水管网改造》" in rows["王小明"]["body"]


@pytest.mark.article("meetings", 3)
def test_a_text_message_goes_where_a_plugin_takes_it(
    app: Flask, office: Any, invited: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[OutgoingNotice] = []

    def call_one(_name: str, hook: str, **values: Any) -> list[bool]:
        taken.append(values["notice"])
        return [hook == "deliver_notice"]

    monkeypatch.setattr(notices.plugins.installed(), "call_one", call_one)
    deliver(app)
    monkeypatch.undo()
    assert [(one.channel, one.address) for one in taken] == [("sms", "138 0000 0000")]
    assert taken[0].link.startswith("/huichuan/meetings/invitations/")
    assert told(office, invited[0], "invite")["李桂芳"]["state"] == "sent"


@pytest.mark.article("meetings", 3)
def test_a_call_without_success_stays_open_and_a_letter_wants_its_number(office: Any, invited: Any) -> None:
    meeting, _item, _ids = invited
    row = told(office, meeting, "invite")["赵建华"]
    path = f"meetings/deliveries/{row['id']}/contacts"
    tried = office.ok("organiser", "POST", path, {"way": "phone", "result": "no_answer", "note": "响铃无人接"})
    assert (tried["open"], tried["contacts"][0]["result_label"]) == (True, "没有联系上")
    for wrong in (
        {"way": "letter", "result": "posted"},
        {"way": "phone", "result": "posted", "note": "1"},
        {"way": "fax", "result": "told"},
    ):
        assert office.call("organiser", "POST", path, wrong).status_code == 422
    sent = office.ok("organiser", "POST", path, {"way": "letter", "result": "posted", "note": "汇府函〔2026〕12号"})
    assert (sent["open"], sent["state"], len(sent["contacts"])) == (False, "ticked", 2)
    again = office.ok("organiser", "POST", path, {"way": "letter", "result": "posted", "note": "汇府函〔2026〕12号"})
    assert len(again["contacts"]) == 2
    assert sent["contacts"][1]["by"]


@pytest.mark.article("meetings", 3)
@pytest.mark.parametrize("kind", ["moved", "postponed", "withdrawn", "cancelled"])
def test_a_change_reaches_everyone_and_is_ticked_off(office: Any, invited: Any, kind: str) -> None:
    meeting, item, _ids = invited
    if kind == "moved":
        version = office.ok("organiser", "GET", f"meetings/{meeting}")["etag"]
        office.ok("organiser", "PATCH", f"meetings/{meeting}", {"place": "二楼会议室"}, If_Match=version)
    elif kind == "cancelled":
        office.fire("organiser", meeting, "cancel", reason="停电")
    else:
        office.fire(
            "organiser", f"applications/{item}", "postpone" if kind == "postponed" else "withdraw", reason="材料不齐"
        )
    rows = told(office, meeting, "postponed" if kind == "cancelled" else kind)
    assert set(rows) == {"王小明", "李桂芳", "赵建华"}
    assert rows["赵建华"]["open"]
    body = {"way": "phone", "result": "told"}
    done = office.ok("organiser", "POST", f"meetings/deliveries/{rows['赵建华']['id']}/contacts", body)
    assert not done["open"]
    assert not told(office, meeting, "invite")["赵建华"]["open"], "who heard of the change has heard of the invitation"


@pytest.mark.article("meetings", 3)
def test_only_the_pending_are_reminded_and_once_a_day(app: Flask, office: Any, invited: Any) -> None:
    meeting, _item, ids = invited
    office.fire("organiser", f"invitations/{ids['李桂芳']}", "accept")
    path = f"meetings/{meeting}/reminders"
    seen = office.ok("organiser", "GET", path)["items"]
    assert [(row["name"], row["goes"]) for row in seen] == [("王小明", True), ("赵建华", True)]
    assert told(office, meeting, "reminder") == {}
    sent = office.ok("organiser", "POST", path, {"only": [ids["王小明"]]})["items"]
    assert [row["text"] for row in sent] == [seen[0]["text"]]
    assert told(office, meeting, "reminder")["王小明"]["body"] == seen[0]["text"]
    assert [row["name"] for row in office.ok("organiser", "POST", path, {})["items"]] == ["赵建华"]
    assert office.ok("organiser", "POST", path, {})["items"] == []
    assert [row["goes"] for row in office.ok("organiser", "GET", path)["items"]] == [False, False]
    deliver(app)
    reminder = next(mail for mail in mails(app) if "请答复" in mail["Subject"])
    invitation = next(mail for mail in mails(app) if "邀请列席" in mail["Subject"])
    assert link(reminder) == link(invitation), "the same personal link, which still works"


def link(mail: Any) -> str:
    text = str(mail.get_body(("plain",)).get_content())
    return next(line for line in text.splitlines() if "/invitations/" in line)


def test_nobody_is_reminded_of_a_meeting_that_began_or_by_others(office: Any, invited: Any) -> None:
    meeting, _item, _ids = invited
    assert office.call("stenographer", "POST", f"meetings/{meeting}/reminders", {}).status_code == 403
    office.fire("organiser", meeting, "cancel", reason="停电")
    assert office.codes("organiser", "POST", f"meetings/{meeting}/reminders", {}) == ["WRONG_STATE"]


@pytest.mark.article("meetings", 3)
def test_every_answer_is_kept(office: Any, invited: Any) -> None:
    _meeting, _item, ids = invited
    path = f"invitations/{ids['赵建华']}"
    office.fire("organiser", path, "accept", reason="电话")
    office.fire("organiser", path, "decline", reason="住院")
    shown = office.ok("organiser", "GET", f"meetings/{path}")
    assert [(row["answer"], row["note"]) for row in shown["answers"]] == [("accept", "电话"), ("decline", "住院")]
    assert all(row["taken_by"] for row in shown["answers"])
    assert shown["delivery"]["state"] == "answered"


@pytest.mark.article("meetings", 3)
def test_the_mail_carries_an_appointment_that_moves_and_ends(app: Flask, office: Any, invited: Any) -> None:
    meeting, _item, _ids = invited
    version = office.ok("organiser", "GET", f"meetings/{meeting}")["etag"]
    office.ok("organiser", "PATCH", f"meetings/{meeting}", {"place": "二楼会议室"}, If_Match=version)
    office.fire("organiser", meeting, "cancel", reason="停电")
    deliver(app)
    parts = [part for mail in mails(app) for part in mail.walk() if part.get_content_type() == "text/calendar"]
    texts = {int(value(part.get_content(), "SEQUENCE")): part for part in parts}
    assert [texts[n].get_param("method") for n in sorted(texts)] == ["REQUEST", "REQUEST", "CANCEL"]
    bodies = [texts[n].get_content() for n in sorted(texts)]
    assert len({value(text, "UID") for text in bodies}) == 1
    assert "PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:wang@example.org" in bodies[0].replace("\r", "").replace("\n ", "")
    assert "BEGIN:VALARM" in bodies[0]
    assert "二楼会议室" in bodies[1]
    assert "STATUS:CANCELLED" in bodies[2]


def reply(request: str, status: str, address: str = "wang@example.org") -> str:
    """What a mail program makes of a request."""
    text = request.replace("METHOD:REQUEST", "METHOD:REPLY").replace("PARTSTAT=NEEDS-ACTION", f"PARTSTAT={status}")
    return text.replace("wang@example.org", address).replace("STATUS:", "COMMENT:会晚到\\, 请留座\r\nSTATUS:")


@pytest.mark.article("meetings", 3)
def test_the_answer_of_a_calendar_program_is_taken_down_once(app: Flask, office: Any, invited: Any) -> None:
    _meeting, _item, ids = invited
    deliver(app)
    request = next(
        part.get_content() for mail in mails(app) for part in mail.walk() if part.get_content_type() == "text/calendar"
    )
    path = "meetings/invitations/calendar-replies"
    for wrong in (request, "", reply(request, "TENTATIVE"), reply(request, "ACCEPTED", "other@example.org")):
        assert office.call("organiser", "POST", path, {"calendar": wrong}).status_code == 422
    assert office.call("leader", "POST", path, {"calendar": reply(request, "ACCEPTED")}).status_code == 403
    for _twice in range(2):
        assert office.ok("organiser", "POST", path, {"calendar": reply(request, "ACCEPTED")})["state"] == "accepted"
    assert office.ok("organiser", "POST", path, {"calendar": reply(request, "DECLINED")})["state"] == "declined"
    answers = office.ok("organiser", "GET", f"meetings/invitations/{ids['王小明']}")["answers"]
    assert [(row["answer"], row["note"]) for row in answers] == [
        ("accept", "会晚到, 请留座"),
        ("decline", "会晚到, 请留座"),
    ]


def value(text: str, name: str) -> str:
    return next(line.partition(":")[2] for line in text.splitlines() if line.startswith(f"{name}:"))
