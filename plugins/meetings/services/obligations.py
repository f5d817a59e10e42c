"""What is owed after a meeting (会9): publish through the core's one release gate, or exempt by two persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import clocks, matters, publications, settings
from core.db import db
from core.models import Publication
from core.permissions import SYSTEM, Actor
from core.refusals import Invalid, NotFound, Refusal, Refused
from core.web.locale import day
from core.workflow import Move
from plugins.meetings import telling
from plugins.meetings.guards import interpreted, sibling, with_its_document
from plugins.meetings.models import AgendaApplication, Meeting, Obligation
from plugins.meetings.services import applications, board, follow_ups
from plugins.meetings.services.visibility import visible_meetings
from plugins.meetings.values import OBLIGATION_KINDS, RESULTS
from plugins.meetings.workflow import OBLIGATION
from plugins.meetings.workflow.obligations import LATER

MEETINGS_DECISION = Actor(None, "会议审议结果")
"""In whose name a page is approved that only carries out what the meeting decided (setting review_publications off)."""


@dataclass(frozen=True)
class Page:
    """What is to be published: a text and files, or `publication`, the id of one drafted and approved before."""

    title: str = ""
    summary: str = ""
    body: str = ""
    attachments: tuple[str, ...] = ()
    publication: str = ""
    parts: tuple[Mapping[str, Any], ...] = ()
    """Drawing, questions, video (core.parts)."""

    @property
    def has_content(self) -> bool:
        """True when there is something to read."""
        return bool(self.body.strip() or self.attachments or self.publication or self.parts)


def find(actor: Actor, obligation_id: str) -> Obligation:
    """One obligation of a meeting the actor may see; raises NotFound."""
    found = db.session.scalar(
        select(Obligation)
        .join(Meeting, Meeting.id == Obligation.meeting_id)
        .where(Obligation.id == obligation_id, visible_meetings(actor))
    )
    if found is None:
        raise NotFound
    return found


def overdue(rows: Sequence[Obligation]) -> list[Obligation]:
    """Those whose clock has run out and that are neither published nor exempted."""
    clocks_of = clocks.of(OBLIGATION.object_type, [row.id for row in rows])
    return [
        row
        for row in rows
        if not row.settled and any(clocks.state_of(clock) == "overdue" for clock in clocks_of[row.id])
    ]


def move(
    actor: Actor,
    obligation: Obligation,
    event: str,
    *,
    reason: str = "",
    version: int | None = None,
    page: Page | None = None,
    interpretation: Page | None = None,
    owner: str = "",
) -> Move:
    """Carry out an event of `OBLIGATION`. `publish` releases `page`; with a policy document its `interpretation`
    may come along and is released just before. An outcome without text states the recorded result. `assign` names
    the person with the user name `owner`, "" the convening body as a whole.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: INTERPRETATION_MISSING, CONTENT_MISSING, SELF_APPROVAL (会9),
        NOT_APPROVED and partner plugins' objections from the release gate.
    """
    OBLIGATION.require_right(obligation, event, actor)
    params: Mapping[str, Any] = {}
    if event == "publish":
        params = _publishing(actor, obligation, page or Page(), interpretation)
    if event == "assign":
        params = {"owner": board.owner(obligation, owner)}
    done = OBLIGATION.fire(obligation, event, actor, reason=reason, version=version, params=params)
    if event == "publish":
        follow_ups.opened_by(obligation)
    if obligation.kind == "policy_document" and event == "publish":
        _interpretation_follows(obligation, done)
    if event == "assign" and obligation.owner_id not in {None, actor.id}:
        telling.owner(obligation)
    if obligation.application is not None:
        applications.discharge_if_settled(obligation.application)
    return done


def objections(publication_id: str) -> list[Refusal]:
    """会9, for the core's release gate: a policy document is not released without its interpretation, nor where 三同步
    holds the interpretation before it, by any door.
    """
    obligation = _owed_by(db.session.get(Publication, publication_id))
    if obligation is None or obligation.state == "published":
        return []
    move_ = Move(SYSTEM, None, "publish", obligation.state, "published")
    return [no for guard in (interpreted, with_its_document) if (no := guard(obligation, move_))]


def met_by(publication_id: str) -> None:
    """A page drafted for an obligation was released by the core's own door: the obligation is met. Harmless twice."""
    obligation = _owed_by(db.session.get(Publication, publication_id))
    if obligation is not None and OBLIGATION.row_for("publish", obligation.state):
        OBLIGATION.fire(obligation, "publish", SYSTEM, params={"publish": lambda: publication_id, "has_content": True})
        db.session.refresh(obligation, ["publication"])
        _tie(obligation)
        follow_ups.opened_by(obligation)
        if obligation.application is not None:
            applications.discharge_if_settled(obligation.application)


def owed_again(publication_id: str) -> None:
    """会9: the page that met a duty was taken off, so it is owed again, with a new clock. Harmless twice."""
    query = select(Obligation).where(Obligation.publication_id == publication_id, Obligation.state == "published")
    page = db.session.get(Publication, publication_id)
    if page is None or page.state != "withdrawn":
        return
    for obligation in db.session.scalars(query):
        OBLIGATION.fire(obligation, "reopen", SYSTEM, reason=page.withdrawn_reason)


def proposed(obligation: Obligation) -> Page:
    """What the publish form begins with: the usual title, and for an outcome the recorded result as text."""
    filled = _default(obligation, Page())
    return Page(_title(obligation), filled.summary, filled.body)


