"""The check-in desk on a telephone with the network cut: nothing is lost, nothing doubled, two doors agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.conftest import axe_findings
from tests.hall import Hall

pytestmark = [pytest.mark.browser, pytest.mark.server]
PEOPLE = [
    {"name": "王小明", "category": "public", "organisation": "和平路社区", "contact": "wang@example.org"},
    {"name": "赵建华", "category": "npc_deputy"},
    {"name": "李桂芳", "category": "expert"},
]


@pytest.fixture
def meeting(hall: Hall) -> tuple[str, dict[str, str], dict[str, str]]:
    """A meeting with three invited; their ids, and the personal links of those sent."""
    item = hall.approved(title="老旧小区加装电梯实施办法", invitees=PEOPLE)
    made = hall.meeting(item, events=("announce",), title=f"常务会议{uuid4().hex[:6]}")
    rows = hall.api("organiser", "GET", f"meetings/applications/{item}")["invitees"]
    ids = {row["name"]: row["id"] for row in rows}
    links = {name: hall.fire("organiser", f"invitations/{one}", "send")["link"] for name, one in ids.items()}
    for name in ("王小明", "李桂芳"):
        hall.fire("organiser", f"invitations/{ids[name]}", "acknowledge")
    return made, ids, links


def code(visitor: Callable[..., Page], link: str) -> str:
    """The check-in code as the invitee's own page shows it."""
    page = visitor(width=390)
    page.goto(link)
    expect(page.get_by_alt_text("签到二维码")).to_be_visible()
    return page.locator(".pass .code").inner_text()


def stays(hall: Hall, meeting: str) -> dict[str, int]:
    rows: list[dict[str, Any]] = hall.api("organiser", "GET", f"meetings/{meeting}/presence")["items"]
    return {row["name"]: len(row["stays"]) for row in rows}


@pytest.mark.article("meetings", 8)
def test_the_network_is_cut_and_comes_back(hall: Hall, visitor: Callable[..., Page], meeting: Any) -> None:
    made, ids, links = meeting
    shown = code(visitor, links["王小明"])
    page = hall.sign_in(visitor(width=390), "stenographer")
    page.goto(f"{hall.url}/admin/{hall.county}/meetings/{made}/door/")
    expect(page.get_by_text("0 人在场，共 3 人")).to_be_visible()
    assert "王小明" not in page.content(), "a telephone keeps masked names only"
    assert not axe_findings(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("本台名称").fill("东门")
    page.get_by_label("本台名称").blur()

    page.context.set_offline(True)
    expect(page.get_by_text("没有网络，0 条存在本机")).to_be_visible()
    page.get_by_label("签到码", exact=True).fill(shown.lower())
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("王\\*明 进场 .*（待上传）"))
    page.get_by_label("签到码", exact=True).fill("00000-00000")
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_role("alert")).to_contain_text("签到码不对")
    page.get_by_role("button", name=re.compile("签到\\s*赵")).click()
    expect(page.get_by_text("赵*华还没有承诺遵守会议开放规则")).to_be_visible()
    page.get_by_role("button", name="先不办理").click()
    page.get_by_role("button", name=re.compile("签到\\s*李")).click()
    expect(page.get_by_text("2 人在场，共 3 人")).to_be_visible()
    expect(page.get_by_text("没有网络，2 条存在本机")).to_be_visible()
    assert stays(hall, made) == {"王小明": 0, "赵建华": 0, "李桂芳": 0}

    other = hall.sign_in(visitor(width=390), "organiser")  # a second door lets the same man in meanwhile
    other.goto(f"{hall.url}/admin/{hall.county}/meetings/{made}/door/")
    other.get_by_role("button", name=re.compile("签到\\s*王")).click()
    expect(other.get_by_text("网络正常，全部已上传。")).to_be_visible()
    hall.fire("organiser", f"invitations/{ids['李桂芳']}", "revoke")

    page.context.set_offline(False)
    expect(page.get_by_text("网络正常，全部已上传。")).to_be_visible(timeout=20000)
    expect(page.get_by_role("heading", name="需要核实")).to_be_visible()
    expect(page.get_by_text("不应入场")).to_be_visible()
    page.reload()
    expect(page.get_by_text("1 人在场，共 2 人")).to_be_visible()
    assert stays(hall, made)["王小明"] == 1


