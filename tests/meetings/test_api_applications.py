"""Agenda applications over the API: fields, gates in article order, one approval for everything, changes of plan."""

from __future__ import annotations

from typing import Any

import pytest

VITAL = ("urban_planning", "public_resources", "social_welfare", "education_health", "other_vital")
MINIMAL = {"title": "供水管网改造方案", "subject_class": "none"}


def submit(office: Any, **fields: Any) -> list[str]:
    """The codes with which a draft is refused; empty when it was taken."""
    ident = office.application(**fields)["id"]
    answer = office.call("organiser", "POST", f"meetings/applications/{ident}/transitions", {"event": "submit"})
    if answer.status_code == 200:
        return []
    return [error["code"] for error in answer.json["errors"]]


def files(office: Any, *kinds: str) -> list[dict[str, str]]:
    """Materials of these kinds with a file each."""
    return [{"kind": kind, "title": kind, "file": office.upload(kind)} for kind in kinds]


def test_title_and_subject_class_make_a_draft(office: Any) -> None:
    made = office.ok("organiser", "POST", "meetings/applications", MINIMAL)
    assert made["state"] == "draft"
    assert made["matter"]
    assert made["etag"]
    assert {event["event"] for event in made["events"]} >= {"submit", "approve", "schedule", "change_plan", "discharge"}
    for field in MINIMAL:
        lacking = {name: value for name, value in MINIMAL.items() if name != field}
        assert office.call("organiser", "POST", "meetings/applications", lacking).status_code == 422


def test_the_answer_carries_every_field_that_was_sent(office: Any) -> None:
    fields: dict[str, Any] = {
        "openness": "partial", "openness_ground": "政府信息公开条例第十五条", "needs_participation": True,
        "hearing_required": True, "important": True, "materials": files(office, "draft"),
    }  # fmt: skip
    made = office.application(**fields)
    for name, value in fields.items():
        if name != "materials":
            assert made[name] == value
    assert [(row["kind"], row["file"]) for row in made["materials"]] == [("draft", fields["materials"][0]["file"])]
    assert made["invitees"][0]["contact"] == "wang@example.org"


@pytest.mark.article("meetings", 2)
@pytest.mark.parametrize("subject_class", VITAL)
@pytest.mark.parametrize("openness", ["closed", "partial"])
def test_not_open_needs_ground_and_clearance(office: Any, subject_class: str, openness: str) -> None:
    made = office.application(subject_class=subject_class, openness=openness)
    path = f"meetings/applications/{made['id']}"
    assert office.codes("organiser", "POST", f"{path}/transitions", {"event": "submit"}) == ["OPENNESS_GROUND_MISSING"]
    office.ok("organiser", "PATCH", path, {"openness_ground": "政府信息公开条例第十五条"}, If_Match=made["etag"])
    assert office.codes("organiser", "POST", f"{path}/transitions", {"event": "submit"}) == ["OPENNESS_GROUND_MISSING"]
    office.fire("secrecy_reviewer", f"applications/{made['id']}", "clear")
    assert office.fire("organiser", f"applications/{made['id']}", "submit")["state"] == "pending"


@pytest.mark.article("meetings", 2)
def test_a_clearance_counts_for_the_content_it_saw(office: Any) -> None:
    made = office.application(openness="closed", openness_ground="条例第十五条", forms=[], invitees=[])
    office.fire("secrecy_reviewer", f"applications/{made['id']}", "clear")
    path = f"meetings/applications/{made['id']}"
    now = office.ok("organiser", "GET", path)
    office.ok("organiser", "PATCH", path, {"title": "另一个题目"}, If_Match=now["etag"])
    assert office.codes("organiser", "POST", f"{path}/transitions", {"event": "submit"}) == ["OPENNESS_GROUND_MISSING"]


@pytest.mark.article("meetings", 2)
def test_a_subject_of_no_vital_interest_may_be_closed(office: Any) -> None:
    assert submit(office, subject_class="none", openness="closed", forms=[], invitees=[]) == []


@pytest.mark.article("meetings", 3)
def test_an_open_item_needs_a_form_and_invitation_needs_people(office: Any) -> None:
    assert submit(office, forms=[]) == ["PARTICIPATION_INCOMPLETE"]
    assert submit(office, invitees=[])[0] == "PARTICIPATION_INCOMPLETE"
    assert submit(office, forms=["television"], invitees=[]) == []


@pytest.mark.article("meetings", 3)
def test_a_quota_that_is_set_must_be_met(office: Any) -> None:
    assert submit(office, quotas={"expert": 1}) == ["PARTICIPATION_INCOMPLETE"]
    people = [{"name": "李四", "category": "expert"}]
    assert submit(office, quotas={"expert": 1}, invitees=people) == []


