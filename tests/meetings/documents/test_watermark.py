"""Restricted materials (会8): every page bears its reader's name; what cannot be marked is said at once."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import typst
from pypdf import PdfReader, PdfWriter

from plugins.meetings.documents import watermark

WORDS = ("王小明（公众代表）", "2026-11-25 09:00", "限制传阅")


def pdf(pages: int = 2, *, turned: bool = False, password: str = "") -> bytes:
    source = "\n#pagebreak()\n".join(f"Page {number}" for number in range(1, pages + 1)).encode()
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(typst.compile(source))))
    if turned:
        writer.pages[0].rotate(90)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def on_disk(folder: Path, content: bytes) -> Path:
    path = folder / "material.pdf"
    path.write_bytes(content)
    return path


def texts(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


@pytest.mark.article("meetings", 8)
@pytest.mark.parametrize("turned", [False, True])
def test_every_page_bears_the_name_and_keeps_its_own_text(tmp_path: Path, turned: bool) -> None:
    made = texts(watermark.marked(on_disk(tmp_path, pdf(3, turned=turned)), WORDS))
    assert len(made) == 3
    for number, text in enumerate(made, 1):
        assert f"Page {number}" in text
        assert all(word in text for word in WORDS)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pdf(password="1"), "locked"),
        (b"%PDF-1.7\nno such thing", "broken"),
        (pdf()[:400], "broken"),
        (b"", "broken"),
    ],
)
def test_what_cannot_be_marked_is_said(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(watermark.Unmarkable) as no:
        watermark.marked(on_disk(tmp_path, content), WORDS)
    assert no.value.args[0] == watermark.REASONS[reason]


def test_a_file_that_takes_for_ever_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watermark, "PATIENCE", 0.01)
    with pytest.raises(watermark.Unmarkable):
        watermark.marked(on_disk(tmp_path, pdf()), WORDS)


@pytest.mark.article("meetings", 8)
def test_a_restricted_material_must_be_a_pdf_without_password(office: Any) -> None:
    def refused(file: str | None) -> str:
        material = {"kind": "other", "title": "预算", "file": file, "restricted": True}
        body = {"title": "预算方案", "subject_class": "none", "materials": [material]}
        answer = office.call("organiser", "POST", "meetings/applications", body)
        assert answer.status_code == 422
        return str(answer.json["errors"][0]["detail"])

    def upload(content: bytes) -> str:
        body = {"file": (io.BytesIO(content), "预算.pdf")}
        return str(office.ok("organiser", "POST", "files", body)["id"])

    assert "须附 PDF" in refused(None)
    assert "PDF" in refused(office.upload())
    assert "密码" in refused(upload(pdf(password="1")))
    material = {"kind": "other", "title": "预算", "file": upload(pdf()), "restricted": True}
    made = office.application(materials=[material])
    assert made["materials"][0]["restricted"] is True
    plain = office.ok(
        "organiser", "PATCH", f"meetings/applications/{made['id']}", {"materials": [material | {"restricted": False}]},
        If_Match=f'"{made["etag"]}"',
    )  # fmt: skip
    assert plain["content_hash"] != made["content_hash"]
