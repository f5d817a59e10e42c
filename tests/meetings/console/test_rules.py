"""The local rules in the console (会8): issued whole, never over somebody else's version."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk

Sign = Callable[..., Desk]
RULES = "meetings/rules/"
TEXTS = {"attendance": "本区常住居民", "duties": "保密", "agenda_rules": "提前三日公告", "discipline": "静音"}


@pytest.mark.article("meetings", 8)
def test_a_new_version_is_issued_once_and_the_old_one_stays_to_be_read(desk: Sign) -> None:
    officer = desk("disclosure_officer")
    assert "还没有规则" in officer.get(RULES)
    for _ in range(2):
        assert officer.post(RULES, TEXTS | {"version": "0"}).status_code == 302
    assert "现行：第 1 版" in officer.get(RULES)
    assert officer.post(RULES, TEXTS | {"discipline": "静音并签到", "version": "1"}).status_code == 302
    page = officer.get(RULES)
    assert "现行：第 2 版" in page
    assert "历次版本" in page
    assert "静音并签到" in page


@pytest.mark.article("meetings", 8)
def test_a_stale_version_shows_both_texts_and_loses_none(desk: Sign, office: Office) -> None:
    office.ok("organiser", "POST", "meetings/rules", TEXTS)
    answer = desk("organiser").post(RULES, TEXTS | {"duties": "我写的义务", "version": "0"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412
    assert "我写的义务" in page
    assert "保密" in page
    assert 'name="version" value="1"' in page


def test_a_blank_part_is_named_and_the_rest_kept(desk: Sign) -> None:
    answer = desk("organiser").post(RULES, TEXTS | {"duties": " ", "version": "0"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "权利与责任义务：这一项必填。" in page
    assert "提前三日公告" in page


def test_everybody_on_the_staff_reads_only_some_issue(desk: Sign, office: Office) -> None:
    office.ok("organiser", "POST", "meetings/rules", TEXTS)
    page = desk("stenographer").get(RULES)
    assert "本区常住居民" in page
    assert "发布新版本" not in page
    assert desk("stenographer").post(RULES, TEXTS | {"duties": "改", "version": "1"}).status_code == 403
    assert desk("organiser").post(RULES, TEXTS | {"version": "1"}, token="made-up").status_code in {400, 403}
    assert "本区常住居民" not in desk("organiser", "meitan").get(RULES)
