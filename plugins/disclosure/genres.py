"""The kinds of documents (文种) known here: the fifteen of all offices and those the local rule adds (认2)."""

from __future__ import annotations

from typing import Any

from core import settings
from plugins.disclosure.values import GENRES

LONGEST = 20


def genres() -> dict[str, Any]:
    """Identifier → label; a local rule adds to the list and changes nothing of it."""
    added = settings.get("disclosure.genres").items()
    own = {key: str(name) for key, name in added if 0 < len(key) <= LONGEST and key not in GENRES and str(name).strip()}
    usual = {key: name for key, name in GENRES.items() if key != "other"}
    return usual | own | {"other": GENRES["other"]}


def label(genre: str) -> Any:
    """How a kind is called; one that the local rule has dropped since, by its identifier."""
    return GENRES.get(genre) or genres().get(genre, genre)
