"""Hold and release (先审后发): what waits, who lets it out, in which order, and that nothing slips by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from core import accounts, jurisdictions
from core.db import clock_at, db, utcnow, write
from core.models import Account, ApiToken, AuditEntry, SettingValue
from plugins.meetings import tasks
from plugins.meetings.live import record
from plugins.meetings.live.models import LiveEvent
from plugins.meetings.live.reading import of_meeting

REVIEWER, SECOND = "live_reviewer", "organiser"
pytestmark = pytest.mark.article("meetings", 4)


@pytest.fixture
def held(hall: Any) -> Any:
    """A meeting in session where every line waits a minute."""
    delay(hall, 60)
    return hall


def delay(hall: Any, seconds: int) -> None:
    assert hall.call("POST", "/delay", {"seconds": seconds}, "organiser").status_code == 200


def wait(hall: Any, text: str, **fields: Any) -> str:
    """A line that is held; its id."""
    answer = hall.post(text, **fields)
    assert answer.status_code == 202, answer.get_data(as_text=True)
    assert (answer.json["state"], "seq" in answer.json) == ("held", False)
    return str(answer.json["post"])


def act(hall: Any, post: str, what: str, role: str = REVIEWER, **headers: str) -> tuple[int, dict[str, Any]]:
    answer = hall.call("POST", f"/posts/{post}/{what}", {}, role, **headers)
    return answer.status_code, dict(answer.json or {})


def queue(hall: Any, role: str = REVIEWER) -> list[tuple[str, str]]:
    found = hall.call("GET", "/held", role=role).json
    return [(line["text"], line["state"]) for line in [*found["lines"], *found["decided"]]]


def public(hall: Any) -> list[str]:
    return [line["text"] for line in hall.snapshot()["posts"]]


def after(seconds: float) -> None:
    """The sweep as it runs so much later."""
    db.session.remove()
    with clock_at(utcnow() + timedelta(seconds=seconds)):
        tasks.release()


def named(hall: Any, role: str) -> str:
    """The name of who acts in that role."""
    hashed = accounts.digest(hall.office.token(role))
    with jurisdictions.enter(hall.office.place):
        found = select(Account.name).join(ApiToken, ApiToken.account_id == Account.id)
        return str(db.session.scalar(found.where(ApiToken.token_hash == hashed)))


def words(hall: Any, *listed: str) -> None:
    with jurisdictions.enter(hall.office.place), write() as session:
        session.add(
            SettingValue(jurisdiction_id=hall.office.place.id, key="meetings.two_person_words", value=list(listed))
        )


def test_lines_wait_and_go_out_in_the_order_of_writing_when_their_time_has_come(held: Any) -> None:
    for text in ("一", "二", "三"):
        wait(held, text)
    assert public(held) == []
    head = held.tail()["head"]
    after(30)
    assert public(held) == []
    assert held.tail()["head"] == head
    after(61)
    assert public(held) == ["一", "二", "三"]
    assert [one["seq"] for one in held.tail(after=head)["events"]] == [head + 1, head + 2, head + 3]
    after(62)  # a second sweep, or another process, finds nothing left
    assert public(held) == ["一", "二", "三"]
    assert [state for _text, state in queue(held)] == ["released"] * 3
    faultless(held)


def faultless(hall: Any) -> None:
    db.session.remove()
    with jurisdictions.enter(hall.office.place):
        assert list(record.faults(of_meeting(hall.meeting))) == []


def test_the_reviewer_lets_out_at_once_but_never_past_an_earlier_line(held: Any) -> None:
    first, second = wait(held, "一"), wait(held, "二")
    status, refusal = act(held, second, "release")
    assert (status, refusal["code"]) == (409, "EARLIER_LINE_WAITS")
    assert act(held, first, "stop")[0] == 200  # out of the queue: the later one may pass
    assert act(held, second, "release")[1]["seq"] == held.tail()["head"]
    assert act(held, first, "release")[0] == 200
    assert public(held) == ["二", "一"]
    assert act(held, first, "release")[1]["code"] == "WRONG_STATE"


def test_a_shorter_delay_lets_nobody_overtake_who_waits_longer(hall: Any) -> None:
    delay(hall, 180)
    wait(hall, "一")
    delay(hall, 5)
    wait(hall, "二")
    after(60)
    assert public(hall) == []
    after(181)
    assert public(hall) == ["一", "二"]


def test_a_stopped_line_stays_when_its_time_has_come(held: Any) -> None:
    first = wait(held, "一")
    wait(held, "二")
    act(held, first, "stop")
    after(61)
    assert public(held) == ["二"]
    assert queue(held)[0] == ("一", "stopped")


def test_the_reviewer_edits_before_release_and_a_stale_one_is_told(held: Any) -> None:
    post = wait(held, "错字")
    edited = held.call("PATCH", f"/posts/{post}", {"text": "正字", "reason": "笔误"}, REVIEWER, If_Match='"1"')
    assert (edited.status_code, edited.json["state"], edited.json["rev"]) == (200, "held", 2)
    assert act(held, post, "release", If_Match='"1"')[1]["code"] == "STALE"
    assert act(held, post, "release", If_Match='"2"')[0] == 200
    line = held.snapshot()["posts"][0]
    assert (line["text"], line["corrections"]) == ("正字", [])
    faultless(held)


def test_a_refused_line_is_never_seen_and_its_writer_reads_why(held: Any) -> None:
    post = wait(held, "不该说的")
    answer = held.call("DELETE", f"/posts/{post}", {"reason": "涉密"}, REVIEWER, If_Match='"1"')
    assert answer.status_code == 200
    after(61)
    assert public(held) == []
    own = held.call("GET", "/held").json["decided"][0]
    assert (own["state"], own["reason"], own["decided_by"]) == ("refused", "涉密", named(held, REVIEWER))
    assert act(held, post, "release")[1]["code"] == "WRONG_STATE"


def test_who_writes_sees_only_his_own_lines_and_takes_back_only_those(held: Any) -> None:
    mine, other = wait(held, "我的"), wait(held, "还是我的")
    theirs = held.call(
        "POST", "/posts", {"type": "speech", "text": "组织者的"}, "organiser", Idempotency_Key="another-key-0001"
    ).json["post"]
    assert [text for text, _state in queue(held, "stenographer")] == ["我的", "还是我的"]
    assert [text for text, _state in queue(held)] == ["我的", "还是我的", "组织者的"]
    body, rev = {"reason": "记错了"}, {"If_Match": '"1"'}
    assert held.call("DELETE", f"/posts/{theirs}", body, **rev).status_code == 403
    assert held.call("DELETE", f"/posts/{mine}", body, **rev).status_code == 200
    assert act(held, other, "release", "stenographer")[0] == 403


def test_one_key_stops_everything_until_somebody_lets_it_go_on(hall: Any) -> None:
    hall.say("先发的")
    assert hall.call("POST", "/stop", {}, REVIEWER).json["stopped_by"] == named(hall, REVIEWER)
    wait(hall, "停后写的")  # also where no delay is set
    after(10)
    assert public(hall) == ["先发的"]
    assert hall.call("POST", "/go-on", {}, REVIEWER).json["stopped_at"] is None
    wait(hall, "跟在后面")  # never past what still waits
    after(11)
    assert public(hall) == ["先发的", "停后写的", "跟在后面"]
    hall.say("又直接发出")
    with jurisdictions.enter(hall.office.place):
        acts = db.session.execute(select(AuditEntry.action, AuditEntry.actor_name)).all()
    who = named(hall, REVIEWER)
    assert {("meetings.live.stop", who), ("meetings.live.go_on", who)} <= {tuple(row) for row in acts}


def test_a_listed_word_takes_two_persons_and_holds_up_what_follows(held: Any) -> None:
    words(held, "绝密")
    post = wait(held, "这份绝 密材料")  # blanks do not hide it
    wait(held, "平常的话")
    after(61)
    assert public(held) == []
    assert act(held, post, "release")[0] == 202
    status, refusal = act(held, post, "release")
    assert (status, refusal["code"], refusal["article"]) == (409, "SECOND_PERSON_NEEDED", "会4")
    assert held.call("GET", "/held", role=SECOND).json["lines"][0]["first_by"] == named(held, REVIEWER)
    assert act(held, post, "release", SECOND)[0] == 200
    after(62)
    assert public(held) == ["这份绝 密材料", "平常的话"]


def test_an_edit_voids_the_first_persons_consent(held: Any) -> None:
    words(held, "绝密")
    post = wait(held, "绝密")
    act(held, post, "release")
    held.call("PATCH", f"/posts/{post}", {"text": "还是绝密", "reason": "改"}, REVIEWER, If_Match='"1"')
    assert act(held, post, "release", SECOND)[0] == 202
    assert act(held, post, "release")[0] == 200


def test_no_correction_goes_round_the_reviewer(held: Any) -> None:
    words(held, "绝密")
    post = wait(held, "好的")
    act(held, post, "release")
    body = {"text": "改成别的", "reason": "改"}
    assert held.call("PATCH", f"/posts/{post}", body, If_Match='"1"').status_code == 403
    listed = held.call("PATCH", f"/posts/{post}", {**body, "text": "绝密"}, REVIEWER, If_Match='"1"')
    assert listed.json["code"] == "LISTED_WORD"
    assert held.call("PATCH", f"/posts/{post}", body, REVIEWER, If_Match='"1"').status_code == 200


def test_the_same_key_gives_the_same_held_line(held: Any) -> None:
    answers = [held.post("一句", key="0123456789abcdef") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 200, 200]
    assert len({answer.json["post"] for answer in answers}) == 1
    assert len(queue(held)) == 1


def test_a_notice_waits_too_and_keeps_its_kind(held: Any) -> None:
    assert held.call("POST", "/notice", {"text": "休息十分钟"}).status_code == 202
    after(61)
    assert held.tail()["events"][-1]["kind"] == "notice"


def test_nothing_is_sealed_over_a_line_that_waits(held: Any) -> None:
    post = wait(held, "最后一句")
    held.fire("close")
    assert held.office.codes("organiser", "POST", f"meetings/{held.meeting}/transitions", {"event": "seal"}) == [
        "LINES_WAITING"
    ]
    assert act(held, post, "release")[0] == 200  # released also when it has ended
    held.fire("seal")
    faultless(held)


def test_a_line_nobody_reviews_costs_no_further_query(hall: Any) -> None:
    """Where no delay is set, neither queue nor words are looked up."""
    asked: list[str] = []
    hall.say("热身")
    listener = lambda _c, _u, statement, *_: asked.append(statement)  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        hall.say("一句话")
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    assert not [one for one in asked if "meetings_live_held" in one or "core_setting" in one]


@pytest.mark.parametrize("seconds", [-1, 181, "x"])
def test_the_delay_is_0_to_180_seconds(hall: Any, seconds: object) -> None:
    assert hall.call("POST", "/delay", {"seconds": seconds}, "organiser").status_code == 422


def test_only_the_organiser_sets_it_and_only_reviewers_release(held: Any) -> None:
    assert held.call("POST", "/delay", {"seconds": 0}).status_code == 403
    assert held.call("POST", "/delay", {"seconds": 0}, REVIEWER).status_code == 403
    post = wait(held, "一")
    for role in ("stenographer", "deputy_leader"):
        assert act(held, post, "release", role)[0] == 403
        assert held.call("POST", "/stop", {}, role).status_code == 403
    assert held.call("GET", "/held", role="deputy_leader").status_code == 403
    assert held.call("GET", "/held", role="").status_code == 401


def test_every_public_line_names_who_answers_for_it(held: Any) -> None:
    """By a reviewer's hand it is his, by the clock it is the writer's."""
    post = wait(held, "一")
    act(held, post, "release")
    wait(held, "二")
    after(61)
    with jurisdictions.enter(held.office.place):
        events = db.session.scalars(select(LiveEvent).where(LiveEvent.kind == "publish").order_by(LiveEvent.seq)).all()

        names = [db.session.get_one(Account, one.actor_id).name for one in events]
    assert names == [named(held, REVIEWER), named(held, "stenographer")]
