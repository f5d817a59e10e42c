"""Error pages: in the portal's look, by status, with reasons and articles where there are some."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, abort
from sqlalchemy import text
from werkzeug.exceptions import TooManyRequests

from core.db import DatabaseBusy, db
from core.refusals import Forbidden, Gone, Invalid, NotFound, Refusal, Refused, Stale


def raising(app: Flask, error: Callable[[], Any]) -> Any:
    app.add_url_rule("/-/probe", "probe", error)
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client().get("/-/probe")


def throw(error: Exception) -> Any:
    raise error


REFUSED = Refused(
    Refusal("CONSULTATION_MISSING", "还没有公开征求意见。", "会5"),
    Refusal("HEARING_MISSING", "还没有听证报告。", "会6"),
)


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (Forbidden(), 403, ("您没有这一步的权限",)),
        (NotFound(), 404, ("没有找到这个页面",)),
        (Gone("个人信息"), 410, ("这项内容已经撤下",)),
        (Stale(3), 412, ("内容已被他人修改",)),
        (Invalid({"title": ["请填写标题。"]}), 422, ("有内容没有填对", "请填写标题。")),
        (REFUSED, 409, ("现在不能办理", "还没有公开征求意见。", "（会5）", "还没有听证报告。", "（会6）")),
        (TooManyRequests(), 429, ("请求太频繁了",)),
        (DatabaseBusy(), 503, ("系统正忙",)),
        (ZeroDivisionError("secret-detail"), 500, ("系统出错了",)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_page_for(app: Flask, error: Exception, status: int, words: tuple[str, ...]) -> None:
    answer = raising(app, lambda: throw(error))
    assert answer.status_code == status
    assert answer.content_type.startswith("text/html")
    assert ('class="problem"' in answer.text) == (status != 410)  # of what was withdrawn nothing is wrong
    assert "css/base.css" in answer.text
    for word in words:
        assert word in answer.text
    assert "个人信息" not in answer.text
    assert "secret-detail" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    if status == 503:
        assert int(answer.headers["Retry-After"]) > 0


def test_a_connection_whose_end_nobody_noticed_is_503_and_the_next_one_works(app: Flask) -> None:
    ends = [True, False]

    def look() -> str:
        if ends.pop(0):
            db.session.connection().invalidate()
        return str(db.session.scalar(text("select 7")))

    assert raising(app, look).status_code == 503
    assert app.test_client().get("/-/probe").text == "7"


@pytest.mark.parametrize("status", [400, 401, 405, 413, 415, 418])
def test_other_statuses_have_a_page_too(app: Flask, status: int) -> None:
    answer = raising(app, lambda: abort(status))
    assert answer.status_code == status
    assert 'class="problem"' in answer.text


def test_error_pages_speak_of_no_address(app: Flask) -> None:
    web = app.test_client()
    assert web.get("/huichuan/one?q=a").data == web.get("/zunyi/two/three").data
