"""Long tables over the API: a background job with progress and a report, nothing half-done, nobody twice."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import func, select

from core import jobs, jurisdictions, tasks
from core.db import db, utcnow, write
from core.models import Attachment, Job
from plugins.meetings.models import Invitation, Representative
from plugins.meetings.services import applications
from tests.meetings.conftest import Office

POOL = "meetings/representatives/import"
HEAD = "姓名,类别,单位\n"


def table(count: int, more: str = "") -> dict[str, Any]:
    rows = "".join(f"代表{number},其他公众代表,第{number}村\n" for number in range(count))
    return {"file": (io.BytesIO((HEAD + rows + more).encode()), "名单.csv")}


def counted(office: Office, model: type[Any]) -> int:
    db.session.remove()
    with jurisdictions.enter(office.place):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def path(office: Office) -> str:
    item = office.application(invitees=[])["id"]
    return f"meetings/applications/{item}/invitations/import"


@pytest.mark.parametrize("kind", [Invitation, Representative])
def test_a_long_table_is_a_job_that_tells_what_came_of_it(office: Office, path: str, kind: type[Any]) -> None:
    into = path if kind is Invitation else POOL
    asked = office.call("organiser", "POST", f"{into}?skip_faulty=1", table(300, "孙七,将军,\n"))
    assert (asked.status_code, asked.json["state"], asked.json["total"]) == (202, "waiting", 300)
    assert (counted(office, kind), asked.json["report"]) == (0, None)
    assert tasks.run_jobs() == 1
    done = office.ok("organiser", "GET", f"jobs/{asked.json['id']}")
    assert (done["state"], done["done"], done["report"]["created"]) == ("done", 300, 300)
    assert [(row["row"], row["column"]) for row in done["report"]["errors"]] == [(302, "类别")]
    assert counted(office, kind) == 300
    again = office.call("organiser", "POST", f"{into}?skip_faulty=1", table(300, "孙七,将军,\n")).json["id"]
    tasks.run_jobs()
    report = office.ok("organiser", "GET", f"jobs/{again}")["report"]
    assert (report["created"], report["unchanged"], counted(office, kind)) == (0, 300, 300)
    assert office.call("secrecy_reviewer", "GET", f"jobs/{again}").status_code == 404


def test_the_same_file_sent_twice_while_it_waits_is_one_job_and_one_file(office: Office, path: str) -> None:
    answers = [office.call("organiser", "POST", path, table(201)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json["id"] == answers[1].json["id"]
    assert (counted(office, Job), counted(office, Attachment)) == (1, 1)
    assert office.call("organiser", "POST", path, table(202)).json["id"] != answers[0].json["id"]


def test_the_caller_may_choose_and_a_look_is_never_a_job(office: Office, path: str) -> None:
    assert office.call("organiser", "POST", f"{path}?background=1", table(1)).status_code == 202
    assert office.ok("organiser", "POST", f"{path}?background=0", table(201))["created"] == 201
    look = office.ok("organiser", "POST", f"{POOL}?dry_run=1", table(201))
    assert (look["dry_run"], len(look["rows"]), counted(office, Representative)) == (True, 201, 0)


def test_what_cannot_be_taken_is_said_at_once(office: Office, path: str) -> None:
    faulty = office.call("organiser", "POST", path, table(201, "孙七,将军,\n"))
    assert (faulty.status_code, faulty.json["code"], counted(office, Job)) == (422, "FAULTY_ROWS", 0)
    item = office.application()["id"]
    office.fire("organiser", f"applications/{item}", "submit")
    into = f"meetings/applications/{item}/invitations/import"
    refused = office.call("organiser", "POST", into, table(201))
    assert (refused.status_code, refused.json["code"], counted(office, Job)) == (409, "WRONG_STATE", 0)


def test_a_killed_worker_leaves_nothing_and_the_next_does_it_once(
    office: Office, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident = office.call("organiser", "POST", path, table(201)).json["id"]
    edit = applications.edit

    def dies(*given: Any, **more: Any) -> None:
        edit(*given, **more)
        raise KeyboardInterrupt  # what a killed process does: nothing of ours runs any more

    monkeypatch.setattr(applications, "edit", dies)
    with pytest.raises(KeyboardInterrupt):
        tasks.run_jobs()
    assert counted(office, Invitation) == 0
    monkeypatch.setattr(applications, "edit", edit)
    with jurisdictions.enter(office.place), write():
        db.session.scalars(select(Job)).one().lease_until = utcnow() - jobs.LEASE
    assert tasks.run_jobs() == 1
    assert office.ok("organiser", "GET", f"jobs/{ident}")["report"]["created"] == 201
    assert counted(office, Invitation) == 201
