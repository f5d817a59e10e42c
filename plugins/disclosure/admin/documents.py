"""Official documents (公文) in the console: my drafts, what waits for me, the questionnaire, the processing sheet."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, BinaryIO, cast

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, true
from werkzeug.wrappers import Response

from core import clocks, permissions, storage
from core.db import db, write
from core.models import Agency, Clock
from core.permissions import can
from core.refusals import Forbidden, Invalid, Refused, Stale, WrongState
from core.web.admin import ConsoleView, expose
from core.web.admin.acts import acts
from core.web.admin.forms import parse, problems
from core.web.once import FIELD, new_key, once
from core.web.requests import actor
from plugins.disclosure import genres, item_content, values
from plugins.disclosure.admin.acting import other_bodies
from plugins.disclosure.admin.document_bulk import BulkActs, about_lists, waiting_page
from plugins.disclosure.admin.document_sheets import SheetActs
from plugins.disclosure.document_content import files
from plugins.disclosure.forms.documents import DocumentIn, DocumentMove, DocumentPatch
from plugins.disclosure.models import Document
from plugins.disclosure.questionnaire import QUESTIONS, answers_of, evaluate
from plugins.disclosure.services import document_numbers, document_waiting, documents
from plugins.disclosure.services.document_gate import visible_documents
from plugins.disclosure.workflow import DOCUMENT
from plugins.disclosure.workflow.items import item_of

MOST = 200
TEXTS = ("title", "genre", "text", "public_text", "origin", "source", "attribute_reason", "secrecy_level", "key_area")
LABELS: dict[str, Any] = {
    "title": _l("标题"),
    "genre": _l("文种"),
    "text": _l("正文"),
    "attribute": _l("公开属性"),
    "joint_agencies": _l("会签单位"),
    "reason": _l("理由"),
    "number": _l("文号"),
    "file": _l("批复文件"),
}
ASKS_FOR = {
    "issue": "NUMBER_MISSING", "refer": "TARGET_MISSING", "answer_referral": "ANSWER_MISSING",
    "cosign": "COSIGN_MISSING", "redetermine": "ATTR_MISSING", "repeal": "BASIS_MISSING",
}  # fmt: skip
"""Events that ask for more than a reason → how they are refused while it has not been said."""


ONWARD = ("determine", "review", "approve", "sign", "complete")
"""The steps on the straight road: stressed where they are open."""


class DocumentsView(SheetActs, BulkActs, ConsoleView):
    """Drafting, reviewing, signing, issuing."""

    @expose("/")
    def index(self) -> str:
        """What waits for me, what I drafted, or all I may see."""
        who = actor()
        shown = request.args.get("list", "") or ("waiting" if document_waiting.holds_any(who) else "mine")
        if shown == "waiting":
            return waiting_page(self)
        own = Document.created_by == who.id if shown == "mine" else true()
        newest = Document.updated_at.desc(), Document.id
        rows = db.session.scalars(select(Document).where(visible_documents(who), own).order_by(*newest).limit(MOST))
        return self.render("disclosure/console/documents.html", rows=rows.all(), **about_lists(shown))

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> Response:
        """A new draft; only title and genre are needed to keep it."""
        permissions.require(actor(), documents.RIGHT)
        if request.method == "GET":
            return self._form(None, {"origin": "made", "secrecy_level": "none", "genre": "notice"})
        if request.form.get("act") == "check":
            return self._form(None, _typed())
        try:
            body = parse(DocumentIn, _body())
            added = _uploads()
            ident = once(
                actor(), request.form.get(FIELD, ""), lambda: documents.create(actor(), body.values() | added).id
            )
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return self._form(None, _typed(), no)
        flash(_("草稿已保存。"), "done")
        return redirect(url_for(".show", id=ident))

    @expose("/<id>/edit", methods=["GET", "POST"])
    def edit(self, id: str) -> Response:  # noqa: A002 — the address part
        """Change a draft; everything that was typed stays, whatever stands in the way."""
        row = documents.find(actor(), id)
        permissions.require(actor(), documents.RIGHT, row)
        if request.method == "GET":
            return self._form(row, typed_of(row))
        if request.form.get("act") == "check":
            return self._form(row, _typed())
        try:
            body = parse(DocumentPatch, _body())
            added = _uploads(row)
            with write():
                found = documents.find(actor(), id)
                documents.edit(actor(), found, body.values() | added, version=request.form.get("version", -1, type=int))
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return self._form(documents.find(actor(), id), _typed(), no)
        flash(_("草稿已保存。"), "done")
        return redirect(url_for(".show", id=id))

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002
        """The document, its processing sheet (发文处理签) and what may be done."""
        return self._page(documents.find(actor(), id))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """One step of table 5.1."""
        form = request.form
        event, reason = form.get("event", ""), form.get("reason", "")
        try:
            params = _params(event)
            with write():
                row = documents.find(actor(), id)
                documents.move(
                    actor(), row, event, reason=reason, version=form.get("version", -1, type=int), params=params
                )
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return self._page(documents.find(actor(), id), no, event)
        flash(_("已办理。"), "done")
        return redirect(url_for(".show", id=id))

    def _form(self, row: Document | None, typed: Mapping[str, Any], no: Invalid | Refused | None = None) -> Response:
        stale = isinstance(no, (Stale, WrongState))
        text = self.render(
            "disclosure/console/document_form.html",
            row=row,
            typed=typed,
            words=values,
            genres=genres.genres(),
            questions=QUESTIONS,
            choices=_choices(typed),
            bodies=other_bodies(row),
            errors=no.errors if isinstance(no, Invalid) else {},
            problems=problems(no, LABELS) if no else [],
            now=typed_of(row) if stale and row else None,
            version=request.form.get("version") or (row.version if row else 0),
            form_key=request.form.get(FIELD) or new_key(),
        )
        return make_response(text, no.status if no else 200)

    def _page(self, row: Document, no: Invalid | Refused | None = None, event: str = "") -> Response:
        events = [
            one
            for one in acts(DOCUMENT, row, grave=("void", "repeal"))
            if one["code"] != "FORBIDDEN" and (one["event"] != "cosign" or row.joint_agencies)
        ]
        asking = [one for one in events if one["event"] in ASKS_FOR and one["code"] in {"", ASKS_FOR[one["event"]]}]
        names = {agency.id: agency.name for agency in db.session.scalars(select(Agency))}
        text = self.render(
            "disclosure/console/document.html",
            row=row,
            state=DOCUMENT.states[row.state],
            labels={name: state.label for name, state in DOCUMENT.states.items()},
            event_labels={transition.event: transition.label for transition in DOCUMENT.rows},
            primary=next((one["event"] for one in events if one["allowed"] and one["event"] in ONWARD), ""),
            plain=[one for one in events if one not in asking],
            asking={one["event"]: one for one in asking},
            may_edit=row.state == "drafting" and can(actor(), documents.RIGHT, row) is not None,
            files=files(row),
            clocks=_clocks(row),
            names=names,
            words=values,
            genre=genres.label(row.genre),
            questions=QUESTIONS,
            proposed=document_numbers.proposed(row) if "issue" in {one["event"] for one in asking} else "",
            roles=permissions.ROLES,
            problems=problems(no, LABELS) if no else [],
            kept=_kept(event) if no else {},
            typed=_typed() if no else typed_of(row),
            errors=no.errors if isinstance(no, Invalid) else {},
        )
        return make_response(text, no.status if no else 200)


def _clocks(row: Document) -> list[Clock]:
    """Until when it has to be public (认8)."""
    item = item_of(row)
    return (
        [one for one in clocks.of(item_content.SUBJECT, [item.id])[item.id] if one.state in clocks.OPEN] if item else []
    )


def _kept(event: str) -> dict[str, str]:
    """What was typed beside the questions of an act that was refused."""
    form = request.form
    said = {"event": event, "reason": form.get("reason", "")}
    if event != "redetermine":
        return said
    return said | {"attribute": form.get("attribute", ""), "new_reason": form.get("attribute_reason", "")}


def typed_of(row: Document) -> dict[str, Any]:
    """The form of a stored draft."""
    typed: dict[str, Any] = {name: getattr(row, name) for name in TEXTS}
    typed |= {name: _word(row.answers.get(name)) for name in QUESTIONS}
    typed |= {f"fact-{name}": row.ground_facts.get(name, "") for name in values.GROUND_FACTS}
    typed |= {f"sheet-{name}": row.sheet.get(name, "") for name in values.SHEET_FIELDS}
    return typed | {
        "attribute": row.attribute or "",
        "grounds": list(row.grounds),
        "important": "yes" if row.important else "no",
        "joint_agencies": list(row.joint_agencies),
        "formed_on": row.formed_on.isoformat() if row.formed_on else "",
        "conflict_reason": row.answers.get("conflict_reason", ""),
    }


def _word(answer: bool | None) -> str:
    return "" if answer is None else ("yes" if answer else "no")


def _typed() -> dict[str, Any]:
    """The form as it came, shown again whatever stands in it."""
    form = request.form
    return {**form.to_dict(), "grounds": form.getlist("grounds"), "joint_agencies": form.getlist("joint_agencies")}


def _answer(word: str) -> bool | None:
    return {"yes": True, "no": False}.get(word)


def _body() -> dict[str, Any]:
    """The form as the API's own model takes it."""
    form = _typed()
    body: dict[str, Any] = {name: form.get(name, "") for name in TEXTS}
    answers: dict[str, Any] = {name: _answer(form.get(name, "")) for name in QUESTIONS}
    return body | {
        "answers": {name: value for name, value in answers.items() if value is not None}
        | {"conflict_reason": form.get("conflict_reason", "")},
        "attribute": form.get("attribute") or None,
        "grounds": form["grounds"],
        "ground_facts": _group(form, "fact-"),
        "sheet": _group(form, "sheet-"),
        "important": form.get("important") == "yes",
        "joint_agencies": form["joint_agencies"],
        "formed_on": form.get("formed_on") or None,
    }


