"""Other forms of a publication beside its text (多种形式): drawing (图解), question and answer (问答), video (视频).

A part is {kind, title, text} and, by its kind, `file` or `url`. The text is what it says to somebody who cannot see or
play it: the answer, the description of a drawing, the words of a video. Parts are under the approved content hash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l

from core import settings
from core.filetypes import IMAGES
from core.models import Attachment
from core.refusals import Invalid
from core.text import checked

HOSTS = "core.video_hosts"
MOST = 60
LIMITS = {"title": 200, "text": 20_000, "url": 500}
DRAWINGS = IMAGES | {"image/svg+xml"}
Part = dict[str, str]


@dataclass(frozen=True)
class Kind:
    """A form: its name, what it needs beside title and text, what those two are called."""

    label: Any
    needs: str
    title: Any
    text: Any


KINDS: dict[str, Kind] = {
    "diagram": Kind(_l("图解"), "file", _l("图解标题"), _l("图解的文字说明")),
    "question": Kind(_l("问答"), "", _l("问题"), _l("回答")),
    "video": Kind(_l("视频"), "url", _l("视频标题"), _l("视频的文字稿")),
}


def accepted(parts: Sequence[Mapping[str, Any]], files: Mapping[str, Attachment]) -> list[Part]:
    """The parts as they are stored. `files`: what hangs on the publication, by attachment id.

    Raises:
        Invalid: `parts[n].<field>` → sentences, all faults at once.
    """
    faults: dict[str, list[Any]] = {}
    if len(parts) > MOST:
        faults["parts"] = [_l("最多 %(most)s 项。", most=MOST)]
    taken = []
    for n, part in enumerate(parts):
        try:
            taken.append(_part(part, files))
        except Invalid as no:
            faults |= {f"parts[{n}].{name}": sentences for name, sentences in no.errors.items()}
    if faults:
        raise Invalid(faults)
    return taken


def text(parts: Sequence[Mapping[str, str]]) -> str:
    """Everything the parts say, for the search."""
    return "\n".join(f"{part['title']}\n{part['text']}" for part in parts)


def _part(part: Mapping[str, Any], files: Mapping[str, Attachment]) -> Part:
    kind = KINDS.get(part.get("kind", ""))
    if kind is None:
        raise Invalid({"kind": [_l("只能是：%(values)s。", values=", ".join(KINDS))]})
    names = ("title", "text", *((kind.needs,) if kind.needs else ()))
    given = {name: str(part.get(name) or "").strip() for name in names}
    faults: dict[str, list[Any]] = {}
    try:
        given = checked(given, LIMITS, names)
    except Invalid as no:
        faults = no.errors
    if kind.needs and given[kind.needs]:
        fault = _drawing_fault(files.get(given["file"])) if kind.needs == "file" else _address_fault(given["url"])
        faults |= {kind.needs: [fault]} if fault else {}
    if faults:
        raise Invalid(faults)
    return {"kind": part["kind"], **given}


def _drawing_fault(attachment: Attachment | None) -> Any:
    if attachment is None:
        return _l("没有这个文件，请先上传。")
    return None if attachment.file.media_type in DRAWINGS else _l("图解须为 svg、png、jpg、gif 或 webp。")


def _address_fault(url: str) -> Any:
    """A link, never an embedded player: the page fetches nothing from elsewhere."""
    try:
        address = urlsplit(url)
        host = (address.hostname or "").lower()
    except ValueError:
        host = ""
    allowed = [str(name).lower() for name in settings.get(HOSTS)]
    if not host or address.scheme != "https" or address.username or address.password:
        return _l("请填写以 https:// 开头的视频地址。")
    if allowed and host not in allowed:
        return _l("只能链接到：%(hosts)s。", hosts=", ".join(allowed))
    return None
