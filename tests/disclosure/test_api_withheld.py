"""管4, 管8, 管11, 认9, 认10 over the API: bodies, guides, the withheld catalogue, rectifications."""

from __future__ import annotations

from typing import Any

import pytest

from tests.office import Office

OFFICER, DEPUTY, SUPERVISOR = "disclosure_officer", "deputy_leader", "supervisor"
ENTRY = {
    "agency": "office", "title": "关于大山坡储备库搬迁的请示", "title_sensitive": True, "public_title": "某事项的请示",
    "code_name": "代号甲", "ground": "1a", "facts": "涉及国家秘密，依法不予公开。", "formed_on": "2025-03-01",
}  # fmt: skip
BODY = {
    "office_name": "政务公开股", "address": "人民路1号", "phone": "0851-12345678", "fax": "0851-12345679",
    "hours": "工作日 9:00–17:00", "mail": "gk@example.org", "website": "https://example.org/", "deputy_name": "王副主任",
}  # fmt: skip


def fire(office: Office, role: str, path: str, event: str, **values: Any) -> Any:
    return office.ok(role, "POST", f"disclosure/{path}/transitions", {"event": event, **values})


def entered(office: Office, **values: Any) -> str:
    """The id of a row that stands in the catalogue."""
    made = office.ok(OFFICER, "POST", "disclosure/withheld-entries", ENTRY | values)
    for event in ("reason", "enter"):
        fire(office, OFFICER, f"withheld-entries/{made['id']}", event)
    return str(made["id"])


def filed(office: Office, year: int = 2025) -> str:
    """The id of a catalogue that lies with the government's office."""
    made = office.ok(OFFICER, "POST", "disclosure/withheld-catalogues", {"agency": "office", "year": year})
    fire(office, DEPUTY, f"withheld-catalogues/{made['id']}", "approve")
    fire(office, OFFICER, f"withheld-catalogues/{made['id']}", "file")
    return str(made["id"])


def accept(office: Office, ident: str) -> None:
    fire(office, SUPERVISOR, f"withheld-catalogues/{ident}", "accept", receipt_number="备〔2026〕1号")


@pytest.mark.article("disclosure", 11)
@pytest.mark.article("attribution", 9)
def test_a_catalogue_is_filed_accepted_and_only_then_public(office: Office) -> None:
    entered(office)
    ident = filed(office)
    path = f"disclosure/withheld-catalogues/{ident}"
    assert office.call("", "GET", path).status_code == 404
    assert office.codes(OFFICER, "POST", f"{path}/transitions", {"event": "publish"}) == ["WRONG_STATE"]
    receipt = {"event": "accept", "receipt_number": " "}
    assert office.codes(SUPERVISOR, "POST", f"{path}/transitions", receipt) == ["RECEIPT_MISSING"]
    accept(office, ident)
    fire(office, OFFICER, f"withheld-catalogues/{ident}", "publish")
    public = office.call("", "GET", path)
    shown = public.get_json()
    assert [(row["title"], row["number"]) for row in shown["rows"]] == [("某事项的请示", "代号甲")]
    assert "大山坡" not in public.get_data(as_text=True)
    assert shown["missing"] == []
    assert shown["page"]
    page = office.ok("", "GET", "publications/" + shown["page"].rstrip("/").rpartition("/")[2])
    assert "某事项的请示" in page["body"]
    assert "大山坡" not in str(page)
    assert [one["id"] for one in office.ok("", "GET", "disclosure/withheld-catalogues")["items"]] == [ident]


@pytest.mark.article("attribution", 9)
def test_the_filing_has_its_clock_until_31_january_and_runs_again_when_returned(office: Office) -> None:
    ident = filed(office)
    path = f"disclosure/withheld-catalogues/{ident}"
    [clock] = office.ok(OFFICER, "GET", path)["clocks"]
    assert (clock["article"], clock["due"], clock["state"]) == ("认9", "2026-02-02", "met_late")  # 31 January: Saturday
    fire(office, SUPERVISOR, f"withheld-catalogues/{ident}", "return", reason="缺一件")
    again = office.ok(OFFICER, "GET", path)
    assert (again["state"], again["returned_reason"]) == ("compiling", "缺一件")
    assert again["clocks"][-1]["state"] == "overdue"


