"""The console pages of the meetings plugin: applications, representative pool, meetings, obligations, rules."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.web.admin import ConsoleView
from core.web.admin.templates import TemplatesView
from plugins.meetings.admin.applications import ApplicationsView
from plugins.meetings.admin.follow_ups import FollowUpsView
from plugins.meetings.admin.live import LiveView
from plugins.meetings.admin.meetings import MeetingsView
from plugins.meetings.admin.minutes import MinutesView
from plugins.meetings.admin.obligations import ObligationsView
from plugins.meetings.admin.recusals import RecusalsView
from plugins.meetings.admin.representatives import RepresentativesView
from plugins.meetings.admin.rules import RulesView
from plugins.meetings.admin.signups import SignupsView
from plugins.meetings.admin.slips import SlipsView
from plugins.meetings.admin.speaking import SpeakingView
from plugins.meetings.services import representatives
from plugins.meetings.services.templates import templates

PAPERS = _l("申报表、公告、议程、签到表、列席证和桌签由 Word 模板生成。")


def views() -> list[ConsoleView]:
    """One of each; endpoints begin with `meetings_`."""
    return [
        ApplicationsView("meetings_applications", "applications", "core.staff"),
        RepresentativesView("meetings_representatives", "representatives", representatives.RIGHT),
        RecusalsView("meetings_recusals", "recusals", "core.staff"),
        MeetingsView("meetings_meetings", "", "core.staff"),
        LiveView("meetings_live", "live", "meetings.live_write"),
        MinutesView("meetings_minutes", "minutes", "core.staff"),
        SlipsView("meetings_slips", "slips", "core.staff"),
        SpeakingView("meetings_speaking", "speaking", "meetings.moderate"),
        FollowUpsView("meetings_follow_ups", "follow-ups", "core.staff"),
        ObligationsView("meetings_obligations", "obligations", "core.staff"),
        SignupsView("meetings_signups", "signups", "core.staff"),
        RulesView("meetings_rules", "rules", "core.staff"),
        TemplatesView("meetings_templates", "templates", templates, PAPERS),
    ]
