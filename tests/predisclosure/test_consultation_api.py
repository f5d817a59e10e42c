"""A consultation from draft to government over the API, and what the public sees of it on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import jurisdictions, plugins, publications
from core.db import clock_at, db, utcnow, write
from core.jurisdictions import current
from core.permissions import SYSTEM
from plugins.predisclosure.models import PublicConsultation
from plugins.predisclosure.services import consultations
from tests.predisclosure.conftest import PLACE, WHOLE, Desk


def close(desk: Desk, ident: str) -> None:
    """Let its time pass."""
    with jurisdictions.enter(desk.place), write():
        row = db.session.get_one(PublicConsultation, ident)
        row.opens_at, row.closes_at = utcnow() - timedelta(days=31), utcnow()
        consultations.close_due()


@pytest.mark.article("predisclosure", 2, 7)
def test_from_the_draft_to_the_government(desk: Desk) -> None:
    ident = desk.opened()
    found = desk.show(ident, "")
    assert found["state"] == "open"
    assert [one["name"] for one in found["articles"]] == ["第一条", "第二条", "第三条"]
    mine = desk.say(ident, "一类区域太贵，建议4元", place="a2", name="王小民", contact="13800000000")
    other = desk.say(ident, "希望增加车位")
    close(desk, ident)

    desk.fire(ident, "drafter", "summarise")
    row = desk.show(ident)
    desk.ok("drafter", "PATCH", f"{PLACE}/{ident}", {"summary": "共收到两条意见。"}, If_Match=f'"{row["etag"]}"')
    assert desk.no(ident, "drafter", "submit_summary") == ["OPINIONS_OPEN"]
    groups = f"{PLACE}/{ident}/groups"
    first = desk.ok("drafter", "POST", groups, {"opinions": [mine["id"]], "title": "收费偏高"})
    second = desk.ok("drafter", "POST", groups, {"opinions": [other["id"]], "title": "增加车位"})
    answer = "predisclosure/groups/{}/transitions"
    assert desk.codes("drafter", "POST", answer.format(second["id"]), {"event": "answer", "disposition": "unrelated"}) == [
        "REASON_MISSING"
    ]  # fmt: skip
    desk.ok("drafter", "POST", answer.format(first["id"]), {"event": "answer", "disposition": "adopted"})
    assert desk.no(ident, "drafter", "submit_summary") == ["OPINIONS_OPEN"]
    body = {"event": "answer", "disposition": "unrelated", "reason": "不属于收费标准"}
    desk.ok("drafter", "POST", answer.format(second["id"]), body)
    desk.fire(ident, "drafter", "submit_summary")

    assert desk.show(ident, "")["groups"] == []
    own = {"number": mine["number"], "secret": mine["secret"]}
    assert desk.ok("", "POST", "predisclosure/opinions/own", own)["disposition"] == ""
    desk.fire(ident, "deputy_leader", "publish_summary")
    told = desk.show(ident, "")
    assert [(one["text"], one["disposition"]) for one in told["groups"]] == [
        ("收费偏高", "adopted"),
        ("增加车位", "unrelated"),
    ]
    assert told["totals"]["channels"] == {"web": 2}
    assert desk.ok("", "POST", "predisclosure/opinions/own", own)["disposition"] == "adopted"
    for page in (told["summary_page"], f"/{desk.place.slug}/predisclosure/consultations/{ident}/"):
        shown = desk.app.test_client().get(page).get_data(as_text=True)
        assert "收费偏高" in shown
        assert not any(word in shown for word in ("王小民", "13800000000", "建议4元"))

    desk.fire(ident, "drafter", "revise", text="第二条 一类区域每小时4元。")
    assert desk.no(ident, "drafter", "hand_in", legality="failed") == ["LEGALITY_MISSING"]
    assert desk.fire(ident, "drafter", "hand_in", legality="passed")["state"] == "submitted"
    assert desk.fire(ident, "drafter", "issue", document_number="汇府发〔2026〕3号")["state"] == "issued"


@pytest.mark.article("predisclosure", 6)
def test_the_period_over_the_api(desk: Desk) -> None:
    soon = (utcnow() + timedelta(days=8)).isoformat()
    ident = desk.draft(closes_at=soon)["id"]
    answer = desk.call("drafter", "POST", f"{PLACE}/{ident}/transitions", {"event": "submit"})
    assert (answer.status_code, answer.json["code"], answer.json["article"]) == (409, "PERIOD_TOO_SHORT", "预6")
    words = {"short_ground": "汛期在即", "short_explanation": "汛期将至，需要尽快实施。"}
    etag = desk.show(ident)["etag"]
    longer = {"closes_at": (utcnow() + timedelta(days=20)).isoformat()}
    desk.ok("drafter", "PATCH", f"{PLACE}/{ident}", words | longer, If_Match=f'"{etag}"')
    desk.fire(ident, "drafter", "submit")
    desk.fire(ident, "deputy_leader", "publish")
    shown = desk.show(ident, "")
    assert shown["short_explanation"] == "汛期将至，需要尽快实施。"
    assert shown["short_ground"] == ""
    notice = desk.app.test_client().get(shown["notice"]).get_data(as_text=True)
    assert "汛期将至，需要尽快实施。" in notice
    assert desk.no(ident, "leader", "extend", reason="再听意见", closes_at=soon) == ["PERIOD_TOO_SHORT"]
    later = (utcnow() + timedelta(days=60)).isoformat()
    desk.fire(ident, "leader", "extend", reason="再听意见", closes_at=later)
    assert desk.call("leader", "POST", f"{PLACE}/{ident}/transitions", {"event": "close"}).status_code == 403


@pytest.mark.article("predisclosure", 3)
def test_another_body_neither_drafts_nor_opens_it(desk: Desk) -> None:
    ident = desk.draft()["id"]
    assert desk.call("stenographer", "POST", PLACE, WHOLE).status_code == 403
    assert desk.call("", "GET", f"{PLACE}/{ident}").status_code == 404


@pytest.mark.article("predisclosure", 6)
def test_what_comes_too_late_is_kept_as_late_and_said_so(desk: Desk) -> None:
    ident = desk.opened()
    close(desk, ident)
    told = desk.say(ident, "我晚了一天")
    assert told["late"] is True
    assert "逾期" in told["detail"]
    listed = desk.ok("handler", "GET", f"{PLACE}/{ident}/opinions?late=true")["items"]
    assert [one["text"] for one in listed] == ["我晚了一天"]
    desk.fire(ident, "drafter", "summarise")
    desk.fire(ident, "deputy_leader", "terminate", reason="不再制定")
    assert desk.codes("", "POST", f"{PLACE}/{ident}/opinions", {"text": "还有一句"}) == ["CONSULTATION_OVER"]


@pytest.mark.article("predisclosure", 7)
def test_opinions_of_other_channels_need_their_source_and_count(desk: Desk) -> None:
    ident = desk.opened()
    body = {"text": "听证会上的意见", "channel": "hearing", "name": "张某"}
    assert desk.call("", "POST", f"{PLACE}/{ident}/opinions", body | {"source": "听证会"}).status_code == 403
    assert desk.call("handler", "POST", f"{PLACE}/{ident}/opinions", body).status_code == 422
    desk.ok("handler", "POST", f"{PLACE}/{ident}/opinions", body | {"source": "11月20日听证会"})
    seen = desk.ok("handler", "GET", f"{PLACE}/{ident}/opinions")["items"][0]
    assert (seen["source"], seen["name"]) == ("11月20日听证会", "张某")
    assert desk.ok("drafter", "GET", f"{PLACE}/{ident}/opinions")["items"][0]["name"] == ""
    assert desk.show(ident)["totals"]["channels"] == {"hearing": 1}


@pytest.mark.article("predisclosure", 7)
def test_groups_merge_and_split_with_their_lineage(desk: Desk) -> None:
    ident = desk.opened()
    ids = [desk.say(ident, f"意见{number}")["id"] for number in range(4)]
    groups = f"{PLACE}/{ident}/groups"
    one = desk.ok("drafter", "POST", groups, {"opinions": ids[:2], "title": "甲"})
    two = desk.ok("drafter", "POST", groups, {"opinions": ids[2:], "title": "乙"})
    assert desk.call("drafter", "POST", groups, {"opinions": ids[:1], "title": "丙"}).status_code == 422
    moves = "predisclosure/groups/{}/transitions"
    parted = desk.ok("drafter", "POST", moves.format(one["id"]), {"event": "split", "opinions": ids[:1], "title": "丙"})
    assert parted["split_from"] == one["id"]
    joined = desk.ok("drafter", "POST", moves.format(two["id"]), {"event": "merge", "into": parted["id"]})
    assert joined["id"] == parted["id"]
    standing = desk.ok("drafter", "GET", groups)["items"]
    assert {(row["title"], len(row["opinions"])) for row in standing} == {("甲", 1), ("丙", 3)}
    assert desk.call("", "GET", groups).status_code == 401


@pytest.mark.article("predisclosure", 7)
def test_a_summary_that_names_somebody_stays_inside(desk: Desk) -> None:
    ident = desk.opened()
    said = desk.say(ident, "收费偏高", name="王小民")
    desk.ok("handler", "PUT", f"predisclosure/opinions/{said['id']}/hidden", {"hidden": True, "reason": "重复"})
    close(desk, ident)
    desk.fire(ident, "drafter", "summarise")
    etag = desk.show(ident)["etag"]
    desk.ok("drafter", "PATCH", f"{PLACE}/{ident}", {"summary": "王小民认为收费偏高。"}, If_Match=f'"{etag}"')
    assert desk.no(ident, "drafter", "submit_summary") == ["SUMMARY_REVEALS"]


@pytest.mark.article("predisclosure", 6)
def test_another_draft_is_another_edition_with_a_whole_period(desk: Desk) -> None:
    ident = desk.opened()
    before = desk.say(ident, "对旧稿的意见", place="a2")
    with clock_at(utcnow() + timedelta(days=10)):
        first = desk.show(ident, "")["closes_at"]
    desk.fire(ident, "deputy_leader", "replace_draft", reason="改为分时计费", text="第一条 分时计费。")
    shown = desk.show(ident, "")
    assert [one["number"] for one in shown["editions"]] == [1, 2]
    assert shown["closes_at"] >= first
    assert desk.call("", "POST", f"{PLACE}/{ident}/opinions", {"text": "对第二条", "place": "a2"}).status_code == 422
    kept = desk.ok("handler", "GET", f"{PLACE}/{ident}/opinions")["items"][0]
    assert (kept["id"], kept["edition"], kept["place_name"]) == (before["id"], 1, "第二条")


@pytest.mark.article("predisclosure", 2, 4)
def test_a_listed_matter_goes_nowhere_before_it_was_asked_about(desk: Desk) -> None:
    made = desk.ok(
        "drafter", "POST", "predisclosure/items", {"agency": "office", "title": "应急预案", "category": "emergency_plans"}
    )  # fmt: skip

    def blockers() -> list[str]:
        with jurisdictions.enter(desk.place):
            found: Any = plugins.collect("decision_blockers", current(), matter_ids=[made["matter"]])
            return [one.code for answer in found.items for one in answer.get(made["matter"], ())]

    assert blockers() == ["PRE_NOT_DONE"]
    path = f"predisclosure/items/{made['id']}/transitions"
    desk.ok("drafter", "POST", path, {"event": "ask_exemption", "reason": "突发事件应急处置"})
    assert blockers() == ["PRE_NOT_DONE"]
    desk.ok("leader", "POST", path, {"event": "approve_exemption"})
    assert blockers() == []
    shown = desk.ok("", "GET", f"predisclosure/items/{made['id']}")
    assert shown["exemption_reason"] == "突发事件应急处置"


@pytest.mark.article("predisclosure", 3, 7)
def test_staff_of_another_body_read_no_more_than_the_public(desk: Desk) -> None:
    held = {"kind": "hearing", "on": "2026-01-05", "place": "三楼", "people": "王小民", "note": "逐人发言记录"}
    ident = desk.opened(methods=[held])
    desk.hire("elsewhere", "drafter", agency="education")
    said = desk.say(ident)
    close(desk, ident)
    desk.fire(ident, "drafter", "summarise")
    etag = desk.show(ident)["etag"]
    desk.ok("drafter", "PATCH", f"{PLACE}/{ident}", {"summary": "还没有公开的汇总。"}, If_Match=f'"{etag}"')
    desk.ok("drafter", "POST", f"{PLACE}/{ident}/groups", {"opinions": [said["id"]], "title": "收费偏高"})
    assert desk.show(ident)["methods"][0]["people"] == "王小民"
    inside = ("summary", "groups", "totals", "methods", "short_ground", "revised_text", "legality")
    public = {name: desk.show(ident, "")[name] for name in inside}
    assert {name: desk.show(ident, "elsewhere")[name] for name in inside} == public
    assert (public["summary"], public["groups"], public["methods"][0]["people"], public["methods"][0]["note"]) == (
        "", [], "", "",
    )  # fmt: skip


def withdraw(desk: Desk, address: str) -> None:
    """As the core's desk does."""
    with jurisdictions.enter(desk.place), write():
        publications.withdraw(SYSTEM, publications.find(SYSTEM, address.split("/")[-2]), "误公开")


