"""Documents of a sealed record made in the background: for one who asks, or for the public."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core import jobs, storage
from core.contracts import JobKind
from core.models import Job
from core.permissions import Actor
from core.refusals import Invalid, NotFound, WrongState
from plugins.meetings.documents import record_files
from plugins.meetings.live import reading
from plugins.meetings.models import Meeting
from plugins.meetings.services.live_access import Readable, Reader, open_for
from plugins.meetings.workflow import MEETING

KIND = "meetings.record"
KINDS = {"docx": "Word", "pdf": "PDF"}


def ask(actor: Actor, meeting: Meeting, kind: str) -> Job:
    """Have the record made as a file for `actor`, who may read it; inside `write()`.

    Raises:
        Invalid: no such kind. WrongState: not sealed yet. NotFound, Forbidden: not for this reader.
    """
    if kind not in KINDS:
        raise Invalid({"kind": [_l("只能是：%(values)s。", values=", ".join(KINDS))]})
    if _open(actor, meeting.id).live.state != "sealed":
        raise WrongState(MEETING.label(meeting.state))
    title = _l("会议记录（%(kind)s）：%(title)s", kind=KINDS[kind], title=meeting.title)
    return jobs.start(actor, KIND, title=title, subject=meeting.id, arguments={"kind": kind})


def run(work: jobs.Work) -> jobs.Result:
    """Make the file as of one moment; who asked gets a copy, for the public it lies ready."""
    reading.one_moment()
    found, kind = _open(work.actor, work.subject), work.arguments["kind"]
    if found.live.state != "sealed":
        raise NotFound
    path = record_files.make(found.meeting, found.live, kind, work.step)
    if work.actor.is_system:
        return jobs.Result()
    with path.open("rb") as file:
        staged = storage.stage(file, record_files.filename(found.meeting, kind))
    return jobs.Result(_l("会议记录已生成。"), staged)


def _open(actor: Actor, meeting_id: str) -> Readable:
    return open_for(Reader(actor), meeting_id)


JOBS = (JobKind(KIND, _l("生成会议记录文件"), run),)
