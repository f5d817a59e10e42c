"""The documents of a meeting (会议文档): what may stand in the template of each, and its built-in template.

A template is an ordinary Word file with placeholders such as `{{会议名称}}`; a jurisdiction may replace it by one of
its own. `PAPERS` says which names each knows. The built-in ones follow GB/T 9704: title 2号小标宋, text 3号仿宋.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.documents.papers import Paper
from plugins.meetings.documents import application_form, layouts

MEETING_FIELDS = (
    "会议名称", "会议类别", "召集单位", "时间", "地点", "旁听范围", "开放说明", "议题数", "列席人数",
    "本级", "落款日期",
)  # fmt: skip
AGENDA = ("序号", "议题", "申报单位", "开放程度", "开放形式", "时间")
PEOPLE = ("序号", "姓名", "类别", "单位", "代表方面", "议题")

_ALL = (
    Paper(
        "application_form", _l("会议议题申报表"), "application", application_form.FIELDS, layouts.application_form,
        application_form.LISTS,
    ),
    Paper("notice", _l("会议公告"), "meeting", MEETING_FIELDS, layouts.notice, {"议程": AGENDA}),
    Paper("agenda", _l("会议议程"), "meeting", MEETING_FIELDS, layouts.agenda, {"议程": AGENDA}),
    Paper("attendance", _l("签到表"), "meeting", MEETING_FIELDS, layouts.attendance, {"名单": PEOPLE}, personal=True),
    Paper("badges", _l("列席证"), "meeting", MEETING_FIELDS, layouts.badges, {"名单": PEOPLE}, personal=True),
    Paper("seat_cards", _l("桌签"), "meeting", MEETING_FIELDS, layouts.seat_cards, {"名单": PEOPLE}, personal=True),
)  # fmt: skip
PAPERS = {paper.key: paper for paper in _ALL}
