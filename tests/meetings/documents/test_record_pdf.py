"""The sealed record as PDF: tagged, in Chinese, fonts inside, saying what the Word document and the record say."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from core.documents.typesetting import printable
from plugins.meetings.documents import record_docx, record_pdf
from plugins.meetings.documents.record_blocks import blocks
from tests.meetings.documents.test_record_docx import record

SPACE = re.compile(r"\s|— \d+ —")


def squeezed(text: str) -> str:
    """Without white space and page numbers: lines break elsewhere on every page."""
    return SPACE.sub("", text)


def read(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content))


def text_of(reader: PdfReader) -> str:
    return squeezed("\n".join(page.extract_text() for page in reader.pages))


def expected(data: dict[str, Any]) -> str:
    parts = [block.text + "".join("".join(row) for row in block.rows) for block in blocks(data)]
    return squeezed(printable("".join(parts)))


def tags(reader: PdfReader) -> list[str]:
    """The structure types in document order."""
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for kid in node:
                walk(kid)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(str(node["/S"]))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


@pytest.mark.article("meetings", 9)
def test_it_says_what_the_record_says_digest_included() -> None:
    text = text_of(read(record_pdf.build(record())))
    assert text == expected(record())
    for part in (
        "李某：改二［更正1］［更正2］",
        "［此条已撤回：涉及隐私］",
        "原话",
        "笔误",
        "d" * 64,
        "verify_record.py",
    ):
        assert part in text


def test_it_says_what_the_word_document_says() -> None:
    document = Document(BytesIO(record_docx.build(record())))
    said = {squeezed(paragraph.text) for paragraph in document.paragraphs if paragraph.text}
    text = text_of(read(record_pdf.build(record())))
    assert [part for part in said if part not in text] == []


def test_it_is_tagged_titled_in_chinese_and_claims_pdf_ua() -> None:
    reader = read(record_pdf.build(record()))
    root = reader.trailer["/Root"]
    assert str(root["/Lang"]).lower() == "zh-cn"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == "区人民政府第12次常务会议"
    assert reader.metadata.author == "区人民政府办公室"
    found = tags(reader)
    assert [tag for tag in found if tag.startswith("/H")][:4] == ["/H1", "/H2", "/H2", "/H3"]
    for tag in ("/P", "/Table", "/TH", "/TD"):
        assert tag in found


def test_its_chinese_fonts_are_inside() -> None:
    embedded = {}
    for page in read(record_pdf.build(record())).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            embedded[str(inner["/BaseFont"])] = {"/FontFile2", "/FontFile3"} & set(descriptor)
    assert any("NotoSerifSC" in name for name in embedded)
    assert any("NotoSansSC" in name for name in embedded)
    assert all(embedded.values())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(min_size=1, max_size=60), name=st.text(alphabet="王<&>\"'#*_$@[\\😀", min_size=1, max_size=20))
def test_whatever_was_said_can_be_set_and_is_not_read_as_typst(text: str, name: str) -> None:
    line = {"post": "p", "seq": 1, "type": "speech", "corrections": [], "speaker": name, "text": text}
    data = record(posts=[line])
    assert len(read(record_pdf.build(data)).pages) >= 1


def test_what_no_font_has_is_written_as_its_number() -> None:
    line = {"post": "p", "seq": 1, "type": "speech", "corrections": [], "speaker": "王#某", "text": "好😀 *b* #x <&>"}
    text = text_of(read(record_pdf.build(record(posts=[line]))))
    assert "王#某：好［U+1F600］*b*#x<&>" in text


def test_three_thousand_lines_are_told_step_by_step() -> None:
    line = {"type": "speech", "state": "public", "item": "a", "speaker": "王某", "role": "局长", "corrections": []}
    posts = [
        line | {"post": f"p{n}", "seq": n, "text": f"第{n}句。" + "关于供水方案的说明。" * 12} for n in range(3000)
    ]
    seen: list[tuple[int, int]] = []
    for build in (record_docx.build, record_pdf.build):
        build(record(posts=posts), lambda done, total: seen.append((done, total)))
    assert seen[1500][0] == 1500
    assert seen[-1] == (2, 2)
