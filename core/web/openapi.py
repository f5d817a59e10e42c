"""OpenAPI 3.1 from what the endpoints declare: nothing is described twice, no route can be forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode
from werkzeug.routing import Rule

from core import permissions
from core.web.api.edge import SAFE, Endpoint
from core.web.api.jobs import JobOut
from core.web.problems import CODES, TITLES

REF = "#/components/schemas/{model}"
PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
PROBLEMS = {
    401: "No account, or a token that is not valid",
    403: "No right to do this",
    404: "Unknown, of another county, not public, or its plugin is switched off: the same answer for all",
    409: "WRONG_STATE, KEY_REUSED, or a rule of the regulation: the first in `code`, all in `errors`",
    410: "Was public and was withdrawn",
    412: "The object changed since it was read; ETag carries the present version",
    413: "Too large or too deeply nested",
    415: "Not application/json (or multipart/form-data for files)",
    422: "The shape is wrong: one entry in `errors` per field",
    428: "If-Match is missing",
    503: "Busy: try again after Retry-After",
}
HEADERS: dict[str, dict[str, Any]] = {
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The `etag` you read, in quotes.",
        "schema": {"type": "string"},
    },
    "IfMatchOptional": {"name": "If-Match", "in": "header", "schema": {"type": "string"}},
    "IfNoneMatch": {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}},
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "The same key and request within 24 hours is answered again (200, Idempotent-Replay: 1).",
        "schema": {"type": "string", "minLength": 16, "maxLength": 64},
    },
    "AcceptLanguage": {
        "name": "Accept-Language",
        "in": "header",
        "description": "zh (default) or en: labels and sentences.",
        "schema": {"type": "string"},
    },
}
PART = re.compile(r"<(?:[^<>:]+:)?([^<>]+)>")


def document(app: Flask) -> dict[str, Any]:
    """The whole document of this installation."""
    rules = list(api_rules(app))
    schemas, definitions = _schemas([endpoint for _, _, endpoint in rules if endpoint])
    paths: dict[str, dict[str, Any]] = {}
    for rule, method, endpoint in rules:
        address = PART.sub(r"{\1}", rule.rule)
        found = _operation(app, rule, endpoint, schemas) if endpoint else _page(rule)
        paths.setdefault(address, {})[method.lower()] = found
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Mingtang",
            "version": "1",
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
            "description": (
                "What staff can do in the console, an integrator can do here, with the same rights and refusals.\n\n"
                "Order of answers: 401, 404, 403, idempotency, 422, 409 WRONG_STATE, 412, 409."
            ),
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "tags": [{"name": name} for name in sorted({_tag(rule) for rule, _, _ in rules})],
        "components": {
            "schemas": {**definitions, "Problem": _problem_schema()},
            "responses": {f"Problem{status}": _problem(text) for status, text in PROBLEMS.items()},
            "parameters": HEADERS,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": app.config["SESSION_COOKIE_NAME"],
                    "description": "The browser session; writes also need X-CSRFToken (see /me).",
                },
            },
        },
    }


def api_rules(app: Flask) -> Iterator[tuple[Rule, str, Endpoint | None]]:
    """Every rule under /api with its method and declaration (None for pages), in order of address."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.rule.startswith("/api/"):
            endpoint = getattr(app.view_functions[rule.endpoint], "endpoint", None)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, endpoint


def _schemas(endpoints: list[Endpoint]) -> tuple[dict[Any, Any], dict[str, Any]]:
    wanted: dict[Any, tuple[Any, JsonSchemaMode, TypeAdapter[Any]]] = {}
    for endpoint in endpoints:
        if endpoint.body:
            wanted[endpoint.body, "validation"] = (endpoint.body, "validation", TypeAdapter(endpoint.body))
        if endpoint.query:
            wanted[endpoint.query, "validation"] = (endpoint.query, "validation", TypeAdapter(endpoint.query))
        if endpoint.answer:
            wanted[endpoint.answer, "serialization"] = (endpoint.answer, "serialization", TypeAdapter(endpoint.answer))
    found, rest = TypeAdapter.json_schemas(wanted.values(), ref_template=REF)
    return found, rest.get("$defs", {})


