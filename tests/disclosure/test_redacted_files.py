"""Redacted copies (条例第三十七条) as files: what is kept back is nowhere in them, not as text, not as points of colour."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import typst
from docx import Document
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pypdf import PdfReader, PdfWriter

from core.documents.typesetting import fonts
from plugins.disclosure.documents import redact

SECRET = "张三丰"


def pdf(source: str, *, turned: int = 0, password: str = "") -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(typst.compile(source.encode(), font_paths=fonts()))))
    writer.add_metadata({"/Title": SECRET, "/Author": SECRET, "/Keywords": SECRET})
    writer.add_outline_item(title=SECRET, page_number=0)
    writer.add_attachment(f"{SECRET}.txt", SECRET.encode())
    if turned:
        for page in writer.pages:
            page.rotate(turned)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def here(order: dict[str, Any], content: bytes, folder: Path, kind: str = "pdf") -> bytes:
    """As the process of its own does it, without the process."""
    work = folder / str(len(list(folder.iterdir())))
    work.mkdir()
    path = work / f"in.{kind}"
    path.write_bytes(content)
    return redact._answer({"path": str(path), "kind": kind, **order}, work)


def redacted(content: bytes, words: str, folder: Path, kind: str = "pdf") -> tuple[bytes, list[dict[str, int]]]:
    found = json.loads(here({"what": "find", "words": words}, content, folder, kind))
    assert found["unplaced"] == []
    return here({"what": "copy", "regions": found["regions"]}, content, folder, kind), found["regions"]


def insides(content: bytes) -> list[bytes]:
    """The bytes of the file and of every stream in it, unpacked."""
    reader = PdfReader(io.BytesIO(content))
    found = [content]
    for number in range(1, len(reader.xref_objStm) + sum(map(len, reader.xref.values())) + 1):
        thing: Any = reader.get_object(number)
        found.append(repr(thing).encode())
        if hasattr(thing, "get_data"):
            found.append(thing.get_data())
    return found


def dots(content: bytes, page: int) -> tuple[int, int, bytes]:
    """Width, height and the red channel of a page's image."""
    resources: Any = PdfReader(io.BytesIO(content)).pages[page - 1]["/Resources"]
    image = next(iter(resources["/XObject"].values())).get_object()
    data, wide, high = image.get_data(), image["/Width"], image["/Height"]
    step = len(data) // (wide * high)
    assert step * wide * high == len(data)
    return wide, high, data[::step]


def dark_outside(content: bytes, regions: list[dict[str, int]], page: int = 1) -> int:
    """Points of the page that are not white, two points around the regions aside."""
    wide, high, red = dots(content, page)
    boxes = [
        (one["x"] * wide / 1000 - 2, one["y"] * high / 1000 - 2, (one["x"] + one["width"]) * wide / 1000 + 2,
         (one["y"] + one["height"]) * high / 1000 + 2)
        for one in regions if one["page"] == page
    ]  # fmt: skip
    marked = [divmod(at, wide) for at, value in enumerate(red) if value < 250]
    return sum(not any(a <= x <= c and b <= y <= d for a, b, c, d in boxes) for y, x in marked)


@pytest.mark.article("disclosure", 12)
@settings(
    max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.text(alphabet="张三李四王五Abc01", min_size=1, max_size=8),
    size=st.integers(8, 28), x=st.integers(5, 120), y=st.integers(5, 150), turned=st.sampled_from([0, 90, 180, 270]),
)  # fmt: skip
def test_a_name_found_is_a_name_gone(tmp_path: Path, name: str, size: int, x: int, y: int, turned: int) -> None:
    """Only the name stands on the page; once it is painted over, not one point of it is left outside the paint."""
    source = f"#set page(width: 400pt, height: 220pt, margin: 0pt)\n#place(dx: {x}pt, dy: {y}pt, text(size: {size}pt)[{name}])"
    copy, regions = redacted(pdf(source, turned=turned), name, tmp_path)
    assert regions
    assert dark_outside(copy, regions) == 0
    assert PdfReader(io.BytesIO(copy)).pages[0].extract_text() == ""


@pytest.mark.article("disclosure", 12)
def test_nothing_of_the_file_comes_along(tmp_path: Path) -> None:
    copy, regions = redacted(pdf(f"{SECRET}申请公开\n\n其他内容\n#pagebreak()\n又见{SECRET}"), SECRET, tmp_path)
    assert [one["page"] for one in regions] == [1, 2]
    hidden = [SECRET.encode(), SECRET.encode("utf-16-be"), SECRET.encode("gb18030"), "其他内容".encode()]
    hidden += ["".join(f"{ord(char):04x}" for char in SECRET).encode()]
    for part in insides(copy):
        assert not any(text in part or text in part.lower() for text in hidden)
    reader = PdfReader(io.BytesIO(copy))
    assert len(reader.pages) == 2
    assert reader.outline == []
    assert dict(reader.attachments) == {}
    assert "/Font" not in json.dumps([str(page["/Resources"]) for page in reader.pages])
    assert dark_outside(copy, regions) > 0  # what may be read is still there


def test_a_name_over_two_lines_is_found_on_both(tmp_path: Path) -> None:
    source = f"#set page(width: 100pt, height: 100pt, margin: 10pt)\n#set text(size: 12pt)\n一二三四五{SECRET}"
    _copy, regions = redacted(pdf(source), SECRET, tmp_path)
    assert len(regions) == 2
    assert regions[0]["y"] < regions[1]["y"]


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (pdf("x", password="1"), "a.pdf", "locked"),
        (b"%PDF-1.7\nno such thing", "a.pdf", "broken"),
        (pdf("x")[:600], "a.pdf", "broken"),
        (b"PK", "a.pptx", "kind"),
    ],
)
@pytest.mark.article("disclosure", 12)
def test_what_cannot_be_handled_is_said(tmp_path: Path, content: bytes, name: str, reason: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(redact.Unfit) as no:
        redact.sizes(path, name)
    assert no.value.args[0] == redact.REASONS[reason]


def word_file() -> bytes:
    document, out = Document(), io.BytesIO()
    document.add_paragraph(f"申请人{SECRET}")
    document.add_table(1, 1).rows[0].cells[0].text = SECRET
    document.core_properties.author = SECRET
    document.save(out)
    return out.getvalue()


def excel_file() -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.create_sheet("名单").append(["姓名", SECRET])
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "content", "times"),
    [("txt", f"甲{SECRET}乙".encode(), 1), ("docx", word_file(), 2), ("xlsx", excel_file(), 1)],
)
def test_other_files_become_pages_first(tmp_path: Path, kind: str, content: bytes, times: int) -> None:
    copy, regions = redacted(content, SECRET, tmp_path, kind)
    assert len(regions) == times
    assert not any(SECRET.encode() in part for part in insides(copy))


def test_a_picture_is_painted_over(tmp_path: Path) -> None:
    drawn = typst.compile(
        b"#set page(width: 100pt, height: 50pt, margin: 0pt)\n#rect(width: 100%, height: 100%, fill: red)", format="png"
    )
    region = {"page": 1, "x": 0, "y": 0, "width": 1000, "height": 500}
    copy = here({"what": "copy", "regions": [region]}, drawn, tmp_path, "png")
    wide, high, red = dots(copy, 1)
    assert set(red[: wide * (high // 2 - 2)]) == {0}
    assert set(red[wide * (high // 2 + 2) :]) == {255}
