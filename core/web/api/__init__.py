"""The JSON API (contract.md): `Api`, `Answer` and helpers. What an author needs is imported from here.

    api = Api("meetings_api", __name__)

    @api.get("/<id>", load=load_meeting, public=True, summary="One meeting", answer=MeetingOut)
    def show(meeting: Meeting) -> Answer:
        return Answer(meeting_json(meeting), version=meeting.version)
"""

from core.web.api.answers import Answer
from core.web.api.blueprint import Api, init_app
from core.web.api.edge import Endpoint, if_match
from core.web.api.moves import Moved, TransitionIn, clocks_json, events_json, moved, transition
from core.web.problems import Problem

__all__ = [
    "Answer", "Api", "Endpoint", "Moved", "Problem", "TransitionIn",
    "clocks_json", "events_json", "if_match", "init_app", "moved", "transition",
]  # fmt: skip
