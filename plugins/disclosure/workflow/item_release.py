"""From the approved item to the public page and back: always through the one gate of `core.publications`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core import clocks, publications
from core.db import db
from core.languages import kept
from core.models import Publication
from core.permissions import SYSTEM, Actor
from core.workdays import local_date
from core.workflow import Move
from plugins.disclosure import item_notices as notices
from plugins.disclosure.item_content import SUBJECT, files
from plugins.disclosure.models import Edition, Item, Placement
from plugins.disclosure.values_items import OF_ITSELF
from plugins.disclosure.workflow import public_catalogue as catalogue
from plugins.disclosure.workflow.item_clocks import PUBLISH_KEY, WITHDRAWAL, begin_clock, running
from plugins.disclosure.workflow.rectifications import open_rectification

KIND = "information"


def prepare(item: Item, move: Move) -> None:
    """通过: the page is made and approved with exactly this content, and handed over to the portal unit (认8)."""
    page = publications.create(
        SYSTEM, kind=KIND, title=item.title, summary=item.summary, body=item.text, agency_id=item.agency_id,
        matter_id=item.matter_id, plugin="disclosure", subject_type=SUBJECT, subject_id=item.id,
        open_reason=_reason(item),
    )  # fmt: skip
    for link in files(item):
        publications.attach(SYSTEM, page, link.attachment_id, title=link.title)
    publications.approve(Actor(None, move.actor.name), page)
    item.draft = page
    item.approved_hash, item.approved_name = item.content_hash, move.actor.name
    item.handed_over_at, item.scheduled_at = move.at, None
    notices.tell(("portal_editor",), item, "release", _l("待发布：%(title)s", title=item.title))


def forget_approval(item: Item) -> None:
    """An edit: what was approved is not what there is now."""
    item.approved_hash = item.draft_id = item.handed_over_at = item.scheduled_at = None
    item.approved_name = ""


def schedule(item: Item, move: Move) -> None:
    """`at` is when it is to be released; None takes the time back."""
    item.scheduled_at = move.params.get("at")


def release(item: Item, move: Move) -> None:
    """Public with the commit, its catalogue row and index number in the same transaction (管8)."""
    page, old = item.draft, item.publication
    assert page is not None, "approved items have their page"
    clock = running(item)
    if clock is not None and move.at >= clock.due_at:
        handed = item.handed_over_at
        item.late_cause = "before_hand_over" if handed is None or handed >= clock.due_at else "after_hand_over"
    item.publication, item.draft = page, None  # from here on the release gate knows the page as its own
    db.session.flush()
    publications.release(Actor(None, move.actor.name), page)
    if old is not None and old.state == "released":
        publications.replace(old, page, item.note or kept(_l("已更正")))
    item.editions.append(
        Edition(
            number=item.edition,
            title=item.title,
            note=item.note,
            content_hash=item.content_hash,
            publication_id=page.id,
            released_at=move.at,
            released_name=move.actor.name,
        )
    )
    catalogue.enter(item, page)
    _place(item, move)
    item.scheduled_at = None


def new_edition(item: Item, move: Move) -> None:
    """更正: the next version with its notice and its own clock; the old one stays public until then (管8)."""
    item.edition += 1
    item.note, item.edited_by = move.reason[:500], move.actor.id
    item.late_cause, item.cleared_hash = "", None
    forget_approval(item)
    for row in item.confirmations:
        row.state = "void"
    item.counted_from = local_date(move.at)
    begin_clock(item)


def give_up(item: Item, move: Move) -> None:
    """不发布: nothing is owed any more."""
    clocks.cancel(SUBJECT, item.id, PUBLISH_KEY, at=move.at)
    forget_approval(item)


def withdraw(item: Item, move: Move) -> None:
    """One act takes it from page, files, feeds, search and caches; its address answers 410 (认10).

    `not_public`: it should never have been public, so a rectification is opened.
    """
    page = item.publication
    if page is not None and page.state == "released":
        note = str(move.params.get("public_note", ""))
        publications.withdraw(Actor(None, move.actor.name), page, move.reason, public_note=note)
    item.withdrawn_at, item.withdrawn_reason = move.at, move.reason[:500]
    item.withdrawn_by, item.withdrawn_name = move.actor.id, move.actor.name
    forget_approval(item)
    if move.params.get("not_public"):
        open_rectification(
            move.actor, title=item.title, found=move.reason, agency_id=item.agency_id, subject_type=SUBJECT,
            subject_id=item.id,
        )  # fmt: skip
    for key in (PUBLISH_KEY, "confirm"):
        clocks.cancel(SUBJECT, item.id, key, at=move.at)
    notices.tell(("supervisor",), item, "withdrawn", _l("已撤下：%(title)s", title=item.title), move.reason)


def withdraw_alone(item: Item, move: Move) -> None:
    """紧急撤下: at once by one person; another one confirms within a working day."""
    withdraw(item, move)
    item.emergency = True
    clocks.start(SUBJECT, item, WITHDRAWAL, at=move.at)
    subject = _l("紧急撤下待确认：%(title)s", title=item.title)
    notices.tell(("deputy_leader", "supervisor"), item, "confirm_withdrawal", subject, move.reason)


def confirm_withdrawal(item: Item, move: Move) -> None:
    """A second person stands by it."""
    item.withdrawal_confirmed_name, item.withdrawal_confirmed_at = move.actor.name, move.at
    clocks.meet(SUBJECT, item.id, WITHDRAWAL.key, at=move.at)


def stamp(item: Item) -> None:
    """失效: the catalogue and the page say so."""
    catalogue.stamp(item)


def required_placements(item: Item) -> list[str]:
    """管7: the agency's page always, the column where it belongs to a key area."""
    return ["agency_page", *(["column"] if item.key_area else [])]


def _place(item: Item, move: Move) -> None:
    """The pages of agency and column read what is public: with the release it stands there."""
    known = {row.kind for row in item.placements}
    for kind in required_placements(item):
        if kind not in known:
            item.placements.append(Placement(kind=kind, position=len(item.placements) + 1))
    for row in item.placements:
        if row.kind in OF_ITSELF and (row.kind != "column" or item.column):
            row.placed_on, row.confirmed_name = local_date(move.at), move.actor.name


def _reason(item: Item) -> str:
    document = item.document
    return (document.attribute_reason if document else "") or kept(_l("经审核主动公开的政府信息"))


def page_of(publication_id: str) -> Item | None:
    """The item a page was made for."""
    page = db.session.get(Publication, publication_id)
    return db.session.get(Item, page.subject_id) if page is not None and page.subject_type == SUBJECT else None
