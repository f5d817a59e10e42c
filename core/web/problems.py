"""Errors under /api as application/problem+json (RFC 9457), for every error there is, in the caller's language.

Pages get `render_page`. One table says which exception becomes which status and code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from flask import Flask, Response, current_app, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    PendingRollbackError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from core.db import DatabaseBusy, db
from core.refusals import REQUIRED, Gone, Invalid, Moved, NotFound, Refused, Stale
from core.workdays import LOCAL

log = structlog.get_logger(__name__)
RETRY_SECONDS = "2"
AWAY = (PoolTimeout, PendingRollbackError)
"""No connection to be had, or it ended in the middle of a transaction."""

TITLES: dict[int, Any] = {
    301: _l("地址已变更"),
    400: _l("请求有误"),
    401: _l("需要登录"),
    403: _l("没有权限"),
    404: _l("没有找到"),
    405: _l("方法不适用"),
    409: _l("不能办理"),
    410: _l("已撤下"),
    412: _l("版本已变"),
    413: _l("内容过大"),
    415: _l("格式不支持"),
    422: _l("填写有误"),
    428: _l("缺少版本"),
    429: _l("请求过多"),
    500: _l("系统出错"),
    503: _l("暂时繁忙"),
}
CODES: dict[int, tuple[str, Any]] = {
    301: ("MOVED", _l("地址已经变更，请到 Location 所指的地址读取。")),
    400: ("BAD_REQUEST", _l("请求不完整或无法理解，请检查后重试。")),
    401: ("UNAUTHENTICATED", _l("请先登录，或附上有效的访问令牌。")),
    403: ("FORBIDDEN", _l("您没有办理这一步的权限。")),
    404: ("NOT_FOUND", _l("没有找到您要的内容。它可能不存在、未公开，或不在本级。")),
    405: ("METHOD_NOT_ALLOWED", _l("这个地址不接受该请求方法，可用的方法见 Allow。")),
    410: ("GONE", _l("内容已撤下。")),
    412: ("STALE", _l("内容已被他人修改，请核对最新版本后再提交。")),
    413: ("TOO_LARGE", _l("提交的内容过大，请缩减后重试。")),
    415: ("UNSUPPORTED_MEDIA_TYPE", _l("请以 application/json 提交。")),
    422: ("INVALID", _l("有内容没有填对，请按提示修改后重新提交。")),
    428: ("IF_MATCH_REQUIRED", _l("请在 If-Match 中写明您读到的版本（etag），以免覆盖他人的修改。")),
    429: ("TOO_MANY_REQUESTS", _l("请求过于频繁，请稍后再试。")),
    500: ("INTERNAL", _l("系统出错，您的操作没有生效。请稍后重试；仍不行请联系管理员。")),
    503: ("BUSY", _l("系统繁忙，您的操作没有生效，请稍后重试。")),
}


@dataclass
class Problem(Exception):
    """An error as the API says it; raise it where no refusal fits. `errors` are dictionaries."""

    status: int
    code: str = ""
    detail: Any = ""
    article: str = ""
    missing: Sequence[str] = ()
    errors: Sequence[Mapping[str, Any]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        status = HTTPStatus(self.status)
        code, detail = CODES.get(self.status, (status.name, status.description or status.phrase))
        self.code, self.detail = self.code or code, self.detail or detail

    def body(self) -> dict[str, Any]:
        """The document, equal for equal problems: nothing of the request stands in it."""
        return {
            "type": f"/api/docs#{self.code}",
            "title": str(TITLES.get(self.status, self.code)),
            "status": self.status,
            "code": self.code,
            "article": self.article,
            "detail": str(self.detail),
            "missing": list(self.missing),
            "errors": [{key: _plain(value) for key, value in error.items()} for error in self.errors],
        }

    def response(self) -> Response:
        """The answer to send."""
        text = json.dumps(self.body(), ensure_ascii=False)
        answer = Response(text, self.status, content_type="application/problem+json")
        answer.headers.update(self.headers)
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Vary"] = "Accept-Language, Authorization, Cookie"
        return answer


def _plain(value: Any) -> Any:
    return list(map(str, value)) if isinstance(value, (tuple, list)) else str(value)


def init_app(app: Flask) -> None:
    """Answer every error: problems under /api, pages elsewhere."""
    for kind in (HTTPException, Moved, NotFound, Refused, Invalid, Problem, DatabaseBusy, DBAPIError, *AWAY):
        app.register_error_handler(kind, _answer)


def is_api() -> bool:
    """True for addresses that answer with JSON only."""
    return request.path.startswith("/api/") and request.path != "/api/docs"


def wants_json() -> bool:
    """True where a program reads: errors there are problems, never pages."""
    return is_api() or request.path.startswith("/oparl/")


def of(error: Exception) -> Problem:
    """The problem an exception stands for."""
    if isinstance(error, Problem):
        return error
    return next((make(error) for kind, make in MAKERS.items() if isinstance(error, kind)), Problem(500))


def _of_invalid(error: Invalid) -> Problem:
    lines = [(name, line) for name, found in error.errors.items() for line in found]
    return Problem(
        422,
        missing=[name for name, line in lines if line == REQUIRED],
        errors=[{"code": "INVALID", "field": name, "detail": line} for name, line in lines],
    )


def _busy(_error: Exception) -> Problem:
    return Problem(503, headers={"Retry-After": RETRY_SECONDS})


def _of_refused(error: Refused) -> Problem:
    first = error.refusals[0]
    errors: list[dict[str, Any]] = [
        {"code": item.code, "article": item.article, "detail": item.detail, "missing": item.missing}
        for item in error.refusals
    ]
    headers: dict[str, str] = {}
    if isinstance(error, Stale):
        headers["ETag"] = f'"{error.current}"'
        errors[0]["etag"] = error.current
    return Problem(error.status, first.code, first.detail, first.article, first.missing, errors, headers)


def _of_moved(error: Moved) -> Problem:
    query = f"?{request.query_string.decode('ascii', 'ignore')}" if request.query_string else ""
    return Problem(301, "MOVED", headers={"Location": quote(request.path.replace(error.old, error.new, 1)) + query})


def _of_gone(error: Gone) -> Problem:
    known = {"withdrawn_at": error.at.astimezone(LOCAL).isoformat(timespec="seconds")} if error.at else {}
    said = error.note or CODES[410][1]
    return Problem(
        410, detail=said, errors=[{"code": "GONE", "detail": said, **known}], headers={"X-Robots-Tag": "noindex"}
    )


def _of_http(error: HTTPException) -> Problem:
    kept = {"Allow", "Retry-After", "WWW-Authenticate"}
    headers = {name: value for name, value in error.get_headers() if name in kept}
    return Problem(error.code or 500, headers=headers)


MAKERS: dict[type[Exception], Callable[[Any], Problem]] = {
    Invalid: _of_invalid,
    Refused: _of_refused,
    Moved: _of_moved,
    Gone: _of_gone,
    NotFound: lambda error: Problem(error.status),
    IntegrityError: lambda _: Problem(409, "CONFLICT", _l("与已有的内容冲突，没有保存。")),
    DatabaseBusy: _busy,
    DataError: lambda _: Problem(422),  # NUL or a number too large, where a page looks something up by what was sent
    OperationalError: _busy,
    InterfaceError: _busy,
    PoolTimeout: _busy,
    PendingRollbackError: _busy,
    CSRFError: lambda _: Problem(403, "CSRF", _l("以登录会话提交时，请在 X-CSRFToken 中附上页面给出的校验码。")),
    HTTPException: _of_http,
}
"""Which exception becomes which problem; the first that fits, so a subclass stands before its base."""


def _answer(error: Exception) -> Any:
    if isinstance(error, DBAPIError):
        if not isinstance(error, (IntegrityError, DataError, OperationalError, InterfaceError)):
            raise error
        db.session.rollback()
        log.warning("database", error=type(error.orig).__name__)
    if isinstance(error, PendingRollbackError):  # the connection ended in the middle of a transaction
        db.session.rollback()
    problem = of(error)
    return problem.response() if wants_json() else render_page(error, problem)


def render_page(error: Exception, problem: Problem) -> Any:
    """The same error as a page."""
    page = current_app.extensions.get("mingtang.error_page")
    if page is not None:
        return page(error, problem)
    answer = Response(f"{problem.detail}\n", problem.status, content_type="text/plain; charset=utf-8")
    answer.headers.update(problem.headers)
    return answer
