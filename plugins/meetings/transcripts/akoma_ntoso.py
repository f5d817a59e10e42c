"""Debates in Akoma Ntoso, with any namespace or none.

Every paragraph (`p` and other blocks) is one line. Inline elements (`i`, `a`, `b`, `span` …) keep their text, `br` and
`eol` are line breaks. Outside these breaks every run of blanks, tabs and line breaks is one blank, none at the ends of
a line: it is the layout of the XML file, not speech (other spaces, as U+3000 and U+00A0, stay). `speech`, `question`
and `answer` are speeches, everything else is a notice. The speaker is the person of `@by` (`TLCPerson/@showAs`), else
`from`. Headings, numbers and `from` are labels, not text: the heading of a section that has lines of its own is an
agenda item, also of nested sections, in the order of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from flask_babel import lazy_gettext as _l

from plugins.meetings.transcripts.model import Line, Transcript, TranscriptError, clean, fold, lines, name

SPEECHES = {"speech", "question", "answer"}
NOTICES = {"narrative", "scene", "summary", "other"}
LABELS = {"heading", "subheading", "num", "from"}
BLOCKS = SPEECHES | NOTICES | LABELS | {
    "debateBody", "debateSection", "p", "blockList", "item", "listIntroduction", "listConclusion", "container",
    "blockContainer", "ul", "ol", "li", "div", "table", "tr", "td", "th",
}  # fmt: skip
BREAKS = {"br", "eol"}
DEEPEST = 100


@dataclass
class _Section:
    """A section of the debate; it gets its agenda number with its first line."""

    heading: str | None = None
    number: int | None = None


@dataclass(frozen=True)
class _Place:
    """Whose words a block holds and where in the debate."""

    section: _Section
    type: str = "notice"
    speaker: str | None = None


def parse(text: str, title: str) -> Transcript:
    """Read a debate; `title` is used when the file has no heading.

    Raises:
        TranscriptError: not XML, unsafe XML, or not a debate.
    """
    root = _root(text)
    body = next(_all(root, "debateBody"), None)
    if _tag(root) != "akomaNtoso" or body is None:
        raise TranscriptError(_l("不是 Akoma Ntoso 的会议记录（没有 debateBody）。"))
    _refuse_depth(root)
    reader = _Reader({_id(person): person.get("showAs", "") for person in _all(root, "TLCPerson")})
    reader.block(body, _Place(_Section()))
    headings = (fold("".join(heading.itertext())) for heading in _all(body, "heading"))
    return Transcript(next(filter(None, headings), title), tuple(reader.agenda), tuple(reader.lines))


class _Reader:
    """Walks a debate once, in order."""

    def __init__(self, people: dict[str, str]) -> None:
        self.people = people
        self.agenda: list[str] = []
        self.lines: list[Line] = []

    def block(self, element: Element, place: _Place) -> None:
        """The lines of a block: its own text between the blocks in it, and theirs."""
        place = self._inside(element, place)
        run = [_blanks(element.text)]
        for child in element:
            if _is_block(child):
                self._flush(run, place)
                run = []
                if _tag(child) not in LABELS:
                    self.block(child, place)
            else:
                run.append(_inline(child))
            run.append(_blanks(child.tail))
        self._flush(run, place)

    def _inside(self, element: Element, place: _Place) -> _Place:
        heading = fold("".join(_label(element, "num") + _label(element, "heading")))
        section = _Section(heading) if heading else place.section
        if _tag(element) in SPEECHES:
            return _Place(section, "speech", self._speaker(element))
        if _tag(element) in NOTICES:
            return _Place(section)
        return _Place(section, place.type, place.speaker)

    def _speaker(self, speech: Element) -> str | None:
        by = speech.get("by", "").removeprefix("#")
        return name(self.people.get(by)) or name("".join(_label(speech, "from"))) or name(by)

    def _flush(self, run: list[str], place: _Place) -> None:
        text = clean(re.sub(" +", " ", re.sub(" *\n *", "\n", "".join(run)))).strip(" \n")
        section = place.section
        if text and section.heading and section.number is None:
            section.number = len(self.agenda)
            self.agenda.append(section.heading)
        self.lines += lines(section.number, place.speaker, place.type, text)


def _root(text: str) -> Element:
    try:
        root: Element = fromstring(text)
    except DefusedXmlException as error:
        raise TranscriptError(_l("XML 里定义了实体，出于安全不读取。")) from error
    except (ParseError, ValueError) as error:
        raise TranscriptError(_l("不是完整的 XML。")) from error
    return root


def _refuse_depth(root: Element) -> None:
    level = [root]
    for _depth in range(DEEPEST):
        level = [child for element in level for child in element]
    if level:
        raise TranscriptError(_l("XML 嵌套过深。"))


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(element: Element, tag: str) -> Iterator[Element]:
    return (found for found in element.iter() if _tag(found) == tag)


def _id(person: Element) -> str:
    return person.get("eId") or person.get("id") or ""


def _label(element: Element, tag: str) -> list[str]:
    return [" ".join(child.itertext()) + " " for child in element if _tag(child) == tag]


def _is_block(element: Element) -> bool:
    return _tag(element) in BLOCKS or any(_is_block(child) for child in element)


def _inline(element: Element) -> str:
    inside = "".join(_inline(child) + _blanks(child.tail) for child in element)
    return "\n" if _tag(element) in BREAKS else _blanks(element.text) + inside


def _blanks(text: str | None) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text or "")
