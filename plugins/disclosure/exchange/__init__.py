"""What the plugin gives to others: panels, work items, life-line steps, rights on its files."""

from __future__ import annotations

from collections.abc import Sequence

from core.contracts import FileUse
from core.permissions import Actor
from plugins.disclosure import item_content
from plugins.disclosure.document_content import ANSWER, SUBJECT
from plugins.disclosure.exchange import request_files
from plugins.disclosure.services import item_pages
from plugins.disclosure.services.document_gate import may_read


def may_read_file(actor: Actor, uses: Sequence[FileUse]) -> bool:
    """Files of documents (公文) and items: whoever sees them; of requests: whoever works on them."""
    documents = {use.subject_id for use in uses if use.subject_type in {SUBJECT, ANSWER}}
    items = {use.subject_id for use in uses if use.subject_type == item_content.SUBJECT}
    rest = [use for use in uses if use.subject_type not in {SUBJECT, ANSWER, item_content.SUBJECT}]
    return may_read(actor, documents) or item_pages.may_read(actor, items) or request_files.may_read(actor, rest)