def _operation(app: Flask, rule: Rule, endpoint: Endpoint, schemas: dict[Any, Any]) -> dict[str, Any]:
    read = bool((rule.methods or set()) & SAFE - {"OPTIONS"})
    either: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]
    operation: dict[str, Any] = {
        "operationId": rule.endpoint,
        "summary": endpoint.summary,
        "tags": [_tag(rule)],
        "parameters": [*_path(rule), *_query(endpoint), *_headers(endpoint, read=read)],
        "responses": _responses(endpoint, schemas, read=read),
        "security": [{}, *either] if endpoint.public else either,
    }
    if endpoint.permission:
        right = app.extensions["mingtang.permissions"].get(endpoint.permission)
        roles = [role for role in permissions.ROLES if right and role in right.roles]
        operation["description"] = f"Right: `{endpoint.permission}` ({', '.join(roles)})."
        operation["x-permission"] = endpoint.permission
    content = _body(endpoint, schemas)
    if content:
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _page(rule: Rule) -> dict[str, Any]:
    answer = {"description": "A page", "content": {"text/html": {"schema": {"type": "string"}}}}
    return {
        "operationId": rule.endpoint,
        "summary": "This documentation",
        "tags": ["api"],
        "responses": {"200": answer},
    }


def _tag(rule: Rule) -> str:
    """The plugin, or the first part of the core's own addresses."""
    parts = [part for part in rule.rule.split("/")[3:] if part and not part.startswith("<")]
    return parts[0] if parts else "api"


def _path(rule: Rule) -> list[dict[str, Any]]:
    names = PART.findall(rule.rule)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query(endpoint: Endpoint) -> list[dict[str, Any]]:
    if not endpoint.query:
        return []
    schema = endpoint.query.model_json_schema(ref_template=REF)
    needed = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": part}
        | ({"description": part["description"]} if "description" in part else {})
        for name, part in schema["properties"].items()
    ]


def _headers(endpoint: Endpoint, *, read: bool) -> list[dict[str, str]]:
    names = ["AcceptLanguage"]
    if read:
        names.append("IfNoneMatch")
    else:
        names.append("IdempotencyKey")
        names += ["IfMatch"] if endpoint.versioned else ["IfMatchOptional"] if endpoint.load else []
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _body(endpoint: Endpoint, schemas: dict[Any, Any]) -> dict[str, Any]:
    if endpoint.multipart:
        fields = {
            name: {"type": "string", "contentMediaType": "application/octet-stream"} for name in endpoint.multipart
        }
        return {
            "multipart/form-data": {
                "schema": {"type": "object", "properties": fields, "required": list(endpoint.multipart)}
            }
        }
    if not endpoint.body:
        return {}
    schema = schemas[endpoint.body, "validation"]
    if endpoint.machine:
        events = {"type": "object", "properties": {"event": {"enum": endpoint.machine.events}}}
        schema = {"allOf": [schema, events]}
    return {"application/json": {"schema": schema}}


def _responses(endpoint: Endpoint, schemas: dict[Any, Any], *, read: bool) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done" if not read else "Found"}
    if endpoint.answer:
        good["content"] = {"application/json": {"schema": schemas[endpoint.answer, "serialization"]}}
    statuses = [404, 503]
    statuses += [] if endpoint.public and read else [401, 403]
    statuses += [409, 413, 422] if not read else [422] if endpoint.query else []
    statuses += [415] if endpoint.body or endpoint.multipart else []
    statuses += [410] if endpoint.may_be_gone else []
    statuses += [412, 428] if endpoint.versioned else [412] if not read and endpoint.load else []
    found = {str(endpoint.status): good}
    if endpoint.may_be_job:
        content = {"application/json": {"schema": schemas[JobOut, "serialization"]}}
        found["202"] = {"description": "Long work: a background job, followed at jobs/<id>", "content": content}
    if read:
        found["304"] = {"description": "You have this version already"}
    return found | {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(statuses)}


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/problem+json": {"schema": PROBLEM_REF}}}


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    many = {"type": "array", "items": text}
    item = {
        "type": "object",
        "properties": {"code": text, "field": text, "article": text, "detail": text, "missing": many},
        "required": ["code", "detail"],
    }
    return {
        "type": "object",
        "description": "RFC 9457, with the regulation's article and every refusal.",
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer", "enum": sorted(TITLES)},
            "code": text | {"examples": [code for code, _ in CODES.values()]},
            "article": text | {"examples": ["会7"]},
            "detail": text,
            "missing": many,
            "errors": {"type": "array", "items": item},
        },
        "required": ["type", "title", "status", "code", "article", "detail", "missing", "errors"],
    }


def body_fields(model: type[BaseModel]) -> dict[str, Any]:
    """The fields of a body for the documentation page: name → schema."""
    schema = model.model_json_schema(ref_template=REF)
    needed = schema.get("required", ())
    return {name: {**part, "required": name in needed} for name, part in schema.get("properties", {}).items()}
