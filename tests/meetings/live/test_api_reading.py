"""Reading over HTTP: windows, epochs, caches, who may read, the sealed record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.test import Client

from core import jurisdictions
from core.db import db, utcnow, write
from core.web.pagecache import PageCache
from plugins.meetings.documents import verify_record
from plugins.meetings.live import record
from plugins.meetings.live.restored import begin_new_epochs
from plugins.meetings.models import Invitation

SHARED = "public, max-age=1"


def test_windows_join_to_the_whole(hall: Any) -> None:
    for number in range(7):
        hall.say(f"第{number}行")
    read: list[Any] = []
    while True:
        part = hall.tail(len(read), limit=3)
        read += part["events"]
        if not part["more"]:
            break
    assert [event["seq"] for event in read] == list(range(1, 9))
    assert read == hall.tail()["events"]
    assert hall.tail(8) | {"events": []} == hall.tail(8)
    assert hall.tail(99)["more"] is False


@pytest.mark.parametrize(
    "query",
    [
        "after=-1", "after=x", "limit=0", "limit=501", "after=1&after=2", "what=1", f"after={10**30}", f"after={2**63}",
        "after=1e3", "after=", f"epoch={'e' * 33}", f"after={'9' * 5000}",
    ],
)  # fmt: skip
def test_odd_windows_are_refused(hall: Any, query: str) -> None:
    assert hall.call("GET", f"?{query}", role="").status_code == 422


def test_a_window_beyond_the_end_is_empty_and_a_block_beyond_it_is_none(hall: Any) -> None:
    head = hall.say()["seq"]
    answer = hall.tail(2**53 - 1)
    assert (answer["head"], answer["events"], answer["more"]) == (head, [], False)
    for path in ("/blocks/0/0", "/blocks/0/999999999999", f"/blocks/0/{10**30}", f"/blocks/{10**30}/0", "/blocks/0/-1"):
        assert hall.call("GET", path, role="").status_code == 404, path


def test_another_epoch_is_gone(hall: Any) -> None:
    epoch = hall.say()["epoch"]
    assert hall.tail(epoch=epoch)["epoch"] == epoch
    with jurisdictions.enter(hall.office.place), write():
        begin_new_epochs()
    answer = hall.call("GET", f"?after=1&epoch={epoch}", role="")
    assert (answer.status_code, answer.json["code"]) == (410, "EPOCH_CHANGED")
    assert hall.snapshot()["epoch"] != epoch


@pytest.mark.parametrize("path", ["?after=0", "/snapshot"])
def test_what_everybody_reads_may_be_kept_a_second(hall: Any, path: str) -> None:
    hall.say()
    answers = [hall.call("GET", path, role=role) for role in ("", "stenographer")]
    assert answers[0].get_data() == answers[1].get_data()
    assert {one.headers["Cache-Control"] for one in answers} == {SHARED}
    etag = answers[0].headers["ETag"]
    assert not etag.startswith("W/")
    again = hall.call("GET", path, role="", If_None_Match=etag)
    assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", etag)
    hall.say()
    assert hall.call("GET", path, role="", If_None_Match=etag).status_code == 200


def test_whole_blocks_are_the_same_for_everybody_until_a_text_is_withdrawn(hall: Any) -> None:
    posts = [hall.say(f"第{number}行") for number in range(102)]
    events = hall.tail()["events"]
    answers = [hall.call("GET", "/blocks/0/0", role=role) for role in ("", "stenographer")]
    assert answers[0].get_data() == answers[1].get_data()
    assert answers[0].headers["Cache-Control"] == "public, max-age=30"
    assert answers[0].json == {"epoch": hall.tail()["epoch"], "generation": 0, "events": events[:100]}
    etag = answers[0].headers["ETag"]
    assert not etag.startswith("W/")
    hall.say("又一行")
    again = hall.call("GET", "/blocks/0/0", role="", If_None_Match=etag)
    assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", etag)

    hall.call("DELETE", f"/posts/{posts[0]['post']}", {"reason": "误", "public_note": "已撤回"}, If_Match='"1"')
    old = hall.call("GET", "/blocks/0/0", role="", If_None_Match=etag)
    assert (old.status_code, old.json["code"], old.headers["Cache-Control"]) == (410, "GENERATION_CHANGED", "no-store")
    assert hall.tail(99)["generation"] == 1
    now = hall.call("GET", "/blocks/1/0", role="")
    assert now.headers["ETag"] != etag
    assert "第0行" not in now.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/blocks/0/0", "/blocks/0/-1", "/blocks/x/0", "/blocks/0/٣", "/blocks/0/1234567890"])
def test_a_block_that_is_not_full_yet_is_not_there(hall: Any, path: str) -> None:
    for _ in range(3):
        hall.say()
    assert hall.call("GET", path, role="").status_code == 404


class Counted:
    """The public in front of the app with its memory; counts what the database is asked for."""

    def __init__(self, hall: Any) -> None:
        app = hall.office.app
        self.cache = PageCache(app.wsgi_app, 60, app.config["SESSION_COOKIE_NAME"])
        self.path = f"/api/v1/{hall.office.place.slug}/{hall.path}"
        self.statements: list[str] = []

    def note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """One statement."""
        self.statements.append(statement)

    def ask(self, path: str, headers: dict[str, str] | None = None) -> bytes:
        """A reader's answer."""
        return Client(self.cache).get(self.path + path, headers=headers).get_data()

    def reads(self, table: str) -> int:
        """How often a table was read."""
        return sum(f"FROM {table}" in statement for statement in self.statements)


