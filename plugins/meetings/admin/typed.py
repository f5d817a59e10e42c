"""The application form as it was typed: read from a request or a stored draft, shown again whatever stands in it.

`typed` is a mapping with the names of `forms.ApplicationIn`; every value is text as the browser sends it, lists are
lists of such mappings. Rows nobody filled in are not in it; `rows_to_show` adds the empty ones a page offers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from core import storage
from core.models import Attachment
from core.refusals import NotFound
from core.web.api import bodies
from core.web.requests import actor
from plugins.meetings import quotas
from plugins.meetings.eligibility import recused
from plugins.meetings.forms import ApplicationIn, ApplicationMove
from plugins.meetings.models import AgendaApplication, Invitation, Material
from plugins.meetings.quotas import Tally
from plugins.meetings.values import CATEGORIES, MATERIAL_KINDS

TEXTS = (
    "title", "matter", "agency", "subject_class", "openness", "openness_ground", "organisation_form",
    "participation_mode",
)  # fmt: skip
YES_NO = ("needs_participation", "hearing_required", "important")
INVITEE = ("name", "category", "organisation", "contact", "represents")
OPINION = ("text", "count", "adopted", "reason")
ITEM = ("title", "subject_class", "openness", "openness_ground", *YES_NO)
PLAN = ("forms", "organisation_form", "participation_mode", "quotas", "invitees")
SPARE_ROWS = 3
MOST_ROWS = 200
"""People a form shows row by row; a longer list stays as it is and is added to from files and the pool."""
Typed = dict[str, Any]


def blank() -> Typed:
    """A new form: open unless somebody gives a ground for less (会2)."""
    empty: Typed = dict.fromkeys(TEXTS, "") | dict.fromkeys(YES_NO, "no")
    return empty | {"openness": "open", "forms": [], "quotas": {}, "invitees": [], "materials": []}


def of_item(item: AgendaApplication) -> Typed:
    """The form of a stored application; who is recused from it is no longer proposed (会3)."""
    out = recused(item)
    typed: Typed = {name: getattr(item, name) for name in TEXTS if name not in {"matter", "agency"}}
    typed |= {name: "yes" if getattr(item, name) else "no" for name in YES_NO}
    return typed | {
        "matter": item.matter_id,
        "agency": item.agency_id or "",
        "forms": list(item.forms),
        "quotas": {name: str(count) for name, count in item.quotas.items()},
        "invitees": [_invitee(row) for row in item.invitees if (row.name, row.organisation) not in out],
        "materials": [_material(row) for row in item.materials],
    }


def from_request(
    form: MultiDict[str, str], files: Mapping[int, Attachment] | None = None, item: AgendaApplication | None = None
) -> Typed:
    """What was sent; rows that are ticked for removal or empty are gone. `files`: what came with a material's row.

    A list too long for the form stays as `item` has it (`invitees-kept`), or goes as a whole (`invitees-clear`).
    """
    typed: Typed = {name: _lines(form.get(name, "")) for name in TEXTS}
    typed |= {name: "yes" if form.get(name) == "yes" else "no" for name in YES_NO}
    invitees = [row for row in _rows(form, "invitees", INVITEE).values() if any(row.values())]
    if item and form.get("invitees-kept") and not form.get("invitees-clear"):
        invitees = of_item(item)["invitees"]
    return typed | {
        "forms": form.getlist("forms"),
        "quotas": {name: count for name in CATEGORIES if (count := form.get(f"quota-{name}", "").strip())},
        "invitees": invitees,
        "materials": _materials(form, files or {}),
    }


def model(typed: Typed) -> ApplicationIn:
    """As the API takes an application, every field of the form named; raises Invalid."""
    return bodies.validate(ApplicationIn, _clean(_payload(typed) | _named(typed, "agency")), strict=False)


def plan_model(typed: Typed, reason: str) -> ApplicationMove:
    """As the API takes a change of plan; raises Invalid."""
    payload = {name: value for name, value in _payload(typed).items() if name in PLAN}
    return bodies.validate(ApplicationMove, _clean(payload | {"event": "change_plan", "reason": reason}), strict=False)


def content(typed: Typed) -> dict[str, Any]:
    """What the form says, in a shape two forms can be compared by."""
    digests = [row["digest"] for row in typed["materials"]]
    materials = [_material_payload(row | {"file": ""}) for row in typed["materials"]]
    return _payload(typed) | {"digests": digests, "materials": materials}


# --- what a page shows ------------------------------------------------------------------------------


def rows_to_show(typed: Typed, *, more: bool = False) -> list[dict[str, str]]:
    """The invited list and empty rows to fill in, three, ten more when asked for; nothing of a list too long for it."""
    if len(typed["invitees"]) > MOST_ROWS:
        return []
    spare = 10 if more else SPARE_ROWS
    return [*typed["invitees"], *(dict.fromkeys(INVITEE, "") for _ in range(spare))]


def tally(typed: Typed) -> Tally:
    """The quotas as the page shows them first: rows with a name and a category count."""
    return quotas.tally((row["category"] for row in typed["invitees"] if row["name"]), typed["quotas"])


def slots(typed: Typed, *, more: bool = False) -> list[tuple[str, list[tuple[int, dict[str, Any]]]]]:
    """The materials by kind, in the order of the regulation, with their row numbers; each kind offers an empty row."""
    numbered = list(enumerate(typed["materials"]))
    free = len(numbered)
    found = []
    for kind in MATERIAL_KINDS:
        mine = [(n, row) for n, row in numbered if row["kind"] == kind]
        if not mine or more or kind == "other":
            mine.append((free, empty_material(kind)))
            free += 1
        found.append((kind, mine))
    return found


def empty_material(kind: str) -> dict[str, Any]:
    """A row to fill in."""
    return {"kind": kind, "title": "", "file": "", "filename": "", "digest": "", "opinions": [], "restricted": ""}


# --- inside -----------------------------------------------------------------------------------------


def _payload(typed: Typed) -> dict[str, Any]:
    named = {name: typed[name] for name in ("matter", "subject_class", "openness") if typed[name]}
    return named | {
        "title": typed["title"],
        "openness_ground": typed["openness_ground"],
        "organisation_form": typed["organisation_form"],
        "participation_mode": typed["participation_mode"],
        **{name: typed[name] == "yes" for name in YES_NO},
        "forms": typed["forms"],
        "quotas": typed["quotas"],
        "invitees": [_invitee_payload(row) for row in typed["invitees"]],
        "materials": [_material_payload(row) for row in typed["materials"]],
    }


def _invitee_payload(row: Mapping[str, str]) -> dict[str, str]:
    """Without the empty fields, but for the name: a category nobody chose is missing, not wrong."""
    return {name: value for name, value in row.items() if value or name == "name"}


def _material_payload(row: Mapping[str, Any]) -> dict[str, Any]:
    title = row["title"] or row["filename"].rpartition(".")[0] or str(MATERIAL_KINDS.get(row["kind"], ""))
    groups = [group | {"adopted": group["adopted"] == "yes"} for group in row["opinions"]]
    file = {"file": row["file"]} if row["file"] else {}
    return {"kind": row["kind"], "title": title, "opinions": groups, "restricted": row["restricted"] == "yes"} | file


def _named(typed: Typed, name: str) -> dict[str, str]:
    return {name: typed[name]} if typed[name] else {}


def _clean(value: dict[str, Any]) -> dict[str, Any]:
    cleaned: dict[str, Any] = bodies.Cleaner().clean(value, 0, "")
    return cleaned


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _rows(form: MultiDict[str, str], prefix: str, names: Sequence[str]) -> dict[int, dict[str, Any]]:
    """Numbered rows `<prefix>-<n>-<name>` in their order, without those ticked for removal."""
    pattern = re.compile(rf"{re.escape(prefix)}-(\d{{1,4}})-")
    numbers = sorted({int(found[1]) for key in form if (found := pattern.match(key))})
    return {
        n: {name: _lines(form.get(f"{prefix}-{n}-{name}", "")) for name in names}
        for n in numbers
        if not form.get(f"{prefix}-{n}-remove")
    }


def _materials(form: MultiDict[str, str], files: Mapping[int, Attachment]) -> list[dict[str, Any]]:
    found = []
    for n, row in _rows(form, "materials", ("kind", "title", "file", "restricted")).items():
        groups = _rows(form, f"materials-{n}-opinions", OPINION).values()
        opinions = [group for group in groups if group["text"] or group["count"] or group["reason"]]
        file = _file(files[n].id if n in files else row["file"])
        if row["title"] or file["file"] or opinions:
            found.append(row | file | {"opinions": opinions})
    return found


def _invitee(row: Invitation) -> dict[str, str]:
    return {name: getattr(row, name) for name in INVITEE}


def _material(row: Material) -> dict[str, Any]:
    groups = [
        {"text": str(group.get("text", "")), "count": str(group.get("count", "")),
         "adopted": "yes" if group.get("adopted") else "no", "reason": str(group.get("reason") or "")}
        for group in row.opinions
    ]  # fmt: skip
    return {
        "kind": row.kind,
        "title": row.title,
        "file": row.attachment_id or "",
        "filename": row.attachment.filename if row.attachment else "",
        "digest": row.attachment.sha256 if row.attachment else "",
        "restricted": "yes" if row.restricted else "",
        "opinions": groups,
    }


def _file(ident: str) -> dict[str, str]:
    """A file's name and digest; one the reader may not open keeps its id, so that the service names the fault."""
    try:
        found = storage.open_for(actor(), ident).attachment
    except NotFound:
        return {"file": ident, "filename": "", "digest": ident}
    return {"file": ident, "filename": found.filename, "digest": found.sha256}