@pytest.mark.article("disclosure", 11)
def test_what_is_on_file_stays_and_a_supplement_is_the_next_edition(office: Office) -> None:
    row = entered(office)
    ident = filed(office)
    accept(office, ident)
    fire(office, OFFICER, f"withheld-catalogues/{ident}", "publish")
    path = f"disclosure/withheld-entries/{row}"
    etag = office.ok(OFFICER, "GET", path)["etag"]
    changed = {"public_title": "另一事项的请示"}
    assert office.codes(OFFICER, "PATCH", path, changed, If_Match=f'"{etag}"') == ["ROW_ON_FILE"]
    taken = {"event": "take_out", "reason": "不要了"}
    assert office.codes(OFFICER, "POST", f"{path}/transitions", taken) == ["ROW_ON_FILE"]
    assert office.call(OFFICER, "DELETE", path).status_code == 405
    fire(office, OFFICER, f"withheld-entries/{row}", "correct", reason="标题更准", **changed)
    fire(office, OFFICER, f"withheld-catalogues/{ident}", "supplement")
    assert office.codes(
        OFFICER, "POST", f"disclosure/withheld-catalogues/{ident}/transitions", {"event": "supplement"}
    ) == ["EDITION_OPEN"]
    listed = office.ok(OFFICER, "GET", "disclosure/withheld-catalogues?agency=office&year=2025")["items"]
    second = next(one for one in listed if one["edition"] == 2)
    assert second["rows"][0]["title"] == "另一事项的请示"
    for role, event in ((DEPUTY, "approve"), (OFFICER, "file")):
        fire(office, role, f"withheld-catalogues/{second['id']}", event)
    old = office.ok("", "GET", f"disclosure/withheld-catalogues/{ident}")["page"]
    accept(office, second["id"])
    fire(office, OFFICER, f"withheld-catalogues/{second['id']}", "publish")
    assert office.call("", "GET", f"disclosure/withheld-catalogues/{ident}").status_code == 404
    assert office.call("", "GET", "publications/" + old.rstrip("/").rpartition("/")[2]).status_code == 410


@pytest.mark.article("disclosure", 11)
def test_the_year_is_complete_or_it_is_said_why_not(office: Office) -> None:
    made = office.ok(OFFICER, "POST", "disclosure/withheld-entries", ENTRY | {"facts": ""})
    catalogue = office.ok(OFFICER, "POST", "disclosure/withheld-catalogues", {"agency": "office", "year": 2025})
    assert [one["id"] for one in catalogue["missing"]] == [made["id"]]
    path = f"disclosure/withheld-catalogues/{catalogue['id']}/transitions"
    assert office.codes(DEPUTY, "POST", path, {"event": "approve"}) == ["CATALOGUE_INCOMPLETE"]
    row = f"disclosure/withheld-entries/{made['id']}/transitions"
    assert office.codes(OFFICER, "POST", row, {"event": "reason"}) == ["REASON_MISSING"]
    fire(office, OFFICER, f"withheld-entries/{made['id']}", "exclude", reason="与上年度同一件重复")
    fire(office, DEPUTY, f"withheld-catalogues/{catalogue['id']}", "approve")


@pytest.mark.article("disclosure", 11)
@pytest.mark.article("attribution", 5)
def test_a_public_title_that_tells_is_refused_and_a_state_secret_is_not_opened(office: Office) -> None:
    made = office.ok(OFFICER, "POST", "disclosure/withheld-entries", ENTRY)
    path = f"disclosure/withheld-entries/{made['id']}/transitions"
    telling = {"event": "reason", "public_title": "大山坡储备库事项"}
    assert office.codes(OFFICER, "POST", path, telling) == ["TITLE_REVEALS"]
    assert office.ok(OFFICER, "GET", f"disclosure/withheld-entries/{made['id']}")["public_title"] == "某事项的请示"
    row = entered(office)
    path = f"disclosure/withheld-entries/{row}"
    disclose = {"event": "disclose", "reason": "再评估"}
    assert office.codes(OFFICER, "POST", f"{path}/transitions", disclose) == ["NO_OVERRIDE"]
    fire(office, DEPUTY, f"withheld-entries/{row}", "maintain", reason="仍属国家秘密")
    clocks = office.ok(OFFICER, "GET", path)["clocks"]
    assert sorted(clock["state"] for clock in clocks) == ["met", "running"]
    fire(office, DEPUTY, f"withheld-entries/{row}", "make_requestable", reason="已解密", lifted="解密决定〔2026〕1号")


@pytest.mark.article("disclosure", 11)
def test_full_titles_are_for_those_who_work_on_them(office: Office) -> None:
    row = entered(office)
    for role in ("stenographer", "handler"):
        assert office.ok(role, "GET", "disclosure/withheld-entries")["items"] == []
        assert office.call(role, "GET", f"disclosure/withheld-entries/{row}").status_code == 404
    assert office.call("", "GET", "disclosure/withheld-entries").status_code == 401
    assert office.ok(SUPERVISOR, "GET", f"disclosure/withheld-entries/{row}")["title"] == ENTRY["title"]
    edit = {"event": "edit", "public_title": "主管部门改的"}
    assert office.call(SUPERVISOR, "POST", f"disclosure/withheld-entries/{row}/transitions", edit).status_code == 403


@pytest.mark.article("disclosure", 3, 4)
def test_a_body_says_who_works_on_disclosure(office: Office) -> None:
    shown = office.ok(OFFICER, "GET", "disclosure/bodies/office")
    assert (shown["vacant"], shown["supervises"], shown["by_reference"], shown["assessed"]) == ([], True, False, True)
    assert shown["officers"]
    first = {"If-Match": '"0"'}
    saved = office.ok(OFFICER, "PUT", "disclosure/bodies/office", BODY, **first)
    assert {name: saved[name] for name in BODY} == BODY
    assert office.call(OFFICER, "PUT", "disclosure/bodies/office", BODY, **first).status_code == 412
    assert office.call(OFFICER, "PUT", "disclosure/bodies/office", {"supervises": True}).status_code == 403
    assert office.ok("system_admin", "PUT", "disclosure/bodies/education", {"supervises": True})["supervises"]
    assert not office.ok(OFFICER, "GET", "disclosure/bodies/office")["supervises"]
    long = office.call(OFFICER, "PUT", "disclosure/bodies/office", {"office_name": "股" * 81})
    assert long.status_code == 422


