"""Pages of publication items at the core's own doors: released with their item alone, taken off together with it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.db import db
from core.models import Publication
from core.permissions import SYSTEM, Actor
from core.refusals import Refusal
from plugins.disclosure.models import Item
from plugins.disclosure.services.visibility import visible_items
from plugins.disclosure.workflow import ITEM
from plugins.disclosure.workflow.item_release import page_of


def objections(publication_id: str) -> list[Refusal]:
    """管10: a page made for an item goes out by the item's own release, which names it as the public one before."""
    item = page_of(publication_id)
    if item is None or item.publication_id == publication_id:
        return []
    detail = _l("这件内容属于公开事项，请在公开事项中办理发布。")
    return [Refusal("RELEASE_BY_ITEM", detail, "管10")]


def taken_off(publication_id: str) -> None:
    """认10: the page was withdrawn at the core's desk, so the item is withdrawn. Harmless twice."""
    page, item = db.session.get(Publication, publication_id), page_of(publication_id)
    if page is None or item is None or item.publication_id != publication_id or page.state != "withdrawn":
        return
    if item.public:
        ITEM.fire(item, "withdraw", SYSTEM, reason=page.withdrawn_reason)


def may_read(actor: Actor, ids: set[str]) -> bool:
    """Files of an item before its release: whoever sees the item; the public reads those of the released page."""
    return (
        bool(ids)
        and db.session.scalar(select(Item.id).where(Item.id.in_(ids), visible_items(actor)).limit(1)) is not None
    )
