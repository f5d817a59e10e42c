"""Lists of 2,000 people: looked at, taken in by the worker with progress, nothing half-done."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from core import jobs, jurisdictions, tasks
from core.db import db, utcnow, write
from core.models import Job
from plugins.meetings.models import AgendaApplication, Invitation, Representative
from plugins.meetings.services import applications
from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk

Sign = Callable[..., Desk]
COUNT = 2000


def table(count: int = COUNT, *more: list[str]) -> io.BytesIO:
    book = Workbook()
    page = book.worksheets[0]
    page.append(["姓名", "类别", "单位", "联系方式", "代表方面"])
    for number in range(count):
        page.append([f"代表{number}", "其他公众代表", f"第{number}村", f"p{number}@example.org", "村民"])
    for row in more:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def preview(person: Desk, path: str, file: io.BytesIO) -> str:
    answer = person.post(path, {"file": (file, "名单.xlsx"), "act": "preview"})
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


def kept(page: str) -> str:
    found = re.search(r'name="kept" value="(\w+)"', page)
    assert found
    return found[1]


def counted(office: Office, model: type[Invitation | Representative]) -> int:
    db.session.remove()
    with jurisdictions.enter(office.place):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def job(office: Office) -> Job:
    db.session.remove()
    with jurisdictions.enter(office.place):
        return db.session.scalars(select(Job)).one()


def test_a_list_of_2000_is_previewed_and_imported_in_the_background(desk: Sign, office: Office) -> None:
    organiser, item = desk("organiser"), office.application(invitees=[])["id"]
    path, file = f"meetings/applications/{item}/invitees", table()
    organiser.get(path)
    page = preview(organiser, path, file)
    assert "可以增加 2000 人" in page
    assert page.count("<tr>") < 300  # counted, not all shown
    answer = organiser.post(path, {"kept": kept(page), "act": "add"})
    assert (answer.status_code, "/jobs/" in answer.location) == (302, True)
    assert counted(office, Invitation) == 0
    assert tasks.run_jobs() == 1
    ended = job(office)
    assert (ended.state, ended.done, ended.total) == ("done", COUNT, COUNT)
    assert "已增加 2000 人" in ended.sentence
    assert counted(office, Invitation) == COUNT
    again = preview(organiser, path, table())
    assert "没有可以增加的人" in again


def test_a_long_list_survives_the_form_and_can_be_cleared(desk: Sign, office: Office) -> None:
    people = [{"name": f"代表{n}", "category": "public"} for n in range(201)]
    item = office.application(invitees=people)["id"]
    organiser, path = desk("organiser"), f"meetings/applications/{item}/edit"
    page = organiser.get(path)
    assert ("名单有 201 人" in page, 'name="invitees-0-name"' in page, "名单共 201 人" in page) == (True, False, True)
    typed = {
        "title": "新标题", "subject_class": "none", "openness": "open", "act": "save", "invitees-kept": "1",
        "organisation_form": "现场", "participation_mode": "列席", "forms": "invitation",
    }  # fmt: skip
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    assert organiser.post(path, typed | {"version": version[1]}).status_code == 302
    shown = office.ok("organiser", "GET", f"meetings/applications/{item}")
    assert (shown["title"], len(shown["invitees"])) == ("新标题", 201)
    cleared = typed | {"version": shown["etag"], "invitees-clear": "1"}
    assert organiser.post(path, cleared).status_code == 302
    assert office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"] == []


def test_a_pool_of_many_is_a_job_too(desk: Sign, office: Office) -> None:
    organiser = desk("organiser")
    page = preview(organiser, "meetings/representatives/import", table(201, ["无类别", "村民"]))
    sent = {"kept": kept(page), "act": "add"}
    assert organiser.post("meetings/representatives/import", sent).status_code == 422
    assert organiser.post("meetings/representatives/import", sent | {"skip": "1"}).status_code == 302
    tasks.run_jobs()
    assert (job(office).state, counted(office, Representative)) == ("done", 201)


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_one_does_it_once(
    desk: Sign, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    organiser, item = desk("organiser"), office.application(invitees=[])["id"]
    path = f"meetings/applications/{item}/invitees"
    organiser.post(path, {"kept": kept(preview(organiser, path, table(300))), "act": "add"})
    wrote, edit = [], applications.edit

    def dies(*given: object, **more: object) -> AgendaApplication:
        edit(*given, **more)  # type: ignore[arg-type]
        wrote.append(db.session.scalar(select(func.count()).select_from(Invitation)))
        raise KeyboardInterrupt  # what a killed process does: nothing of ours runs any more

    monkeypatch.setattr(applications, "edit", dies)
    with pytest.raises(KeyboardInterrupt):
        tasks.run_jobs()
    assert (wrote, counted(office, Invitation), job(office).state) == ([300], 0, "running")
    monkeypatch.setattr(applications, "edit", edit)
    with jurisdictions.enter(office.place), write():
        db.session.scalars(select(Job)).one().lease_until = utcnow() - jobs.LEASE
    assert tasks.run_jobs() == 1
    assert (counted(office, Invitation), job(office).state) == (300, "done")


def test_a_list_that_may_not_change_any_more_is_refused_at_once(desk: Sign, office: Office) -> None:
    organiser, item = desk("organiser"), office.application()["id"]
    path = f"meetings/applications/{item}/invitees"
    sent = {"kept": kept(preview(organiser, path, table(201))), "act": "add", "reason": "增补"}
    office.fire("organiser", f"applications/{item}", "submit")
    assert organiser.post(path, sent).status_code == 409
