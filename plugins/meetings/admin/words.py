"""The form's fields in words: labels, faults as links to their field, and two versions side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.languages import listed
from core.refusals import Refusal
from plugins.meetings.admin.typed import Typed, content
from plugins.meetings.values import CATEGORIES, FORMS, MATERIAL_KINDS, OPENNESS, SUBJECT_CLASSES

FIELDS: dict[str, Any] = {
    "title": _l("议题名称"),
    "matter": _l("所属事项"),
    "agency": _l("申报单位"),
    "subject_class": _l("事项类别"),
    "openness": _l("开放程度"),
    "openness_ground": _l("不开放或部分开放的依据"),
    "secrecy_clearance": _l("保密核签"),
    "forms": _l("开放形式"),
    "organisation_form": _l("会议组织形式"),
    "participation_mode": _l("公众参与方式"),
    "invitees": _l("邀请人员名单"),
    "quotas": _l("各类代表最少人数"),
    "needs_participation": _l("需要公众知晓和参与"),
    "hearing_required": _l("依法应当听证"),
    "materials": _l("会议材料"),
    "important": _l("重要议题"),
    "reason": _l("理由"),
    "name": _l("姓名"),
    "category": _l("类别"),
    "organisation": _l("单位"),
    "contact": _l("联系方式"),
    "represents": _l("代表方面"),
    "file": _l("文件"),
    "opinions": _l("意见"),
    "text": _l("意见内容"),
    "count": _l("条数"),
    "adopted": _l("是否采纳"),
}
TARGETS = {
    "forms": "forms-invitation",
    "subject_class": "subject_class-urban_planning",
    "openness": "openness-open",
    "secrecy_clearance": "clearance",
}
LISTS = ("forms", "invitees", "materials")


def faults(errors: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Every fault of a form as `error_summary` lists it: «第 2 行 姓名：没有填写» with the field it leads to."""
    found = {name: " ".join(map(str, sentences)) for name, sentences in errors.items()}
    return [
        {"text": _("%(field)s：%(fault)s", field=label(name), fault=fault), "target": target(name)}
        for name, fault in found.items()
    ]


def label(name: str) -> str:
    """A field's name as the page shows it, with its row where it stands in one."""
    first, *rest = re.split(r"[.\[\]]+", name.rstrip("]"))
    shown = str(FIELDS.get(first, first))
    if first == "quotas" and rest:
        return f"{shown} {CATEGORIES.get(rest[0], rest[0])}"
    if not rest or not rest[0].isdigit():
        return shown
    row = _("%(list)s第 %(n)s 行", list=shown, n=int(rest[0]) + 1)
    return f"{row} {FIELDS.get(rest[-1], '')}".strip() if len(rest) > 1 else str(row)


def target(name: str) -> str:
    """The id of a field's control."""
    if name.startswith("quotas."):
        return name.replace("quotas.", "quota-")
    return TARGETS.get(name) or re.sub(r"[.\[\]]+", "-", name).strip("-")


def missing(refusals: Iterable[Refusal]) -> list[dict[str, Any]]:
    """What is still missing by which article; each `fields` entry leads to where it is filled in."""
    found = []
    for refusal in refusals:
        fields = _fields(refusal)
        line = {"text": refusal.detail, "article": refusal.article, "target": fields[0]["target"] if fields else ""}
        found.append(line | {"fields": fields if len(fields) > 1 else []})
    return found


def _fields(refusal: Refusal) -> list[dict[str, Any]]:
    if refusal.code == "REASON_MISSING":
        return [{"label": MATERIAL_KINDS["adoption_summary"], "target": "material-adoption_summary"}]
    found = []
    for name in refusal.missing:
        if name in MATERIAL_KINDS:
            found.append({"label": MATERIAL_KINDS[name], "target": f"material-{name}"})
        else:
            first = name.partition(".")[0]
            found.append({"label": FIELDS.get(first, first), "target": target(first)})
    return found


# --- two versions -----------------------------------------------------------------------------------


def differences(mine: Typed, now: Typed, matters: Mapping[str, str]) -> list[dict[str, Any]]:
    """The fields in which two versions of a form differ, as {label, mine, now} in words."""
    left, right = content(mine), content(now)
    names = dict.fromkeys([*left, *right])
    changed = {"materials" if name == "digests" else name for name in names if left.get(name) != right.get(name)}
    return [
        {"label": FIELDS[name], "mine": said(name, mine[name], matters), "now": said(name, now[name], matters)}
        for name in names
        if name in changed
    ]


def said(name: str, value: Any, matters: Mapping[str, str]) -> str:
    """A field's value in words, lines parted by line ends; empty values say so."""
    match name:
        case "subject_class" | "openness":
            text = str((SUBJECT_CLASSES | OPENNESS).get(value, value))
        case "matter":
            text = matters.get(value, value) or _("新建事项（与议题同名）")
        case "needs_participation" | "hearing_required" | "important":
            text = _("是") if value == "yes" else _("否")
        case "forms":
            text = str(listed(FORMS.get(form, form) for form in value))
        case "quotas":
            text = str(listed(f"{CATEGORIES.get(kind, kind)} {count}" for kind, count in value.items()))
        case "invitees":
            text = "\n".join(_person(row) for row in value)
        case "materials":
            text = "\n".join(_document(row) for row in value)
        case _:
            text = str(value)
    return text or _("（空）")


def _person(row: Mapping[str, str]) -> str:
    category = str(CATEGORIES.get(row["category"], row["category"]))
    facts = [category, row["organisation"], row["contact"], row["represents"]]
    return str(_("%(name)s（%(facts)s）", name=row["name"], facts=listed(fact for fact in facts if fact)))


def _document(row: Mapping[str, Any]) -> str:
    kind = MATERIAL_KINDS.get(row["kind"], row["kind"])
    head = _("%(kind)s：%(title)s", kind=kind, title=f"{row['title']} {row['filename']}".strip())
    return "\n".join([head, *(f"– {group['text']} × {group['count']} {group['reason']}" for group in row["opinions"])])