@pytest.mark.parametrize(
    ("path", "table"),
    [
        ("?after=0", "meetings_live_event"),
        ("/snapshot", "meetings_live_post"),
        ("/blocks/0/0", "meetings_live_event"),
    ],
)
def test_a_crowd_costs_one_look_at_the_database(hall: Any, path: str, table: str) -> None:
    for _ in range(100):
        hall.say()
    crowd = Counted(hall)
    event.listen(db.engine, "before_cursor_execute", crowd.note)
    alone = crowd.ask(path)
    once, crowd.statements[:] = crowd.reads(table), []
    crowd.cache.kept.clear()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(crowd.ask, [path] * 40))
    event.remove(db.engine, "before_cursor_execute", crowd.note)
    assert set(answers) == {alone}
    assert crowd.reads(table) == once > 0


def test_one_audience_never_gets_what_another_one_asked_for(closed: Any) -> None:
    crowd = Counted(closed)
    mine = {"Authorization": f"Bearer {closed.office.token('organiser')}"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: crowd.ask("?after=0", mine if number % 2 else None), range(24)))
    assert ["内部讨论" in answer.decode() for answer in answers] == [number % 2 == 1 for number in range(24)]
    assert not crowd.cache.kept


def test_the_snapshots_etag_names_content_and_audience(hall: Any) -> None:
    shown = hall.snapshot()
    answer = hall.call("GET", "/snapshot", role="")
    assert answer.headers["ETag"] == f'"{shown["epoch"]}-0-{shown["head"]}-public"'


def test_snapshot_and_events_tell_the_same(hall: Any) -> None:
    first, second = hall.say("一")["post"], hall.say("二", speaker="张三")["post"]
    hall.call("PATCH", f"/posts/{first}", {"text": "壹", "reason": "误"}, If_Match='"1"')
    hall.call("DELETE", f"/posts/{second}", {"reason": "误", "public_note": "已撤回"}, If_Match='"1"')
    shown, events = hall.snapshot(), hall.tail()["events"]
    assert (shown["head"], shown["digest"]) == (events[-1]["seq"], hall.tail()["digest"])
    assert [(line["post"], line["rev"], line["text"]) for line in shown["posts"]] == [
        (first, 2, "壹"),
        (second, 2, None),
    ]
    blank = next(event for event in events if event["kind"] == "publish" and event["post"] == second)
    assert (blank["text"], blank["blank"]) == ("", True)
    assert (events[-1]["kind"], events[-1]["public_note"], "text" in events[-1]) == ("retract", "已撤回", False)


@pytest.fixture
def closed(office: Any, convene: Any) -> Any:
    """A meeting whose only item is closed, in session: for staff and invitees."""
    item = office.application(openness="closed", subject_class="none", forms=["invitation"])["id"]
    office.fire("organiser", f"applications/{item}", "submit")
    office.fire("deputy_leader", f"applications/{item}", "approve")
    hall = convene(item)
    hall.fire("announce", "open")
    hall.say("内部讨论")
    return hall


def link_of(hall: Any, **fields: Any) -> str:
    """The secret of the invitee's personal link."""
    with jurisdictions.enter(hall.office.place):
        invitation = db.session.query(Invitation).filter(Invitation.application_id == hall.items[0]).one()
        ident = invitation.id
    if not fields:
        return str(hall.office.fire("organiser", f"invitations/{ident}", "send")["link"]).rstrip("/").rpartition("/")[2]
    with jurisdictions.enter(hall.office.place), write():
        for name, value in fields.items():
            setattr(db.session.get(Invitation, ident), name, value)
    return ""


def test_invited_only_is_for_staff_and_invitees(closed: Any) -> None:
    for path in ("", "/snapshot"):
        refused = closed.call("GET", path, role="")
        assert (refused.status_code, refused.json["code"]) == (403, "FORBIDDEN")
        assert "内部讨论" not in refused.get_data(as_text=True)
        mine = closed.call("GET", path, role="disclosure_officer")
        assert (mine.status_code, mine.headers["Cache-Control"]) == (200, "private, no-store")
    assert closed.call("GET", "/blocks/0/0", role="").status_code == 403
    assert closed.call("POST", "/ticket", {}, role="").status_code == 403
    assert closed.call("POST", "/ticket", {"token": "x" * 32}, role="").status_code == 403


def test_an_invitee_gets_a_ticket_until_the_link_is_over(closed: Any) -> None:
    secret = link_of(closed)
    answer = closed.call("POST", "/ticket", {"token": secret}, role="")
    assert (answer.status_code, answer.json["expires_in"], answer.headers["Cache-Control"]) == (201, 60, "no-store")
    link_of(closed, token_expires_at=utcnow() - timedelta(seconds=1))
    assert closed.call("POST", "/ticket", {"token": secret}, role="").status_code == 403


def test_the_sealed_record_is_public_at_once_and_checks_offline(hall: Any, tmp_path: Any) -> None:
    where = f"meetings/{hall.meeting}/record.json"
    hall.say("一")
    assert hall.office.call("organiser", "GET", where).status_code == 404
    hall.fire("close", "seal")
    answer = hall.office.call("", "GET", where)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, SHARED)
    assert list(record.check_record(answer.json)) == []
    saved = tmp_path / "record.json"
    saved.write_bytes(answer.get_data())
    assert verify_record.main([str(saved)]) == 0
    assert hall.office.call("", "GET", where, If_None_Match=answer.headers["ETag"]).status_code == 304


def test_a_closed_meetings_record_stays_with_staff(closed: Any) -> None:
    closed.fire("close", "seal")
    where = f"meetings/{closed.meeting}/record.json"
    assert closed.office.call("", "GET", where).status_code == 403
    assert closed.office.call("organiser", "GET", where).headers["Cache-Control"] == "private, no-store"
