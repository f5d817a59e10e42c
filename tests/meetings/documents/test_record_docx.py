"""The sealed record as a Word document, read back."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document

from plugins.meetings.documents import record_docx
from plugins.meetings.documents.record_blocks import number, when


def record(**changed: Any) -> dict[str, Any]:
    line = {"post": "p", "rev": 1, "state": "public", "type": "speech", "corrections": []}
    return {
        "about": {
            "title": "区人民政府第12次常务会议", "kind": "常务会议", "agency": "区人民政府办公室", "place": "一号会议室",
            "opened_at": "2026-11-24T09:05:00+08:00", "sealed_at": "2026-11-24T12:00:00+08:00", "url": "https://x.example/m/",
        },
        "agenda": [{"id": "a", "title": "供水方案", "result": "原则通过"}, {"id": "b", "title": "校车线路"}],
        "posts": [
            line | {"seq": 2, "type": "notice", "text": "会议开始"},
            line | {"seq": 3, "item": "a", "speaker": "王某", "role": "局长", "text": "第一行\n第二行"},
            line | {"seq": 4, "item": "b", "speaker": "李某", "text": "改二", "rev": 3, "corrections": [
                {"rev": 2, "at": "2026-11-24T09:30:01.500+08:00", "reason": "笔误", "before": "原话"},
                {"rev": 3, "at": "2026-11-24T09:31:00+08:00", "reason": "再改", "before": "改一"}]},
            line | {"seq": 5, "item": "a", "state": "retracted", "text": None, "public_note": "涉及隐私", "speaker": "王某"},
        ],
        "count": 9, "digest": "d" * 64, "epoch": "e" * 32,
    } | changed  # fmt: skip


def read(content: bytes) -> Any:
    return Document(BytesIO(content))


def test_what_was_said_stands_in_order_under_its_item() -> None:
    document = read(record_docx.build(record()))
    process = [paragraph.text for paragraph in document.paragraphs]
    start = process.index("会议过程")
    assert process[start + 1 : start + 8] == [
        "会议开始",
        "一、供水方案",
        "王某（局长）：第一行\n第二行",
        "二、校车线路",
        "李某：改二［更正1］［更正2］",
        "一、供水方案（续）",
        "王某：［此条已撤回：涉及隐私］",
    ]
    said = next(paragraph for paragraph in document.paragraphs if paragraph.text.startswith("王某（局长）"))
    assert [(run.text, run.bold) for run in said.runs] == [("王某（局长）：", True), ("第一行\n第二行", None)]


def test_heading_agenda_and_results() -> None:
    texts = [paragraph.text for paragraph in read(record_docx.build(record())).paragraphs]
    assert texts[0] == "区人民政府第12次常务会议"
    for expected in (
        "会议类型：常务会议",
        "开始：2026年11月24日（周二）09:05",
        "一、供水方案　原则通过",
        "二、校车线路",
    ):
        assert expected in texts


def test_corrections_show_before_after_reason_and_time() -> None:
    document = read(record_docx.build(record()))
    (table,) = document.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[1:] == [
        ["更正1", "李某", "原话", "改一", "笔误", "2026年11月24日（周二）09:30:01"],
        ["更正2", "李某", "改一", "改二", "再改", "2026年11月24日（周二）09:31:00"],
    ]


@pytest.mark.article("meetings", 9)
def test_the_digest_is_printed_with_how_to_check_it() -> None:
    texts = [paragraph.text for paragraph in read(record_docx.build(record())).paragraphs]
    assert "d" * 64 in texts
    assert "共9条事件" in texts[texts.index("d" * 64) - 1]
    assert "verify_record.py" in texts[-1]
    assert "https://x.example/m/" in texts[-1]


def test_paper_fonts_language_and_page_numbers() -> None:
    content = record_docx.build(record())
    document = read(content)
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    parts = ZipFile(BytesIO(content))
    styles = parts.read("word/styles.xml").decode()
    assert 'w:eastAsia="仿宋"' in styles
    assert 'w:val="en-US"' not in styles
    assert 'w:eastAsia="zh-CN"' in styles
    assert "PAGE" in parts.read("word/footer1.xml").decode()
    assert document.core_properties.language == "zh-CN"
    assert document.core_properties.title == "区人民政府第12次常务会议"


def test_a_bare_record_and_characters_xml_cannot_hold() -> None:
    bare = record(about={"title": "会\ufffe议"}, agenda=[], posts=[{"seq": 1, "type": "speech", "text": "a\uffffb"}])
    texts = [paragraph.text for paragraph in read(record_docx.build(bare)).paragraphs]
    assert texts[0] == "会\ufffd议"
    assert "a\ufffdb" in texts
    assert "本记录没有更正。" in texts


@pytest.mark.parametrize(
    ("n", "word"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "100"), (0, "0")]
)
def test_numbers_in_words(n: int, word: str) -> None:
    assert number(n) == word


def test_unknown_time_is_empty() -> None:
    assert when(None) == ""
