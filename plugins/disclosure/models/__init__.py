"""Tables of the disclosure plugin; import models from here."""

from plugins.disclosure.models.challenges import Challenge
from plugins.disclosure.models.consultations import Consultation
from plugins.disclosure.models.documents import Document
from plugins.disclosure.models.requests import AccessRequest, Reply

__all__ = ["AccessRequest", "Challenge", "Consultation", "Document", "Reply"]
