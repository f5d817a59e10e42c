"""The form of a meeting: typed text as the API's fields, a meeting as typed text, two versions side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from pydantic import BaseModel
from werkzeug.datastructures import MultiDict

from core.refusals import Invalid
from core.web.admin.forms import parse
from core.workdays import LOCAL
from plugins.meetings.models import Meeting

LABELS: dict[str, Any] = {
    "kind": _l("会议类别"),
    "title": _l("会议名称"),
    "starts_at": _l("开始时间"),
    "place": _l("地点"),
    "agency": _l("召集单位"),
    "open_to_public": _l("是否开放"),
    "openness_note": _l("开放决定的说明"),
}
OPENNESS: dict[str, Any] = {"yes": _l("开放"), "no": _l("不开放（仅专题会议可以）")}
ZONE = "+08:00"
M = TypeVar("M", bound=BaseModel)


def read(model: type[M], values: Mapping[str, Any]) -> M:
    """The typed values as the API's model; a time that cannot be read is asked for in the words of the form.

    Raises:
        Invalid: field → sentences.
    """
    try:
        return parse(model, values)
    except Invalid as no:
        if "starts_at" in no.errors and not _is_time(values["starts_at"]):
            no.errors["starts_at"] = [_l("请填写开始时间。")]
        raise


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def new_values(form: MultiDict[str, str]) -> dict[str, Any]:
    """A form as `MeetingIn` reads it; fields left empty are not sent, the agenda is in the order of its numbers."""
    values = {name: text for name in ("title", "agency") if (text := form.get(name, "").strip())}
    return values | _common(form) | {"kind": form.get("kind", ""), "agenda": agenda_of(form)}


def changes(form: MultiDict[str, str]) -> dict[str, Any]:
    """A form as `MeetingPatch` reads it."""
    return _common(form) | {"title": form.get("title", "")}


def agenda_of(form: MultiDict[str, str]) -> list[str]:
    """The items that carry a number, by number; equal numbers in the order of the page."""
    numbers = {name.removeprefix("order-"): text.strip() for name, text in form.items() if name.startswith("order-")}
    chosen = [(int(text) if text.isdecimal() else 1_000_000, ident) for ident, text in numbers.items() if text]
    return [ident for _number, ident in sorted(chosen, key=lambda pair: pair[0])]


def typed_of(meeting: Meeting) -> dict[str, Any]:
    """A meeting as its edit form begins."""
    return {
        "title": meeting.title,
        "starts_at": f"{meeting.starts_at.astimezone(LOCAL):%Y-%m-%dT%H:%M}",
        "place": meeting.place,
        "open_to_public": "yes" if meeting.open_to_public else "no",
        "openness_note": meeting.openness_note,
    }


def differences(meeting: Meeting, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Field by field where the meeting now differs from what was typed: label, now, mine."""
    now = typed_of(meeting)
    changed = [name for name in now if str(typed.get(name, now[name])).strip() != now[name]]
    return [
        {"label": LABELS[name], "now": _said(name, now[name]), "mine": _said(name, typed[name])} for name in changed
    ]


def _said(name: str, value: str) -> str:
    if name == "open_to_public":
        return str(OPENNESS.get(value, value))
    return value.replace("T", " ") if name == "starts_at" else value


def _common(form: MultiDict[str, str]) -> dict[str, Any]:
    starts_at = form.get("starts_at", "").strip()
    return {
        "starts_at": starts_at + ZONE if starts_at else "",
        "place": form.get("place", "").strip(),
        "open_to_public": form.get("open_to_public", "yes") != "no",
        "openness_note": form.get("openness_note", "").strip(),
    }