def interpretation_owed(obligation: Obligation) -> Obligation | None:
    """会9: the interpretation that goes out with this policy document; None once it is settled, or for other kinds."""
    if obligation.kind != "policy_document":
        return None
    owed = sibling(obligation, "interpretation")
    return None if owed.settled else owed


# --- inside -----------------------------------------------------------------------------------------


def _publishing(actor: Actor, obligation: Obligation, page: Page, interpretation: Page | None) -> dict[str, Any]:
    page = _default(obligation, page)
    companion = None
    if interpretation is not None and obligation.kind == "policy_document":
        companion = sibling(obligation, "interpretation")

    def publish() -> str:
        """Both are released in the caller's transaction, or none (三同步); the interpretation finds its document."""
        made = _ready(actor, obligation, page)
        obligation.publication = made
        db.session.flush()
        if companion is not None and interpretation is not None and not companion.settled:
            move(actor, companion, "publish", page=interpretation)
        if made.state != "released":
            publications.release(actor, made)
        _tie(obligation)
        return made.id

    return {"publish": publish, "has_content": page.has_content, "with_interpretation": companion is not None}


def _ready(actor: Actor, obligation: Obligation, page: Page) -> Publication:
    """The approved page: made now, or the one that was named."""
    if page.publication:
        return _named(actor, obligation, page.publication)
    made = publications.create(
        actor, kind=obligation.kind, title=page.title or _title(obligation), summary=page.summary, body=page.body,
        agency_id=obligation.agency_id, matter_id=obligation.matter_id, plugin="meetings",
        subject_type=OBLIGATION.object_type, subject_id=obligation.id,
    )  # fmt: skip
    for n, attachment in enumerate(page.attachments):
        _attach(actor, made, attachment, "", f"attachments[{n}]")
    for n, part in enumerate(page.parts):
        if part.get("file") and part["file"] not in page.attachments:
            _attach(actor, made, str(part["file"]), str(part.get("title", "")), f"parts[{n}].file")
    if page.parts:
        publications.edit(actor, made, parts=page.parts)
    if settings.get("meetings.review_publications"):
        detail = _l("本级规定公开内容须经审核，直接填写的不能公开。请先通过接口起草，由分管领导审核，再在此指定。")
        raise Refused(Refusal("NOT_APPROVED", detail, "会9", ("publication",)))
    return publications.approve(MEETINGS_DECISION, made)


def _attach(actor: Actor, page: Publication, file: str, title: str, field: str) -> None:
    try:
        publications.attach(actor, page, file, title=title)
    except NotFound:
        raise Invalid({field: [_l("没有这个文件，请先上传。")]}) from None


def _named(actor: Actor, obligation: Obligation, ident: str) -> Publication:
    try:
        named = publications.find(actor, ident)
    except NotFound:
        raise Invalid({"publication": [_l("没有这件公开内容。")]}) from None
    if named.kind != obligation.kind:
        raise Invalid({"publication": [_l("公开内容的类别与应公开的不一致。")]})
    if named.state == "draft":
        detail = _l("这件公开内容还没有审核，请先由分管领导审核。")
        raise Refused(Refusal("NOT_APPROVED", detail, "会9", ("publication",)))
    named.plugin, named.subject_type, named.subject_id = "meetings", OBLIGATION.object_type, obligation.id
    return named


def _tie(obligation: Obligation) -> None:
    """Policy document and interpretation name each other, so that each page shows the other (会9)."""
    other = {"policy_document": "interpretation", "interpretation": "policy_document"}.get(obligation.kind)
    mine, its = obligation.publication, sibling(obligation, other).publication if other else None
    if mine is not None and its is not None and its.state != "withdrawn":
        mine.related_id, its.related_id = its.id, mine.id


def _default(obligation: Obligation, page: Page) -> Page:
    """The outcome of a decided item can be stated from what was recorded."""
    item = obligation.application
    if page.has_content or obligation.kind != "outcome" or item is None or item.result is None:
        return page
    with force_locale("zh_Hans_CN"):
        meeting = obligation.meeting
        body = f"{day(meeting.starts_at)}，{meeting.title}审议了《{item.title}》。审议结论：{RESULTS[item.result]}。"
    return Page(page.title, page.summary, "\n\n".join(filter(None, (body, item.result_note))))


def _title(obligation: Obligation) -> str:
    about = obligation.application.title if obligation.application else obligation.meeting.title
    with force_locale("zh_Hans_CN"):
        return f"《{about}》{OBLIGATION_KINDS[obligation.kind]}"[:200]


def _interpretation_follows(obligation: Obligation, move_: Move) -> None:
    """Where a local rule lets the interpretation follow later, its own days are counted from the release."""
    owed = sibling(obligation, "interpretation")
    if not owed.settled:
        clocks.start(OBLIGATION.object_type, owed, LATER, at=move_.at)


def _owed_by(publication: Publication | None) -> Obligation | None:
    """The duty a page belongs to: the one it was drafted for, else what is owed in its kind for its matter."""
    if publication is None or publication.kind not in OBLIGATION_KINDS:
        return None
    if publication.subject_type == OBLIGATION.object_type:
        return db.session.get(Obligation, publication.subject_id)
    query = (
        select(Obligation)
        .join(AgendaApplication, AgendaApplication.id == Obligation.application_id)
        .where(
            AgendaApplication.matter_id.in_(matters.whole(publication.matter_id)),
            Obligation.kind == publication.kind,
            Obligation.state.in_(("owed", "exemption_requested")),
        )
        .order_by(Obligation.created_at)
    )
    return db.session.scalar(query.limit(1)) if publication.matter_id else None
