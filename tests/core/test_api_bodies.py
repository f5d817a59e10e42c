"""What may be sent: content type, JSON, text, numbers, times; and how a fault is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sample.testing import Call, app, call, here, organiser  # noqa: F401

from core.permissions import Actor
from core.web.api.bodies import MAX_DEPTH, MAX_JSON_BYTES

JSON = {"Content-Type": "application/json"}
DEEP = b'{"title":' + b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1) + b"}"


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"{", 422, "MALFORMED_JSON"),
        (b"nonsense", 422, "MALFORMED_JSON"),
        (b'{"title": "a\xff"}', 422, "MALFORMED_JSON"),
        (b'{"count": NaN}', 422, "MALFORMED_JSON"),
        (b'{"count": -Infinity}', 422, "MALFORMED_JSON"),
        (b'{"title": "a", "title": "b"}', 422, "MALFORMED_JSON"),
        (b'{"title": "a", "count": 1' + b"0" * 5000 + b"}", 422, "MALFORMED_JSON"),
        (b'{"title": "a", "count": 1e999}', 422, "INVALID"),
        (b'{"title": "a", "count": 99999999999999999999}', 422, "INVALID"),
        (b"[]", 422, "INVALID"),
        (b"null", 422, "INVALID"),
        (b"7", 422, "INVALID"),
        (b"", 422, "INVALID"),
        (DEEP, 413, "TOO_DEEP"),
        (b"[" * 100_000, 413, "TOO_DEEP"),
        (b'{"title": [' + b"1," * 900_000 + b"1]}", 413, "TOO_DEEP"),
        (b'{"title": "' + b"a" * MAX_JSON_BYTES + b'"}', 413, "TOO_LARGE"),
    ],
)
def test_json_that_is_refused(call: Call, organiser: Actor, raw: bytes, status: int, code: str) -> None:
    answer = call(organiser, "POST", "sample/things", data=raw, headers=JSON)
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json


def test_fields_that_are_not_there_are_listed_as_missing(call: Call, organiser: Actor) -> None:
    answer = call(organiser, "POST", "sample/things", json={"count": "x"})
    assert (answer.status_code, answer.json["missing"]) == (422, ["title"])
    assert {error["field"] for error in answer.json["errors"]} == {"title", "count"}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_content_type_is_refused_with_a_sentence(call: Call, organiser: Actor, kind: str) -> None:
    answer = call(organiser, "POST", "sample/things", data=b'{"title": "a"}', headers={"Content-Type": kind})
    assert (answer.status_code, answer.json["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert "application/json" in answer.json["detail"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "a\x00b", "控制字符"),
        ("title", "a\tb", "控制字符"),
        ("title", "a\rb", "控制字符"),
        ("title", "a\x85b", "控制字符"),
        ("title", "a\ud800", "控制字符"),
        ("title", 7, "文字"),
        ("title", None, "文字"),
        ("title", "", "至少 1 个字"),
        ("title", "字" * 11, "最多 10 个字"),
        ("count", "1", "整数"),
        ("count", True, "整数"),
        ("count", 1.5, "整数"),
        ("count", 101, "超出范围"),
        ("kind", "c", "只能是"),
        ("at", "2026-11-24T09:00:00", "时区"),
        ("at", "yesterday", "时间"),
        ("at", "0001-01-01T00:00:00+08:00", "1900"),
        ("at", "9999-12-31T23:59:59-08:00", "1900"),
        ("at", 1764000000, "时间"),
        ("parts", {}, "列表"),
        ("parts", [{"name": "a"}] * 4, "最多 3 项"),
        ("parts[0].name", [{"name": "abcdef"}], "最多 5 个字"),
        ("parts[0].other", [{"name": "a", "other": 1}], "没有这一项"),
        ("parts[0].name", [{}], "必填"),
        ("parts[0].on", [{"name": "a", "on": "2026-02-30"}], "日期"),
        ("parts[0].on", [{"name": "a", "on": "9999-01-01"}], "1900"),
        ("unknown", 1, "没有这一项"),
    ],
)
def test_a_wrong_field_is_named_with_a_sentence(
    call: Call, organiser: Actor, field: str, value: Any, said: str
) -> None:
    body = {"title": "修路", field.partition("[")[0]: value}
    answer = call(organiser, "POST", "sample/things", data=json.dumps(body), headers=JSON)
    assert answer.status_code == 422, answer.json
    found = {item["field"]: item["detail"] for item in answer.json["errors"]}
    assert said in found[field], found


def test_control_characters_hide_nowhere(call: Call, organiser: Actor) -> None:
    for body in ({"title": "a", "\x01": 1}, {"title": "a", "x": [{"y": ["\x02"]}]}):
        assert call(organiser, "POST", "sample/things", json=body).status_code == 422
    odd = {"event": "submit", "extra": {"deep": ["\x03"]}}
    made = call(organiser, "POST", "sample/things", json={"title": "a"}).json
    assert call(organiser, "POST", f"sample/things/{made['id']}/transitions", json=odd).status_code == 422


def test_crlf_becomes_lf_and_length_counts_code_points(call: Call, organiser: Actor) -> None:
    made = call(organiser, "POST", "sample/things", json={"title": "一\r\n二\n三𠮷👩‍👩"})
    assert made.status_code == 201, made.json
    assert made.json["title"] == "一\n二\n三𠮷👩‍👩"
    assert call(organiser, "POST", "sample/things", json={"title": "𠮷" * 10}).status_code == 201


def test_times_are_answered_in_local_time(call: Call, organiser: Actor) -> None:
    assert call(organiser, "POST", "sample/things", json={"title": "a"}).json["created_at"].endswith("+08:00")


def test_several_faults_come_at_once(call: Call, organiser: Actor) -> None:
    problem = call(organiser, "POST", "sample/things", json={"title": "", "count": -1, "x": 1}).json
    assert {item["field"] for item in problem["errors"]} == {"title", "count", "x"}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "after=x", "after=AAAA", "x=1", "limit=1&limit=2", "after=%00"]
)
def test_a_wrong_query_is_refused(call: Call, query: str) -> None:
    assert call(None, "GET", f"sample/things?{query}").status_code == 422
