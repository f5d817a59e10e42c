"""The form of a sign-up call: typed text as the API's fields, a call as typed text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from core.languages import listed
from core.workdays import LOCAL
from plugins.meetings.admin.meeting_form import ZONE
from plugins.meetings.models import SignupCall
from plugins.meetings.services import signup_calls
from plugins.meetings.values import CATEGORIES, SIGNUP_METHODS

LABELS: dict[str, Any] = {
    "method": _l("产生方式"),
    "seats": _l("总名额"),
    "quotas": _l("各类保留名额"),
    "categories": _l("可以报名的类别"),
    "audience": _l("报名条件"),
    "opens_at": _l("报名开始"),
    "closes_at": _l("报名截止"),
    "reason": _l("理由"),
} | {f"quotas.{name}": label for name, label in CATEGORIES.items()}
TIMES = ("opens_at", "closes_at")


def typed_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a call (`signup_calls.proposed`, or of a stored one) as the form begins."""
    shown = {name: values[name] for name in ("method", "seats", "categories", "audience")}
    quotas = {f"quota-{name}": count for name, count in values["quotas"].items()}
    return shown | quotas | {name: _local(values[name]) for name in TIMES}


def stored(call: SignupCall) -> dict[str, Any]:
    """A call's values."""
    return {name: getattr(call, name) for name in signup_calls.FIELDS}


def from_request(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed, as the template shows it again."""
    return form.to_dict() | {"categories": form.getlist("categories")}


def payload(form: MultiDict[str, str]) -> dict[str, Any]:
    """A form as `SignupCallPatch` reads it; empty fields are missing, empty quotas nothing."""
    given: dict[str, Any] = {
        name: text for name in ("method", "seats", "audience") if (text := form.get(name, "").strip())
    }
    given |= {name: text + ZONE for name in TIMES if (text := form.get(name, "").strip())}
    quotas = {name: text for name in CATEGORIES if (text := form.get(f"quota-{name}", "").strip())}
    return given | {"categories": form.getlist("categories"), "quotas": quotas}


def differences(call: SignupCall, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Field by field where the call now differs from what was typed: label, now, mine."""
    now = _said(typed_of(stored(call)))
    mine = _said(typed)
    return [{"label": LABELS[name], "now": now[name], "mine": mine[name]} for name in now if now[name] != mine[name]]


def _said(typed: Mapping[str, Any]) -> dict[str, str]:
    """The form in words."""
    kept = {name: str(typed.get(f"quota-{name}") or "").strip() for name in CATEGORIES}
    return {
        "method": str(SIGNUP_METHODS.get(typed.get("method", ""), "")),
        "seats": str(typed.get("seats", "")),
        "categories": str(listed(CATEGORIES[name] for name in CATEGORIES if name in typed.get("categories", ()))),
        "quotas": str(listed(f"{CATEGORIES[name]} {count}" for name, count in kept.items() if count)),
        "audience": str(typed.get("audience", "")).replace("\r\n", "\n").strip(),
        **{name: str(typed.get(name, "")).replace("T", " ") for name in TIMES},
    }


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(LOCAL):%Y-%m-%dT%H:%M}" if at else ""
