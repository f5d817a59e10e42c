"""Files of requests (申请材料): under neutral names, identity papers apart so that they can be destroyed in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import PurePath

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, or_, select

from core import audit, permissions, settings, storage
from core.db import db, write
from core.languages import kept
from core.models import AttachmentLink
from core.permissions import SYSTEM, Actor
from core.refusals import Invalid
from core.storage import Staged
from plugins.disclosure.models import AccessRequest
from plugins.disclosure.workflow import request_clocks as limits
from plugins.disclosure.workflow.request_guards import AUTHORITY
from plugins.disclosure.workflow.requests import HANDLE

KINDS = {
    "disclosure.request_identity": _l("身份证明"),
    AUTHORITY: _l("授权委托书"),
    "disclosure.request": _l("申请材料"),
    "disclosure.request_reply": _l("答复材料"),
}
"""Kinds of files by the type their links name; the last one is for the applicant too."""
REPLY_FILES = "disclosure.request_reply"
PRIVATE = ("disclosure.request_identity", AUTHORITY)
MOST = 10
"""Files of one kind on one request."""
BATCH = 100


@dataclass(frozen=True)
class Upload:
    """A staged file and what it is."""

    kind: str
    staged: Staged


def attach(actor: Actor, request: AccessRequest, uploads: Sequence[Upload]) -> None:
    """Hang files on a request under neutral names, inside `write()`.

    Raises:
        Invalid: more than ten of a kind.
    """
    for upload in uploads:
        count = _count(request, upload.kind)
        if count >= MOST:
            raise Invalid({"file": [_("这类材料最多 %(most)s 个文件。", most=MOST)]})
        ending = PurePath(upload.staged.filename).suffix.lower()
        staged = replace(upload.staged, filename=f"{kept(KINDS[upload.kind])}{count + 1}{ending}")
        attachment = storage.keep(actor, staged)
        storage.link(SYSTEM, attachment.id, upload.kind, request.id, position=count)


def add(actor: Actor, request: AccessRequest, uploads: Sequence[Upload]) -> None:
    """What an officer adds: scans of what came on paper, what goes with the reply; inside `write()`.

    Raises:
        Forbidden. Invalid: no such kind of file, more than ten of one.
    """
    permissions.require(actor, HANDLE, request)
    if not uploads:
        return
    if any(upload.kind not in KINDS for upload in uploads):
        raise Invalid({"file": [_("请选择材料的种类。")]})
    attach(actor, request, uploads)
    audit.record(
        actor, "disclosure.request.files", limits.REQUEST_TYPE, request.id, article="管12",
        data={"count": len(uploads)},
    )  # fmt: skip


def of(request: AccessRequest) -> Sequence[AttachmentLink]:
    """All files of a request, by kind in the order they came."""
    query = select(AttachmentLink).where(
        AttachmentLink.subject_type.in_(KINDS), AttachmentLink.subject_id == request.id
    )
    return db.session.scalars(query.order_by(AttachmentLink.subject_type, AttachmentLink.position)).all()


def copy(source: AccessRequest, target: AccessRequest) -> None:
    """The same files on a request that was passed on to another body."""
    for one in of(source):
        if one.subject_type != REPLY_FILES:
            storage.link(SYSTEM, one.attachment_id, one.subject_type, target.id, position=one.position)


def purge() -> None:
    """Destroy identity papers and numbers whose time is over (local rule `disclosure.ysq_identity_days`)."""
    while _purge_batch() == BATCH:
        pass


def _purge_batch() -> int:
    last = limits.today() - timedelta(days=int(settings.get("disclosure.ysq_identity_days")))
    with write() as session:
        rows = session.scalars(select(AccessRequest).where(_outlived(last)).limit(BATCH)).all()
        for request in rows:
            _forget(request)
        return len(rows)


def _outlived(last: object) -> ColumnElement[bool]:
    ended = or_(
        and_(AccessRequest.state == "archived", AccessRequest.archived_on < last),
        and_(AccessRequest.state.in_(("abandoned", "withdrawn")), AccessRequest.closed_on < last),
    )
    return and_(AccessRequest.identity_purged_on.is_(None), ended)


def _forget(request: AccessRequest) -> None:
    for one in of(request):
        if one.subject_type in PRIVATE:
            attachment = one.attachment
            db.session.delete(one)
            db.session.flush()
            storage.discard(attachment)
    request.identity_number = request.agent_identity = ""
    request.identity_purged_on = limits.today()
    audit.record(SYSTEM, "disclosure.request.purge_identity", "disclosure.request", request.id, article="管12")


def _count(request: AccessRequest, kind: str) -> int:
    query = (
        select(func.count())
        .select_from(AttachmentLink)
        .where(AttachmentLink.subject_type == kind, AttachmentLink.subject_id == request.id)
    )
    return db.session.scalar(query) or 0
