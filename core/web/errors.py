"""Errors as pages: what happened, what is kept, what to do. Equal errors give equal bytes: no path, no name."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, make_response, render_template, url_for
from flask_babel import lazy_gettext as _l

from core import matters
from core.jurisdictions import current_or_none
from core.models import Matter
from core.permissions import ANONYMOUS
from core.refusals import Gone, Moved, NotFound
from core.web import prefs

PAGES: dict[int, tuple[Any, Any]] = {
    400: (_l("这个请求不完整"), _l("可能是页面打开太久，或者地址不完整。请返回上一页，刷新后再试一次。")),
    401: (_l("请先登录"), _l("这个页面只对工作人员开放。登录后会回到这里。")),
    403: (_l("您没有这一步的权限"), _l("如果这是您职责内的事，请联系本级系统管理员核对您的角色。")),
    404: (_l("没有找到这个页面"), _l("地址可能不完整，或者内容没有公开。请核对地址，或者从首页查找。")),
    405: (_l("这个地址不能这样打开"), _l("请返回上一页，使用页面上的按钮办理。")),
    409: (_l("现在不能办理"), _l("原因如下。您填写的内容没有提交，请返回上一页核对。")),
    410: (_l("这项内容已经撤下"), _l("它曾经公开，现已按规定撤下，原地址不再提供内容。")),
    412: (
        _l("内容已被他人修改"),
        _l("您的修改没有保存，以免覆盖他人的内容。请返回上一页，刷新后核对最新版本。"),
    ),
    413: (_l("提交的内容太大"), _l("请缩小文件后再上传。其他已填写的内容仍在上一页。")),
    415: (_l("不支持这种格式"), _l("请换一种格式后再试。")),
    422: (_l("有内容没有填对"), _l("请返回上一页，按提示修改后重新提交。")),
    429: (_l("请求太频繁了"), _l("为保证大家都能使用，请稍等一会儿再试。")),
    500: (
        _l("系统出错了"),
        _l("您的操作没有生效，问题已经记录。请稍后再试；仍然不行，请联系本级政务公开工作机构。"),
    ),
    503: (_l("系统正忙"), _l("您的操作没有生效。请等几秒钟再试一次。")),
}


TOO_OLD = (
    _l("页面打开太久，没有提交成功"),
    _l("为了安全，这次提交没有办理。请返回上一页，刷新后再提交一次；填写了较多内容的，请先复制下来。"),
)
"""A form whose token has run out: no matter of rights, and citizens meet it too."""


def init_app(app: Flask) -> None:
    """Give `core.web.problems` the page to show for an error outside the API."""
    app.extensions["mingtang.error_page"] = error_page


def error_page(error: Exception, problem: Any) -> Response:
    """The page for a problem (`core.web.problems.Problem`)."""
    if isinstance(error, Moved):
        return _answer("", problem)
    if isinstance(error, Gone):
        return _answer(gone_page(error), problem)
    status: int = problem.status
    expired = problem.code == "CSRF"
    title, advice = TOO_OLD if expired else PAGES.get(status, PAGES[400 if status < 500 else 500])
    page = render_template(
        "errors/error.html",
        status=status,
        title=title,
        advice=advice,
        reasons=[] if expired else _reasons(status, problem),
        ui=prefs.ui(here="/"),
    )
    return _answer(page, problem)


def gone_page(error: Gone) -> str:
    """What was withdrawn: when, what the public may know, and where to go on. Neither title nor reason stand there."""
    list_url = url_for("portal.publications") if current_or_none() else ""
    return render_template(
        "errors/gone.html", gone=error, matter=_life_line(error.matter_id), list_url=list_url, ui=prefs.ui()
    )


def _life_line(matter_id: str | None) -> Matter | None:
    try:
        return matters.find(ANONYMOUS, matter_id) if matter_id else None
    except NotFound:
        return None


def _answer(page: str, problem: Any) -> Response:
    answer = make_response(page, problem.status)
    answer.headers.update(problem.headers)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _reasons(status: int, problem: Any) -> list[dict[str, Any]]:
    """The refusals by name; errors that must look alike (404, 410) and those without more to say give none."""
    if status in {403, 409, 422}:
        found = [dict(item) for item in problem.errors] or [{"detail": problem.detail, "article": problem.article}]
        return [item for item in found if item.get("detail")]
    return []
