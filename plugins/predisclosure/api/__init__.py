"""The JSON API of the predisclosure plugin (contract.md), all under /api/v1/<jurisdiction>/predisclosure."""

from types import ModuleType

from core.web.api import Api
from plugins.predisclosure.api import consultations, groups, items, opinions

PARTS: tuple[ModuleType, ...] = (items, consultations, opinions, groups)
apis = []
for part in PARTS:
    apis.append(Api(part.__name__.replace("plugins.", "").replace(".", "_"), __name__))
    part.declare(apis[-1])

__all__ = ["apis"]
