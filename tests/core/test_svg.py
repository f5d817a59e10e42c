"""Drawings that come in hold nothing that runs, moves or fetches; the refusal names what it found."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
PIXEL = "data:image/png;base64,iVBORw0KGgo="

SOUND = (
    '<title>流程</title><g fill="#1d4e79"><rect width="9" height="9"/><text x="1" y="2">第一步</text></g>',
    '<defs><linearGradient id="a"><stop offset="0"/></linearGradient></defs><path d="M0 0h9" fill="url(#a)"/>',
    '<defs><g id="box"><rect width="1" height="1"/></g></defs><use href="#box"/><use xlink:href="#box" x="3"/>',
    "<style>.a { fill: url(#a); font-family: sans-serif }</style>",
    f'<image href="{PIXEL}" width="1" height="1"/>',
)
HOSTILE = {
    "<script>alert(1)</script>": "<script>",
    "<script/>": "<script>",
    '<rect onload="alert(1)"/>': "<rect onload>",
    '<g ONCLICK="alert(1)"/>': "<g ONCLICK>",
    "<foreignObject><p/></foreignObject>": "<foreignObject>",
    '<a href="https://example.org/"><rect/></a>': "<a>",
    '<image href="https://example.org/a.png"/>': "<image href>",
    '<image xlink:href="//example.org/a.png"/>': "<image href>",
    '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>': "<image href>",
    '<image href="data:text/html,x"/>': "<image href>",
    '<use href="https://example.org/a.svg#x"/>': "<use href>",
    '<use href="data:image/svg+xml,x"/>': "<use href>",
    '<rect fill="url(https://example.org/a.svg#x)"/>': "<rect fill>",
    '<rect style="fill:url(//example.org/a)"/>': "<rect style>",
    '<rect style="background:\\75 rl(//example.org)"/>': "<rect style>",
    "<style>@import url(https://example.org/a.css);</style>": "<style>",
    "<style>@font-face { src: url(#a) }</style>": "<style>",
    '<style>rect { fill: url("https://example.org/") }</style>': "<style>",
    '<path mask="javascript:alert(1)"/>': "<path mask>",
    '<text fill="vbscript:x"/>': "<text fill>",
    '<animate attributeName="href" to="javascript:alert(1)"/>': "<animate>",
    '<set attributeName="onload" to="alert(1)"/>': "<set>",
    "<animateTransform/>": "<animateTransform>",
    '<feImage href="https://example.org/a"/>': "<feImage>",
    "<iframe/>": "<iframe>",
    '<g xml:base="https://example.org/"/>': "<g base>",
    '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>': "<script>",
    "<metadata/>": "<metadata>",
    '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>': "<use> → <use>",
    '<g id="a"><use href="#a"/></g>': "<use> → <use>",
}
BROKEN = (
    b"",
    b"<svg",
    b"<svg/>",
    b'<html xmlns="http://www.w3.org/1999/xhtml"/>',
    b"\xff\xfe\x00",
    b'<?xml version="1.0" encoding="x-no-such"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>',
    b'<!DOCTYPE svg SYSTEM "file:///etc/passwd"><svg xmlns="http://www.w3.org/2000/svg"/>',
)


def refusal(folder: Path, content: bytes) -> str:
    path = folder / "drawing.svg"
    path.write_bytes(content)
    return str(svg.refusal(path) or "")


def drawn(inside: str) -> bytes:
    return f"{HEAD}{inside}</svg>".encode()


@pytest.mark.parametrize("inside", SOUND)
def test_shapes_and_words_are_taken(tmp_path: Path, app: object, inside: str) -> None:
    assert refusal(tmp_path, drawn(inside)) == ""


@pytest.mark.parametrize(("inside", "named"), HOSTILE.items())
def test_what_runs_moves_or_fetches_is_named(tmp_path: Path, app: object, inside: str, named: str) -> None:
    assert named in refusal(tmp_path, drawn(inside))


@pytest.mark.parametrize("content", BROKEN)
def test_what_is_no_drawing_is_refused(tmp_path: Path, app: object, content: bytes) -> None:
    assert refusal(tmp_path, content)


def test_a_drawing_has_its_limits(tmp_path: Path, app: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(svg, "MOST_ELEMENTS", 3)
    assert "4 > 3" in refusal(tmp_path, drawn("<g/>" * 3))
    assert "2 MB" in refusal(tmp_path, drawn(f"<desc>{'x' * svg.MOST_OCTETS}</desc>"))


NAMES = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)


@given(name=NAMES, value=st.text(max_size=60))
def test_no_handler_gets_through_whatever_its_value(name: str, value: str) -> None:
    assert svg._attribute_fault("rect", f"on{name}", value)


@given(host=NAMES, before=st.sampled_from(("", " ", "'", '"', "\t")), case=st.booleans())
def test_no_address_gets_through(host: str, before: str, case: bool) -> None:
    value = f"url({before}//{host}.example/x)"
    assert svg._attribute_fault("rect", "style", value.upper() if case else value)