@pytest.mark.article("meetings", 7)
@pytest.mark.parametrize("field", ["organisation_form", "participation_mode"])
def test_with_representatives_the_form_states_the_plan(office: Any, field: str) -> None:
    assert submit(office, **{field: "  "}) == ["PARTICIPATION_INCOMPLETE"]


@pytest.mark.article("meetings", 5)
def test_participation_needs_consultation_first(office: Any) -> None:
    base = {"needs_participation": True}
    assert submit(office, **base) == ["CONSULTATION_MISSING", "ADOPTION_SUMMARY_MISSING"]
    assert submit(office, **base, materials=files(office, "draft", "basis")) == ["ADOPTION_SUMMARY_MISSING"]
    assert submit(office, **base, materials=files(office, "draft", "adoption_summary")) == ["CONSULTATION_MISSING"]
    assert submit(office, **base, materials=files(office, "draft", "basis", "adoption_summary")) == []


@pytest.mark.article("meetings", 5)
def test_a_material_without_its_file_does_not_count(office: Any) -> None:
    named = [{"kind": kind, "title": kind} for kind in ("draft", "basis", "adoption_summary")]
    assert submit(office, needs_participation=True, materials=named)[0] == "CONSULTATION_MISSING"


@pytest.mark.article("meetings", 6)
def test_a_hearing_is_held_before(office: Any) -> None:
    assert submit(office, hearing_required=True) == ["HEARING_MISSING"]
    assert submit(office, hearing_required=True, materials=files(office, "hearing_record")) == ["HEARING_MISSING"]
    assert submit(office, hearing_required=True, materials=files(office, "hearing_record", "hearing_report")) == []


@pytest.mark.article("meetings", 6)
def test_concentrated_opinions_not_adopted_carry_a_reason(office: Any) -> None:
    groups = [
        {"text": "增加坡道", "count": 3, "adopted": False},
        {"text": "改颜色", "count": 2, "adopted": False},
        *({"text": f"其他{n}", "count": 1, "adopted": False} for n in range(40)),
    ]
    materials = files(office, "draft", "basis", "adoption_summary")
    materials[2]["opinions"] = groups  # type: ignore[assignment]
    assert submit(office, needs_participation=True, materials=materials) == ["REASON_MISSING"]
    groups[0]["reason"] = "场地不足"
    assert submit(office, needs_participation=True, materials=materials) == []


@pytest.mark.article("meetings", 2, 3, 5, 6, 7)
def test_all_refusals_come_at_once_in_article_order(office: Any) -> None:
    codes = submit(
        office, openness="partial", forms=[], invitees=[], needs_participation=True, hearing_required=True,
        organisation_form="",
    )  # fmt: skip
    assert codes == [
        "OPENNESS_GROUND_MISSING", "PARTICIPATION_INCOMPLETE", "CONSULTATION_MISSING", "ADOPTION_SUMMARY_MISSING",
        "HEARING_MISSING", "PARTICIPATION_INCOMPLETE",
    ]  # fmt: skip


@pytest.mark.article("meetings", 7)
def test_an_important_item_is_approved_twice_on_one_hash(office: Any) -> None:
    ident = office.application(important=True)["id"]
    office.fire("organiser", f"applications/{ident}", "submit")
    assert office.fire("deputy_leader", f"applications/{ident}", "approve")["state"] == "pending_leader"
    assert office.fire("leader", f"applications/{ident}", "approve")["state"] == "approved"
    shown = office.ok("organiser", "GET", f"meetings/applications/{ident}")
    assert {row["content_hash"] for row in shown["approvals"]} == {shown["submitted_hash"]}
    assert [row["state"] for row in shown["invitees"]] == ["approved"]


@pytest.mark.article("meetings", 7)
def test_nobody_approves_his_own_application(office: Any) -> None:
    both = "organiser+deputy_leader"
    ident = office.ok(both, "POST", "meetings/applications", MINIMAL | {"forms": ["radio"]})["id"]
    office.fire(both, f"applications/{ident}", "submit")
    path = f"meetings/applications/{ident}/transitions"
    assert office.codes(both, "POST", path, {"event": "approve"}) == ["SELF_APPROVAL"]
    assert office.fire("deputy_leader", f"applications/{ident}", "approve")["state"] == "approved"


@pytest.mark.article("meetings", 7)
def test_an_approver_names_the_content_he_saw(office: Any) -> None:
    ident = office.application()["id"]
    office.fire("organiser", f"applications/{ident}", "submit")
    path = f"meetings/applications/{ident}/transitions"
    wrong = {"event": "approve", "content_hash": "0" * 64}
    assert office.codes("deputy_leader", "POST", path, wrong) == ["HASH_MISMATCH"]