@pytest.mark.article("meetings", 8)
def test_a_promise_made_at_the_door_and_leaving_again(hall: Hall, visitor: Callable[..., Page], meeting: Any) -> None:
    made, _ids, _links = meeting
    page = hall.sign_in(visitor(width=390), "organiser")
    page.goto(f"{hall.url}/admin/{hall.county}/meetings/{made}/door/")
    page.get_by_role("button", name=re.compile("签到\\s*赵")).click()
    page.get_by_role("button", name="本人已承诺，签到").click()
    expect(page.get_by_text("网络正常，全部已上传。")).to_be_visible()
    page.get_by_label("离场").check()
    page.get_by_role("button", name=re.compile("离场\\s*赵")).click()
    expect(page.get_by_role("alert")).to_contain_text("赵*华 离场")
    expect(page.get_by_text("网络正常，全部已上传。")).to_be_visible()
    rows = {row["name"]: row for row in hall.api("organiser", "GET", f"meetings/{made}/presence")["items"]}
    assert rows["赵建华"]["stays"][0]["until"]
    page.goto(f"{hall.url}/admin/{hall.county}/meetings/{made}/attendance/")
    expect(page.get_by_role("heading", name="签到记录")).to_be_visible()
    assert not axe_findings(page)


@pytest.mark.article("meetings", 8)
def test_a_reload_without_network_finds_the_desk_again(hall: Hall, visitor: Callable[..., Page], meeting: Any) -> None:
    made, _ids, links = meeting
    shown = code(visitor, links["王小明"])
    page = hall.sign_in(visitor(width=390), "stenographer")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{hall.url}/admin/{hall.county}/meetings/{made}/door/")
    expect(page.get_by_text("也可以刷新本页")).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("0 人在场，共 3 人")).to_be_visible()
    assert not axe_findings(page)
    page.get_by_label("签到码", exact=True).fill(shown)
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_text("没有网络，1 条存在本机")).to_be_visible()
    page.reload()
    expect(page.get_by_text("1 人在场，共 3 人")).to_be_visible()
    expect(page.get_by_text("没有网络，1 条存在本机")).to_be_visible()
    page.get_by_role("button", name="关闭签到台").click()
    expect(page.get_by_role("alert")).to_contain_text("还有 1 条没有上传")

    next_person = page.context.new_page()  # the tablet goes on to somebody else: another tab holds no names
    next_person.goto(page.url)
    expect(next_person.get_by_text("这台设备上已经没有名单")).to_be_visible()
    assert "王*明" not in next_person.content()
    next_person.close()
    sheet = page.context.new_page()
    with pytest.raises(Error):
        sheet.goto(f"{page.url}sheet")
    sheet.close()

    page.context.set_offline(False)
    expect(page.get_by_text("网络正常，全部已上传。")).to_be_visible(timeout=20000)
    assert stays(hall, made) == {"王小明": 1, "赵建华": 0, "李桂芳": 0}
    page.reload()
    expect(page.get_by_text("1 人在场，共 3 人")).to_be_visible()
    left = "async () => [(await caches.keys()).length, Object.keys(sessionStorage).length]"
    assert page.evaluate(left) == [1, 1]
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="登录工作台")).to_be_visible()
    page.wait_for_function("async () => (await caches.keys()).length === 0")
    assert page.evaluate(left) == [0, 0]
    page.context.set_offline(True)
    with pytest.raises(Error):
        page.goto(f"{hall.url}/admin/{hall.county}/meetings/{made}/door/")
