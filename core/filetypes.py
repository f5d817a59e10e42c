"""Which files may come in (文件类型): by name and, independently, by what they really contain."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from core import svg

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "ofd": "application/ofd",
    "docx": f"{_OOXML}wordprocessingml.document",
    "xlsx": f"{_OOXML}spreadsheetml.sheet",
    "pptx": f"{_OOXML}presentationml.presentation",
    "odt": f"{_ODF}text",
    "ods": f"{_ODF}spreadsheet",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "csv": "text/csv",
    "md": "text/markdown",
    "json": "application/json",
}
IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_TAKEN = _l("可以上传：pdf、ofd、docx、xlsx、pptx、odt、ods、png、jpg、gif、webp、svg、txt、csv、md、json。")
_ADVICE: dict[str, Any] = {
    "doc": _l("请另存为 docx 后上传。"),
    "wps": _l("请另存为 docx 后上传。"),
    "xls": _l("请另存为 xlsx 后上传。"),
    "et": _l("请另存为 xlsx 后上传。"),
    "ppt": _l("请另存为 pptx 后上传。"),
    "zip": _l("请解压后逐个上传其中的文件。"),
    "rar": _l("请解压后逐个上传其中的文件。"),
    "7z": _l("请解压后逐个上传其中的文件。"),
}
_MAIN_PARTS = {
    "docx": b"wordprocessingml.document.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
    "pptx": b"presentationml.presentation.main+xml",
}
MAX_MEMBERS, MAX_UNPACKED = 5_000, 400 * 1024 * 1024


def extension(filename: str) -> str:
    """The last part of a name in lower case, "" without one."""
    return Path(filename).suffix.lower().lstrip(".")


def refusal(filename: str) -> Any:
    """Why a file of this name is not taken; None when its name is fine."""
    kind = extension(filename)
    if kind in MEDIA_TYPES:
        return None
    return _l("不接收“%(name)s”这类文件。%(advice)s", name=filename, advice=_ADVICE.get(kind, _TAKEN))


def mismatch(path: Path, filename: str) -> Any:
    """Why the content is not what the name says; None when it is."""
    kind = extension(filename)
    if kind == "svg":
        why = svg.refusal(path)
        return _l("“%(name)s”：%(why)s", name=filename, why=why) if why else None
    sound = _CHECKS[kind](path, kind)
    return None if sound else _l("“%(name)s”的内容不是有效的 %(kind)s 文件。", name=filename, kind=kind)


def _image_or_pdf(path: Path, kind: str) -> bool:
    with path.open("rb") as file:
        head = file.read(16)
    return {
        "pdf": head.startswith(b"%PDF-"),
        "png": head.startswith(b"\x89PNG\r\n\x1a\n"),
        "jpg": head.startswith(b"\xff\xd8\xff"),
        "jpeg": head.startswith(b"\xff\xd8\xff"),
        "gif": head[:6] in {b"GIF87a", b"GIF89a"},
        "webp": head[:4] == b"RIFF" and head[8:12] == b"WEBP",
    }[kind]


def _text(path: Path, _kind: str) -> bool:
    """UTF-8 or GB 18030 without control characters: what Chinese offices produce."""
    content = path.read_bytes()
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(ord(char) < 32 and char not in "\t\r\n\f" for char in text)
    return False


def _package(path: Path, kind: str) -> bool:
    """Office documents are archives: sound, of the right kind, of bearable size, without macros."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
                return False
            if any(member.filename.lower().endswith("vbaproject.bin") for member in members):
                return False
            return _is_kind(archive, kind)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError, ValueError):
        return False


def _is_kind(archive: zipfile.ZipFile, kind: str) -> bool:
    if kind == "ofd":
        return "OFD.xml" in archive.namelist()
    if kind in _MAIN_PARTS:
        types = _head(archive, "[Content_Types].xml")
        return _MAIN_PARTS[kind] in types and b"macroEnabled" not in types
    return _head(archive, "mimetype").strip() == MEDIA_TYPES[kind].encode()


def _head(archive: zipfile.ZipFile, member: str) -> bytes:
    with archive.open(member) as file:
        return file.read(1_000_000)


_CHECKS = {
    **dict.fromkeys(("pdf", "png", "jpg", "jpeg", "gif", "webp"), _image_or_pdf),
    **dict.fromkeys(("txt", "csv", "md", "json"), _text),
    **dict.fromkeys(("ofd", "docx", "xlsx", "pptx", "odt", "ods"), _package),
}
