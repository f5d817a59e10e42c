"""Other forms of a publication: what they need, that an approval binds them, that they leave with the page (会9)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from core import parts, publications, search, settings, storage
from core.contracts import JurisdictionRef
from core.db import db, write
from core.models import Agency, Publication
from core.permissions import SYSTEM, Actor
from core.refusals import Invalid, Refused

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
QUESTION = {"kind": "question", "title": "谁可以申请？", "text": "本区户籍家庭。"}
VIDEO = {"kind": "video", "title": "政策讲解", "text": "大家好。", "url": "https://video.example.org/1"}


@pytest.fixture
def author(person: Callable[..., Actor], county: JurisdictionRef, agency: Callable[[str], Agency]) -> Actor:
    return person("organiser", place=county, agency=agency("office"))


@pytest.fixture
def draft(author: Actor, agency: Callable[[str], Agency]) -> str:
    office = agency("office").id
    with write():
        return publications.create(author, kind="interpretation", title="政策解读", agency_id=office).id


def row(ident: str) -> Publication:
    return db.session.get_one(Publication, ident)


def with_drawing(author: Actor, draft: str) -> str:
    """The drawing's attachment, hung on the draft and made a part of it."""
    with write():
        file = storage.keep(author, storage.stage(io.BytesIO(DRAWING), "图解.svg")).id
        publications.attach(author, row(draft), file, title="流程图")
        diagram = {"kind": "diagram", "title": "流程图", "text": "三步办理。", "file": file}
        publications.edit(author, row(draft), parts=[diagram, QUESTION, VIDEO])
    return file


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown kind": ({"kind": "game", "title": "x", "text": "x"}, "kind"),
    "question without answer": (QUESTION | {"text": " "}, "text"),
    "question without words": (QUESTION | {"title": ""}, "title"),
    "too long": (QUESTION | {"text": "长" * 20_001}, "text"),
    "control characters": (QUESTION | {"text": "a\x00b"}, "text"),
    "drawing without file": ({"kind": "diagram", "title": "x", "text": "x"}, "file"),
    "drawing of nobody": ({"kind": "diagram", "title": "x", "text": "x", "file": "0" * 32}, "file"),
    "drawing without words": ({"kind": "diagram", "title": "x", "text": "", "file": "0" * 32}, "text"),
    "video without words": (VIDEO | {"text": ""}, "text"),
    "video without address": (VIDEO | {"url": ""}, "url"),
    "plain http": (VIDEO | {"url": "http://video.example.org/1"}, "url"),
    "script": (VIDEO | {"url": "javascript:alert(1)"}, "url"),
    "password in it": (VIDEO | {"url": "https://a:b@video.example.org/"}, "url"),
    "no host": (VIDEO | {"url": "https:///1"}, "url"),
    "broken": (VIDEO | {"url": "https://[x/"}, "url"),
}


@pytest.mark.article("meetings", 9)
@pytest.mark.parametrize("name", FAULTS)
def test_a_part_says_what_it_lacks(county: JurisdictionRef, name: str) -> None:
    part, field = FAULTS[name]
    with pytest.raises(Invalid) as no:
        parts.accepted([QUESTION, part], {})
    assert next(iter(no.value.errors)) == f"parts[1].{field}"


def test_videos_may_be_held_to_named_sites(county: JurisdictionRef) -> None:
    assert parts.accepted([VIDEO], {}) == [VIDEO]
    with write():
        settings.put(SYSTEM, parts.HOSTS, '["tv.example.org"]')
    with pytest.raises(Invalid) as no:
        parts.accepted([VIDEO], {})
    assert "tv.example.org" in str(no.value.errors["parts[0].url"][0])
    assert parts.accepted([VIDEO | {"url": "https://TV.example.org/2"}], {})


@pytest.mark.article("meetings", 9)
def test_parts_are_content_shown_found_and_gone_with_the_page(
    app: Flask, draft: str, author: Actor, person: Callable[..., Actor], county: JurisdictionRef
) -> None:
    file = with_drawing(author, draft)
    leader = person("leader", place=county)
    with write():
        publications.approve(leader, row(draft))
        publications.release(author, row(draft))
    client = app.test_client()
    page = client.get(f"/huichuan/publications/{draft}/").get_data(as_text=True)
    for expected in ("三步办理。", "谁可以申请？", "本区户籍家庭。", "到 video.example.org 看视频", f"/files/{file}"):
        assert expected in page
    shown = client.get(f"/api/v1/huichuan/publications/{draft}").json
    assert shown is not None
    assert [part["kind"] for part in shown["parts"]] == ["diagram", "question", "video"]
    answer = client.get(f"/huichuan/files/{file}")
    assert (answer.status_code, answer.content_type) == (200, "image/svg+xml; charset=utf-8")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert [hit.url for hit in search.find("户籍", None).items] == [f"/huichuan/publications/{draft}/"]
    with write():
        publications.withdraw(leader, row(draft), "有误")
    assert search.find("户籍", None).items == ()
    assert client.get(f"/huichuan/publications/{draft}/").status_code == 410
    assert client.get(f"/huichuan/files/{file}").status_code == 410


def test_a_changed_part_needs_a_new_approval(
    draft: str, author: Actor, person: Callable[..., Actor], county: Any
) -> None:
    leader = person("leader", place=county)
    with_drawing(author, draft)
    with write():
        publications.approve(leader, row(draft))
        publications.edit(author, row(draft), parts=[QUESTION])
    assert row(draft).approved_hash is None
    with pytest.raises(Refused), write():
        publications.release(author, row(draft))


def test_a_drawings_file_stays_while_the_drawing_stands(draft: str, author: Actor) -> None:
    with_drawing(author, draft)
    (link,) = publications.files(row(draft))
    with pytest.raises(Invalid), write():
        publications.detach(author, row(draft), link.id)
    with write():
        publications.edit(author, row(draft), parts=[])
        publications.detach(author, row(draft), link.id)
    assert publications.files(row(draft)) == []


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=4))
def test_without_parts_the_hash_is_the_one_from_before(pairs: list[tuple[str, str]]) -> None:
    """What was approved before there were parts stays approved; with parts, every one counts."""

    def hashed(found: list[dict[str, str]]) -> str:
        page = Publication(id="1", kind="page", title="题", summary="", body="文", parts=found)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(publications, "files", lambda _page: [])
            return publications.content_hash(page)

    found = [{"kind": "question", "title": title, "text": text} for title, text in pairs]
    before = '{"body":"文","files":[],"kind":"page","summary":"","title":"题"}'
    assert hashed([]) == hashlib.sha256(before.encode()).hexdigest()
    assert (hashed(found) == hashed([])) == (not found)
    assert len({hashed(found[:n]) for n in range(len(found) + 1)}) == len(found) + 1


def test_nobody_else_sees_parts_of_a_draft(app: Flask, draft: str, author: Actor) -> None:
    file = with_drawing(author, draft)
    client = app.test_client()
    assert client.get(f"/huichuan/publications/{draft}/").status_code == 404
    assert client.get(f"/huichuan/files/{file}").status_code == 404
