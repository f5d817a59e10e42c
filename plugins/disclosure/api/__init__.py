"""The JSON API of the disclosure plugin (contract.md), all under /api/v1/<jurisdiction>/disclosure."""

from types import ModuleType

from core.web.api import Api
from plugins.disclosure.api import bodies, documents, guides, items, letters, redactions, reports, requests, withheld

PARTS: tuple[ModuleType, ...] = (documents, items, redactions, requests, letters, reports, bodies, guides, withheld)
apis = []
for part in PARTS:
    apis.append(Api(part.__name__.replace("plugins.", "").replace(".", "_"), __name__))
    part.declare(apis[-1])

__all__ = ["apis"]
