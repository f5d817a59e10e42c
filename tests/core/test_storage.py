"""Files: what comes in, where it lies, who reads it, how it goes out."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from core import filetypes, jurisdictions, plugins, storage
from core.contracts import FileUse, JurisdictionRef
from core.db import db, write
from core.models import AttachmentLink, StoredFile
from core.permissions import ANONYMOUS, SYSTEM, Actor
from core.refusals import Invalid, NotFound

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def package(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def word() -> bytes:
    buffer = io.BytesIO()
    docx.Document().save(buffer)
    return buffer.getvalue()


def sheet() -> bytes:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    return buffer.getvalue()


ODT = package(mimetype=b"application/vnd.oasis.opendocument.text")
GOOD = {
    "方案.pdf": b"%PDF-1.7 ...", "公文.ofd": package(**{"OFD.xml": b"<ofd/>"}), "文.docx": word(), "表.xlsx": sheet(),
    "文.odt": ODT, "图.png": PNG, "图.JPG": b"\xff\xd8\xff\xe0", "图.jpeg": b"\xff\xd8\xff\xe0", "图.gif": b"GIF89a..",
    "图.webp": b"RIFF\0\0\0\0WEBPVP8 ", "说明.txt": "中文\r\n".encode(), "旧.txt": "中文".encode("gb18030"),
    "表.csv": b"a,b\n1,2\n", "读我.md": b"# x",
}  # fmt: skip
HOSTILE = {
    "page.html": b"<script>alert(1)</script>", "page.HTM": b"x", "image.svg": b"<svg onload='x'/>", "run.exe": b"MZ",
    "x.js": b"alert(1)", "x.php": b"<?php", "x.sh": b"#!/bin/sh", "a.zip": package(a=b"x"), "old.doc": b"\xd0\xcf\x11\xe0",
    "macro.docm": word(), "noname": b"x", ".htaccess": b"x", "": b"x", "a.pdf.exe": b"%PDF-", "x.xhtml": b"x", "x.xml": b"<x/>",
    "photo\u202egnp.exe": b"MZ", "nul.txt\x00.exe": b"MZ", "a.jar": b"PK", "a.lnk": b"L", "a.swf": b"FWS", "a.mht": b"M",
    "fake.pdf": b"<html>", "fake.png": b"<svg/>", "fake.jpg": PNG, "fake.docx": b"PK\x03\x04 not a zip", "fake.gif": b"GIF8",
    "sheet.docx": sheet(), "word.xlsx": word(), "word.pptx": word(), "plain.docx": package(a=b"x"), "wrong.ods": ODT,
    "macro.docx": package(**{"[Content_Types].xml": b"wordprocessingml.document.main+xml", "word__vbaProject.bin": b"x"}),
    "macro2.docx": package(**{"[Content_Types].xml": b"wordprocessingml.document.main+xml macroEnabled"}),
    "binary.txt": b"\x00\x01\x02", "binary.csv": b"\xff\xfe\x00\x00\x81", "escape.md": b"\x1b[2J", "empty.txt": b"",
    "bomb.docx": package(**{"[Content_Types].xml": b"wordprocessingml.document.main+xml", "big": b"\0" * (401 * 1024 * 1024)}),
}  # fmt: skip


def stage(name: str, content: bytes = b"hello") -> storage.Staged:
    return storage.stage(io.BytesIO(content), name)


def kept(actor: Actor, name: str = "a.txt", content: bytes = b"hello") -> str:
    staged = stage(name, content)
    with write():
        return storage.keep(actor, staged).id


@pytest.mark.parametrize("name", sorted(GOOD))
def test_good_files_come_in(county: JurisdictionRef, name: str) -> None:
    staged = stage(name, GOOD[name])
    assert staged.sha256 == hashlib.sha256(GOOD[name]).hexdigest()
    assert storage.path_of(staged.sha256).read_bytes() == GOOD[name]
    assert staged.media_type == filetypes.MEDIA_TYPES[filetypes.extension(name)]


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_files_are_refused_by_name_and_leave_nothing(app: Flask, county: JurisdictionRef, name: str) -> None:
    with pytest.raises(Invalid) as no:
        stage(name, HOSTILE[name])
    (sentence,) = no.value.errors["file"]
    assert storage.safe_name(name) in str(sentence)
    left = [path for path in (Path(app.config["DATA"]) / "files").rglob("*") if path.is_file()]
    assert left == []


def test_size_is_limited_while_reading(app: Flask, county: JurisdictionRef) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024

    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            Endless.given += size
            return b"a" * size

    with pytest.raises(Invalid) as no:
        storage.stage(Endless(), "a.txt")  # type: ignore[arg-type]
    assert "1 MB" in str(no.value.errors["file"][0])
    assert Endless.given < 2 * 1024 * 1024


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        (r"C:\Users\x\方案.docx", "方案.docx"),
        ('a"b\r\nX: y.pdf', "abX y.pdf"),
        ("长" * 300 + ".pdf", "长" * 146 + ".pdf"),
        ("..", ""),
        ("报告 （终稿）.docx", "报告 （终稿）.docx"),
    ],
)
def test_names_are_made_safe(given: str, safe: str) -> None:
    assert storage.safe_name(given) == safe


def test_the_same_bytes_lie_once_and_rights_stay_apart(
    county: JurisdictionRef, other_county: JurisdictionRef, person: Callable[..., Actor]
) -> None:
    one, two = person("drafter", place=county), person("drafter", place=other_county)
    first = kept(one)
    with jurisdictions.enter(other_county):
        second = kept(two, "b.txt")
        assert len(db.session.scalars(select(StoredFile)).all()) == 1
        assert storage.open_for(two, second).attachment.filename == "b.txt"
        for actor in (one, two):
            with pytest.raises(NotFound):
                storage.open_for(actor, first)
    assert storage.open_for(one, first).attachment.filename == "a.txt"
    assert storage.place_of(second).slug == "meitan"


def test_an_unlinked_file_is_its_uploaders(county: JurisdictionRef, person: Callable[..., Actor]) -> None:
    uploader, colleague = person("drafter", place=county), person("leader", place=county)
    made = kept(uploader)
    assert not storage.open_for(uploader, made).public
    for actor in (colleague, ANONYMOUS):
        with pytest.raises(NotFound):
            storage.open_for(actor, made)
    anonymous_upload = kept(ANONYMOUS)
    with pytest.raises(NotFound):
        storage.open_for(ANONYMOUS, anonymous_upload)


def test_nobody_links_a_file_he_may_not_read(county: JurisdictionRef, person: Callable[..., Actor]) -> None:
    uploader, other = person("drafter", place=county), person("drafter", place=county)
    made = kept(uploader)
    with pytest.raises(NotFound), write():
        storage.link(other, made, "meetings.application", "x")
    assert db.session.scalars(select(AttachmentLink)).all() == []


@pytest.fixture
def linked(county: JurisdictionRef, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """A file linked to an object of the plugin "club" (on), whose `may_read_file` answers what is given."""

    def make(audience: str, *answers: bool, on: bool = True) -> str:
        monkeypatch.setattr(plugins, "enabled", lambda _place: frozenset({"club"} if on else ()))
        asked: list[FileUse] = []

        def call_one(_self: object, plugin: str, hook: str, **arguments: object) -> object:
            assert (plugin, hook) == ("club", "may_read_file")
            asked.extend(arguments["uses"])  # type: ignore[call-overload]
            assert {use.subject_type for use in asked} == {"club.meeting"}
            return iter(answers)

        monkeypatch.setattr(plugins.Plugins, "call_one", call_one)
        made = kept(SYSTEM)
        with write():
            storage.link(SYSTEM, made, "club.meeting", "m1", audience=audience)
        return made

    return make


def may(actor: Actor, attachment: str) -> bool:
    try:
        storage.open_for(actor, attachment)
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("audience", ["staff", "invited", "public"])
def test_the_linking_plugin_decides(linked: Callable[..., str], audience: str) -> None:
    assert may(ANONYMOUS, linked(audience, True))
    assert not may(ANONYMOUS, linked(audience, False))
    assert not may(ANONYMOUS, linked(audience, True, on=False))


def test_without_an_answer_staff_files_are_for_the_staff(
    linked: Callable[..., str], county: JurisdictionRef, other_county: JurisdictionRef, person: Callable[..., Actor]
) -> None:
    staff, stranger = person("handler", place=county), person("handler", place=other_county)
    admin = person("system_admin", place=county)
    for audience, expected in (("staff", True), ("invited", False), ("public", False)):
        made = linked(audience)
        assert may(staff, made) is expected
        assert not any(may(actor, made) for actor in (stranger, admin, ANONYMOUS))


def test_a_plugin_that_fails_keeps_the_file_closed(
    app: Flask, linked: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = linked("public", True)

    def fail(*_a: object, **_k: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(plugins.Plugins, "call_one", fail)
    app.testing = False
    assert not may(ANONYMOUS, made)


def test_the_download_is_inert(app: Flask, county: JurisdictionRef) -> None:
    made = kept(SYSTEM, '报告"终稿.txt', b"<script>alert(1)</script>")
    with app.test_request_context():
        response = storage.respond(storage.open_for(SYSTEM, made))
        response.direct_passthrough = False
        headers = response.headers
        assert response.get_data() == b"<script>alert(1)</script>"
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%E6%8A%A5%E5%91%8A%E7%BB%88%E7%A8%BF.txt" in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Content-Type"].startswith("text/plain")


def test_bytes_lost_on_the_disk_answer_not_found(app: Flask, county: JurisdictionRef) -> None:
    made = kept(SYSTEM)
    opened = storage.open_for(SYSTEM, made)
    storage.path_of(opened.attachment.sha256).unlink()
    with pytest.raises(NotFound), app.test_request_context():
        storage.respond(opened)
