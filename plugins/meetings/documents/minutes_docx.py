"""The minutes (会议纪要) as a Word document: title, state, then part by part."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from core.documents import word
from plugins.meetings.models import Minutes
from plugins.meetings.workflow import MINUTES


def minutes_docx(minutes: Minutes) -> bytes:
    """The file; before it is final every page would mislead without its state, so that stands under the title."""
    meeting = minutes.meeting
    author = meeting.agency.name if meeting.agency else ""
    with force_locale("zh_Hans_CN"):
        title = str(_("%(title)s纪要", title=meeting.title))
        document = word.new(title, author, minutes.confirmed_at or minutes.updated_at)
        document.add_paragraph(word.fit(title), style="Title")
        if minutes.state != "final":
            draft = _("本稿尚未定稿（%(state)s）。", state=MINUTES.label(minutes.state))
            document.add_paragraph(word.fit(str(draft)), style="Notice")
        for part in minutes.sections:
            document.add_paragraph(word.fit(part.heading), style="Heading 1")
            for line in part.text.splitlines():
                if line.strip():
                    document.add_paragraph(word.fit(line.strip()))
        if minutes.state == "final":
            names = {"checker": minutes.checked_name, "leader": minutes.confirmed_name}
            signed = _("核对：%(checker)s　确认：%(leader)s", **names)
            document.add_paragraph(word.fit(str(signed)), style="Small")
    return word.content(document)
