"""Search (搜索) in public content: bigrams in SQLite FTS5 or PostgreSQL tsvector, two-character words included.

The index is a table beside `SearchEntry`, written in the same transaction and read newest first by row number, so a
common word costs no sorting. Raw SQL stands only here; every query names its jurisdictions through `facet` terms, one
per jurisdiction and plugin, so that a switched-off plugin's entries are not found.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, delete, func, select, text

from core import jurisdictions, plugins
from core.bigrams import bigrams, fold, pairs, words
from core.contracts import JurisdictionRef
from core.db import all_jurisdictions, db
from core.jurisdictions import current
from core.models import SearchEntry
from core.paging import Page
from core.refusals import Invalid, NotFound
from core.text import printable

SNIPPET = 120
"""Characters of text shown with a hit."""


@dataclass(frozen=True)
class Hit:
    """One result; `title` and `snippet` are (text, is it what was looked for) parts, never HTML."""

    object_type: str
    object_id: str
    url: str
    at: datetime
    title: tuple[tuple[str, bool], ...]
    snippet: tuple[tuple[str, bool], ...]
    jurisdiction_id: str


@dataclass(frozen=True)
class Findable:
    """A public thing as it is found: see `put`."""

    object_type: str
    object_id: str
    title: str
    text: str
    url: str
    at: datetime
    plugin: str = ""


# --- keeping the index -----------------------------------------------------------------------------


def create_index(connection: Connection) -> None:
    """Make the index table of this database unless it is there; called with the core's migrations."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE IF NOT EXISTS search_index USING fts5(facet, words, tokenize = 'ascii')"
        )
        return
    connection.exec_driver_sql(
        "CREATE TABLE IF NOT EXISTS search_index "
        "(rowid bigint PRIMARY KEY, words tsvector NOT NULL, folded text NOT NULL)"
    )
    connection.exec_driver_sql("CREATE INDEX IF NOT EXISTS ix_search_index_words ON search_index USING gin (words)")


def put(object_type: str, object_id: str, *, title: str, text: str, url: str, at: datetime, plugin: str = "") -> None:
    """Make a public thing findable, or change what is found; inside the transaction that makes it public.

    `plugin` names whose page `url` is; empty for the core's own addresses, which outlive every switch. Characters
    that no stored text may hold, as files have them, part words here.
    """
    drop(object_type, object_id)
    rank, title, text = _free_rank(at), printable(title), printable(text)
    db.session.add(
        SearchEntry(
            jurisdiction_id=current().id, rank=rank, object_type=object_type, object_id=object_id,
            plugin=plugin, title=title, text=text, url=url, at=at,
        )
    )  # fmt: skip
    db.session.flush()
    _index(rank, _facet(current().id, plugin), f"{title}\n{text}")


def put_all(found: Sequence[Findable]) -> None:
    """Make many things findable that never were: `put` in one round trip for all."""
    place = current().id
    entries = [
        SearchEntry(
            jurisdiction_id=place, rank=_free_rank(one.at), object_type=one.object_type, object_id=one.object_id,
            plugin=one.plugin, title=printable(one.title), text=printable(one.text), url=one.url, at=one.at,
        )
        for one in found
    ]  # fmt: skip
    db.session.add_all(entries)
    db.session.flush()
    for entry in entries:
        _index(entry.rank, _facet(place, entry.plugin), f"{entry.title}\n{entry.text}")


def drop(object_type: str, object_id: str) -> None:
    """Forget it; harmless when it was never there."""
    entry = db.session.scalar(
        select(SearchEntry).where(SearchEntry.object_type == object_type, SearchEntry.object_id == object_id)
    )
    if entry is not None:
        db.session.execute(text("DELETE FROM search_index WHERE rowid = :rank"), {"rank": entry.rank})
        db.session.execute(delete(SearchEntry).where(SearchEntry.id == entry.id))


def _free_rank(at: datetime) -> int:
    """A row number that grows with `at`: seconds, then 30 random bits."""
    while True:
        rank = (int(at.timestamp()) << 30) + secrets.randbits(30)
        taken = db.session.execute(text("SELECT 1 FROM core_search_entry WHERE rank = :rank"), {"rank": rank})
        if taken.first() is None:
            return rank


def _index(rank: int, facet: str, content: str) -> None:
    terms = bigrams(content)
    if _on_sqlite():
        statement = "INSERT INTO search_index (rowid, facet, words) VALUES (:rank, :facet, :words)"
        values: dict[str, Any] = {"words": " ".join(terms)}
    else:
        statement = (
            "INSERT INTO search_index (rowid, words, folded) "
            "VALUES (:rank, array_to_tsvector(CAST(:words AS text[])), :folded)"
        )
        values = {"words": sorted({facet, *terms}), "folded": fold(content)}
    db.session.execute(text(statement), {"rank": rank, "facet": facet} | values)


def _facet(jurisdiction_id: str, plugin: str) -> str:
    """One index term for «of this jurisdiction, by this plugin»; longer than any bigram."""
    return hashlib.sha256(f"{jurisdiction_id}|{plugin}".encode()).hexdigest()[:20]


# --- finding ---------------------------------------------------------------------------------------


