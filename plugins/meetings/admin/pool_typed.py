"""The form of a pool entry as it was typed, and the filters of the pool as they stand in the address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from core.refusals import Invalid
from plugins.meetings.models import Representative
from plugins.meetings.services.representatives import SORTS, Wanted
from plugins.meetings.values import CATEGORIES

TEXTS = ("name", "organisation", "contact", "speciality", "region", "trade", "renewal_due")
ASKED = ("q", "category", "region", "speciality", "state", "due", "sort")
TERM = ("category", "begins", "ends")
SPARE_ROWS = 2
Typed = dict[str, Any]
LABELS: dict[str, Any] = {
    "name": _l("姓名"),
    "organisation": _l("单位"),
    "contact": _l("联系方式"),
    "speciality": _l("专长"),
    "region": _l("区域"),
    "trade": _l("行业"),
    "publish_name": _l("同意公布姓名"),
    "renewal_due": _l("续聘期限"),
    "terms": _l("任期"),
    "category": _l("类别"),
    "from": _l("开始"),
    "until": _l("届满"),
}


def wanted(args: Mapping[str, str], sort: str = "name") -> Wanted:
    """The filters of an address; `sort` where it names none that exists."""
    given = {name: args.get(name, "").strip()[:200] for name in ASKED[:5]}
    asked = args.get("sort", "")
    return Wanted(**given, due=bool(args.get("due")), sort=asked if asked in SORTS else sort)


def narrowed(args: Mapping[str, str]) -> dict[str, Any]:
    """Those filters of an address that are set, for links that keep them."""
    return {name: args[name] for name in ASKED if args.get(name)}


def blank() -> Typed:
    """A new form."""
    return dict.fromkeys(TEXTS, "") | {"publish_name": "", "terms": []}


def of_person(person: Representative) -> Typed:
    """The form of a stored entry."""
    typed: Typed = {name: str(getattr(person, name)) for name in TEXTS}
    terms = [
        {"category": row.category, "begins": row.begins.isoformat(), "ends": row.ends.isoformat() if row.ends else ""}
        for row in person.terms
    ]
    return typed | {"publish_name": "yes" if person.publish_name else "", "terms": terms}


def from_request(form: MultiDict[str, str]) -> Typed:
    """What was sent; terms that are empty or ticked for removal are gone."""
    typed: Typed = {name: form.get(name, "").strip() for name in TEXTS}
    typed["publish_name"] = "yes" if form.get("publish_name") else ""
    numbers = sorted({int(found[1]) for key in form if (found := re.match(r"terms-(\d{1,3})-", key))})
    rows = [
        {name: form.get(f"terms-{n}-{name}", "").strip() for name in TERM}
        for n in numbers
        if not form.get(f"terms-{n}-remove")
    ]
    return typed | {"terms": [row for row in rows if any(row.values())]}


def payload(typed: Typed) -> dict[str, Any]:
    """As the API takes an entry; what was left empty is missing where it must not be."""
    texts = {name: typed[name] for name in TEXTS if typed[name] or name != "renewal_due"}
    names = {"category": "category", "begins": "from", "ends": "until"}
    terms = [{names[name]: value for name, value in row.items() if value} for row in typed["terms"]]
    return texts | {"publish_name": typed["publish_name"] == "yes"} | ({"terms": terms} if terms else {})


def rows_to_show(typed: Typed) -> list[dict[str, str]]:
    """The terms and two empty rows."""
    return [*typed["terms"], *(dict.fromkeys(TERM, "") for _ in range(SPARE_ROWS))]


def faults(no: Invalid) -> list[dict[str, Any]]:
    """Every fault with its field as the page names it, and the row of a term."""
    return [
        {"text": _("%(field)s：%(fault)s", field=_label(name), fault=said), "target": _target(name)}
        for name, found in no.errors.items()
        for said in found
    ]


def differences(mine: Typed, now: Typed) -> list[dict[str, Any]]:
    """The fields in which two versions differ, in words."""
    return [
        {"label": LABELS[name], "mine": _said(name, mine[name]), "now": _said(name, now[name])}
        for name in (*TEXTS, "publish_name", "terms")
        if mine[name] != now[name]
    ]


def _said(name: str, value: Any) -> str:
    if name == "terms":
        return "\n".join(f"{CATEGORIES.get(row['category'], '')} {row['begins']} – {row['ends']}" for row in value)
    if name == "publish_name":
        return str(_("是") if value else _("否"))
    return str(value) or _("（空）")


def _label(name: str) -> str:
    first, *rest = re.split(r"[.\[\]]+", name.rstrip("]"))
    shown = str(LABELS.get(first, first))
    if not rest or not rest[0].isdigit():
        return shown
    row = _("%(list)s第 %(n)s 行", list=shown, n=int(rest[0]) + 1)
    return f"{row} {LABELS.get(rest[-1], '')}".strip()


def _target(name: str) -> str:
    return re.sub(r"[.\[\]]+", "-", name).strip("-").replace("-from", "-begins").replace("-until", "-ends")
