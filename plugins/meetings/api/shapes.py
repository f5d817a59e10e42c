"""How applications, meetings, invitations and obligations are written as JSON, and what of them a viewer may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from core import clocks, publications
from core.db import db, utcnow
from core.models import Agency
from core.permissions import Actor
from core.web.api import clocks_json, events_json
from plugins.meetings import telling, timing, values
from plugins.meetings.content import content_hash, is_cleared
from plugins.meetings.models import AgendaApplication, Approval, Invitation, Meeting, Obligation, RuleText
from plugins.meetings.services import applications, board, deliveries
from plugins.meetings.services.visibility import (
    public_result,
    public_state,
    public_title,
    sees_closed_items,
    sees_contacts,
    sees_invitation,
)
from plugins.meetings.workflow import APPLICATION, INVITATION, MEETING, OBLIGATION, SUBSTITUTION

NO_SLOT = {"begins": None, "ends": None, "begun": False, "ended": False}
"""Of an item a meeting never came to."""


def application(item: AgendaApplication) -> dict[str, Any]:
    """An application as lists show it (staff only)."""
    return {
        "id": item.id,
        "title": item.title,
        "matter": item.matter_id,
        "agency": _code(item.agency),
        "agency_name": item.agency.name if item.agency else "",
        "subject_class": item.subject_class,
        "subject_class_label": values.SUBJECT_CLASSES[item.subject_class],
        "openness": item.openness,
        "openness_label": values.OPENNESS[item.openness],
        "important": item.important,
        "state": item.state,
        "state_label": APPLICATION.label(item.state),
        "meeting": item.meeting_id,
        "position": item.position or None,
        "result": item.result,
        "updated_at": item.updated_at,
        "etag": str(item.version),
    }


def application_full(item: AgendaApplication, viewer: Actor) -> dict[str, Any]:
    """One application with plan, list, materials, history and what this viewer may do."""
    contacts = sees_contacts(viewer, item)
    partner = applications.partners_of([item]).materials.get(item.matter_id, ())
    return application(item) | {
        "openness_ground": item.openness_ground,
        "needs_participation": item.needs_participation,
        "hearing_required": item.hearing_required,
        "forms": item.forms,
        "organisation_form": item.organisation_form,
        "participation_mode": item.participation_mode,
        "quotas": item.quotas,
        "invitees": [invitation(row, contacts=contacts) for row in item.invitees],
        "materials": [
            {
                "kind": row.kind,
                "title": row.title,
                "file": row.attachment_id,
                "opinions": row.opinions,
                "restricted": row.restricted,
            }
            for row in item.materials
        ],
        "partner_materials": [
            {"kind": row.kind, "title": row.title, "file": row.attachment_id, "url": row.url} for row in partner
        ],
        "result_label": values.RESULTS[item.result] if item.result else "",
        "result_note": item.result_note,
        "content_hash": content_hash(item),
        "submitted_hash": item.content_hash,
        "secrecy_cleared": is_cleared(item),
        "approvals": [_approval(row) for row in item.approvals],
        "created_at": item.created_at,
        "submitted_at": item.submitted_at,
        "events": events_json(APPLICATION, item, viewer),
        "clocks": clocks_json(APPLICATION.object_type, item),
    }


def meeting(row: Meeting, viewer: Actor) -> dict[str, Any]:
    """A meeting as lists show it."""
    when = {ident: asdict(slot) for ident, slot in timing.slots(row, utcnow()).items()}
    return {
        "id": row.id,
        "kind": row.kind,
        "kind_label": values.MEETING_KINDS[row.kind],
        "title": row.title,
        "starts_at": row.starts_at,
        "place": row.place,
        "agency": _code(row.agency),
        "agency_name": row.agency.name if row.agency else "",
        "state": row.state,
        "state_label": MEETING.label(row.state),
        "audience": row.audience,
        "agenda": [agenda_item(item, viewer) | when.get(item.id, NO_SLOT) for item in row.agenda],
        "url": telling.meeting_path(row),
        "live_url": f"{telling.meeting_path(row)}live/",
        "updated_at": row.updated_at,
        "etag": str(row.version),
    }


def meeting_full(row: Meeting, viewer: Actor) -> dict[str, Any]:
    """One meeting; the clocks are those of what is owed for it."""
    by_subject = clocks.of(OBLIGATION.object_type, [owed.id for owed in row.obligations])
    return meeting(row, viewer) | {
        "open_to_public": row.open_to_public,
        "openness_note": row.openness_note,
        "announced_at": row.announced_at,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at,
        "sealed_at": row.sealed_at,
        "cancelled_at": row.cancelled_at,
        "cancel_reason": row.cancel_reason,
        "events": events_json(MEETING, row, viewer),
        "clocks": [clocks.as_json(clock) for found in by_subject.values() for clock in found],
    }


def agenda_item(item: AgendaApplication, viewer: Actor) -> dict[str, Any]:
    """An item on an agenda: the public sees neither closed titles nor results before they are published."""
    staff = sees_closed_items(viewer)
    state = item.state if staff else public_state(item)
    result = item.result if staff else public_result(item)
    withheld = item.openness == "closed"
    return {
        "id": item.id,
        "position": item.position,
        "title": public_title(item, viewer),
        "withheld": withheld,
        "openness": item.openness,
        "subject_class": None if withheld and not staff else item.subject_class,
        "matter": None if withheld and not staff else item.matter_id,
        "forms": item.forms,
        "minutes": item.minutes,
        "state": state,
        "state_label": APPLICATION.label(state),
        "result": result,
        "result_label": values.RESULTS[result] if result else "",
    }


def invitation(row: Invitation, *, contacts: bool) -> dict[str, Any]:
    """An invitee; the contact only for those who invite or approve."""
    return {
        "id": row.id,
        "name": row.name,
        "category": row.category,
        "category_label": values.CATEGORIES[row.category],
        "organisation": row.organisation,
        "contact": row.contact if contacts else None,
        "represents": row.represents,
        "state": row.state,
        "state_label": INVITATION.label(row.state),
        "sent_at": row.sent_at,
        "replied_at": row.replied_at,
        "etag": str(row.version),
    }


def invitation_full(row: Invitation, viewer: Actor) -> dict[str, Any]:
    """One invitation with what may be done."""
    return invitation(row, contacts=sees_invitation(viewer, row)) | {
        "application": row.application_id,
        "meeting": row.application.meeting_id,
        "reply_note": row.reply_note,
        "publish_name": row.publish_name,
        "link_expires_at": row.token_expires_at,
        "checked_in_at": row.checked_in_at,
        "checked_out_at": row.checked_out_at,
        "replaced_by": row.replaced_by_id,
        "delivery": deliveries.summary(row),
        "answers": [
            {"answer": one.answer, "note": one.note, "at": one.at, "taken_by": one.taken_by} for one in row.answers
        ],
        "substitutions": [
            {"id": one.id, "name": one.name, "state": one.state, "state_label": SUBSTITUTION.label(one.state)}
            for one in row.substitutions
        ],
        "acknowledged": [{"version": done.rule.version, "at": done.at} for done in row.acknowledgements],
        "events": events_json(INVITATION, row, viewer),
        "clocks": [],
    }


def obligations(rows: Sequence[Obligation], viewer: Actor) -> list[dict[str, Any]]:
    """What is owed, each with its clock; the public does not read who asked and why before it is decided."""
    by_subject = clocks.of(OBLIGATION.object_type, [row.id for row in rows])
    return [obligation(row, viewer, map(clocks.as_json, by_subject[row.id])) for row in rows]


def obligation(row: Obligation, viewer: Actor, running: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """One obligation."""
    staff = sees_closed_items(viewer)
    state = row.state if staff or row.state != "exemption_requested" else "owed"
    page = row.publication if row.publication and row.publication.state == "released" else None
    found = list(running)
    return {
        "id": row.id,
        "kind": row.kind,
        "kind_label": values.OBLIGATION_KINDS[row.kind],
        "meeting": row.meeting_id,
        "application": row.application_id,
        "title": public_title(row.application, viewer) if row.application else row.meeting.title,
        "article": "会9",
        "state": state,
        "state_label": OBLIGATION.label(state),
        "overdue": not row.settled and any(clock["state"] == "overdue" for clock in found),
        "publication": row.publication_id if page or staff else None,
        "url": publications.address(page) if page else None,
        "reason": row.reason if staff or row.state == "exempted" else "",
        "agency": _code(row.meeting.agency),
        "owner": row.owner_name if staff else "",
        "requested_by": row.requested_name if staff else "",
        "approved_by": row.approved_name if staff else "",
        "met_at": row.met_at,
        "withdrawn_at": row.withdrawn_page.withdrawn_at if row.withdrawn_page else None,
        "etag": str(row.version),
        "events": events_json(OBLIGATION, row, viewer),
        "clocks": found,
    }


def rate(one: board.Rate) -> dict[str, Any]:
    """How one body kept its deadlines."""
    agency = db.session.get(Agency, one.agency_id) if one.agency_id else None
    return {
        "agency": _code(agency),
        "agency_name": one.agency,
        "on_time": one.on_time,
        "late": one.late,
        "running": one.running,
        "percent": one.percent,
    }


def rule(row: RuleText) -> dict[str, Any]:
    """One version of the rules."""
    return {
        "version": row.version,
        "attendance": row.attendance,
        "duties": row.duties,
        "agenda_rules": row.agenda_rules,
        "discipline": row.discipline,
        "created_at": row.created_at,
    }


def _approval(row: Approval) -> dict[str, Any]:
    fields = ("decision", "role", "actor_name", "on_behalf_of", "content_hash", "reason", "at", "void", "void_reason")
    return {name: getattr(row, name) for name in fields}


def _code(agency: Agency | None) -> str | None:
    return agency.code if agency else None
