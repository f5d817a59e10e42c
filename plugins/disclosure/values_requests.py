"""The words of access on request (依申请公开, 管12): channels, applicants, forms, and the 22 results of a request.

`ROWS` says in which row of table 三 of the annual report (国办公开办函〔2021〕30号) each result is counted.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

CHANNELS: dict[str, Any] = {
    "web": _l("网络"),
    "counter": _l("当面"),
    "registered_mail": _l("邮寄（签收邮件）"),
    "mail": _l("邮寄（平常信函）"),
    "fax": _l("传真"),
}
"""How a request came; each has its own rule for the day of receipt (条例第三十一条)."""

RECEIVED_ON_ARRIVAL = ("counter", "registered_mail")
"""Handed in or signed for: that day is the day of receipt; the others are confirmed with the applicant first."""

APPLICANTS: dict[str, Any] = {
    "person": _l("自然人"),
    "business": _l("商业企业"),
    "research": _l("科研机构"),
    "charity": _l("社会公益组织"),
    "legal": _l("法律服务机构"),
    "other": _l("其他"),
}
"""The columns of table 三, in its order; all but the first are organisations."""

IDENTITIES: dict[str, Any] = {
    "resident": _l("居民身份证"),
    "passport": _l("护照"),
    "permit": _l("港澳台居民证件"),
    "other": _l("其他有效证件"),
}

FORMS: dict[str, Any] = {
    "paper": _l("纸质"),
    "electronic": _l("电子文件"),
    "disc": _l("光盘或者磁盘"),
    "view": _l("当场查阅、抄录"),
}
"""形式要求: what the information should come on."""

DELIVERIES: dict[str, Any] = {
    "online": _l("网上查看"),
    "email": _l("电子邮件"),
    "post": _l("邮寄"),
    "pickup": _l("自行领取"),
    "fax": _l("传真"),
}
"""获取信息的方式、途径."""

RESULTS: dict[str, Any] = {
    "granted": _l("予以公开"),
    "partly": _l("部分公开"),
    "state_secret": _l("不予公开：属于国家秘密"),
    "forbidden": _l("不予公开：其他法律行政法规禁止公开"),
    "safety": _l("不予公开：危及“三安全一稳定”"),
    "third_party": _l("不予公开：保护第三方合法权益"),
    "internal": _l("不予公开：属于三类内部事务信息"),
    "process": _l("不予公开：属于四类过程性信息"),
    "case_file": _l("不予公开：属于行政执法案卷"),
    "query": _l("不予公开：属于行政查询事项"),
    "not_held": _l("无法提供：本机关不掌握相关政府信息"),
    "to_be_made": _l("无法提供：没有现成信息需要另行制作"),
    "unclear": _l("无法提供：补正后申请内容仍不明确"),
    "complaint": _l("不予处理：信访举报投诉类申请"),
    "repeated": _l("不予处理：重复申请"),
    "published_work": _l("不予处理：要求提供公开出版物"),
    "mass": _l("不予处理：无正当理由大量反复申请"),
    "reissue": _l("不予处理：要求确认或者重新出具已获取信息"),
    "not_corrected": _l("其他处理：逾期不补正，视为放弃"),
    "not_paid": _l("其他处理：逾期不缴纳信息处理费，视为放弃"),
    "other": _l("其他处理：其他"),
    "withdrawn": _l("其他处理：申请人撤回申请"),
}
"""What becomes of a request: one of these, and only one."""

ROWS: dict[str, int] = {name: row for row, name in enumerate(list(RESULTS)[:-1], start=3)} | {"withdrawn": 23}
"""Result → row of table 三; a withdrawn request is counted under «其他»."""

BY_SYSTEM = ("not_corrected", "not_paid", "withdrawn")
"""Results nobody proposes: they follow from what the applicant did or left undone."""

WITHHOLDING = (
    "partly", "state_secret", "forbidden", "safety", "third_party", "internal", "process", "case_file", "query",
)  # fmt: skip
"""Results that keep something back: reviewed for secrecy and law before they are approved."""

DISCLOSING = ("granted", "partly")

CONSULTATIONS: dict[str, Any] = {
    "third_party": _l("第三方"),
    "co_author": _l("共同制作机关"),
}
CONSULTATION_ANSWERS: dict[str, Any] = {
    "waiting": _l("等待答复"),
    "agreed": _l("同意公开"),
    "refused": _l("不同意公开"),
    "silent": _l("逾期未答复"),
    "ended": _l("申请已经终止"),
}

CHALLENGES: dict[str, Any] = {
    "reconsideration": _l("行政复议"),
    "litigation": _l("行政诉讼（未经复议直接起诉）"),
    "litigation_after": _l("行政诉讼（复议后起诉）"),
    "complaint": _l("向主管部门投诉"),
}
CHALLENGE_RESULTS: dict[str, Any] = {
    "open": _l("尚未审结"),
    "upheld": _l("结果维持"),
    "corrected": _l("结果纠正"),
    "other": _l("其他结果"),
}
"""Columns of table 四, which counts all but the complaints."""
