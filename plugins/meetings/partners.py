"""What other plugins give to, or hold against, items on their way to a meeting; asked once for many items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from core import jurisdictions, matters, plugins
from core.contracts import Blocker, MeetingMaterial
from core.refusals import Refusal
from plugins.meetings.models import AgendaApplication


@dataclass(frozen=True)
class Partners:
    """Answers of the partner plugins by matter id."""

    materials: Mapping[str, Sequence[MeetingMaterial]] = field(default_factory=dict)
    blockers: Mapping[str, Sequence[Blocker]] = field(default_factory=dict)

    def kinds(self, matter_id: str) -> frozenset[str]:
        """The kinds of material that came by themselves."""
        return frozenset(material.kind for material in self.materials.get(matter_id, ()))


def consult(applications: Iterable[AgendaApplication]) -> Partners:
    """Ask `collect_meeting_materials` and `decision_blockers` for all these items in one call each.

    A plugin that fails counts as a blocker of every item: the gate never disappears.
    """
    wanted = sorted({application.matter_id for application in applications})
    materials, _ = _by_matter("collect_meeting_materials", wanted)
    blockers, failed = _by_matter("decision_blockers", wanted)
    for name in failed:
        for matter in wanted:
            blockers[matter].append(
                Refusal("PARTNER_UNAVAILABLE", _l("“%(name)s”暂时无法核实前置条件，请稍后再试。", name=name), "会5")
            )
    return Partners(materials, blockers)


def _by_matter(hook: str, wanted: Sequence[str]) -> tuple[dict[str, list[Any]], list[Any]]:
    """What a partner holds against one of several merged matters counts for each of them."""
    threads = {matter: matters.whole(matter) for matter in wanted}
    asked = sorted({ident for ids in threads.values() for ident in ids})
    collected = plugins.collect(hook, jurisdictions.current(), matter_ids=asked)
    joined = {
        matter: [answer for mapping in collected.items for ident in ids for answer in mapping.get(ident, ())]
        for matter, ids in threads.items()
    }
    return joined, [plugins.installed().infos[gap.plugin].title for gap in collected.gaps]
