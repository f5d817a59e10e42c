"""Every sentence the scripts of the live page say, in the reader's language (static/live/reader.js, view.js)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

STATE_TONES = {"draft": "ahead", "open": "live", "paused": "paused", "closed": "", "sealed": "done"}


def words() -> dict[str, Any]:
    """`{name}` in a sentence is filled by the script."""
    return {
        "wire": {
            "connecting": _("正在连接"),
            "live": _("实时更新"),
            "polling": _("每隔几秒更新"),
            "reconnecting": _("连接断开，正在重新连接"),
            "silent": _("一段时间没有收到消息，正在核对有没有新内容"),
            "busy": _("读者较多，改为每隔几秒更新"),
            "denied": _("这场直播不对您开放，请用您的个人链接打开"),
            "gone": _("这场直播已不再提供"),
            "ended": _("直播已结束，内容完整"),
        },
        "states": {state: {"label": str(label), "tone": STATE_TONES[state]} for state, label in states().items()},
        "file": _("附件 {n}"),
        "fresh": _("{n} 条新内容"),
        "said": _("新增 {n} 条，最新一条：{text}"),
        "corrected": _("更正为：{text}"),
        "mended": _("已更正 {n} 次"),
        "mended_why": _("{at} 更正，理由：{reason}"),
        "retracted": _("此条已撤回。"),
        "retracted_note": _("此条已撤回：{note}"),
    }


def states() -> dict[str, str]:
    """The states of a live text as readers know them."""
    return {
        "draft": _("未开始"),
        "open": _("直播中"),
        "paused": _("暂停"),
        "closed": _("已结束"),
        "sealed": _("已封存"),
    }
