"""The JSON API of the meetings plugin (contract.md, Meetings), all under /api/v1/<jurisdiction>/meetings."""

from core.web.api import Api
from plugins.meetings.api import (
    applications,
    attendance,
    deliveries,
    documents,
    follow_ups,
    invitations,
    live,
    live_reading,
    live_review,
    meetings,
    minutes,
    obligations,
    recusals,
    representatives,
    rules,
    signups,
    slips,
    speaking,
    substitutions,
)

PARTS = (
    applications, documents, substitutions, deliveries, attendance, invitations, recusals, representatives,
    obligations, rules, signups, slips, speaking, follow_ups, live, live_reading, live_review, minutes, meetings,
)  # fmt: skip
apis = []
for part in PARTS:
    apis.append(Api(part.__name__.replace("plugins.", "").replace(".", "_"), __name__))
    part.declare(apis[-1])

__all__ = ["apis"]
