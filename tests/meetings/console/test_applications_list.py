"""The list of applications: whose turn it is, what one may see, filters, pages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import update

from core import jurisdictions
from core.db import utcnow, write
from plugins.meetings.models import AgendaApplication
from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk

Sign = Callable[..., Desk]
LIST = "meetings/applications/"


def test_the_menu_leads_to_the_list(desk: Sign) -> None:
    assert "/admin/huichuan/meetings/applications/" in desk("organiser").get("")


def test_every_list_holds_what_its_name_says(desk: Sign, office: Office) -> None:
    draft = office.application(title="停车收费调整")
    ready = office.approved(title="供水管网改造")
    waiting = office.application(title="校车线路优化")["id"]
    office.fire("organiser", f"applications/{waiting}", "submit")
    organiser, deputy = desk("organiser"), desk("deputy_leader")
    assert "停车收费调整" in organiser.get(LIST)
    assert "您还没有申报过议题。" in deputy.get(LIST, list="mine")
    approval = deputy.get(LIST)
    assert ("校车线路优化" in approval, "停车收费调整" in approval, "供水管网改造" in approval) == (True, False, False)
    shown = organiser.get(LIST, list="ready")
    assert ("供水管网改造" in shown, "校车线路优化" in shown) == (True, False)
    assert all(title in deputy.get(LIST, list="all") for title in ("停车收费调整", "供水管网改造", "校车线路优化"))
    assert draft["id"] != ready


def test_filters_narrow_and_can_be_cleared(desk: Sign, office: Office) -> None:
    office.application(title="停车收费调整", subject_class="public_resources")
    office.application(title="校车线路优化", subject_class="education_health")
    page = desk("organiser").get(LIST, list="all", subject_class="education_health")
    assert ("校车线路优化" in page, "停车收费调整" in page, "清除筛选" in page) == (True, False, True)
    assert "没有符合条件的议题。" in desk("organiser").get(LIST, list="all", q="%")
    assert "停车收费调整" in desk("organiser").get(LIST, list="all", q="收费")


def test_pages_follow_without_loss_or_repetition(desk: Sign, office: Office) -> None:
    for n in range(31):
        office.application(title=f"议题{n:02}号")
    first = desk("organiser").get(LIST, list="all", subject_class="urban_planning")

    after = re.search(r"after=([\w-]+)", first)
    assert after
    second = desk("organiser").get(LIST, list="all", subject_class="urban_planning", after=after[1])
    titles = re.findall(r"议题\d\d号", first + second)
    assert len(titles) == len(set(titles)) == 31
    desk("organiser").get(LIST, status=422, after="made-up")


@pytest.mark.article("meetings", 2)
def test_a_draft_with_a_ground_waits_for_the_secrecy_reviewer(desk: Sign, office: Office) -> None:
    office.application(title="应急物资布局", openness="closed", openness_ground="涉及工作秘密", forms=[])
    assert "应急物资布局" in desk("secrecy_reviewer").get(LIST)


@pytest.mark.article("meetings", 7)
def test_nobody_is_asked_to_approve_his_own(desk: Sign, office: Office) -> None:
    both = "organiser+deputy_leader"
    ident = office.ok(both, "POST", "meetings/applications", {"title": "自己申报的", "subject_class": "none", "openness": "closed"})["id"]  # fmt: skip
    office.fire(both, f"applications/{ident}", "submit")
    assert "自己申报的" not in desk(both).get(LIST, list="approval")
    assert "自己申报的" in desk("deputy_leader").get(LIST, list="approval")


def test_other_bodies_drafts_and_other_counties_are_not_there(desk: Sign, office: Office) -> None:
    ident = office.application(title="只给本单位看")["id"]
    with jurisdictions.enter(office.place), write() as session:
        session.execute(update(AgendaApplication).where(AgendaApplication.id == ident).values(updated_at=utcnow()))
    assert "只给本单位看" not in desk("organiser", "meitan").get(LIST, list="all")


def test_without_a_role_for_it_the_page_is_refused(desk: Sign) -> None:
    desk("system_admin").get(LIST, status=403)
