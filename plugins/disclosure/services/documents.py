"""Official documents (公文): draft, edit while a draft, move along table 5.1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, delete, or_, select

from core import audit, permissions, storage, succession
from core.db import db, new_id
from core.models import Agency, AttachmentLink, Matter
from core.permissions import Actor, permitted_agencies
from core.refusals import Invalid, NotFound, Stale, WrongState
from core.workflow import Move
from plugins.disclosure.document_content import SUBJECT, content_hash
from plugins.disclosure.genres import genres
from plugins.disclosure.models import Document
from plugins.disclosure.services.document_gate import visible_documents
from plugins.disclosure.values import GROUND_FACTS, GROUNDS, SHEET_FIELDS
from plugins.disclosure.workflow import DOCUMENT
from plugins.disclosure.workflow.documents import void_lines

RIGHT = "disclosure.draft"
FIELDS = (
    "title", "genre", "text", "public_text", "origin", "source", "attribute", "attribute_reason", "answers", "grounds",
    "ground_facts", "secrecy_level", "important", "key_area", "formed_on", "sheet",
)  # fmt: skip


def find(actor: Actor, ident: str) -> Document:
    """One document the actor may see; raises NotFound."""
    found = db.session.scalar(select(Document).where(Document.id == ident, visible_documents(actor)))
    if found is None:
        raise NotFound
    return found


def create(actor: Actor, values: Mapping[str, Any]) -> Document:
    """A new draft; `values` by FIELDS, and `agency`, `matter`, `joint_agencies`, `files` as ids.

    Raises:
        Forbidden: no drafter of that body. Invalid: unknown agency, matter or file; a secret with a public attribute.
    """
    document = Document(
        id=new_id(), agency_id=_acting_for(actor, values.get("agency")), created_by=actor.id, state="drafting",
        version=1, title=values["title"], genre=values["genre"], text="", public_text="", origin="made", source="",
        attribute=None, attribute_reason="", answers={}, grounds=[], ground_facts={}, secrecy_level="none",
        important=False, joint_agencies=[], key_area="", sheet={}, proposal={},
    )  # fmt: skip
    grant = permissions.require(actor, RIGHT, document)
    db.session.add(document)
    db.session.flush()
    _write(actor, document, values)
    audit.record(actor, f"{SUBJECT}.create", SUBJECT, document.id, grant=grant, article="认7")
    return document


def edit(actor: Actor, document: Document, values: Mapping[str, Any], *, version: int | None = None) -> Document:
    """Change a draft; whatever was agreed to for other content falls away (管6).

    Raises:
        Forbidden, WrongState (no draft any more), Stale, Invalid.
    """
    grant = permissions.require(actor, RIGHT, document)
    if document.state != "drafting":
        raise WrongState(DOCUMENT.label(document.state))
    if version is not None and version != document.version:
        raise Stale(document.version)
    _write(actor, document, values)
    document.version += 1
    if document.lines and document.content_hash != content_hash(document):
        void_lines(document, str(_l("内容有修改")))
    db.session.flush()
    data = {"fields": sorted(values)}
    audit.record(actor, f"{SUBJECT}.edit", SUBJECT, document.id, grant=grant, article="管6", data=data)
    return document


def move(
    actor: Actor,
    document: Document,
    event: str,
    *,
    reason: str = "",
    version: int | None = None,
    params: Mapping[str, Any] | None = None,
) -> Move:
    """Carry out an event of `DOCUMENT`. Its own values in `params`: refer `target` · answer_referral `answer`, `file` ·
    cosign `agency` · issue `number`, `issued_on` · redetermine `attribute`, `attribute_reason`, `grounds`, `answers`,
    `ground_facts`, `secrecy_level`, `public_text` ·
    repeal `basis`, `kind`.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: as `core.workflow.Machine.fire`.
    """
    given = dict(params or {})
    if event == "answer_referral" and given.get("file"):
        storage.open_for(actor, str(given["file"]))
    if event == "cosign" and given.get("agency") in document.countersigners:
        its = SimpleNamespace(countersigners=frozenset([given["agency"]]))
        permissions.require(actor, "disclosure.cosign", its)  # asked is not enough: each body speaks for itself
    return DOCUMENT.fire(document, event, actor, reason=reason, version=version, params=given)


def _acting_for(actor: Actor, named: str | None) -> str | None:
    if named:
        found = db.session.scalar(select(Agency.id).where(or_(Agency.id == named, Agency.code == named)))
        if found is None:
            raise Invalid({"agency": [_l("本级没有这个机构。")]})
        return found
    if own := permitted_agencies(actor, RIGHT):
        return succession.today(min(own))  # what is new belongs to the body in being (管5)
    government_first = case((Agency.kind == "government", 0), else_=1)
    return db.session.scalar(select(Agency.id).order_by(government_first, Agency.code).limit(1))


def _write(actor: Actor, document: Document, values: Mapping[str, Any]) -> None:
    _check(document, values)
    for name in FIELDS:
        if name in values:
            setattr(document, name, values[name])
    if "matter" in values:
        document.matter_id = values["matter"] or None
    if "joint_agencies" in values:
        document.joint_agencies = list(dict.fromkeys(values["joint_agencies"]))
    if "files" in values:
        _attach(actor, document, values["files"])
    db.session.flush()


def _check(document: Document, values: Mapping[str, Any]) -> None:
    errors: dict[str, list[Any]] = {}
    unknown = {
        "genre": {values.get("genre", document.genre)} - set(genres()),
        "grounds": set(values.get("grounds", ())) - set(GROUNDS),
        "ground_facts": set(values.get("ground_facts", ())) - set(GROUND_FACTS),
        "sheet": set(values.get("sheet", ())) - set(SHEET_FIELDS),
    }
    for name, wrong in unknown.items():
        if wrong:
            errors[name] = [_l("没有“%(value)s”这一项。", value="、".join(sorted(map(str, wrong))))]
    if values.get("matter") and db.session.get(Matter, values["matter"]) is None:
        errors["matter"] = [_l("没有这个事项。")]
    bodies = [ident for ident in values.get("joint_agencies", ()) if db.session.get(Agency, ident) is None]
    if bodies or document.agency_id in values.get("joint_agencies", ()):
        errors["joint_agencies"] = [_l("会签单位应为本级的其他机关。")]
    level = values.get("secrecy_level", document.secrecy_level)
    attribute = values.get("attribute", document.attribute)
    if level != "none" and attribute in {"voluntary", "on_request"}:
        errors["attribute"] = [_l("定密的公文只能不予公开；要公开的部分请另立一份非密公文。")]
    if errors:
        raise Invalid(errors)


def _attach(actor: Actor, document: Document, wanted: Sequence[Mapping[str, str] | str]) -> None:
    mine = AttachmentLink.subject_type == SUBJECT, AttachmentLink.subject_id == document.id
    known = {link.attachment_id for link in db.session.scalars(select(AttachmentLink).where(*mine))}
    named = [{"file": one, "title": ""} if isinstance(one, str) else one for one in wanted]
    for one in named:
        if one["file"] not in known:
            try:
                storage.open_for(actor, one["file"])
            except NotFound:
                raise Invalid({"files": [_l("没有这个文件。")]}) from None
    db.session.execute(delete(AttachmentLink).where(*mine))
    for position, one in enumerate(named, 1):
        db.session.add(
            AttachmentLink(
                attachment_id=one["file"], subject_type=SUBJECT, subject_id=document.id, audience="staff",
                title=one.get("title", "")[:200], position=position,
            )
        )  # fmt: skip
