"""Tables of the disclosure plugin; import models from here."""

from plugins.disclosure.models.documents import Document

__all__ = ["Document"]
