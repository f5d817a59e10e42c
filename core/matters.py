"""Matters (事项): the thread from the first draft to the follow-up, and its public life-line."""

from __future__ import annotations

from core import audit, plugins
from core.contracts import Gap, TimelineEntry
from core.db import db
from core.jurisdictions import current
from core.models import Matter
from core.permissions import Actor, can
from core.refusals import NotFound
from core.text import checked


def create(actor: Actor, title: str, *, agency_id: str | None = None) -> Matter:
    """A new matter of the current jurisdiction, not public yet. The caller's own right was checked by its service.

    Raises:
        Invalid: empty or too long a title.
    """
    title = checked({"title": title}, {"title": 200}, ("title",))["title"]
    matter = Matter(jurisdiction_id=current().id, title=title, agency_id=agency_id)
    db.session.add(matter)
    db.session.flush()
    audit.record(actor, "core.matter.create", "core.matter", matter.id)
    return matter


def make_public(matter_id: str | None) -> None:
    """The matter's page opens to the public: called with its first public step. Harmless when repeated or None."""
    matter = db.session.get(Matter, matter_id) if matter_id else None
    if matter is not None:
        matter.public = True


def find(actor: Actor, matter_id: str) -> Matter:
    """The matter, for the public only once it is public.

    Raises:
        NotFound: unknown, of another county, or not public yet.
    """
    matter = db.session.get(Matter, matter_id)
    if matter is None or not (matter.public or can(actor, "core.staff")):
        raise NotFound
    return matter


def timeline(matter_id: str) -> tuple[list[TimelineEntry], tuple[Gap, ...]]:
    """The public steps of a matter in order of time, and the gaps of plugins that failed to answer.

    Steps of one moment keep the order in which their plugin gave them.
    """
    from core import publications

    here = current()
    collected = plugins.collect("collect_timeline", here, matter_ids=[matter_id])
    steps = [step for answer in collected.items for step in answer.get(matter_id, ())]
    known = {step.key for step in steps}
    steps += [step for step in publications.steps_of(matter_id) if step.key not in known]
    return sorted(steps, key=lambda step: step.at), collected.gaps