@pytest.mark.article("meetings", 7)
def test_patch_only_in_draft_and_only_with_the_version(office: Any) -> None:
    made = office.application()
    path = f"meetings/applications/{made['id']}"
    assert office.call("organiser", "PATCH", path, {"title": "新题目"}).status_code == 428
    assert office.call("organiser", "PATCH", path, {"title": "新题目"}, If_Match='"99"').status_code == 412
    changed = office.ok("organiser", "PATCH", path, {"title": "新题目"}, If_Match=made["etag"])
    assert changed["title"] == "新题目"
    assert changed["etag"] != made["etag"]
    office.fire("organiser", f"applications/{made['id']}", "submit")
    late = office.call("organiser", "PATCH", path, {"title": "再改"}, If_Match=changed["etag"])
    assert (late.status_code, late.json["code"]) == (409, "WRONG_STATE")


@pytest.mark.article("meetings", 7)
def test_a_change_of_plan_keeps_the_place_and_blocks_opening(office: Any) -> None:
    first, second = office.approved(), office.approved(title="第二个议题")
    meeting = office.meeting(first, second)
    office.fire("organiser", meeting, "announce")
    people = [{"name": "王小明", "category": "public"}, {"name": "赵六", "category": "expert"}]
    moved = office.fire("organiser", f"applications/{first}", "change_plan", reason="增加专家", invitees=people)
    assert moved["state"] == "pending"
    agenda = office.ok("organiser", "GET", f"meetings/{meeting}")["agenda"]
    assert [item["id"] for item in agenda] == [first, second]
    assert office.codes("organiser", "POST", f"meetings/{meeting}/transitions", {"event": "open"}) == ["PLAN_PENDING"]
    assert office.fire("deputy_leader", f"applications/{first}", "approve")["state"] == "scheduled"
    shown = office.ok("organiser", "GET", f"meetings/applications/{first}")
    assert [(row["decision"], row["void"]) for row in shown["approvals"]] == [("approved", True), ("approved", False)]
    assert office.fire("organiser", meeting, "open")["state"] == "in_session"


@pytest.mark.article("meetings", 7)
def test_a_change_of_plan_brings_values_a_reason_and_a_whole_plan(office: Any) -> None:
    ident = office.approved()
    path = f"meetings/applications/{ident}/transitions"
    bare = {"event": "change_plan", "reason": "调整"}
    assert office.call("organiser", "POST", path, bare).status_code == 422
    no_reason = {"event": "change_plan", "participation_mode": "线上"}
    assert office.call("organiser", "POST", path, no_reason).status_code == 422
    assert office.codes("organiser", "POST", path, bare | {"invitees": []})[0] == "PARTICIPATION_INCOMPLETE"
    same = bare | {"participation_mode": "列席并可书面提出意见"}
    assert office.codes("organiser", "POST", path, same) == ["UNCHANGED"]
    shown = office.ok("organiser", "GET", f"meetings/applications/{ident}")
    assert shown["state"] == "approved"
    assert len(shown["invitees"]) == 1


@pytest.mark.article("meetings", 7)
def test_returned_with_a_reason_it_is_a_draft_again(office: Any) -> None:
    ident = office.application()["id"]
    office.fire("organiser", f"applications/{ident}", "submit")
    path = f"meetings/applications/{ident}/transitions"
    assert office.call("deputy_leader", "POST", path, {"event": "return"}).status_code == 422
    assert office.fire("deputy_leader", f"applications/{ident}", "return", reason="请补充材料")["state"] == "draft"


def test_bad_values_are_named(office: Any) -> None:
    for field, value in {
        "subject_class": "weather", "openness": "half", "forms": ["telegraph"], "matter": "0" * 32,
        "materials": [{"kind": "draft", "title": "草案", "file": "0" * 32}], "invitees": [{"name": "无类别"}],
        "title": "   ", "unknown": 1,
    }.items():  # fmt: skip
        answer = office.call("organiser", "POST", "meetings/applications", MINIMAL | {field: value})
        assert answer.status_code == 422, field
        assert any(field in name for name in str(answer.json["errors"]).split("'")), (field, answer.json)


def test_the_public_and_other_counties_see_no_application(office: Any) -> None:
    ident = office.application()["id"]
    assert office.call("", "GET", "meetings/applications").status_code == 401
    assert office.call("system_admin", "GET", f"meetings/applications/{ident}").status_code == 404
    unknown = office.call("organiser", "GET", f"meetings/applications/{'0' * 32}")
    assert unknown.status_code == 404
    listed = office.ok("organiser", "GET", "meetings/applications")["items"]
    assert [row["id"] for row in listed] == [ident]