def find(query: str, places: Sequence[JurisdictionRef] | None = None, *, limit: int = 20, after: str = "") -> Page[Hit]:
    """What holds every word of `query`, newest first, in `places` (by default the current jurisdiction).

    Any text is a query; one without letters or digits finds nothing.

    Raises:
        Invalid: `after` is no cursor.
    """
    wanted = words(query)
    where = [current()] if places is None else list(places)
    before = _read_cursor(after)
    if not wanted or not where:
        return Page(())
    facets = [_facet(place.id, plugin) for place in where for plugin in ("", *sorted(plugins.enabled(place)))]
    find_ranks = _ranks_in_sqlite if _on_sqlite() else _ranks_in_postgres
    ranks = find_ranks(wanted, facets, before, limit + 1)
    shown = ranks[:limit]
    if places is None:
        hits = tuple(_hit(entry, wanted) for entry in _entries(shown))
    else:
        with all_jurisdictions("rows of hits in the places the query named"):
            hits = tuple(_hit(entry, wanted) for entry in _entries(shown))
    return Page(hits, str(shown[-1]) if len(ranks) > limit else "")


def count() -> int:
    """How many public things there are, everywhere and also of plugins that are off; inside `all_jurisdictions()`."""
    return db.session.scalar(select(func.count(SearchEntry.rank))) or 0


def addresses(first: int, limit: int) -> list[tuple[str, datetime]]:
    """Address and time of the public things from number `first` on, oldest first, in every county; those of plugins
    that are off left out.

    Raises:
        NotFound: there are not so many.
    """
    ranks = select(SearchEntry.rank).order_by(SearchEntry.rank).offset(first).limit(limit)
    kept = select(SearchEntry.url, SearchEntry.at, SearchEntry.jurisdiction_id, SearchEntry.plugin)
    with all_jurisdictions("addresses for the site map"):
        on = {place.id: {"", *plugins.enabled(place)} for place in jurisdictions.everywhere()}
        found = db.session.scalars(ranks).all()
        if not found:
            raise NotFound
        rows = db.session.execute(
            kept.where(SearchEntry.rank.between(found[0], found[-1])).order_by(SearchEntry.rank)
        ).all()
    return [(url, at) for url, at, place, plugin in rows if plugin in on[place]]


def _ranks_in_sqlite(wanted: Sequence[str], facets: Sequence[str], before: int | None, limit: int) -> list[int]:
    phrases = [f'"{" ".join(pairs(word))}"' if len(word) > 1 else f'"{word}"*' for word in wanted]
    match = f"facet : ({' OR '.join(facets)}) AND words : ({' AND '.join(phrases)})"
    statement = "SELECT rowid FROM search_index WHERE search_index MATCH :match"
    return _run(statement, {"match": match}, before, limit)


def _ranks_in_postgres(wanted: Sequence[str], facets: Sequence[str], before: int | None, limit: int) -> list[int]:
    """Pairs by the index, then the word itself in the folded text: a pair may stand in two places."""
    lexemes = [" & ".join(f"'{pair}'" for pair in pairs(word)) if len(word) > 1 else f"'{word}':*" for word in wanted]
    values: dict[str, Any] = {"match": f"({' | '.join(facets)}) & {' & '.join(lexemes)}"}
    statement = "SELECT rowid FROM search_index WHERE words @@ CAST(:match AS tsquery)"
    for number, word in enumerate(wanted):
        if len(word) > 2:
            statement += f" AND position(:word{number} in folded) > 0"
            values[f"word{number}"] = word
    return _run(statement, values, before, limit)


def _run(statement: str, values: dict[str, Any], before: int | None, limit: int) -> list[int]:
    if before is not None:
        statement, values = f"{statement} AND rowid < :before", values | {"before": before}
    rows = db.session.execute(text(f"{statement} ORDER BY rowid DESC LIMIT :limit"), values | {"limit": limit})
    return [rank for (rank,) in rows]


def _entries(ranks: Sequence[int]) -> Sequence[SearchEntry]:
    query = select(SearchEntry).where(SearchEntry.rank.in_(ranks)).order_by(SearchEntry.rank.desc())
    return db.session.scalars(query).all()


def _read_cursor(after: str) -> int | None:
    if not re.fullmatch(r"-?\d{0,19}", after):
        raise Invalid({"after": [_l("页码无效，请从第一页重新打开。")]})
    return int(after) if after.strip("-") else None


def _on_sqlite() -> bool:
    return bool(db.engine.dialect.name == "sqlite")


# --- showing ---------------------------------------------------------------------------------------


def _hit(entry: SearchEntry, wanted: Sequence[str]) -> Hit:
    return Hit(
        entry.object_type, entry.object_id, entry.url, entry.at,
        parts(entry.title, wanted), parts(excerpt(entry.text, wanted), wanted), entry.jurisdiction_id,
    )  # fmt: skip


def excerpt(content: str, wanted: Sequence[str]) -> str:
    """The stretch of `content` around the first word found, on one line."""
    line = " ".join(content.split())
    found = _pattern(wanted).search(line)
    start = max(0, (found.start() if found else 0) - SNIPPET // 3)
    end = start + SNIPPET
    return ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")


def parts(content: str, wanted: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """`content` cut into (text, hit) parts; joined they are `content` again."""
    found: list[tuple[str, bool]] = []
    reached = 0
    for match in _pattern(wanted).finditer(content):
        found += [(content[reached : match.start()], False), (match.group(), True)]
        reached = match.end()
    found.append((content[reached:], False))
    return tuple(part for part in found if part[0])


def _pattern(wanted: Sequence[str]) -> re.Pattern[str]:
    """The words, longest first, whatever their case."""
    return re.compile("|".join(re.escape(word) for word in sorted(wanted, key=len, reverse=True)), re.IGNORECASE)
