"""Each format on small files of our own: the traps, the rules of agenda and clean-up, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.meetings.transcripts import LONGEST, Line, Transcript, TranscriptError, read
from plugins.meetings.transcripts.model import clean, pieces
from plugins.meetings.transcripts.qmsum import item_at

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine is shared
NAMESPACE = 'xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"'


def debate(tmp_path: Path, body: str, *, people: str = "", namespace: str = "") -> Transcript:
    path = tmp_path / "会.an.xml"
    path.write_text(
        f"<akomaNtoso {namespace}><debate><meta><references>{people}</references></meta>"
        f"<debateBody>{body}</debateBody></debate></akomaNtoso>",
        encoding="utf-8",
    )
    return read(path)


def written(tmp_path: Path, name: str, content: object) -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


@pytest.mark.parametrize("namespace", ["", NAMESPACE])
def test_speakers_agenda_and_stage_directions(tmp_path: Path, namespace: str) -> None:
    found = debate(
        tmp_path,
        """<debateSection><heading>常务会议</heading><speech by="#主持"><p>开会。</p></speech>
        <debateSection><num>一、</num><heading>供水
           方案</heading><narrative><p>（播放短片）</p></narrative>
        <speech by="#unknown"><from>李四</from><p>同意。</p></speech></debateSection>
        <debateSection><heading>空的一节</heading></debateSection>
        <speech by="#nobody"><p>散会。</p></speech></debateSection>""",
        people='<TLCPerson id="主持" eId="主持" showAs="王主任"/>',
        namespace=namespace,
    )
    assert found.title == "常务会议"
    assert found.agenda == ("常务会议", "一、 供水 方案")
    assert found.lines == (
        Line(0, "王主任", "speech", "开会。"),
        Line(1, None, "notice", "（播放短片）"),
        Line(1, "李四", "speech", "同意。"),
        Line(0, "nobody", "speech", "散会。"),
    )


def test_inline_elements_keep_their_text_and_breaks_are_lines(tmp_path: Path) -> None:
    found = debate(
        tmp_path,
        """<speech by="#a"><p>
            见<a href="javascript:x">资<i>料</i></a> &lt;一&gt;<br/>  第二行\u3000
            <!-- 删 -->第三 &amp; 四
        </p></speech>""",
    )
    assert found.text == "见资料 <一>\n第二行\u3000 第三 & 四"


def test_no_text_is_lost_outside_and_inside_paragraphs(tmp_path: Path) -> None:
    found = debate(
        tmp_path, "散<speech by='#a'>甲<p>乙<p>丙</p>丁<ul><li>戊</li></ul></p>己</speech>落<foo>庚<p>辛</p></foo>"
    )
    assert found.text == "散甲乙丙丁戊己落庚辛"
    assert [line.text for line in found.lines] == list(found.text)


def test_turns_without_text_are_left_out(tmp_path: Path) -> None:
    assert [line.text for line in debate(tmp_path, "<p>\n </p><p/><p>一</p><p><br/></p>").lines] == ["一"]


def qmsum(*turns: str, topics: list[object] | None = None) -> dict[str, object]:
    return {
        "topic_list": topics or [],
        "meeting_transcripts": [{"speaker": f"S{number}", "content": turn} for number, turn in enumerate(turns)],
    }


def test_topics_in_the_order_in_which_they_come_up(tmp_path: Path) -> None:
    topics = [
        {"topic": "后", "relevant_text_span": [["2", "4"]]},
        {"topic": "先", "relevant_text_span": [["5", "5"], ["0", "3"]]},
        {"topic": "无", "relevant_text_span": []},
    ]
    found = read(written(tmp_path, "a.json", qmsum(*"零一二三四五六", topics=topics)))
    assert found.agenda == ("先", "后")
    assert [line.item for line in found.lines] == [0, 0, 1, 1, 1, 0, None]


@patient
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 5))), st.integers(0, 20))
def test_the_topic_of_a_turn_does_not_hang_on_the_order_of_spans(spans: list[tuple[int, int, int]], turn: int) -> None:
    item = item_at(spans, turn)
    assert item == item_at(spans[::-1], turn)
    assert (item is None) == (not any(first <= turn <= last for first, last, _ in spans))


def test_shared_clean_up(tmp_path: Path) -> None:
    found = read(written(tmp_path, "a.json", qmsum(" a\tb\r\nc\rd\x00\x07 \u3000", "", " \n", "\ud800x")))
    assert found.text == " a b\nc\nd \u3000\ufffdx"


def test_sentences_of_round_tables(tmp_path: Path) -> None:
    parts = [
        {"agenda": "甲", "av_num": 7, "speaker": [1, 2], "context": [["一。", " 二。"], ["三。"]]},
        {"agenda": "乙", "av_num": 8, "speaker": [1], "context": [["四。"]]},
    ]
    path = written(tmp_path, "a.jsonl", "\n".join(json.dumps(part) for part in parts).encode() + b"\n\n")
    found = read(path)
    assert (found.agenda, found.text) == (("甲", "乙"), "一。 二。三。四。")
    assert [line.speaker for line in found.lines] == ["第1场 发言人1"] * 2 + ["第1场 发言人2", "第2场 发言人1"]


def test_long_lines_are_cut_at_sentence_ends(tmp_path: Path) -> None:
    text = "这一句有十个字左右啊。" * 1000
    found = read(written(tmp_path, "a.json", qmsum(text)))
    assert found.text == text
    assert len(found.lines) == 3
    assert all(line.text.endswith("。") for line in found.lines)


@patient
@given(st.text(alphabet="一。.! \na\u0301", max_size=200), st.integers(2, 20))
def test_pieces_joined_are_the_text(text: str, longest: int) -> None:
    cut = list(pieces(text, longest))
    assert "".join(cut) == text
    assert all(len(piece) <= longest for piece in cut)
    assert all(cut) or text == ""


def test_pieces_of_a_text_without_sentences() -> None:
    assert [len(piece) for piece in pieces("字" * 9000)] == [LONGEST, LONGEST, 1000]


@patient
@given(st.text(st.characters(codec=None), max_size=100))
def test_cleaned_text_is_what_live_text_takes(text: str) -> None:
    from core.web.api.bodies import is_clean

    assert is_clean(clean(text))
    assert clean(clean(text)) == clean(text)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>
<akomaNtoso><debate><debateBody><p>&b;</p></debateBody></debate></akomaNtoso>"""


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.xml", b"", "空的"),
        ("a.xml", b"\xef\xbb\xbf \n", "空的"),
        ("a.xml", b"<html><body>x</body></html>", "Akoma Ntoso"),
        ("a.xml", b"<akomaNtoso><debate/></akomaNtoso>", "Akoma Ntoso"),
        ("a.xml", b"<akomaNtoso>", "XML"),
        ("a.xml", b'{"a": 1}', "XML"),
        ("a.xml", BOMB, "实体"),
        ("a.xml", "<akomaNtoso>会议</akomaNtoso>".encode("gb18030"), "UTF-8"),
        ("a.xml", b"PK\x03\x04\xff\xfe\x00", "UTF-8"),
        (
            "a.xml",
            b"<akomaNtoso><debateBody>" + b"<i>" * 5000 + b"x" + b"</i>" * 5000 + b"</debateBody></akomaNtoso>",
            "过深",
        ),
        ("a.xml", b"<akomaNtoso><debateBody><p/></debateBody></akomaNtoso>", "没有发言"),
        ("a.json", b"[1, 2]", "QMSum"),
        ("a.json", b"null", "QMSum"),
        ("a.json", b'{"meeting_transcripts": [{"speaker": 1, "content": "x"}]}', "QMSum"),
        ("a.json", b'{"meeting_transcripts": "abc"}', "QMSum"),
        ("a.json", b'{"meeting_transcripts": []}', "没有发言"),
        ("a.json", b"[" * 100_000, "JSON"),
        ("a.json", b"<akomaNtoso/>", "JSON"),
        ("a.jsonl", b'{"agenda": "x"}', "VCSum"),
        ("a.jsonl", b'{"agenda": "x", "speaker": [1], "context": ["abc"]}', "VCSum"),
        ("a.jsonl", b'{"agenda": "x", "speaker": [1, 2], "context": [["a"]]}', "VCSum"),
        ("a.jsonl", b'{"agenda": "x"}\nnonsense', "JSON"),
        ("a.docx", b"x", "只认"),
    ],
)
def test_a_file_that_is_not_what_it_claims_gets_one_sentence(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    with pytest.raises(TranscriptError) as refusal:
        read(written(tmp_path, name, content))
    sentence = str(refusal.value)
    assert sentence.startswith(name)
    assert why in sentence
    assert sentence.count("。") == 1
    assert sentence.endswith("。")


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "dir.xml").mkdir()
    for name in ("dir.xml", "absent.json"):
        with pytest.raises(TranscriptError, match="打不开"):
            read(tmp_path / name)
