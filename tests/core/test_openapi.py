"""The OpenAPI document: complete, self-contained, true to the routes; the documentation page beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sample.testing import Call, app, call  # noqa: F401

VERBS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def document(call: Call) -> dict[str, Any]:
    answer = call(None, "GET", "/api/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for verb, operation in item.items():
            yield path, verb, operation


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def resolve(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    assert reference.startswith("#/")
    for part in reference[2:].split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return found


def test_every_route_stands_in_it(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        (re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == {(path, verb) for path, verb, _ in operations(document)}
    assert ("/api/v1/{jurisdiction}/sample/things/{id}", "patch") in routes


def test_it_has_the_shape_of_openapi_3_1(document: dict[str, Any]) -> None:
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert {"title", "version"} <= set(document["info"])
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    declared = {tag["name"] for tag in document["tags"]}
    schemes = set(document["components"]["securitySchemes"])
    for path, verb, operation in operations(document):
        assert path.startswith("/")
        assert verb in VERBS
        assert operation["summary"]
        assert set(operation["tags"]) <= declared
        assert operation["responses"]
        assert all(re.fullmatch(r"[1-5]\d\d", status) for status in operation["responses"])
        assert all(one.get("description") or "$ref" in one for one in operation["responses"].values())
        assert all(set(choice) <= schemes for choice in operation.get("security", []))
    for name in (name for kind in document["components"].values() for name in kind):
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name)


def test_parameters_are_declared_once_and_truly(document: dict[str, Any]) -> None:
    for path, _verb, operation in operations(document):
        parameters = [
            resolve(document, one["$ref"]) if "$ref" in one else one for one in operation.get("parameters", [])
        ]
        keys = [(one["in"], one["name"]) for one in parameters]
        assert len(keys) == len(set(keys))
        assert {name for place, name in keys if place == "path"} == set(re.findall(r"{([^}]+)}", path))
        for one in parameters:
            assert one["in"] in {"path", "query", "header"}
            assert "schema" in one
            assert one.get("required") or one["in"] != "path"


def test_what_may_be_withdrawn_says_so(document: dict[str, Any]) -> None:
    assert "410" in document["paths"]["/api/v1/{jurisdiction}/publications/{id}"]["get"]["responses"]


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = set(references(document))
    assert found
    for reference in found:
        assert isinstance(resolve(document, reference), dict)


def test_an_operation_says_what_it_wants(document: dict[str, Any]) -> None:
    change = document["paths"]["/api/v1/{jurisdiction}/sample/things/{id}"]["patch"]
    assert {"401", "403", "404", "409", "412", "413", "415", "422", "428", "503"} <= set(change["responses"])
    assert {"$ref": "#/components/parameters/IfMatch"} in change["parameters"]
    assert change["x-permission"] == "sample.edit"
    assert change["security"] == [{"token": []}, {"session": []}]
    move = document["paths"]["/api/v1/{jurisdiction}/sample/things/{id}/transitions"]["post"]
    schema = move["requestBody"]["content"]["application/json"]["schema"]
    assert schema["allOf"][1]["properties"]["event"]["enum"] == ["submit", "approve", "return"]
    listing = document["paths"]["/api/v1/{jurisdiction}/sample/things"]["get"]
    assert {one["name"] for one in listing["parameters"] if "name" in one} == {
        "jurisdiction", "after", "limit", "modified_since",
    }  # fmt: skip
    assert listing["security"][0] == {}


def test_the_page_shows_every_operation_and_code(call: Call, document: dict[str, Any]) -> None:
    page = call(None, "GET", "/api/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    text = page.get_data(as_text=True)
    for path, verb, _ in operations(document):
        if path != "/api/docs":
            assert f"<code>{verb.upper()} {path}</code>" in text
    for code in ("NOT_FOUND", "KEY_REUSED", "WRONG_STATE", "COUNT_MISSING", "OWN_APPROVAL"):
        assert f'id="{code}"' in text
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text)
    assert "<script" not in text
    assert " style=" not in text
