"""Who hears of a step of a publication item, in the product and by e-mail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from core import notices
from core.db import db
from core.jurisdictions import current
from core.models import Account, RoleGrant
from plugins.disclosure.models import Item


def desk_path(item: Item) -> str:
    """The console page of an item."""
    return f"/admin/{current().slug}/disclosure/items/{item.id}/"


def tell(
    roles: tuple[str, ...], item: Item, key: str, subject: Any, body: Any = "", agency_id: str | None = None
) -> None:
    """Tell who holds one of `roles` for the agency (by default the item's), or in the whole jurisdiction."""
    agency = agency_id or item.agency_id
    query = (
        select(Account)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            RoleGrant.jurisdiction_id == current().id,
            RoleGrant.role.in_(roles),
            or_(RoleGrant.agency_id == agency, RoleGrant.agency_id.is_(None)),
            Account.active,
        )
        .distinct()
    )
    occasion = f"disclosure.item:{key}:{item.id}:{item.version}"
    notices.tell(db.session.scalars(query), occasion, subject=subject, body=body, link=desk_path(item))
