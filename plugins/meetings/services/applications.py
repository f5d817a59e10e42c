"""Agenda applications (议题申报): create, edit while a draft, move along the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import audit, matters, permissions
from core.db import db, new_id
from core.permissions import SYSTEM, Actor
from core.refusals import Forbidden, Invalid, NotFound, Refusal, Refused, Stale, WrongState
from core.workflow import Move
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.partners import Partners, consult
from plugins.meetings.services import findable, live_follow
from plugins.meetings.services.agencies import acting_for
from plugins.meetings.services.materials import write_materials
from plugins.meetings.services.visibility import visible_applications
from plugins.meetings.values import RESULTS
from plugins.meetings.workflow import APPLICATION
from plugins.meetings.workflow.plans import PLAN_FIELDS, write_plan

ITEM_FIELDS = (
    "title", "subject_class", "openness", "openness_ground", "needs_participation", "hearing_required", "important",
)  # fmt: skip


def find(actor: Actor, application_id: str) -> AgendaApplication:
    """One application the actor may see; raises NotFound."""
    query = select(AgendaApplication).where(AgendaApplication.id == application_id, visible_applications(actor))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def create(actor: Actor, values: Mapping[str, Any]) -> AgendaApplication:
    """A new draft. `values` holds fields of the contract: title and subject_class, and what is known of the rest;
    `invitees` as `workflow.plans.Invitee`, `materials` as `materials.NewMaterial`, `matter` and `agency` as ids.

    Raises:
        Forbidden: no organiser of that body. Invalid: unknown matter, agency or file.
    """
    agency_id = acting_for(actor, "meetings.apply", values.get("agency"))
    item = AgendaApplication(
        id=new_id(), agency_id=agency_id, created_by=actor.id, state="draft", version=1, content_hash="",
        title=values["title"], subject_class=values["subject_class"],
        openness="open", openness_ground="", needs_participation=False, hearing_required=False, important=False,
        forms=[], organisation_form="", participation_mode="", quotas={}, position=0,
    )  # fmt: skip
    grant = permissions.require(actor, "meetings.apply", item)
    item.matter_id = _matter(actor, item, values)
    db.session.add(item)
    _write(actor, item, values)
    audit.record(actor, "meetings.application.create", APPLICATION.object_type, item.id, grant=grant, article="会7")
    return item


def edit(
    actor: Actor, item: AgendaApplication, values: Mapping[str, Any], *, version: int | None = None
) -> AgendaApplication:
    """Change a draft; a secrecy clearance given for other content no longer counts.

    Raises:
        Forbidden, WrongState (no draft any more), Stale, Invalid.
    """
    grant = permissions.require(actor, "meetings.apply", item)
    if item.state != "draft":
        raise WrongState(APPLICATION.label(item.state))
    if version is not None and version != item.version:
        raise Stale(item.version)
    if values.get("matter"):
        item.matter_id = _matter(actor, item, values)
    _write(actor, item, values)
    item.version += 1
    db.session.flush()
    audit.record(
        actor,
        "meetings.application.edit",
        APPLICATION.object_type,
        item.id,
        grant=grant,
        data={"fields": sorted(values)},
    )
    return item


def move(
    actor: Actor,
    item: AgendaApplication,
    event: str,
    *,
    reason: str = "",
    version: int | None = None,
    params: Mapping[str, Any] | None = None,
) -> Move:
    """Carry out an event of `APPLICATION`. The events' own values in `params`:

    approve: `content_hash` the approver has seen (optional) · schedule: `meeting` (id or Meeting) ·
    change_plan: new values of PLAN_FIELDS · deliberate: `result`, `note`.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: as `core.workflow.Machine.fire`.
    """
    APPLICATION.require_right(item, event, actor)
    given = _shaped(actor, item, event, dict(params or {}))
    before = item.meeting
    done = APPLICATION.fire(item, event, actor, reason=reason, version=version, params=given)
    for meeting in {item.meeting, before}:
        if meeting is not None:
            live_follow.refresh_audience(meeting)
            findable.refresh(meeting)
    if event == "call" and item.meeting:
        live_follow.come_to(actor, item.meeting, item)
    if event == "publish":
        discharge_if_settled(item)
    return done


def schedule_all(actor: Actor, meeting: Meeting, items: Sequence[AgendaApplication]) -> None:
    """Put items on an agenda in this order, partners asked once for all; nothing is scheduled when one is refused.

    Raises:
        Forbidden, Refused: the refusals of all items.
    """
    permissions.require(actor, "meetings.convene", meeting)
    partners = consult(items)
    refused: list[Refusal] = []
    for item in items:
        try:
            APPLICATION.fire(item, "schedule", actor, params={"meeting": meeting, "partners": partners})
        except Forbidden:
            raise
        except Refused as no:
            refused += [_about(item, refusal, len(items)) for refusal in no.refusals]
    if refused:
        raise Refused(*sorted(refused, key=lambda refusal: refusal.code != "WRONG_STATE"))
    live_follow.refresh_audience(meeting)
    findable.refresh(meeting)


def discharge_if_settled(item: AgendaApplication) -> None:
    """Let the system finish an item whose obligations are all met (会9)."""
    views = {view.event: view for view in APPLICATION.look(item, SYSTEM)}
    if item.state == "discharging" and views["discharge"].allowed:
        APPLICATION.fire(item, "discharge", SYSTEM)


def partners_of(items: Sequence[AgendaApplication]) -> Partners:
    """What other plugins give or object, for pages that show it."""
    return consult(items)


# --- inside -----------------------------------------------------------------------------------------


def _matter(actor: Actor, item: AgendaApplication, values: Mapping[str, Any]) -> str:
    if not values.get("matter"):
        return matters.create(actor, item.title, agency_id=item.agency_id).id
    try:
        return matters.find(actor, values["matter"]).id
    except NotFound:
        raise Invalid({"matter": [_l("没有这个事项。")]}) from None


def _write(actor: Actor, item: AgendaApplication, values: Mapping[str, Any]) -> None:
    for name in ITEM_FIELDS:
        if name in values:
            setattr(item, name, values[name])
    db.session.flush()
    write_plan(item, values)
    if "materials" in values:
        write_materials(actor, item, values["materials"])


def _shaped(actor: Actor, item: AgendaApplication, event: str, given: dict[str, Any]) -> dict[str, Any]:
    """Check the values an event brings; a shape that is wrong is 422 before anything else is looked at."""
    if event == "schedule":
        return {"meeting": _meeting(actor, given.get("meeting")), "partners": consult([item])}
    if event == "change_plan":
        plan = {name: given[name] for name in PLAN_FIELDS if name in given}
        if not plan:
            raise Invalid({"organisation_form": [_l("请填写要变更的内容：组织形式、参与方式或邀请名单。")]})
        return {"plan": plan}
    if event == "deliberate" and given.get("result") not in RESULTS:
        raise Invalid({"result": [_l("请选择审议结论：通过、原则通过、修改后再议、不通过或其他。")]})
    return given


def _meeting(actor: Actor, named: Any) -> Meeting:
    found = named if isinstance(named, Meeting) else db.session.get(Meeting, str(named or ""))
    if found is None:
        raise Invalid({"meeting": [_l("请指定要安排到哪次会议。")]})
    permissions.require(actor, "meetings.convene", found)
    return found


def _about(item: AgendaApplication, refusal: Refusal, count: int) -> Refusal:
    if count == 1:
        return refusal
    detail = _l("《%(title)s》：%(detail)s", title=item.title, detail=refusal.detail)
    return Refusal(refusal.code, detail, refusal.article, refusal.missing)
