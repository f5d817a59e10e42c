"""The words of the two regulations: identifiers of the contract with their Chinese labels, each in one place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

ATTRIBUTES: dict[str, Any] = {
    "voluntary": _l("主动公开"),
    "on_request": _l("依申请公开"),
    "withheld": _l("不予公开"),
}
"""公开属性 (认3): exactly three, no default, no «later»."""

GENRES: dict[str, Any] = {
    "resolution": lazy_pgettext("genre", "决议"),
    "decision": lazy_pgettext("genre", "决定"),
    "order": lazy_pgettext("genre", "命令（令）"),
    "communique": lazy_pgettext("genre", "公报"),
    "announcement": lazy_pgettext("genre", "公告"),
    "public_notice": lazy_pgettext("genre", "通告"),
    "opinion": lazy_pgettext("genre", "意见"),
    "notice": lazy_pgettext("genre", "通知"),
    "circular": lazy_pgettext("genre", "通报"),
    "report": lazy_pgettext("genre", "报告"),
    "request": lazy_pgettext("genre", "请示"),
    "reply": lazy_pgettext("genre", "批复"),
    "motion": lazy_pgettext("genre", "议案"),
    "letter": lazy_pgettext("genre", "函"),
    "minutes": lazy_pgettext("genre", "纪要"),
    "other": lazy_pgettext("genre", "其他（参照公文办理）"),
}
"""文种 (认2): the fifteen kinds of official documents, and what is handled like one."""

SECRECY: dict[str, Any] = {
    "none": _l("非密"),
    "secret": _l("秘密"),
    "confidential": _l("机密"),
    "top_secret": _l("绝密"),
}
"""密级."""

GROUNDS: dict[str, Any] = {
    "1a": _l("国家秘密"),
    "1b": _l("商业秘密"),
    "1c": _l("个人隐私"),
    "2a": _l("未定事项的请示、报告"),
    "2b": _l("部门间的商洽函、纪要"),
    "2c": _l("行政执法案卷"),
    "3a": _l("人事管理"),
    "3b": _l("后勤管理"),
    "3c": _l("内部工作流程"),
    "4": _l("法律、行政法规禁止公开"),
}
"""不予公开的情形 (认5)."""

NO_OVERRIDE = ("1a", "4")
"""Grounds that neither consent nor public interest lifts (认5, calendar-and-conflicts 7.2 no. 5)."""

GROUND_FACTS: dict[str, Any] = {
    "secrecy_period": _l("保密期限"),
    "secrecy_basis": _l("定密依据"),
    "legal_basis": _l("禁止公开的法律、行政法规条款"),
    "override": _l("可以公开的情形"),
    "evidence": _l("权利人书面同意或公共利益认定的文号、要点"),
    "third_party": _l("权利人（第三方）"),
    "informed_on": _l("书面告知权利人的日期"),
}
"""What a ground asks for (认5); `override` is one of OVERRIDES."""

ASKED_BY_GROUND = {"1a": ("secrecy_period", "secrecy_basis"), "4": ("legal_basis",)}
OVERRIDES: dict[str, Any] = {
    "consent": _l("权利人书面同意公开"),
    "public_interest": _l("不公开会对公共利益造成重大影响，已经认定"),
}
"""What lifts 商业秘密 and 个人隐私, and nothing else (认5)."""

REFERRED_TO: dict[str, Any] = {"superior": _l("上级主管部门"), "secrecy_office": _l("同级保密行政管理部门")}
"""To whom a doubt about secrecy is referred (认9)."""

SHEET_FIELDS: dict[str, Any] = {
    "urgency": _l("紧急程度"),
    "main_to": _l("主送"),
    "copy_to": _l("抄送"),
    "drafter_phone": _l("拟稿人电话"),
    "checked_by": _l("核稿"),
    "copies": _l("份数"),
    "proofread_by": _l("校对"),
}
"""Entries of the 发文处理签 that decide nothing."""

ORIGINS: dict[str, Any] = {"made": _l("制作"), "obtained": _l("获取")}
"""信息来源 (管2)."""

REPEALS: dict[str, Any] = {"repealed": _l("废止"), "expired": _l("失效")}


GROUND_BASIS: dict[str, Any] = {
    "1a": _l("政府信息公开条例第十四条"),
    "1b": _l("政府信息公开条例第十五条"),
    "1c": _l("政府信息公开条例第十五条"),
    "2a": _l("政府信息公开条例第十六条第二款"),
    "2b": _l("政府信息公开条例第十六条第二款"),
    "2c": _l("政府信息公开条例第十六条第二款"),
    "3a": _l("政府信息公开条例第十六条第一款"),
    "3b": _l("政府信息公开条例第十六条第一款"),
    "3c": _l("政府信息公开条例第十六条第一款"),
    "4": _l("政府信息公开条例第十四条"),
}
"""Where national law names each ground; the officer makes it exact."""

SEVERITIES: dict[str, Any] = {"minor": _l("一般"), "serious": _l("较重"), "grave": _l("严重")}
"""整改事项的程度 (认10)."""

OUTCOMES: dict[str, Any] = {"rectified": _l("整改"), "accountability": _l("追责"), "transferred": _l("移送")}
"""整改结果 (认10)."""


def one_of(column: str, values: Iterable[str]) -> str:
    """The text of a CHECK constraint: `column` holds one of `values`."""
    return f"{column} in ({', '.join(repr(value) for value in values)})"
