"""A mark in every text of a county: none of it is read in another county, and what is not public is read by nobody."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from html import unescape

import pytest
from sqlalchemy import JSON, Column, String, Table, text

from core.db import Base, db
from core.plugins import BUILT_IN
from tests.walk.addresses import addresses
from tests.walk.conftest import Visitor, Walk
from tests.walk.counties import EVERYTHING

OPEN, SECRET = "甲显乙", "丙密丁"
CODES = frozenset({
    "action", "actor", "actor_id", "answer", "applicant_kind", "article", "audience", "category", "channel", "code", "decision", "delivery", "disposition",
    "epoch",
    "event", "form", "hook", "identity_kind", "item", "key", "kind", "legality", "link", "link_salt", "login", "method", "object_id", "object_type",
    "openness", "person", "plugin", "post", "result",
    "returns_to", "role", "salt", "seal", "sha256", "slug", "source", "state", "subject_class", "subject_id", "subject_type", "type",
    "attribute", "carrier", "column_key", "genre", "ground", "late_cause", "origin", "outcome", "ruling", "urgency",
    "secrecy_level", "severity", "stage", "target",
    "unit", "url", "way",
})  # fmt: skip
"""Columns of words for machines; everything else that is text is marked, whatever its name."""
HIDDEN = {
    "core_account": "true",
    "core_attachment": "id NOT IN (SELECT attachment_id FROM core_attachment_link WHERE audience <> 'staff')",
    "core_audit_entry": "true",
    "core_delegation": "true",
    "core_matter": "NOT public",
    "core_notice": "true",
    "core_plugin_switch": "true",
    "core_publication": "state <> 'released'",
    "disclosure_confirmation": "true",
    "disclosure_dispute": "true",
    "disclosure_item": "true",
    "disclosure_placement": "true",
    "disclosure_request": "true",
    "meetings_acknowledgement": "true",
    "meetings_answer": "true",
    "meetings_application": "openness = 'closed' OR meeting_id IS NULL OR meeting_id IN ({unannounced})",
    "meetings_approval": "true",
    "meetings_attendance": "true",
    "meetings_contact_note": "true",
    "meetings_delivery": "true",
    "meetings_invitation": "NOT publish_name",
    "meetings_live_post": "session_id IN (SELECT id FROM meetings_live_session WHERE audience <> 'public')",
    "meetings_signup": "true",
    "meetings_signup_call": "published_at IS NULL",
    "meetings_opinion": "true",
    "meetings_opinion_group": "follow_up_id NOT IN (SELECT id FROM meetings_follow_up WHERE state = 'answered')",
    "meetings_slip": "NOT public",
    "meetings_speaking_request": "true",
    "meetings_meeting": "id IN ({unannounced})",
    "meetings_substitution": "true",
    "meetings_recusal": "true",
    "meetings_representative": "true",
    "predisclosure_consultation": "opens_at IS NULL",
    "predisclosure_group": "consultation_id NOT IN (SELECT id FROM predisclosure_consultation WHERE summary_publication_id IS NOT NULL)",
    "predisclosure_opinion": "true",
}
"""Table → which of its rows are not for the public."""
UNANNOUNCED = "SELECT id FROM meetings_meeting WHERE announced_at IS NULL"
LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)')


def tables() -> list[Table]:
    """Those of the core and the built-in plugins; other tests load plugins of their own beside them."""
    ours = tuple(f"{name}_" for name in ("core", *BUILT_IN))
    return [table for table in Base.metadata.sorted_tables if table.name.startswith(ours)]


def marked_columns(table: Table) -> list[Column[object]]:
    """Its columns of free text."""
    return [
        column
        for column in table.columns
        if isinstance(column.type, String)
        and not (column.foreign_keys or column.primary_key or column.name in CODES)
        and not column.name.endswith(("_id", "_hash", "_digest", "digest", "_by", "language", "purpose"))
    ]


def mark(walk: Walk) -> dict[str, int]:
    """Write the marks into the other county; answers how many rows of each table got one."""
    place, done = walk.other.place.id, {}
    people = f"SELECT account_id FROM core_role_grant WHERE jurisdiction_id = '{place}'"
    with walk.app.app_context(), db.engine.begin() as connection:
        for table in tables():
            columns = marked_columns(table)
            if table.name == "core_account":
                where = f"id IN ({people})"
            elif "jurisdiction_id" in table.columns and table.name != "core_jurisdiction":
                where = f"jurisdiction_id = '{place}'"
            else:
                continue
            hidden = HIDDEN.get(table.name, "false").format(unannounced=UNANNOUNCED)
            for column in columns:
                said = f"CASE WHEN {hidden} THEN '{SECRET}' ELSE '{OPEN}' END"
                statement = f"UPDATE {table.name} SET {column.name} = {column.name} || {said} WHERE ({where})"
                done[f"{table.name}.{column.name}"] = connection.execute(text(statement)).rowcount
    return done


@pytest.fixture(scope="module")
def marked(walk_apart: Walk) -> Walk:
    """Two counties, the other one marked."""
    done = mark(walk_apart)
    assert sum(count > 0 for count in done.values()) > 40, done
    return walk_apart


def crawl(walk: Walk, visitor: Visitor, starts: tuple[str, ...], county: str) -> Iterator[tuple[str, str]]:
    """Every page below `starts`: those of the address table with the county's ids, and whatever they lead to."""
    owner = walk.here if county == walk.here.place.slug else walk.other
    table = [address.filled(walk.app, owner) for address in addresses(walk.app) if address.method == "GET"]
    searches = [f"/{county}/search?q={word}" for word in ("供水", "老旧小区", "常务会议", "发言", "议题")]
    queue = deque(where for where in (*table, *searches) if where.startswith(starts))
    seen = set(queue)
    while queue:
        where = queue.popleft()
        answer = visitor.ask(where)
        if answer.status_code >= 300 or not answer.content_type.startswith(("text/", "application/")):
            continue
        binary = b"\x00" in answer.data[:200] or answer.data.startswith(b"%PDF")
        body = "" if binary else answer.get_data(as_text=True)
        yield where, body
        for link in map(unescape, LINK.findall(body)):
            if link.startswith(starts) and link not in seen and len(seen) < 600:
                seen.add(link)
                queue.append(link)


