"""What stands at the address of a publication no longer public: the way to its new version (更正, 301), or 410."""

from __future__ import annotations

from sqlalchemy import select

from core import search
from core.db import db
from core.models import Moved, Publication
from core.refusals import Gone
from core.workflow import Move

KIND = "publication"


def give_way(publication: Publication, move: Move) -> None:
    """Effect: its files and its place in lists go like those of a withdrawn one; `move.params["by"]` is the new one."""
    publication.withdrawn_at, publication.withdrawn_reason = move.at, move.reason
    search.drop("core.publication", publication.id)
    moved = Moved(kind=KIND, old_id=publication.id, new_id=move.params["by"].id, reason=move.reason)
    db.session.add(moved)


def newer_than(publication_id: str) -> str | None:
    """The id of the version that took its place."""
    query = select(Moved.new_id).where(Moved.kind == KIND, Moved.old_id == publication_id, Moved.undone_at.is_(None))
    return db.session.scalar(query)


def gone(withdrawn: Publication) -> Gone:
    """What the address of a withdrawn publication, and those of its files, answer."""
    return Gone(
        withdrawn.withdrawn_reason,
        note=withdrawn.public_note,
        at=withdrawn.withdrawn_at,
        matter_id=withdrawn.matter_id,
    )
