"""What the parameters of every address name. A route that is not in the table fails the walk: say what its ids are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from core.plugins import BUILT_IN
from tests.walk.counties import UNKNOWN, County

IDS = {
    "agencies": "agency",
    "agenda": "application",
    "bodies": "agency",
    "disclosure/documents": "document",
    "items": "item",
    "documents/<id>": "document",
    "redactions": "redaction",
    "regions": "redaction_region",
    "guides": "guide",
    "rectifications": "rectification",
    "urgings": "urging",
    "withheld": "withheld_catalogue",
    "withheld-catalogues": "withheld_catalogue",
    "entries": "withheld_entry",
    "withheld-entries": "withheld_entry",
    "applications": "application",
    "attendance": "attendance",
    "delegations": "delegation",
    "deliveries": "delivery",
    "files": "file",
    "follow-ups": "follow_up",
    "groups": "opinion_group",
    "opinion-groups": "opinion_group",
    "slips": "slip",
    "speaking": "speaking_request",
    "speaking-requests": "speaking_request",
    "speaking/<meeting>": "meeting",
    "files/<link>": "publication_file",
    "held": "post",
    "invitations": "invitation",
    "jobs": "job",
    "live/<id>": "meeting",
    "invitations/<token>": "invitation_token",
    "matters": "matter",
    "meetings": "meeting",
    "begin": "meeting",
    "minutes": "minutes",
    "obligations": "obligation",
    "parts": "minutes_part",
    "people": "account",
    "posts": "post",
    "publications": "publication",
    "recusals": "recusal",
    "representatives": "representative",
    "requests": "access_request",
    "reports": "annual_report",
    "letters": "letter",
    "roles": "grant",
    "sections": "minutes_part",
    "applicants": "signup",
    "mine/<token>": "signup_token",
    "signups": "signup_call",
    "substitutions": "substitution",
    "agenda-items": "agenda_item",
    "locations": "meeting",
    "memberships": "public_person",
    "organizations": "agency",
    "papers": "publication",
    "persons": "public_person",
    "files/<ident>": "public_file",
    "predisclosure/consultations": "public_consultation",
    "predisclosure/groups": "consultation_group",
    "predisclosure/items": "decision_item",
    "predisclosure/opinions": "consultation_opinion",
}
"""The part of an address before a parameter, after its plugin where two plugins use it, or both → the kind it names
(tests/walk/counties.py)."""
NO_IDS = {
    "pages/<int:page>.png": "a page of a file",
    "static/<path:filename>": "a file of this checkout",
    "record/<kind>": "docx or pdf",
    "files/<kind>": "docx, pdf or xlsx",
    "documents/<name>": "a kind of document, the same everywhere",
    "print/<paper>": "a kind of document, the same everywhere",
    "templates/<paper>": "a kind of document, the same everywhere",
    "document-templates/<id>": "a kind of document, the same everywhere",
    "plugins/<name>": "the name of a plugin, the same everywhere",
    "imports/<key>": "a kind of table, the same everywhere",
    "imports/<id>": "a kind of table, the same everywhere",
    "blocks/<generation>": "a number of one live text, the same everywhere",
    "<generation>/<block>": "a number of one live text, the same everywhere",
    "columns/<column>": "the key of a column, the same everywhere",
    "downloads/<name>.<kind>": "a kind of table, the same everywhere",
    "link/<secret>": "a secret of one account, which belongs to no county",
    "consultations/<ident>": "the ids of a publication and an agenda item in one; tests/meetings/portal/test_oparl.py",
    "legislative-terms/<ident>": "an object of a list that is always empty",
}
"""Parameters that name no object of a county, and why."""
EXAMPLES = {
    "applications/<id>/documents/<name>": "application_form.docx",
    "documents/<name>": "agenda.docx",
    "print/<paper>": "agenda",
    "pages/<int:page>.png": 1,
    "/sitemap-<part>.xml": "pages",
    "files/<kind>": "docx",
    "columns/<column>/feed.atom": "fees",
}
"""The end of an address → a value that its last parameter may have, where any word would not be found."""
PLACE = "jurisdiction"


@dataclass
class Address:
    """One rule with one method, and what its parameters name."""

    rule: Rule
    method: str
    ids: dict[str, str]
    more: dict[str, Any] = field(default_factory=dict)

    def of(self, app: Flask, place: str, ids: dict[str, str]) -> str:
        """The address in a county with these ids."""
        values = {**self.more, **ids} | ({PLACE: place} if PLACE in self.rule.arguments else {})
        return app.url_map.bind("localhost").build(self.rule.endpoint, values, self.method)

    def filled(self, app: Flask, county: County) -> str:
        """The address with the county's own most public ids."""
        return self.of(app, county.place.slug, {name: county.ids[kind][0] for name, kind in self.ids.items()})

    def foreign(self, here: County, other: County) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
        """Pairs of ids: the other county's, and unknown ones in the same places; one by one and all at once."""
        own = {name: here.ids[kind][0] for name, kind in self.ids.items()}
        sets = [[name] for name in self.ids] + ([list(self.ids)] if len(self.ids) > 1 else [])
        for names in sets:
            longest = max(len(other.ids[self.ids[name]]) for name in names)
            for number in range(min(longest, 4)):
                foreign = {name: _pick(other.ids[self.ids[name]], number) for name in names}
                yield own | foreign, own | {name: UNKNOWN[: len(foreign[name])] for name in names}


def _pick(ids: list[str], number: int) -> str:
    return ids[number % len(ids)]


def kinds_of(rule: Rule) -> dict[str, str]:
    """Parameter → kind.

    Raises:
        AssertionError: a parameter of which nothing is known.
    """
    found = {}
    plugin = next((part for part in rule.rule.split("/") if part in BUILT_IN), "")
    for before, after in pairwise(rule.rule.split("/")):
        both, name = f"{before}/{after}", after.strip("<>").rpartition(":")[2]
        if not after.startswith("<") or name == PLACE or both in NO_IDS:
            continue
        kind = IDS.get(both) or IDS.get(f"{plugin}/{before}") or IDS.get(before)
        assert kind, f"{rule.rule}: say in tests/walk/addresses.py what {both} names"
        found[name] = kind
    return found


def addresses(app: Flask) -> list[Address]:
    """Every rule with every method."""
    found = []
    for rule in app.url_map.iter_rules():
        ids = kinds_of(rule)
        example = next((value for end, value in EXAMPLES.items() if rule.rule.endswith(end)), "x")
        more = dict.fromkeys(rule.arguments - set(ids) - {PLACE}, example)
        found += [Address(rule, method, ids, more) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found
