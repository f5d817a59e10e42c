"""The minutes (会议纪要): begun from the record by agenda item, edited part by part, moved along the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from core import audit, permissions
from core.db import db
from core.permissions import Actor
from core.refusals import NotFound, Stale, WrongState
from core.text import checked
from core.web.locale import moment
from core.workflow import Move
from plugins.meetings.live import reading
from plugins.meetings.models import AgendaApplication, Meeting, Minutes, MinutesRevision, MinutesSection
from plugins.meetings.services import invitations
from plugins.meetings.services.visibility import visible_minutes
from plugins.meetings.values import CATEGORIES, RESULTS
from plugins.meetings.workflow import MEETING, MINUTES

WRITE = "meetings.draft_minutes"
READY = ("closed", "sealed")
MOST = 500_000
"""Characters of one part: a long item's record fits whole."""
ATTENDED = ("checked_in", "checked_out")


def of_meeting(actor: Actor, meeting: Meeting) -> Minutes | None:
    """The minutes of a meeting for staff who may read them; None before they are begun."""
    return db.session.scalar(select(Minutes).where(Minutes.meeting_id == meeting.id, visible_minutes(actor)))


def required(actor: Actor, meeting: Meeting) -> Minutes:
    """As `of_meeting`; raises NotFound before they are begun."""
    found = of_meeting(actor, meeting)
    if found is None:
        raise NotFound
    return found


def find(actor: Actor, minutes_id: str) -> Minutes:
    """One set of minutes; raises NotFound."""
    found = db.session.scalar(select(Minutes).where(Minutes.id == minutes_id, visible_minutes(actor)))
    if found is None:
        raise NotFound
    return found


def section(actor: Actor, section_id: str) -> MinutesSection:
    """One part; raises NotFound."""
    query = select(MinutesSection).join(Minutes).where(MinutesSection.id == section_id, visible_minutes(actor))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def revision(part: MinutesSection, rev: int) -> MinutesRevision:
    """One version of a part; raises NotFound."""
    found = next((row for row in part.revisions if row.rev == rev), None)
    if found is None:
        raise NotFound
    return found


def begin(actor: Actor, meeting: Meeting) -> Minutes:
    """Begin the minutes: attendance, then each item with its result and what was said, as the record has it now.
    Asked again it answers those that are there.

    Raises:
        Forbidden. WrongState: the meeting is not over.
    """
    grant = permissions.require(actor, WRITE, meeting)
    there = db.session.scalar(select(Minutes).where(Minutes.meeting_id == meeting.id).with_for_update())
    if there is not None:
        return there
    if meeting.state not in READY:
        raise WrongState(MEETING.label(meeting.state))
    minutes = Minutes(meeting=meeting, state="draft", version=1, begun_by=actor.id)
    with force_locale("zh_Hans_CN"):  # an official document, whatever language its author reads
        parts: list[tuple[AgendaApplication | None, str, str]] = [
            (None, str(_("出席和列席情况")), _attendance(meeting))
        ]
        parts += [(item, item.title, text) for item, text in _items(meeting)]
    for place, (item, heading, text) in enumerate(parts, 1):
        part = MinutesSection(application=item, heading=heading, text=text, rev=1, position=place)
        part.revisions.append(MinutesRevision(rev=1, text=text, by_name=""))
        minutes.sections.append(part)
    db.session.add(minutes)
    db.session.flush()
    audit.record(actor, "meetings.minutes.begin", MINUTES.object_type, minutes.id, grant=grant, article="会4")
    return minutes


def edit(actor: Actor, part: MinutesSection, text: str, *, rev: int | None) -> MinutesSection:
    """Write a new version of a part; `rev` is the one it was written from, None where the edge
    has compared already. Saying the same again changes nothing.

    Raises:
        Forbidden, WrongState: no draft any more. Stale: somebody wrote meanwhile. Invalid.
    """
    minutes = part.minutes
    grant = permissions.require(actor, WRITE, minutes)
    text = checked({"text": text}, {"text": MOST})["text"]
    db.session.refresh(part, with_for_update=True)
    if minutes.state != "draft":
        raise WrongState(MINUTES.label(minutes.state))
    if text == part.text:
        return part
    if rev is not None and rev != part.rev:
        raise Stale(part.rev)
    part.text, part.rev = text, part.rev + 1
    part.revisions.append(MinutesRevision(rev=part.rev, text=text, by_id=actor.id, by_name=actor.name))
    minutes.version += 1
    db.session.flush()
    audit.record(
        actor, "meetings.minutes.edit", MINUTES.object_type, minutes.id, grant=grant,
        data={"section": part.id, "rev": part.rev},
    )  # fmt: skip
    return part


def move(actor: Actor, minutes: Minutes, event: str, *, reason: str = "", version: int | None = None) -> Move:
    """Carry out an event of `MINUTES`.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: MINUTES_INCOMPLETE, SELF_APPROVAL.
    """
    return MINUTES.fire(minutes, event, actor, reason=reason, version=version)


# --- what the record says ----------------------------------------------------------------------------


def _attendance(meeting: Meeting) -> str:
    """Time, place, convening body, and who attended by category; names stay inside, as the minutes do."""
    lines = [str(_("时间：%(when)s", when=moment(meeting.opened_at or meeting.starts_at)))]
    if meeting.place:
        lines.append(str(_("地点：%(place)s", place=meeting.place)))
    if meeting.agency:
        lines.append(str(_("召集单位：%(name)s", name=meeting.agency.name)))
    came: dict[str, list[str]] = {}
    for row in invitations.of_meeting(meeting):
        if row.state in ATTENDED and row.name not in came.setdefault(row.category, []):
            came[row.category].append(row.name)
    lines += [f"{CATEGORIES[category]}：{'、'.join(names)}" for category, names in came.items() if names]
    return "\n".join(lines)


def _items(meeting: Meeting) -> Iterator[tuple[AgendaApplication, str]]:
    said = _said(meeting)
    for item in sorted(meeting.agenda, key=lambda one: one.position):
        if item.called_at is None and item.result is None:
            continue
        lines = [*said.get(item.id, ())]
        if item.result:
            lines.insert(0, str(_("审议结论：%(result)s", result=RESULTS[item.result])))
            lines[1:1] = [item.result_note] if item.result_note else []
        yield item, "\n".join(lines)[:MOST]


def _said(meeting: Meeting) -> dict[str, list[str]]:
    """Item → its public lines in the order of the record; what was taken back is not there."""
    found: dict[str, list[str]] = {}
    try:
        lines: Sequence[dict[str, object]] = reading.lines(reading.of_meeting(meeting.id))
    except NotFound:
        return found
    for line in lines:
        if line["state"] != "public" or not line["text"] or line["type"] == "item" or not line.get("item"):
            continue
        speaker = f"{line['speaker']}：" if line.get("speaker") else ""
        found.setdefault(str(line["item"]), []).append(f"{speaker}{line['text']}")
    return found
