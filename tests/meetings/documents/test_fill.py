"""Word templates: every placeholder filled, wherever Word split it; what people typed is never a template."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from core.documents import fill, turned, word
from core.documents.papers import Paper
from plugins.meetings.documents.papers import PAPERS

TYPED = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["王&某", "<w:t>", "{{会议名称}}", "张😀三", "=1+1", "名" * 300, "一\n二\r\n三", "\x0b\ufffe", "}}{{"]
    ),
)


def template(*runs: str, header: str = "", table: tuple[str, ...] = ()) -> bytes:
    """A document whose one paragraph has these runs."""
    document = Document()
    paragraph = document.add_paragraph()
    for text in runs:
        paragraph.add_run(text).bold = True
    if header:
        document.sections[0].header.paragraphs[0].add_run(header)
    if table:
        grid = document.add_table(rows=1, cols=len(table))
        for cell, text in zip(grid.rows[0].cells, table, strict=True):
            cell.text = text
    return word.content(document)


def text_of(content: bytes) -> str:
    """All words of a document in order: body, tables, headers."""
    document = Document(BytesIO(content))
    parts = [document.element.body, *(section.header._element for section in document.sections)]
    return "\n".join(
        "".join(
            (piece.tag == fill.W_T and (piece.text or "")) or "\n" * piece.tag.endswith("}br") for piece in p.iter()
        )
        for part in parts
        for p in part.iter(fill.W_P)
    )


def shown(text: str) -> str:
    return word.fit(text).replace("\r\n", "\n")


def test_a_placeholder_split_over_runs_is_one() -> None:
    made = fill.fill(
        template("开会：{", "{会议", "名", "称}", "}，地点{{ 地点 }}。"), {"会议名称": "常务会", "地点": "一室"}, {}
    )
    paragraph = Document(BytesIO(made)).paragraphs[0]
    assert paragraph.text == "开会：常务会，地点一室。"
    assert all(run.bold for run in paragraph.runs)


def test_headers_are_filled_and_unknown_names_stay_and_are_told() -> None:
    made = fill.fill(template("{{没有}}", header="{{会议名称}}"), {"会议名称": "常务会"}, {})
    assert "常务会" in text_of(made)
    assert fill.names(made) == ["没有"]


@given(pieces=st.lists(st.integers(1, 9), min_size=1, max_size=12), value=TYPED)
@settings(max_examples=60, deadline=None)
def test_wherever_it_is_split(pieces: list[int], value: str) -> None:
    text, runs = "前{{会议名称}}中{{地点}}后", []
    for size in pieces:
        runs.append(text[:size])
        text = text[size:]
    made = fill.fill(template(*runs, text), {"会议名称": value, "地点": "甲"}, {})
    assert text_of(made).startswith(shown(f"前{value}中甲后"))


def test_a_row_is_repeated_for_each_entry_and_stays_once_without_any() -> None:
    row = template(table=("{{名单.序号}}", "{{名单.姓名}}，{{会议名称}}", "{{名单.不知}}"))
    made = fill.fill(
        row, {"会议名称": "会"}, {"名单": [{"序号": "1", "姓名": "{{会议名称}}"}, {"序号": "2", "姓名": "乙"}]}
    )
    (table,) = Document(BytesIO(made)).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["1", "{{会议名称}}，会", ""],
        ["2", "乙，会", ""],
    ]
    (empty,) = Document(BytesIO(fill.fill(row, {"会议名称": "会"}, {"名单": []}))).tables
    assert [[cell.text for cell in row.cells] for row in empty.rows] == [["", "，会", ""]]


# --- the built-in templates -------------------------------------------------------------------------


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_the_built_in_template_uses_known_names_in_an_east_asian_font(paper: Paper) -> None:
    made = paper.build()
    assert set(fill.names(made)) <= paper.names
    assert fill.names(made)
    parts = ZipFile(BytesIO(made))
    assert 'w:eastAsia="仿宋"' in parts.read("word/styles.xml").decode()
    for run in Document(BytesIO(made)).element.body.iter(fill.W_T):
        fonts = run.getparent().find(f"{{{run.nsmap['w']}}}rPr/{{{run.nsmap['w']}}}rFonts")
        assert fonts is None or fonts.get(f"{{{run.nsmap['w']}}}eastAsia"), run.text


def test_a_seat_card_shows_the_name_on_both_sides_the_upper_one_on_its_head() -> None:
    people = [{"姓名": "欧阳明", "单位": "汇川区第一中学"}, {"姓名": "张&<三>", "单位": ""}]
    made = fill.fill(PAPERS["seat_cards"].build(), {}, {"名单": people})
    (table,) = Document(BytesIO(made)).tables
    assert len(table.rows) == len(people)
    for row, person in zip(table.rows, people, strict=True):
        (box,) = row._tr.iter(qn("w:txbxContent"))
        (turn,) = (one.get("rot") for one in row._tr.iter(qn("a:xfrm")))
        assert turn == "10800000"
        above = ["".join(t.text or "" for t in p.iter(fill.W_T)) for p in box.iter(fill.W_P)]
        assert above == [person["姓名"], person["单位"]]
        assert [p.text for p in row.cells[0].paragraphs][1:] == above
    numbers = [one.get("id") for one in Document(BytesIO(made)).element.body.iter(turned.DOC_PR)]
    assert numbers == ["1", "2"]


def _entry(columns: tuple[str, ...]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(dict.fromkeys(columns, TYPED))


@given(data=st.data())
@settings(max_examples=30, deadline=None)
@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_every_placeholder_of_every_document_is_filled_whatever_was_typed(paper: Paper, data: Any) -> None:
    values = data.draw(st.fixed_dictionaries(dict.fromkeys(paper.fields, TYPED)))
    lists = {name: data.draw(st.lists(_entry(columns), max_size=4)) for name, columns in paper.lists.items()}
    built = paper.build()
    text = text_of(fill.fill(built, values, lists))
    asked = fill.names(built)
    for name in asked:
        listed, dot, column = name.partition(".")
        for value in [entry[column] for entry in lists[listed]] if dot else [values[name]]:
            assert shown(value) in text
    typed = {*values.values(), *(value for entries in lists.values() for entry in entries for value in entry.values())}
    if not any("{{" in value or "}}" in value for value in typed):
        assert fill.PLACEHOLDER.search(text) is None
