"""The annual report in the console: written beside its tables, told what does not agree, reviewed, published."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from plugins.disclosure.services import reports
from tests.meetings.console.conftest import Desk, desk  # noqa: F401 - a fixture

PAGE = "disclosure/reports"
TEXTS = {"overview": "全年工作平稳。", "problems": "个别单位公开不够及时。", "other": "无。"}


@pytest.mark.article("disclosure", 12)
def test_from_the_first_word_to_the_public_page(desk: Callable[..., Desk]) -> None:
    begun = desk("disclosure_officer").post(f"{PAGE}/begin", {"agency": "office", "year": "2025"})
    found = re.search(r"reports/([0-9a-f]{32})/", begun.headers["Location"])
    assert found
    path = f"{PAGE}/{found[1]}"

    def press(role: str, act: str, **values: str) -> str:
        version = re.search(r'name="version" value="(\d+)"', desk(role).get(f"{path}/"))
        assert version
        answer = desk(role).post(f"{path}/{act}", values | {"version": version[1]})
        return answer.get_data(as_text=True) if answer.status_code != 302 else ""

    wrong = TEXTS | {"overview": "全年新收申请3件。", "figures.fees": "3.5"}
    refused = press("disclosure_officer", "save", **wrong | {"figures.permits": "很多"})
    assert "全年新收申请3件" in refused
    assert "请填写不小于 0 的整数" in refused
    assert press("disclosure_officer", "save", **wrong) == ""
    page = desk("disclosure_officer").get(f"{path}/")
    assert "正文写“新收申请3件”，统计表是 0件" in page
    assert "3.5" in page
    assert (
        desk("deputy_leader").get(f"{path}/").count("正文写“新收申请3件”，统计表是 0件") > 1
    )  # also at the step itself
    assert press("disclosure_officer", "save", **TEXTS) == ""
    assert press("deputy_leader", "move", event="review") == ""
    assert press("disclosure_officer", "move", event="publish") == ""
    assert "已发布" in desk("disclosure_officer").get(f"{PAGE}/")
    assert "/publications/" in desk("disclosure_officer").get(f"{path}/")


@pytest.mark.parametrize(("key", "typed", "kept"), [("permits", "1,234", 1234), ("fees", "３.5", 3_500_000)])
def test_a_typed_figure(key: str, typed: str, kept: int) -> None:
    assert reports.read_figure(key, typed) == kept


@pytest.mark.parametrize(
    ("key", "typed"),
    [("permits", "1.5"), ("permits", "-1"), ("fees", "NaN"), ("fees", "1e99"), ("fees", "1e999999999")],
)
def test_what_is_no_figure(key: str, typed: str) -> None:
    with pytest.raises(ValueError, match=re.escape(typed)):
        reports.read_figure(key, typed)
