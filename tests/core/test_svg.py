"""Drawings that come in hold nothing that runs, moves or fetches; the refusal names what it found."""

from __future__ import annotations

import time
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
    '<path id="s"/><clipPath id="c"><use xlink:href="#s"/></clipPath><g clip-path="url(#c)"><rect/></g>',
    f'<pattern id="p"><use href="#i"/></pattern><image id="i" href="{PIXEL}"/><rect fill="url(#p)"/>',
    '<linearGradient id="a"><stop/></linearGradient><radialGradient id="b" xlink:href="#a"/>',
    '<linearGradient id="b"><stop/></linearGradient><mask id="m"><rect style="fill:url(&quot;#b&quot;);--x:1"/></mask><g mask="url(#m)" data-name="transition: 1"/>',
    '<marker id="m"><path/></marker><g marker-end="url(#m)"><path/><path/></g>',
    '<filter id="f"><feGaussianBlur stdDeviation="1"/></filter><rect filter="url(#f)"/>',
    "<style>.transition { stroke-dasharray: 2 } .a { fill: url(#none) }</style>",
    '<metadata><RDF xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><Work xmlns="http://creativecommons.org/ns#"/></RDF></metadata>',
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
    '<sodipodi:namedview xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"/>': "<namedview>",
    "<metadata><script/></metadata>": "<script>",
    '<use href="#%61"/>': "<use href>",
    '<use href="#a&#10;b"/>': "<use href>",
    '<use href="#"/>': "<use href>",
    '<image href="#a"/>': "<image href>",
    '<rect fill="url(#%61)"/>': "<rect fill>",
    '<g id="a"/><g id="a"/>': 'id="a" × 2',
    '<g xml:id="a"/>': "<g id>",
    '<?xml-stylesheet href="https://example.org/a.css"?>': "<?xml-stylesheet?>",
    "<?php x?>": "<?php?>",
    "<style>rect { fill: image-set('a' 1x) }</style>": "<style>",
    "<rect style=\"mask:-webkit-image-set('a' 1x)\"/>": "<rect style>",
    "<rect mask=\"src('a')\"/>": "<rect mask>",
    "<rect style=\"mask:image('a')\"/>": "<rect style>",
    "<rect style=\"mask:cross-fade('a','b')\"/>": "<rect style>",
    "<style>@-webkit-keyframes x {}</style>": "<style>",
    "<style>rect { animation: x 1s }</style>": "<style>",
    "<style>rect{-webkit-animation-name/**/:x}</style>": "<style>",
    '<rect style="transition : fill 1s"/>': "<rect style>",
    '<style>rect { filter: url(#f) }</style><filter id="f"/>': "<style>",
    "<style>rect { filter: blur(9px) }</style>": "<style>",
    "<g>" * 60 + "</g>" * 60: "<g>: 61 > 60",
}


def _box(name: str, shapes: int) -> str:
    return f'<{name} id="a">' + "<rect/>" * shapes + f"</{name}>"


MUCH = {
    '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>': "href → #",
    '<g id="a"><use href="#a"/></g>': "href → #a",
    '<mask id="a"><rect mask="url(#a)"/></mask>': "mask → #a",
    '<pattern id="a"><rect style="fill: url(\'#b\')"/></pattern><pattern id="b"><rect fill="url(#a)"/></pattern>': "fill → #",
    '<linearGradient id="a" href="#a"/>': "href → #a",
    '<marker id="m"><path/></marker><path marker-mid="url(#m)"/>': "marker-mid → #m",
    '<marker id="m"><path/></marker><path style="marker:url(#m)"/>': "marker → #m",
    '<mask id="m"><path/></mask><path style="--m:/*;*/url(#m)"/>': "-- → #m",
    '<linearGradient id="a">' + "<stop/>" * 64 + '</linearGradient><rect fill="url(#a)"/>': "fill → #a",
    "".join(f'<g id="n{n}"><use href="#n{n + 1}"/></g>' for n in range(9)) + '<g id="n9"/>': "href → #n",
    "".join(f'<g id="n{n}">' + f'<use href="#n{n + 1}"/>' * 99 + "</g>" for n in range(4)) + '<g id="n4"/>': " > 20000",
    _box("g", 200) + '<use href="#a"/>' * 100: "20100 > 20000",
    _box("mask", 1) + '<rect mask="url(#a)"/>' * 2000: " > 20000",
    _box("pattern", 200) + '<g fill="url(#a)">' + "<rect/>" * 100 + "</g>": " > 20000",
    _box("marker", 200) + '<g style="marker-end:url(#a)">' + "<path/>" * 100 + "</g>": " > 20000",
    _box("pattern", 99)
    + '<g id="b">'
    + "<path/>" * 99
    + '</g><g fill="url(#a)">'
    + '<use href="#b"/>' * 3
    + "</g>": " > 20000",
    '<filter id="f">' + "<feOffset/>" * 2 + "</filter>" + '<g filter="url(#f)"/>' * 101: " > 20000",
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
def test_shapes_and_words_are_taken(tmp_path: Path, inside: str) -> None:
    assert refusal(tmp_path, drawn(inside)) == ""


@pytest.mark.parametrize(("inside", "named"), HOSTILE.items())
def test_what_runs_moves_or_fetches_is_named(tmp_path: Path, inside: str, named: str) -> None:
    assert named in refusal(tmp_path, drawn(inside))


@pytest.mark.parametrize(("inside", "named"), MUCH.items(), ids=range(len(MUCH)))
def test_references_neither_nest_without_end_nor_multiply(tmp_path: Path, inside: str, named: str) -> None:
    assert named in (why := refusal(tmp_path, drawn(inside)))
    assert "引用" in why


@pytest.mark.parametrize(
    "inside",
    [
        "<g id='a'>" + "<rect/>" * 9_998 + "</g>" + "<use href='#a'/>" * 10_000,
        "".join(f"<g id='n{n}'>" for n in range(58)) + "<use href='#x'/>" * 19_000 + "</g>" * 58,
        '<pattern id="a"/><g style="' + "fill:url(#a);" * 90_000 + '">' + "<g/>" * 19_000 + "</g>",
        f"<style>{'-animation' * 200_000}</style>",
        f"<style>{'--a:' * 500_000}</style>",
    ],
    ids=range(5),
)
def test_a_look_takes_steps_in_proportion(tmp_path: Path, inside: str) -> None:
    """Each of these took minutes where every element was looked at once per element: the budget is far above 1 s."""
    begun = time.process_time()
    refusal(tmp_path, drawn(inside))
    assert time.process_time() - begun < 5


def test_a_doctype_is_refused_with_the_way_out(tmp_path: Path) -> None:
    doctype = (
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        + drawn("<rect/>")
    )
    assert "删去文件开头 DOCTYPE 那一行" in refusal(tmp_path, doctype)
    assert "UTF-8" in refusal(tmp_path, drawn("<rect/>").decode().encode("utf-16"))


@pytest.mark.parametrize("content", BROKEN)
def test_what_is_no_drawing_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content)


def test_a_drawing_has_its_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_groups_laid_over_each_other_are_few(tmp_path: Path, app: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(svg, "MOST_LAYERS", 2)
    group = '<g opacity="0.5"><rect width="1" height="1"/></g>'
    assert refusal(tmp_path, drawn(group * 2)) == ""
    assert "opacity × 3" in refusal(
        tmp_path, drawn(group * 2 + '<g style="fill: red; mix-blend-mode: screen"><g/></g>')
    )
    assert refusal(tmp_path, drawn('<g fill-opacity="0.5" style="stroke-opacity: 0.5"><g/></g>' * 3)) == ""
