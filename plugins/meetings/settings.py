"""Local rules (本地规则) of open meetings: defaults where the regulation is silent or names a range."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.contracts import Setting

REGULATION = _l("政务会议开放制度")
PRACTICE = _l("各地会议开放办法的通行区间")
DISCLOSURE = _l("政府信息公开管理制度第八条")

TEMPLATES = {
    "vote": [
        "表决：同意〔〕票，反对〔〕票，弃权〔〕票，〔通过〕。",
        "与会人员一致同意，〔原则通过〕。",
        "会议决定：〔〕，由〔〕牵头落实。",
    ],
    "notice": [
        "会议休息〔十〕分钟，〔〕继续。",
        "现在进入下一项议题：〔〕。",
        "因〔〕，图文直播暂停，恢复时间另行通知。",
    ],
}
"""Texts of lines by their type; the stenographer fills what stands in 〔〕."""

SETTINGS = (
    Setting("meetings.obligation_days", _l("会后公开时限（工作日）"), 5, int, "会9", DISCLOSURE),
    Setting(
        "meetings.interpretation_days", _l("解读材料可晚于政策文件的工作日数（0 为同步）"), 0, int, "会9", PRACTICE
    ),
    Setting(
        "meetings.synchronous_release", _l("三同步：政策文件与解读材料只能同时公开"), False, bool, "会9", PRACTICE,
    ),
    Setting(
        "meetings.review_publications", _l("会后公开内容须先经分管领导审核"), False, bool, "会9",
        PRACTICE,
    ),
    Setting("meetings.notice_days", _l("会议公告提前的工作日数（1–7）"), 1, int, "会3", PRACTICE),
    Setting("meetings.seats_min", _l("每个议题列席代表最少人数（0 为不限）"), 0, int, "会3", PRACTICE),
    Setting("meetings.seats_max", _l("每个议题列席代表最多人数（0 为不限）"), 0, int, "会3", PRACTICE),
    Setting("meetings.category_quotas", _l("各类列席代表最少人数"), {}, dict, "会3", REGULATION),
    Setting(
        "meetings.selection", _l("代表产生方式：draw 抽签、relevance 相关、pool 代表库"), "pool", str, "会3", PRACTICE,
    ),
    Setting("meetings.renewal_days", _l("代表年度续聘可以提前办理的天数"), 60, int, "会3", PRACTICE),
    Setting("meetings.application_days", _l("公众报名截止于会前工作日数"), 2, int, "会3", PRACTICE),
    Setting("meetings.written_opinion_days", _l("会后提交书面意见的工作日数"), 3, int, "会8", PRACTICE),
    Setting(
        "meetings.publish_names", _l("公布列席人员姓名：consent 征得同意、always 一律、never 不公布"), "consent", str,
        "会8", PRACTICE,
    ),
    Setting("meetings.concentrated_count", _l("相对集中意见：相同意见条数"), 3, int, "会6", REGULATION),
    Setting("meetings.concentrated_percent", _l("相对集中意见：占全部意见的百分比"), 10, int, "会6", REGULATION),
    Setting("meetings.reminder_days", _l("会前几个工作日自动催请未答复的人员（0 为不催）"), 0, int, "会3", PRACTICE),
    Setting("meetings.two_person_words", _l("直播内容含这些词时须两人放行"), [], list, "会4", PRACTICE),
    Setting(
        "meetings.confidential_notice", _l("审议不公开议题时直播上的说明"),
        "现在审议依法不公开的议题，图文直播暂停，审议结束后恢复。", str, "会4", PRACTICE,
    ),
    Setting("meetings.line_templates", _l("速录台的表决、通知用语，〔〕处现填"), TEMPLATES, dict, "会4", PRACTICE),
    Setting("meetings.link_days", _l("个人邀请链接在会后保留的天数"), 30, int, "会8", PRACTICE),
    Setting("meetings.slip_reply_days", _l("承办单位答复代表意见的工作日数"), 5, int, "会8", PRACTICE),
    Setting("meetings.follow_up_days", _l("决定公开后收集意见的自然日数（0 为不收集）"), 30, int, "会10", PRACTICE),
    Setting("meetings.follow_up_answer_days", _l("意见收集结束后集中答复的工作日数"), 15, int, "会10", PRACTICE),
)  # fmt: skip
