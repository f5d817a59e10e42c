"""What a mail program sends back when somebody answers an appointment (RFC 5546, METHOD:REPLY)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

MOST = 100_000
"""Characters of a reply that are read at all."""
UID = re.compile(r"([0-9a-f]{32})@invitations\.mingtang")
ANSWERS = {"ACCEPTED": "accept", "DECLINED": "decline"}


class ReplyError(ValueError):
    """The text is no answer to one of our appointments."""


@dataclass(frozen=True)
class CalendarReply:
    """Who answers what: the invitation's id, the attendee's address, "accept" or "decline", the comment.

    `sequence` and `stamp`: which appointment is answered, and when; None where the program does not say.
    """

    invitation: str
    address: str
    answer: str
    comment: str
    sequence: int | None = None
    stamp: datetime | None = None


def read(text: str) -> CalendarReply:
    """Read a reply.

    Raises:
        ReplyError: another method, another calendar's appointment, or neither yes nor no.
    """
    lines = re.sub(r"\r?\n[ \t]", "", text[:MOST]).splitlines()
    fields = {name.upper(): (parameters, value) for name, parameters, value in map(_split, lines)}
    uid = UID.fullmatch(fields.get("UID", ("", ""))[1].strip())
    parameters, address = fields.get("ATTENDEE", ("", ""))
    status = re.search(r"PARTSTAT=\"?([A-Z-]+)", parameters.upper())
    answer = ANSWERS.get(status[1] if status else "", "")
    if fields.get("METHOD", ("", ""))[1].strip().upper() != "REPLY" or uid is None or not answer:
        raise ReplyError
    comment = re.sub(r"\\([\\;,])", r"\1", fields.get("COMMENT", ("", ""))[1].replace("\\n", "\n"))
    sequence = fields.get("SEQUENCE", ("", ""))[1].strip()
    return CalendarReply(
        uid[1], re.sub("(?i)^mailto:", "", address.strip()), answer, comment[:500],
        int(sequence) if sequence.isascii() and sequence.isdecimal() else None,
        _moment(fields.get("DTSTAMP", ("", ""))[1].strip()),
    )  # fmt: skip


def parted(text: str) -> list[str]:
    """One text for each appointment in a heap of calendars: a file may hold several, and several may be pasted."""
    found = []
    for one in re.findall(r"(?is)BEGIN:VCALENDAR\b.*?(?:END:VCALENDAR\b|\Z)", text) or [text]:
        events = re.findall(r"(?is)BEGIN:VEVENT\b.*?(?:END:VEVENT\b|\Z)", one)
        head = re.sub(r"(?is)BEGIN:VEVENT\b.*?(?:END:VEVENT\b|\Z)", "", one)
        found += [f"{head.strip()}\r\n{event}\r\n" for event in events] or [one]
    return found


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _split(line: str) -> tuple[str, str, str]:
    """Name, parameters and value; a colon inside quotes belongs to a parameter."""
    found = re.match(r'([A-Za-z-]+)((?:;(?:[^":;]|"[^"]*")*)*):(.*)', line)
    return (found[1], found[2], found[3]) if found else ("", "", "")
