"""/api/openapi.json and /api/docs: the document, and a page a person reads, both made from the declarations."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, cast

from flask import Flask, Response, current_app, render_template
from flask_babel import gettext

from core import permissions
from core.web import openapi
from core.web.api import Api
from core.web.problems import CODES

api = Api("api", __name__)
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def init_app(app: Flask) -> None:
    """Mount both addresses."""
    app.register_blueprint(api, url_prefix="/api")


@api.get("/openapi.json", public=True, summary="This API as OpenAPI 3.1")
def document() -> Response:
    """Made once per process."""
    kept = current_app.extensions
    if "mingtang.openapi" not in kept:
        kept["mingtang.openapi"] = json.dumps(
            openapi.document(cast(Flask, current_app._get_current_object())),  # type: ignore[attr-defined]  # noqa: SLF001
            ensure_ascii=False,
        )
    return Response(
        kept["mingtang.openapi"], content_type="application/json", headers={"Cache-Control": "public, max-age=60"}
    )


@api.route("/docs")
def docs() -> str:
    """The page."""
    entries = [_entry(rule, method, spec) for rule, method, spec in openapi.api_rules(current_app) if spec]
    entries.sort(key=lambda entry: (entry["tag"], entry["address"]))
    groups = [(tag, list(found)) for tag, found in groupby(entries, key=lambda entry: entry["tag"])]
    return render_template("api/docs.html", groups=groups, codes=_codes(), problems=openapi.PROBLEMS)


def _entry(rule: Any, method: str, spec: Any) -> dict[str, Any]:
    right = permissions.registered().get(spec.permission or "")
    return {
        "tag": openapi._tag(rule),  # noqa: SLF001
        "id": f"{rule.endpoint}",
        "method": method,
        "address": openapi.PART.sub(r"{\1}", rule.rule),
        "summary": spec.summary,
        "public": spec.public,
        "right": right.label if right else "",
        "roles": [permissions.ROLES[role] for role in right.roles if role in permissions.ROLES] if right else [],
        "versioned": spec.versioned,
        "multipart": spec.multipart,
        "events": _events(spec.machine),
        "query": _fields(spec.query),
        "body": _fields(spec.body),
        "answer": [{**row, "required": False} for row in _fields(spec.answer)],
    }


def _fields(model: Any) -> list[dict[str, Any]]:
    if not (isinstance(model, type) and hasattr(model, "model_json_schema")):
        return []
    return [
        {"name": name, "kind": _kind(part), "required": part["required"], "note": part.get("description", "")}
        for name, part in openapi.body_fields(model).items()
    ]


def _kind(part: dict[str, Any]) -> str:
    """A schema in a word or two."""
    if "anyOf" in part:
        return " | ".join(_kind(option) for option in part["anyOf"])
    if "enum" in part:
        return " | ".join(map(str, part["enum"]))
    if "const" in part:
        return str(part["const"])
    if part.get("type") == "array":
        return f"[{_kind(part.get('items', {}))}]"
    if "$ref" in part:
        return str(part["$ref"]).rpartition("/")[2]
    return str(part.get("format") or part.get("type") or "any")


def _events(machine: Any) -> list[tuple[str, Any]]:
    if machine is None:
        return []
    return [(event, next(row.label for row in machine.rows if row.event == event)) for event in machine.events]


# --- codes -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Code:
    """A refusal as the source states it: code, sentence (msgid), article."""

    code: str
    sentence: str
    article: str = ""


def _codes() -> list[dict[str, str]]:
    rows = {code: {"code": code, "sentence": str(text), "article": ""} for code, text in CODES.values()}
    for folder in _folders():
        for found in _refusals(folder):
            text = PLACEHOLDER.sub("…", gettext(found.sentence)) if found.sentence else ""
            rows.setdefault(found.code, {"code": found.code, "sentence": text, "article": found.article})
    return sorted(rows.values(), key=lambda row: row["code"])


def _folders() -> list[Path]:
    manager = current_app.extensions["mingtang.plugins"].manager
    modules = [module for _, module in manager.list_name_plugin() if getattr(module, "__file__", None)]
    return [Path(__file__).parent.parent, *(Path(module.__file__).parent for module in modules)]


@cache
def _refusals(folder: Path) -> tuple[Code, ...]:
    """Every `Refusal("CODE", …)` and `Problem(status, "CODE", …)` in a package's source."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.py")))
    return tuple(code for tree in trees for code in _in_tree(tree))


def _in_tree(tree: ast.AST) -> Iterator[Code]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            skip = {"Refusal": 0, "Problem": 1}.get(node.func.id)
            values = [_constant(item) for item in node.args]
            if skip is not None and len(values) > skip and values[skip].isupper():
                rest = [*values[skip + 1 :], "", ""]
                yield Code(values[skip], rest[0], rest[1] if skip == 0 else "")


def _constant(node: ast.AST) -> str:
    """The literal text of an argument, also inside `_("…")`; "" for anything else."""
    if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name):
        return _constant(node.args[0])
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
