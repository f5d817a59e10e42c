"""Words of the plugin: kinds of major decisions, ways of asking, where opinions come from, what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

CATEGORIES: dict[str, Any] = {
    "strategy": _l("重大发展战略、规划、计划"),
    "vital_rules": _l("涉及群众切身利益的规范性文件和决策"),
    "emergencies": _l("重大突发事件、重要行政执法的处理"),
    "funds": _l("重大专项经费的分配使用"),
    "emergency_plans": _l("重大突发公共事件应急预案"),
    "prices": _l("公用事业、公益性服务价格"),
    "other": _l("其他需要预公开的事项"),
}
"""预4 (一) to (七), in this order."""

SELECTED_METHODS: dict[str, Any] = {
    "hearing": _l("听证座谈"),
    "field_visit": _l("实地调查"),
    "consultation": _l("咨询协商"),
}
"""预5 (一): asking certain people; each with date, place, people and minutes."""

PUBLIC_METHODS: dict[str, Any] = {
    "press_conference": _l("新闻发布会"),
    "website": _l("政府门户网站"),
    "newspaper": _l("报纸"),
    "television": _l("电视"),
    "radio": _l("广播"),
    "wechat": _l("政务微信"),
    "weibo": _l("政务微博"),
}
"""预5 (二): asking everybody; each with date and link."""

METHODS: dict[str, Any] = {**SELECTED_METHODS, **PUBLIC_METHODS}

CHANNELS: dict[str, Any] = {
    "web": _l("网上"),
    "hearing": _l("听证座谈"),
    "survey": _l("问卷、实地调查"),
    "letter": _l("来信"),
    "phone": _l("电话"),
}
"""How an opinion came in."""

DISPOSITIONS: dict[str, Any] = {
    "adopted": _l("采纳"),
    "partly": _l("部分采纳"),
    "rejected": _l("不采纳"),
    "unrelated": _l("非本事项"),
}
"""预7: what becomes of an opinion."""

REASONED = ("rejected", "unrelated")
"""预7: these carry a reason."""

LEGALITY: dict[str, Any] = {"passed": _l("合法"), "passed_with_changes": _l("修改后合法"), "failed": _l("不合法")}
"""Result of the legality review; an opinion of the public does not stand for it (条例713第二十五条)."""


def one_of(column: str, options: Iterable[str]) -> str:
    """The SQL condition that `column` is one of `options`."""
    return f"{column} in ({', '.join(repr(option) for option in options)})"