def found(pages: Iterator[tuple[str, str]], *marks: str) -> tuple[int, list[str]]:
    """How many pages were read, and where a mark stands in them."""
    read, bad = 0, []
    for where, body in pages:
        read += 1
        places = [body.find(one) for one in marks]
        bad += [f"{where}: …{body[max(0, at - 80) : at + 20]}…" for at in places if at >= 0]
    return read, bad


@pytest.mark.parametrize("person", ["", "organiser", EVERYTHING])
def test_nothing_of_another_county_is_read_here(marked: Walk, person: str) -> None:
    slug = marked.here.place.slug
    starts = (f"/{slug}/", f"/admin/{slug}/", f"/api/v1/{slug}")
    read, bad = found(crawl(marked, marked.visitor(person), starts, slug), OPEN, SECRET)
    bad = [
        line for line in bad if "&where=all" not in line
    ]  # that is the whole city's search, which shows what is public
    assert read > 20
    assert not bad, "\n".join(bad)


@pytest.mark.parametrize("person", ["", "organiser", EVERYTHING])
def test_nothing_secret_is_read_from_outside(marked: Walk, person: str) -> None:
    """By the public and by another county's staff: neither in the county's own pages nor in the city's.

    A personal link is left out: who has it is the invitee, or signed up.
    """
    slug = marked.other.place.slug
    starts = ("/zunyi/", f"/{slug}/", f"/admin/{slug}/", f"/api/v1/{slug}", "/api/v1/zunyi")
    visitor = marked.visitor(person)
    read, bad = found(crawl(marked, visitor, starts, slug), SECRET)
    assert read > 20
    assert SECRET not in visitor.ask("/").get_data(as_text=True)
    personal = ("/invitations/", "/signups/mine/")
    assert not [line for line in bad if not any(part in line for part in personal)], "\n".join(bad)


def test_the_marks_are_there_to_be_found(marked: Walk) -> None:
    slug = marked.other.place.slug
    _, public = found(crawl(marked, marked.visitor(), (f"/{slug}/",), slug), OPEN)
    assert len(public) > 10
    staff = marked.visitor(EVERYTHING, marked.other)
    _, secret = found(crawl(marked, staff, (f"/admin/{slug}/", f"/api/v1/{slug}"), slug), SECRET)
    assert len(secret) > 20


def test_every_text_column_is_marked_or_a_code() -> None:
    unmarked = {
        f"{table.name}.{column.name}"
        for table in tables()
        for column in table.columns
        if isinstance(column.type, JSON) or (isinstance(column.type, String) and column not in marked_columns(table))
    }
    assert {
        name for name in unmarked if name.endswith((".title", ".name", ".text", ".body", ".reason", ".note"))
    } == set()
