"""From a file on disk to a transcript: the name says the format, the content has to keep what the name says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask_babel import lazy_gettext as _l

from plugins.meetings.transcripts import akoma_ntoso, qmsum, vcsum
from plugins.meetings.transcripts.model import Transcript, TranscriptError

LARGEST = 32 * 1024 * 1024
FORMATS: dict[str, Callable[[str, str], Transcript]] = {
    ".xml": akoma_ntoso.parse,
    ".json": qmsum.parse,
    ".jsonl": vcsum.parse,
}


def read(path: Path) -> Transcript:
    """The transcript in a file.

    Raises:
        TranscriptError: with one sentence that names the file and what is wrong with it.
    """
    parse = FORMATS.get(path.suffix.lower())
    if parse is None:
        raise TranscriptError(
            _l("%(file)s 不是能回放的文件：只认 .xml（Akoma Ntoso）、.json（QMSum）、.jsonl（VCSum）。", file=path.name)
        )
    try:
        transcript = parse(_text(path), path.name.split(".")[0])
    except TranscriptError as error:
        raise TranscriptError(_l("%(file)s 无法读取：%(why)s", file=path.name, why=error.args[0])) from error
    if not transcript.lines:
        raise TranscriptError(_l("%(file)s 里没有发言，没有可以回放的内容。", file=path.name))
    return transcript


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise TranscriptError(_l("文件超过 %(n)s MB。", n=LARGEST // 1024**2))
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise TranscriptError(_l("打不开这个文件（%(why)s）。", why=error.strerror)) from error
    except UnicodeDecodeError as error:
        raise TranscriptError(_l("内容不是 UTF-8 文本。")) from error
    if not text.strip():
        raise TranscriptError(_l("文件是空的。"))
    return text
