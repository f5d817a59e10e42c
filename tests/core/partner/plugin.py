"""The partner's hooks; a test says in `says` what it answers, or that it is out of order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pluggy

from core.contracts import Blocker, MeetingMaterial, PluginInfo

impl = pluggy.HookimplMarker("mingtang")


@dataclass
class Says:
    """What the partner knows of every matter it is asked about."""

    materials: tuple[str, ...] = ()
    groups: tuple[dict[str, Any], ...] = ()
    blockers: tuple[Blocker, ...] = ()
    broken: bool = False
    asked: int = 0

    def ask(self) -> None:
        self.asked += 1
        if self.broken:
            raise RuntimeError("out of order")


says = Says()


@impl
def describe() -> PluginInfo:
    return PluginInfo("partner", "重大行政决策预公开")


@impl
def collect_meeting_materials(matter_ids: Sequence[str]) -> Mapping[str, Sequence[MeetingMaterial]]:
    says.ask()
    return {
        matter: [
            MeetingMaterial(f"partner.{kind}", kind, kind, data={"groups": says.groups}) for kind in says.materials
        ]
        for matter in matter_ids
    }


@impl
def decision_blockers(matter_ids: Sequence[str]) -> Mapping[str, Sequence[Blocker]]:
    says.ask()
    return dict.fromkeys(matter_ids, says.blockers)


@impl
def review_publication(publication_id: str) -> Sequence[Blocker]:
    assert publication_id
    says.ask()
    return says.blockers
