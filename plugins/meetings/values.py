"""The words of the regulation: identifiers of contract.md with their Chinese labels, each in one place."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

SUBJECT_CLASSES: dict[str, Any] = {
    "urban_planning": _l("城乡规划"),
    "public_resources": _l("公共资源配置"),
    "social_welfare": _l("社会公益事业建设"),
    "education_health": _l("教育卫生"),
    "other_vital": _l("其他切身利益"),
    "none": _l("不涉及"),
}
VITAL_CLASSES = frozenset(SUBJECT_CLASSES) - {"none"}
"""The classes whose meetings must be open (会2)."""

OPENNESS: dict[str, Any] = {"open": _l("开放"), "partial": _l("部分开放"), "closed": _l("不开放")}
FORMS: dict[str, Any] = {
    "invitation": _l("邀请列席"),
    "television": _l("电视"),
    "internet": _l("网络（图文直播）"),
    "radio": _l("广播"),
    "new_media": _l("新媒体"),
}
CATEGORIES: dict[str, Any] = {
    "stakeholder": _l("利益相关方"),
    "expert": _l("专家学者"),
    "journalist": _l("媒体记者"),
    "party_delegate": _l("党代表"),
    "npc_deputy": _l("人大代表"),
    "cppcc_member": _l("政协委员"),
    "public": _l("其他公众代表"),
}
MEETING_KINDS: dict[str, Any] = {
    "plenary": _l("全体会议"),
    "executive": _l("常务会议"),
    "departmental": _l("部门办公会议"),
    "special": _l("专题会议"),
}
DECIDING_KINDS = ("plenary", "executive", "departmental")
"""The kinds whose decisions are published or lawfully withheld (会4)."""

MATERIAL_KINDS: dict[str, Any] = {
    "draft": _l("文件草案"),
    "basis": _l("起草依据"),
    "adoption_summary": _l("意见征集和采纳情况"),
    "hearing_record": _l("听证笔录"),
    "hearing_report": _l("听证报告"),
    "other": _l("其他材料"),
}
RESULTS: dict[str, Any] = {
    "passed": _l("通过"),
    "passed_in_principle": _l("原则通过"),
    "revise": _l("修改后再议"),
    "rejected": _l("不通过"),
    "other": _l("其他"),
}
RECUSAL_KINDS: dict[str, Any] = {"interest": _l("利害关系回避"), "eligibility": _l("资格变化")}
SIGNUP_METHODS: dict[str, Any] = {"order": _l("先到先得"), "draw": _l("公开抽签")}
OBLIGATION_KINDS: dict[str, Any] = {
    "outcome": _l("审议情况"),
    "policy_document": _l("政策文件"),
    "interpretation": _l("解读材料"),
}
SLIP_KINDS: dict[str, Any] = {"question": _l("提问"), "opinion": _l("书面意见")}
DISPOSITIONS: dict[str, Any] = {
    "adopted": _l("采纳"),
    "partly": _l("部分采纳"),
    "not_adopted": _l("不采纳"),
}
"""What becomes of an opinion; the last two carry a reason (会6, 会10)."""
OPINION_SOURCES: dict[str, Any] = {
    "web": _l("网上"),
    "letter": _l("来信"),
    "phone": _l("热线电话"),
    "mailbox": _l("领导信箱"),
}

CHANNELS: dict[str, Any] = {"email": _l("电子邮件"), "sms": _l("短信"), "paper": _l("电话或信函")}
"""How somebody is told, by the kind of his contact."""
CONTACT_WAYS: dict[str, Any] = {"phone": _l("电话"), "letter": _l("信函"), "person": _l("当面")}
CONTACT_RESULTS: dict[str, Any] = {
    "told": _l("已告知本人"),
    "posted": _l("信函已寄出"),
    "no_answer": _l("没有联系上"),
    "wrong": _l("号码或地址不对"),
}
DELIVERY_STATES: dict[str, Any] = {
    "ticked": _l("已通知到"),
    "answered": _l("已答复"),
    "sent": _l("已送出"),
    "waiting": _l("正在发送"),
    "failed": _l("没有送达"),
    "to_call": _l("须打电话或寄信"),
}
DELIVERY_KINDS: dict[str, Any] = {
    "invite": _l("邀请"),
    "reminder": _l("催请答复"),
    "scheduled": _l("安排上会"),
    "moved": _l("时间地点变更"),
    "plan_changed": _l("参与方案变更"),
    "postponed": _l("推迟审议"),
    "withdrawn": _l("撤回议题"),
    "cancelled": _l("会议取消"),
    "revoked": _l("撤销邀请"),
    "substitution": _l("代为列席"),
    "rules": _l("会议开放规则新版"),
}
CHECK_IN_WAYS: dict[str, Any] = {
    "qr": _l("扫码"),
    "code": _l("签到码"),
    "list": _l("名单"),
    "paper": _l("纸质签到表"),
}


def one_of(column: str, values: Any) -> str:
    """The SQL of a check constraint: `column` holds one of `values`."""
    return f"{column} in ({', '.join(repr(value) for value in values)})"
