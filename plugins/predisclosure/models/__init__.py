"""Tables of the predisclosure plugin; import models from here."""

from plugins.predisclosure.models.consultations import DraftEdition, PublicConsultation
from plugins.predisclosure.models.items import DecisionItem
from plugins.predisclosure.models.opinions import ConsultationGroup, ConsultationOpinion

__all__ = ["ConsultationGroup", "ConsultationOpinion", "DecisionItem", "DraftEdition", "PublicConsultation"]
