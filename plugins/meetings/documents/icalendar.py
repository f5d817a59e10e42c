"""Meetings as iCalendar (RFC 5545): times in UTC, so no time zone has to be described; lines folded at 75 octets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MEDIA_TYPE = "text/calendar; charset=utf-8"
FOLD = 75


@dataclass(frozen=True)
class Person:
    """Whoever invites or is invited, by name and e-mail address."""

    name: str
    address: str


@dataclass(frozen=True)
class Event:
    """One appointment; `uid` never changes, `sequence` grows with every change."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime | None
    summary: str
    place: str
    description: str
    url: str
    changed_at: datetime
    cancelled: bool = False
    alarm: timedelta | None = None
    """How long before the start to remind."""
    organizer: Person | None = None
    attendee: Person | None = None
    answer: str = ""
    """PARTSTAT of the attendee: NEEDS-ACTION, ACCEPTED or DECLINED."""


def calendar(name: str, events: Iterable[Event], method: str = "PUBLISH") -> str:
    """A whole calendar; with REQUEST or CANCEL an invitation that mail programs offer to answer (RFC 5546)."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Mingtang//Meetings//ZH", "CALSCALE:GREGORIAN",
        f"METHOD:{method}", f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        *(line for event in events for line in _event(event)), "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTAMP:{stamp(event.changed_at)}"
    yield f"LAST-MODIFIED:{stamp(event.changed_at)}"
    yield f"DTSTART:{stamp(event.starts_at)}"
    if event.ends_at and event.ends_at > event.starts_at:  # a meeting may open and end before its time
        yield f"DTEND:{stamp(event.ends_at)}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    for name, text in (("SUMMARY", event.summary), ("LOCATION", event.place), ("DESCRIPTION", event.description)):
        if text:
            yield f"{name}:{escaped(text)}"
    if event.url:
        yield f"URL:{event.url}"
    if event.organizer:
        yield f"ORGANIZER;CN={quoted(event.organizer.name)}:mailto:{event.organizer.address}"
    if event.attendee:
        how = (
            f"ROLE=REQ-PARTICIPANT;PARTSTAT={event.answer};RSVP={'TRUE' if event.answer == 'NEEDS-ACTION' else 'FALSE'}"
        )
        yield f"ATTENDEE;CN={quoted(event.attendee.name)};{how}:mailto:{event.attendee.address}"
    if event.alarm and not event.cancelled:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escaped(event.summary)}")
        yield from (f"TRIGGER:-PT{int(event.alarm.total_seconds() // 60)}M", "END:VALARM")
    yield "END:VEVENT"


def stamp(at: datetime) -> str:
    """A moment in UTC, e.g. 20261124T010000Z."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """Text as a value: backslash, semicolon, comma and line ends escaped, carriage returns dropped."""
    text = text.replace("\r", "").replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\n", "\\n")


def quoted(text: str) -> str:
    """Text as the value of a parameter, which can hold neither quotes nor line ends."""
    return '"' + "".join(character for character in text if character not in '"\r\n') + '"'


def folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, later ones led by a blank; no character is torn."""
    piece = ""
    for character in line:
        if len((piece + character).encode()) > FOLD:
            yield piece
            piece = " "
        piece += character
    yield piece
