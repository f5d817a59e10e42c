"""The regulations as tables: the state machines; import them from here."""

from plugins.disclosure.workflow.catalogues import CATALOGUE
from plugins.disclosure.workflow.documents import DOCUMENT
from plugins.disclosure.workflow.entries import ENTRY
from plugins.disclosure.workflow.guides import GUIDE
from plugins.disclosure.workflow.items import ITEM
from plugins.disclosure.workflow.rectifications import RECTIFICATION
from plugins.disclosure.workflow.redactions import REDACTION
from plugins.disclosure.workflow.reports import REPORT
from plugins.disclosure.workflow.requests import REQUEST
from plugins.disclosure.workflow.urgings import URGING

__all__ = [
    "CATALOGUE",
    "DOCUMENT",
    "ENTRY",
    "GUIDE",
    "ITEM",
    "RECTIFICATION",
    "REDACTION",
    "REPORT",
    "REQUEST",
    "URGING",
]
