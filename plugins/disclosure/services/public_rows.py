"""The rows of the catalogue that are public at this moment (管7): one filter for feeds and tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from core.models import Publication
from plugins.disclosure.models import CatalogueRow


def public_rows() -> Select[Any]:
    """Rows whose page is released, the newest first."""
    return (
        select(CatalogueRow)
        .join(Publication, Publication.id == CatalogueRow.publication_id)
        .where(Publication.state == "released")
        .order_by(CatalogueRow.released_at.desc(), CatalogueRow.id.desc())
    )
