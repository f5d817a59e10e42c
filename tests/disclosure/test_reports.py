"""The annual report over the API and by its table: written, checked, reviewed by another, published with its files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select

from core import calendar_data, clocks, jurisdictions
from core.contracts import Collected, Gap, ReportFigure
from core.db import clock_at, db, new_id, write
from core.models import Agency
from core.permissions import Actor
from plugins.disclosure.models import AnnualReport
from plugins.disclosure.models.reports import REPORT_STATES
from plugins.disclosure.services import reports
from plugins.disclosure.workflow import REPORT, report_tables
from plugins.disclosure.workflow.report_tables import tables_now
from plugins.disclosure.workflow.reports import OBJECT_TYPE, digest
from tests.disclosure import tables
from tests.disclosure.tables import Table, expected, outcome
from tests.disclosure.test_request_api import HEAD, Desk, counter
from tests.installations import Installations
from tests.office import Office

OFFICER, DEPUTY = "disclosure_officer", "deputy_leader"
ROLES = (OFFICER, DEPUTY, "leader", "supervisor", "nobody", "system")
TABLE: Table = {
    "edit": ((OFFICER,), {"draft": "draft"}),
    "review": ((DEPUTY, "leader"), {"draft": "reviewed"}),
    "return": ((DEPUTY, "leader"), {"reviewed": "draft"}),
    "publish": ((OFFICER,), {"reviewed": "published"}),
    "correct": ((DEPUTY, "leader"), {"published": "draft"}),
}
TEXTS = {"overview": "全年工作平稳。", "problems": "个别单位公开不够及时，已经改进。", "other": "无。"}


@pytest.fixture(scope="module")
def people(installations: Installations, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Actor]]:
    """One county for the module; cases undo what they write."""
    with tables.county(installations, tmp_path_factory.mktemp("reports") / "data", ROLES[:-2]) as found:
        yield found


def report_in(state: str, **values: Any) -> AnnualReport:
    """A written report of last year put straight into a state; inside `write()`."""
    agency = db.session.scalars(select(Agency).order_by(Agency.code)).first()
    assert agency is not None
    made = AnnualReport(
        id=new_id(), agency_id=agency.id, year=2024, kind="body", state="draft", version=1, **{"figures": {}} | TEXTS | values
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    if state != "draft":
        made.tables = tables_now(made)
        made.content_hash = made.approved_hash = digest(TEXTS | values | {"tables": made.tables})
        made.state = state
        db.session.flush()
    return made


@pytest.mark.article("disclosure", 12)
def test_the_table_of_the_report(people: dict[str, Actor]) -> None:
    wrong = []
    for state in REPORT_STATES:
        for event in TABLE:
            for role in ROLES:
                found = outcome(
                    lambda state=state: report_in(state),
                    lambda subject, event=event, role=role: REPORT.fire(subject, event, people[role], reason="有误"),
                )  # fmt: skip
                if found != expected(TABLE, state, event, role):
                    wrong.append((state, event, role, found))
    assert wrong == []


@pytest.mark.article("disclosure", 12)
@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"overview": " "}, "REPORT_INCOMPLETE"),
        ({"overview": "全年新收申请99件。"}, "FIGURES_DIFFER"),
        ({"year": 2026}, "YEAR_RUNNING"),
        ({"kind": "government"}, "REPORTS_MISSING"),
    ],
)
def test_what_keeps_a_report_from_review(people: dict[str, Actor], values: dict[str, Any], code: str) -> None:
    def made() -> AnnualReport:
        row = report_in("draft")
        for name, value in values.items():
            setattr(row, name, value)
        return row

    assert outcome(made, lambda row: REPORT.fire(row, "review", people[DEPUTY])) == code


@pytest.mark.article("disclosure", 12)
def test_what_is_typed_goes_before_what_plugins_give_and_a_silent_plugin_is_no_nought(
    people: dict[str, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    def collect(_hook: str, _place: Any, *, year: int, agency_ids: tuple[str, ...]) -> Collected:
        given = [ReportFigure(key, agency_ids[0], year) for key in ("permits", "permits", "penalties", "unknown")]
        return Collected(tuple(given), (Gap("messages", "信息没有取到"),))

    monkeypatch.setattr(report_tables.plugins, "collect", collect)
    found: list[dict[str, int]] = []

    def made() -> AnnualReport:
        row = report_in("draft", figures={"penalties": 7})
        found.append(tables_now(row)["two"])
        return row

    assert outcome(made, lambda row: REPORT.fire(row, "review", people[DEPUTY])) == "REPORT_SOURCE_FAILED"
    assert (found[0]["permits"], found[0]["penalties"], found[0]["coercion"]) == (4048, 7, 0)


@pytest.mark.article("disclosure", 6)
def test_who_wrote_it_does_not_review_it(people: dict[str, Actor]) -> None:
    def made() -> AnnualReport:
        row = report_in("draft")
        row.written_by = people[DEPUTY].id
        return row

    assert outcome(made, lambda row: REPORT.fire(row, "review", people[DEPUTY])) == "OWN_APPROVAL"


@pytest.mark.article("disclosure", 12)
def test_reports_of_last_year_are_begun_once_with_their_days(people: dict[str, Actor]) -> None:
    with clock_at(datetime(2026, 1, 5, tzinfo=UTC)):
        with write():
            begun = reports.begin_due()
        with write():
            assert reports.begin_due() == 0
    rows = db.session.scalars(select(AnnualReport)).all()
    assert len(rows) == begun
    days = {row.kind: clocks.of(OBJECT_TYPE, [row.id])[row.id][0].due_on for row in rows}
    assert {kind: str(day) for kind, day in days.items()} == {"body": "2026-02-02", "government": "2026-03-31"}


@pytest.fixture
def answered(office: Office) -> Office:
    """Two requests of 2025: one granted and contested, one waiting."""
    with jurisdictions.enter(office.place):
        calendar_data.ensure()
    desk = counter(office, "2025-09-15")
    desk.do("propose", result="granted", reason="依法可以公开")
    desk.do("approve", HEAD)
    desk.do("deliver", proof="邮件已送达", delivery="email", day="2025-10-10")
    case = {"kind": "reconsideration", "body": "市人民政府", "opened_on": "2025-11-01"}
    office.ok(OFFICER, "POST", f"{desk.path}/challenges", case)
    Desk(office, channel="counter", arrived_on="2025-12-30", applicant_kind="business", organisation_code="91520303")
    return office


@pytest.mark.article("disclosure", 12)
def test_from_the_cases_to_the_published_report(answered: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office = answered
    made = office.ok(OFFICER, "POST", "disclosure/reports", {"agency": "office", "year": 2025})
    path = f"disclosure/reports/{made['id']}"
    assert office.ok(OFFICER, "POST", "disclosure/reports", {"agency": "office", "year": 2025})["id"] == made["id"]
    three = made["tables"]["three"]
    assert [row[-1] for row in three][:3] == [2, 0, 1]
    assert [three[23][-1], three[24][-1]] == [1, 1]
    assert three[24] == [0, 1, 0, 0, 0, 0, 1]
    assert made["tables"]["four"]["reconsideration"]["open"] == 1
    assert office.call("", "GET", path).status_code == 404
    wrong = TEXTS | {"overview": "全年新收申请3件。", "figures": {"permits": 12, "fees": 3_500_000}}
    changed = office.ok(OFFICER, "PATCH", path, wrong, If_Match=f'"{made["etag"]}"')
    assert changed["differences"] == [{"words": "新收申请3件", "said": "3件", "table": "2件"}]
    refused = office.call(DEPUTY, "POST", f"{path}/transitions", {"event": "review"}).json
    assert refused["code"] == "FIGURES_DIFFER"
    assert "新收申请3件" in refused["detail"]
    assert "2件" in refused["detail"]
    right = {"overview": "全年新收申请2件，作出行政许可12件。"}
    office.ok(OFFICER, "PATCH", path, right, If_Match=f'"{changed["etag"]}"')
    office.ok(DEPUTY, "POST", f"{path}/transitions", {"event": "review"})
    office.ok(OFFICER, "POST", f"{path}/transitions", {"event": "publish"})
    public = office.ok("", "GET", path)
    assert public["tables"]["two"]["permits"] == 12
    assert public["clocks"][0]["due"] == "2026-02-02"  # 31 January is a Saturday
    assert public["clocks"][0]["state"] == "met_late"
    page = office.app.test_client().get(public["page"]).get_data(as_text=True)
    assert "年度报告" in page
    assert "全年新收申请2件" in page
    assert page.count(".docx") + page.count(".pdf") + page.count(".xlsx") >= 3
    with monkeypatch.context() as nobody:  # makes a file for whoever asks
        nobody.setattr(reports, "MAKERS", dict.fromkeys(reports.MAKERS))
        files = {kind: office.call("", "GET", f"{path}/files/{kind}").data for kind in ("docx", "pdf", "xlsx")}
    grid = Document(io.BytesIO(files["docx"])).tables[1]
    assert len(grid.rows) == 26
    assert [cell.text for cell in grid.rows[1].cells][1:] == ["1", "1", "0", "0", "0", "0", "2"]
    assert files["pdf"].startswith(b"%PDF-")
    sheets = load_workbook(io.BytesIO(files["xlsx"]))
    assert sheets.sheetnames == ["表二", "表三", "表四"]
    assert sheets["表三"]["H2"].value == 2
    old = public["page"]
    office.ok(DEPUTY, "POST", f"{path}/transitions", {"event": "correct", "reason": "表二有误"})
    office.ok(DEPUTY, "POST", f"{path}/transitions", {"event": "review"})
    office.ok(OFFICER, "POST", f"{path}/transitions", {"event": "publish"})
    assert office.app.test_client().get(old).status_code == 410
    assert office.call("", "GET", f"{path}/files/html").status_code == 404


@pytest.mark.article("disclosure", 12)
def test_a_request_taken_up_again_stays_counted_where_it_was(answered: Office) -> None:
    office = answered
    listed = office.ok(OFFICER, "GET", "disclosure/requests")["items"]
    path = f"disclosure/requests/{next(row['id'] for row in listed if row['state'] == 'answered')}"
    case = office.ok(OFFICER, "GET", path)["challenges"][0]["id"]
    ended = {"challenge": case, "result": "corrected", "closed_on": "2026-02-01"}
    office.ok(OFFICER, "POST", f"{path}/challenges/result", ended)
    office.ok(OFFICER, "POST", f"{path}/transitions", {"event": "redo", "reason": "复议纠正"})
    rows = [row[-1] for row in _report(office, 2025)["three"]]
    assert (rows[0], rows[2], rows[23], rows[24]) == (2, 1, 1, 1)
    later = _report(office, 2026)
    assert [row[-1] for row in later["three"]][1] == 1
    assert later["four"]["reconsideration"]["corrected"] == 1


def _report(office: Office, year: int) -> Any:
    return office.ok(OFFICER, "POST", "disclosure/reports", {"agency": "office", "year": year})["tables"]


@pytest.mark.article("disclosure", 12)
def test_the_governments_report_adds_up_the_bodies(answered: Office) -> None:
    office = answered
    whole = office.ok(
        OFFICER, "POST", "disclosure/reports", {"agency": "office", "year": 2025, "kind": "government"}
    )  # fmt: skip
    assert whole["tables"]["three"] == _report(office, 2025)["three"]
    assert len(whole["waiting"]) >= 2
    other = {"agency": "education", "year": 2025, "kind": "government"}
    assert office.call(OFFICER, "POST", "disclosure/reports", other).status_code == 422