@pytest.mark.article("disclosure", 4)
def test_urging_is_recorded_answered_and_closed(office: Office) -> None:
    body = {"agency": "office", "title": "更新指南", "demand": "指南已满一年，请更新", "due_on": "2099-01-01"}
    assert office.call(OFFICER, "POST", "disclosure/urgings", body).status_code == 403
    assert office.call(SUPERVISOR, "POST", "disclosure/urgings", body | {"due_on": "2020-01-01"}).status_code == 422
    made = office.ok(SUPERVISOR, "POST", "disclosure/urgings", body)
    assert made["clocks"][0]["article"] == "管4"
    path = f"urgings/{made['id']}"
    assert office.call(SUPERVISOR, "POST", f"disclosure/{path}/transitions", {"event": "answer"}).status_code == 403
    fire(office, OFFICER, path, "answer", reason="已更新")
    fire(office, SUPERVISOR, path, "return", reason="电话还是旧的")
    fire(office, OFFICER, path, "answer", reason="电话已改")
    fire(office, SUPERVISOR, path, "close")
    assert office.ok(OFFICER, "GET", "disclosure/urgings?state=closed")["items"][0]["answer"] == "电话已改"


@pytest.mark.article("disclosure", 8)
def test_a_guide_is_complete_approved_by_another_and_replaced_by_the_next(office: Office) -> None:
    texts = {"classification": "按主题分类", "arrangement": "按日期编排", "obtaining": "网站查阅或者申请"}
    made = office.ok(OFFICER, "POST", "disclosure/guides", {"agency": "office"} | texts)
    path = f"guides/{made['id']}"
    refused = office.call(OFFICER, "POST", f"disclosure/{path}/transitions", {"event": "submit"}).get_json()
    assert (refused["code"], refused["article"]) == ("GUIDE_INCOMPLETE", "管8")
    assert "phone" in refused["missing"]
    office.ok(OFFICER, "PUT", "disclosure/bodies/office", BODY, If_Match='"0"')
    office.ok(OFFICER, "PATCH", f"disclosure/{path}", {}, If_Match=f'"{made["etag"]}"')
    fire(office, OFFICER, path, "submit")
    assert office.call("", "GET", f"disclosure/{path}").status_code == 404
    fire(office, DEPUTY, path, "approve")
    fire(office, OFFICER, path, "publish")
    assert office.ok("", "GET", f"disclosure/{path}")["contact"]["phone"] == BODY["phone"]
    assert office.ok(OFFICER, "GET", f"disclosure/{path}")["out_of_date"] == ""
    office.ok(OFFICER, "PUT", "disclosure/bodies/office", {"phone": "0851-1"}, If_Match='"1"')
    assert office.ok(OFFICER, "GET", f"disclosure/{path}")["out_of_date"]
    assert office.ok("", "GET", f"disclosure/{path}")["out_of_date"] == ""
    second = office.ok(OFFICER, "POST", "disclosure/guides", {"agency": "office"})
    assert (second["edition"], second["classification"]) == (2, "按主题分类")
    assert office.codes(OFFICER, "POST", "disclosure/guides", {"agency": "office"}) == ["EDITION_OPEN"]
    for role, event in ((OFFICER, "submit"), (DEPUTY, "approve"), (OFFICER, "publish")):
        fire(office, role, f"guides/{second['id']}", event)
    assert [one["id"] for one in office.ok("", "GET", "disclosure/guides")["items"]] == [second["id"]]


@pytest.mark.article("attribution", 10)
def test_a_rectification_is_ordered_reported_and_verified_by_two(office: Office) -> None:
    body = {"agency": "office", "title": "误公开的名单", "finding": "含身份证号", "severity": "serious"}
    assert office.call(OFFICER, "POST", "disclosure/rectifications", body).status_code == 403
    made = office.ok(SUPERVISOR, "POST", "disclosure/rectifications", body)
    assert made["clocks"][0]["article"] == "认10"
    path = f"rectifications/{made['id']}"
    report = {"event": "report", "measures": "", "outcome": ""}
    assert office.codes(OFFICER, "POST", f"disclosure/{path}/transitions", report) == ["RECTIFICATION_INCOMPLETE"]
    fire(office, OFFICER, path, "report", measures="已撤下并培训", outcome="rectified")
    fire(office, SUPERVISOR, path, "verify", reason="属实")
    assert office.ok(OFFICER, "GET", f"disclosure/{path}")["verified_name"]
    for method in ("DELETE", "PATCH"):
        assert office.call(SUPERVISOR, method, f"disclosure/{path}").status_code == 405
