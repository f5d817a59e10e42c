"""The local open-meeting rules (会8) over the API."""

from __future__ import annotations

from core.web.api import Answer, Api
from core.web.requests import actor
from plugins.meetings.api import shapes
from plugins.meetings.api.outlines import RuleOut, RulesOut
from plugins.meetings.forms import RulesIn
from plugins.meetings.services import rules


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get("/rules", public=True, answer=RulesOut, summary="The open-meeting rules, newest version first")(listing)
    api.post(
        "/rules", body=RulesIn, permission="meetings.rules", status=201, answer=RuleOut,
        summary="Issue a new version of the rules; invitees are asked again",
    )(issue)  # fmt: skip


def listing() -> Answer:
    """Public: the rules of attending."""
    return Answer({"items": [shapes.rule(row) for row in rules.history()]})


def issue(body: RulesIn) -> Answer:
    """All four parts."""
    return Answer(shapes.rule(rules.issue(actor(), body.model_dump())))
