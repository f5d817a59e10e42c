"""A text box of Word that stands on its head: the only way to turn words of a page by 180 degrees.

The box is a DrawingML shape in the line of its paragraph, so it moves with its table row and is filled like any text.
Its words stay words: in Word one clicks on them and types. A program that knows no such shape leaves the place empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm

HALF_TURN = 180 * 60_000
"""In the unit of DrawingML, 1/60000 degree."""
DOC_PR = qn("wp:docPr")
_BOX = """
<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
 <mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
  xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
  xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
  xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
  <mc:Choice Requires="wps"><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">
   <wp:extent cx="{width}" cy="{height}"/><wp:docPr id="1" name="{name}" descr="{name}"/><wp:cNvGraphicFramePr/>
   <a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
    <wps:wsp><wps:cNvSpPr txBox="1"/>
     <wps:spPr><a:xfrm rot="{turn}"><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>
      <a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>
     <wps:txbx><w:txbxContent/></wps:txbx>
     <wps:bodyPr rot="0" vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"
      anchorCtr="0" upright="0"><a:noAutofit/></wps:bodyPr>
    </wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>
 </mc:AlternateContent></w:r>"""


def turned_box(paragraph: Any, inside: Iterable[Any], width: int, height: int) -> None:
    """Put paragraphs upside down into a box of `width` × `height` millimetres at the end of `paragraph`."""
    name = "折到背面的一半"
    run = parse_xml(_BOX.format(width=Mm(width), height=Mm(height), turn=HALF_TURN, name=name))
    box = next(run.iter(qn("w:txbxContent")))
    box.extend(one._p for one in inside)  # noqa: SLF001 - python-docx knows no text boxes
    paragraph._p.append(run)  # noqa: SLF001


def number(roots: Iterable[Any]) -> None:
    """Give every drawing of a document a number of its own: rows are copied, and Word wants none twice."""
    for place, drawing in enumerate((one for root in roots for one in root.iter(DOC_PR)), 1):
        drawing.set("id", str(place))
