"""Document templates (文档模板) of a plugin over the API: read one, replace it, go back to the built-in one."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, cast

from flask import Response, send_file
from pydantic import BaseModel

from core import storage
from core.documents.templates import Standing, Templates
from core.filetypes import MEDIA_TYPES
from core.web.api.answers import Answer
from core.web.api.blueprint import Api
from core.web.api.uploads import uploaded
from core.web.requests import actor


class TemplateOut(BaseModel):
    """The template of a document here: `own` when it was uploaded; `names` may stand in it as {{name}}."""

    paper: str
    title: str
    own: bool
    names: list[str]
    etag: str


class TemplatesOut(BaseModel):
    """One for each document."""

    items: list[TemplateOut]


def add_templates(api: Api, templates: Templates) -> None:
    """Add the endpoints of the editable templates: /document-templates …"""

    def listed_templates() -> Answer:
        return Answer({"items": [_json(templates.standing(key)) for key in templates.papers]})

    def template_content(found: Standing) -> Response:
        made = io.BytesIO(templates.bytes_of(found.own, found.paper.key))
        name = storage.safe_name(f"{found.paper.title}.docx")
        answer = send_file(made, MEDIA_TYPES["docx"], as_attachment=True, download_name=name)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    def replace_template(found: Standing, staged: storage.Staged) -> Answer:
        templates.replace(actor(), found.paper.key, staged)
        return template(templates.standing(found.paper.key))

    def reset_template(found: Standing) -> Answer:
        templates.reset(actor(), found.paper.key)
        return template(templates.standing(found.paper.key))

    root, right, load = "/document-templates", {"permission": templates.right}, templates.standing
    one = f"{root}/<id>"
    api.get(root, **right, answer=TemplatesOut, summary="Templates of the documents")(listed_templates)
    api.get(one, load=load, **right, answer=TemplateOut, summary="One template")(template)
    api.get(f"{one}/content", load=load, **right, summary="The Word file in force")(template_content)
    api.put(
        one, load=load, **right, multipart=("file",), prepare=_stage, versioned=True, answer=TemplateOut,
        summary="Use another template; one with an unknown placeholder is refused by its name",
    )(replace_template)  # fmt: skip
    api.delete(
        one, load=load, **right, versioned=True, answer=TemplateOut, summary="Use the built-in one again"
    )(reset_template)  # fmt: skip


def template(found: Standing) -> Answer:
    """With the names it may use."""
    return Answer(_json(found), version=found.version)


def _stage() -> storage.Staged:
    upload = uploaded("file")
    return storage.stage(cast(BinaryIO, upload.stream), upload.filename or "")


def _json(found: Standing) -> dict[str, Any]:
    names = sorted(found.paper.names)
    return {
        "paper": found.paper.key, "title": found.paper.title, "own": found.own is not None, "names": names,
        "etag": str(found.version),
    }  # fmt: skip
