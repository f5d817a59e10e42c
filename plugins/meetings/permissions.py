"""Rights of the meetings plugin and the roles that hold them (who-column of the regulation's tables)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.contracts import Permission

INVOLVED = "agencies_involved"

PERMISSIONS = (
    Permission("meetings.apply", _l("申报议题"), ("organiser",)),
    Permission("meetings.change_plan", _l("变更参与方案"), ("organiser",), agency=INVOLVED),
    Permission("meetings.withdraw", _l("撤回议题"), ("organiser",), agency=INVOLVED),
    Permission("meetings.clear", _l("保密核签"), ("secrecy_reviewer",)),
    Permission("meetings.approve", _l("审批议题"), ("deputy_leader",)),
    Permission("meetings.approve_leader", _l("审批重要议题"), ("leader",)),
    Permission("meetings.schedule", _l("安排上会议题"), ("organiser",), agency=None),
    Permission("meetings.convene", _l("召集会议"), ("organiser",)),
    Permission("meetings.run_item", _l("主持议题审议"), ("organiser",), agency="convening_agency_id"),
    Permission("meetings.invite", _l("邀请列席人员"), ("organiser",), agency=INVOLVED),
    Permission("meetings.pool", _l("管理代表库"), ("organiser", "disclosure_officer"), agency=None),
    Permission("meetings.declare", _l("申报回避或资格变化"), ("invitee", "organiser"), agency=INVOLVED),
    Permission("meetings.decide_recusal", _l("决定是否回避"), ("organiser", "deputy_leader"), agency=INVOLVED),
    Permission("meetings.signups", _l("组织公众报名"), ("organiser",), agency=INVOLVED),
    Permission("meetings.leave_signup", _l("撤回报名"), ("signed_up", "organiser"), agency=INVOLVED),
    Permission("meetings.reply", _l("答复邀请"), ("invitee", "organiser"), agency=INVOLVED),
    Permission("meetings.decide_substitute", _l("决定代为列席"), ("organiser", "deputy_leader"), agency=INVOLVED),
    Permission("meetings.check_in", _l("办理签到"), ("organiser", "stenographer"), agency=INVOLVED),
    Permission("meetings.draft_minutes", _l("起草会议纪要"), ("organiser", "stenographer")),
    Permission("meetings.check_minutes", _l("核对会议纪要"), ("organiser", "live_reviewer")),
    Permission("meetings.confirm_minutes", _l("确认会议纪要"), ("deputy_leader", "leader")),
    Permission("meetings.rules", _l("制定会议开放规则"), ("organiser", "disclosure_officer"), agency=None),
    Permission("meetings.templates", _l("更换文档模板"), ("organiser", "system_admin"), agency=None),
    Permission("meetings.publish", _l("公开会议结果"), ("organiser", "disclosure_officer")),
    Permission("meetings.approve_exemption", _l("审批免予公开"), ("deputy_leader", "leader")),
    Permission("meetings.speak", _l("提交意见条、请求发言"), ("invitee",), agency=None),
    Permission(
        "meetings.moderate", _l("审核代表的提问、意见、发言请求"), ("organiser", "stenographer"), agency=INVOLVED
    ),
    Permission("meetings.route_slip", _l("转办代表意见"), ("organiser",), agency=INVOLVED),
    Permission("meetings.reply_slip", _l("答复转办的代表意见"), ("handler", "organiser"), agency="unit_id"),
    Permission("meetings.follow_up", _l("办理对决定的意见"), ("organiser", "disclosure_officer")),
)
