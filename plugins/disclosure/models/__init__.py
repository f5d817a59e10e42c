"""Tables of the disclosure plugin; import models from here."""

from plugins.disclosure.models.bodies import Body, Urging
from plugins.disclosure.models.catalogue import CatalogueRow, IndexSeries
from plugins.disclosure.models.challenges import Challenge
from plugins.disclosure.models.confirmations import Confirmation, Dispute
from plugins.disclosure.models.consultations import Consultation
from plugins.disclosure.models.documents import Document, Referral, SheetLine
from plugins.disclosure.models.guides import Guide
from plugins.disclosure.models.imports import ImportedRow
from plugins.disclosure.models.items import Edition, Item, Placement
from plugins.disclosure.models.letters import DocumentTemplate, Letter
from plugins.disclosure.models.rectifications import Rectification
from plugins.disclosure.models.redactions import Redaction, RedactionRegion
from plugins.disclosure.models.reports import AnnualReport
from plugins.disclosure.models.requests import AccessRequest, Reply
from plugins.disclosure.models.withheld import WithheldCatalogue, WithheldEntry

__all__ = [
    "AccessRequest",
    "AnnualReport",
    "Body",
    "CatalogueRow",
    "Challenge",
    "Confirmation",
    "Consultation",
    "Dispute",
    "Document",
    "DocumentTemplate",
    "Edition",
    "Guide",
    "ImportedRow",
    "IndexSeries",
    "Item",
    "Letter",
    "Placement",
    "Rectification",
    "Redaction",
    "RedactionRegion",
    "Referral",
    "Reply",
    "SheetLine",
    "Urging",
    "WithheldCatalogue",
    "WithheldEntry",
]
