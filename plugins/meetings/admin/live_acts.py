"""Acts on the stream as a whole, on held lines and on the rehearsal: a part of `LiveView`.

A form goes back to the page it came from; the pages' scripts send the same form and get only the part that changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.db import write
from core.refusals import Forbidden, Invalid, NotFound, Refused
from core.web.admin import expose
from core.web.admin.forms import parse
from core.web.requests import actor
from plugins.meetings.admin import live_desk
from plugins.meetings.live import reading
from plugins.meetings.live.forms import CorrectionIn, DelayIn, RetractionIn
from plugins.meetings.services import live, live_review, meetings

PART = "X-Part"
"""The header by which a script asks for the changed part instead of the page."""


class LiveActs:
    """Every act may be repeated without harm."""

    @expose("/<id>/review/")
    def review(self, id: str) -> Response:  # noqa: A002 — the address part
        """The reviewer's page (审核台)."""
        reading.one_moment()
        return live_desk.queue(id) if PART in request.headers else live_desk.review(id)

    @expose("/<id>/aside")
    def aside(self, id: str) -> Response:  # noqa: A002
        """The desk's part beside the lines, as it is now."""
        reading.one_moment()
        return live_desk.aside(id)

    @expose("/<id>/stream", methods=["POST"])
    def stream(self, id: str) -> Response:  # noqa: A002
        """Stop, go on, delay; confidential item: begin, confirm, take back."""
        do = STREAM.get(request.form.get("event", ""))
        if do is None:
            raise NotFound
        return _carry_out(id, lambda: do(id))

    @expose("/<id>/held/<post>", methods=["POST"])
    def held(self, id: str, post: str) -> Response:  # noqa: A002
        """Release, stop, edit or refuse one line."""
        do, rev = LINE.get(request.form.get("event", "")), request.form.get("rev", -1, type=int)
        if do is None:
            raise NotFound
        return _carry_out(id, lambda: do(id, post, rev))

    @expose("/<id>/rehearsal", methods=["POST"])
    def rehearsal(self, id: str) -> Response:  # noqa: A002
        """Begin, end, clear; `id` is the meeting's."""
        event = request.form.get("event", "")
        with write():
            meeting = meetings.find(actor(), id)
            if event == "begin":
                back = live_review.begin_rehearsal(actor(), meeting).meeting_id
                said = _("演练已开始。这里写的内容对外不可见，也不进入记录。")
            elif event == "clear":
                live_review.clear_rehearsal(actor(), meeting)
                back, said = id, _("演练内容已清除。")
            else:
                live_review.end_rehearsal(actor(), meeting)
                back, said = id, _("演练已结束。")
        flash(said, "done")
        return make_response(redirect(url_for(".show", id=back)))


def _delay(live_id: str) -> Any:
    seconds = parse(DelayIn, {"seconds": request.form.get("seconds", "")}).seconds
    live_review.set_delay(actor(), live_id, seconds)
    return _("已设置：每条等待 %(count)s 秒。", count=seconds) if seconds else _("已关闭先审后发。")


def _stop_all(live_id: str) -> Any:
    live_review.stop_all(actor(), live_id)
    return _("已停止自动放行，新内容都会等待。")


def _go_on(live_id: str) -> Any:
    live_review.go_on(actor(), live_id)
    return _("已恢复自动放行。")


def _hold(live_id: str) -> Any:
    live_review.hold(actor(), live_id)
    return _("直播已暂停，读者看到的是统一说明。")


def _confirm(live_id: str) -> Any:
    done = live_review.resume(actor(), live_id)
    return _("直播已恢复。") if done else _("您已确认，还需要另一位有权限的人员确认。")


def _cancel(live_id: str) -> Any:
    live_review.keep_hold(actor(), live_id)
    return _("已撤回恢复直播的确认。")


STREAM: dict[str, Callable[[str], Any]] = {
    "delay": _delay, "stop": _stop_all, "go_on": _go_on, "hold": _hold, "confirm": _confirm, "cancel": _cancel,
}  # fmt: skip
"""Event of the stream → its act; answers the sentence to show."""


def _release(live_id: str, post: str, rev: int) -> Any:
    done = live_review.release(actor(), live_id, post, rev)
    return _("已放行。") if "seq" in done else _("您已同意放行，还需要另一位有权限的人员同意。")


def _stop(live_id: str, post: str, _rev: int) -> Any:
    live_review.stop_line(actor(), live_id, post)
    return _("这一条已暂缓，后面的可以先发。")


def _refuse(live_id: str, post: str, rev: int) -> Any:
    body = parse(RetractionIn, {"reason": request.form.get("reason", "")})
    live.retract(actor(), live_id, post, body, rev)
    return _("这一条不予发出。")


def _edit(live_id: str, post: str, rev: int) -> Any:
    _save(live_id, post, rev)
    return _("已保存修改。")


def _edit_release(live_id: str, post: str, rev: int) -> Any:
    return _release(live_id, post, _save(live_id, post, rev))


def _save(live_id: str, post: str, rev: int) -> int:
    held, typed = live_review.find_line(live_id, post), request.form.get("text", "")
    if rev == held.rev and typed.replace("\r\n", "\n") == held.text:
        return rev
    body = parse(CorrectionIn, {"text": typed, "reason": _("审核时修改")})
    return int(live.correct(actor(), live_id, post, body, rev).answer["rev"])


LINE: dict[str, Callable[[str, str, int], Any]] = {
    "release": _release, "stop": _stop, "refuse": _refuse, "edit": _edit, "edit_release": _edit_release,
}  # fmt: skip
"""Event of a held line → its act."""


def _carry_out(live_id: str, act: Callable[[], Any]) -> Response:
    on_desk = request.args.get("back") == "desk"
    try:
        with write():
            said = act()
    except Forbidden:
        raise
    except (Invalid, Refused) as no:
        if PART in request.headers:
            return live_desk.aside(live_id, no) if on_desk else live_desk.queue(live_id, no)
        return live_desk.desk(live_id, no) if on_desk else live_desk.review(live_id, no)
    if PART in request.headers:
        return live_desk.aside(live_id) if on_desk else live_desk.queue(live_id)
    flash(said, "done")
    return make_response(redirect(url_for(".show" if on_desk else ".review", id=live_id)))