@pytest.mark.article("predisclosure", 7)
def test_a_withdrawn_summary_is_read_nowhere_else(desk: Desk) -> None:
    ident = desk.opened()
    said = desk.say(ident)
    close(desk, ident)
    desk.fire(ident, "drafter", "summarise")
    etag = desk.show(ident)["etag"]
    desk.ok("drafter", "PATCH", f"{PLACE}/{ident}", {"summary": "共收到一条。"}, If_Match=f'"{etag}"')
    group = desk.ok("drafter", "POST", f"{PLACE}/{ident}/groups", {"opinions": [said["id"]], "title": "收费偏高"})
    answer = {"event": "answer", "disposition": "adopted"}
    desk.ok("drafter", "POST", f"predisclosure/groups/{group['id']}/transitions", answer)
    desk.fire(ident, "drafter", "submit_summary")
    desk.fire(ident, "deputy_leader", "publish_summary")
    page = f"/{desk.place.slug}/predisclosure/consultations/{ident}/"
    assert "收费偏高" in desk.app.test_client().get(page).get_data(as_text=True)
    withdraw(desk, desk.show(ident, "")["summary_page"])
    shown = desk.show(ident, "")
    assert (shown["summary"], shown["groups"], shown["summary_page"]) == ("", [], "")
    assert "收费偏高" not in desk.app.test_client().get(page).get_data(as_text=True)
    own = desk.ok("", "POST", "predisclosure/opinions/own", {"number": said["number"], "secret": said["secret"]})
    assert (own["answered"], own["disposition"]) == (False, "")


@pytest.mark.article("predisclosure", 6)
def test_with_its_notice_a_consultation_leaves_the_public(desk: Desk) -> None:
    ident = desk.opened()
    before = desk.show(ident, "")
    withdraw(desk, before["notice"])
    place = f"/{desk.place.slug}/predisclosure/"
    public = desk.app.test_client()
    assert desk.call("", "GET", f"{PLACE}/{ident}").status_code == 410
    assert desk.call("", "POST", f"{PLACE}/{ident}/opinions", {"text": "意见"}).status_code == 410
    assert desk.ok("", "GET", PLACE)["items"] == []
    assert public.get(f"{place}consultations/{ident}/").status_code == 410
    told = public.get(place).get_data(as_text=True)
    told += public.get(f"/{desk.place.slug}/matters/{before['matter']}/").get_data(as_text=True)
    assert f"consultations/{ident}" not in told
    assert desk.show(ident)["notice"] == ""