def _group(form: Mapping[str, Any], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): text for name, text in form.items() if name.startswith(prefix) and text.strip()}


def _choices(typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The three attributes as the answers typed so far leave them (认4 to 认6)."""
    facts = _group({name: str(text) for name, text in typed.items()}, "fact-")
    seen = SimpleNamespace(
        answers={
            **{name: _answer(typed.get(name, "")) for name in QUESTIONS},
            "conflict_reason": typed.get("conflict_reason", ""),
        },
        ground_facts=facts,
        grounds=typed.get("grounds", []),
        secrecy_level=typed.get("secrecy_level") or "none",
        public_text=typed.get("public_text", ""),
    )
    found = evaluate(answers_of(seen))
    return [{"attribute": name, "label": values.ATTRIBUTES[name], "no": no} for name, no in found.items()]


def _uploads(row: Document | None = None) -> dict[str, Any]:
    """The chosen files beside those that hang on the draft; nothing where none was chosen."""
    chosen = [upload for upload in request.files.getlist("files") if upload.filename]
    if not chosen:
        return {}
    staged = [storage.stage(cast(BinaryIO, upload.stream), upload.filename or "") for upload in chosen]
    with write():
        kept = [storage.keep(actor(), one) for one in staged]
        before = [{"file": link.attachment_id, "title": link.title} for link in files(row)] if row else []
        return {"files": [*before, *({"file": one.id, "title": one.filename[:200]} for one in kept)]}


def _params(event: str) -> dict[str, Any]:
    """The event's own values as the API's model; an uploaded answer is kept first."""
    form = request.form
    names = ("target", "answer", "agency", "number", "issued_on", "attribute", "attribute_reason", "basis", "kind")
    sent: dict[str, Any] = {name: form[name] for name in names if form.get(name, "").strip()}
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        staged = storage.stage(cast(BinaryIO, upload.stream), upload.filename)
        with write():
            sent["file"] = storage.keep(actor(), staged).id
    if event == "redetermine":
        sent |= _proposal()
    return parse(DocumentMove, {"event": event, **sent}).given()


def _proposal() -> dict[str, Any]:
    """What else a redetermination changes: only what the form shows, as it was answered there."""
    form = _typed()
    answers = {name: _answer(form.get(name, "")) for name in QUESTIONS}
    texts = {name: form[name] for name in ("secrecy_level", "public_text") if name in form}
    said = {name: value for name, value in answers.items() if value is not None}
    given = {"answers": said | {"conflict_reason": form.get("conflict_reason", "")}, "grounds": form["grounds"]}
    return texts | given | {"ground_facts": _group(form, "fact-")}
