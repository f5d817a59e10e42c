"""Letters of a request over the API: for who handles it, and for the applicant by number and secret; the templates."""

from __future__ import annotations

import base64

from flask import Response
from pydantic import BaseModel

from core.web.api import Answer, Api
from core.web.api.templates import add_templates
from core.web.requests import actor
from plugins.disclosure.api.requests import load, look_up_own
from plugins.disclosure.forms.requests import OwnLetterIn
from plugins.disclosure.models import AccessRequest
from plugins.disclosure.services import letters
from plugins.disclosure.services.letters import DRAFT
from plugins.disclosure.services.templates import templates

ROOT = "/requests/<id>/letters"


class LetterOut(BaseModel):
    """A letter; `id` is `draft` for the reply in the making, which has not gone out."""

    id: str
    key: str
    title: str
    issued_at: str | None


class LettersOut(BaseModel):
    """In the order they went out."""

    items: list[LetterOut]


class OwnLetterOut(BaseModel):
    """A file; `content` is base64."""

    name: str
    media_type: str
    content: str


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(ROOT, load=load, permission="core.staff", answer=LettersOut, summary="Letters of a request")(listing)
    api.get(
        f"{ROOT}/<letter>", load=load, permission="core.staff",
        summary="One letter as .docx, as it went out; `draft` is the reply in the making",
    )(show)  # fmt: skip
    api.post(
        "/requests/own/letters", body=OwnLetterIn, public=True, answer=OwnLetterOut,
        summary="A letter of one's own request, by number and secret: its .docx in base64",
    )(own)  # fmt: skip
    add_templates(api, templates)


def listing(found: AccessRequest) -> Answer:
    """With the reply in the making."""
    items = [
        {"id": one.id, "key": one.key, "title": letters.title(one), "issued_at": one.created_at}
        for one in letters.of(found)
    ]
    if letters.has_draft(found):
        assert found.reply is not None
        key = f"reply_{found.reply.result}"
        items.append({"id": DRAFT, "key": key, "title": templates.paper(key).title, "issued_at": None})
    return Answer({"items": items})


def show(found: AccessRequest, letter: str) -> Response:
    """For those who handle it: it names the applicant."""
    return letters.read(actor(), found, letter).answer()


def own(body: OwnLetterIn) -> Answer:
    """The ids stand in the answer of `requests/own`; a secret belongs in no address, so this is no GET."""
    file = letters.read_own(look_up_own(body), body.letter)
    content = base64.b64encode(file.content).decode()
    return Answer({"name": file.name, "media_type": file.media_type, "content": content})
