"""The regulation as tables: the state machines; import them from here."""

from plugins.predisclosure.workflow.consultations import CONSULTATION
from plugins.predisclosure.workflow.items import ITEM

__all__ = ["CONSULTATION", "ITEM"]
