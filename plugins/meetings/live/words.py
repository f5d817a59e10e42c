"""Every sentence the scripts of the live text say, in the reader's language (static/live/view.js, console.js)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

STATE_TONES = {"draft": "ahead", "open": "live", "paused": "paused", "closed": "", "sealed": "done"}


def words() -> dict[str, Any]:
    """For readers; `{name}` in a sentence is filled by the script."""
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
        "states": {state: {"label": label, "tone": STATE_TONES[state]} for state, label in states().items()},
        "file": _("附件 {n}"),
        "fresh": _("{n} 条新内容"),
        "item_number": _("第 {n} 项"),
        "pin_elsewhere": _("有一条置顶内容，刷新后可见"),
        "said": _("新增 {n} 条，正在审议：{item}"),
        "changed": _("更正或撤回 {n} 条"),
        "mended": _("已更正 {n} 次"),
        "mended_why": _("{at} 更正，理由：{reason}"),
        "retracted": _("此条已撤回。"),
        "retracted_note": _("此条已撤回：{note}"),
    }


def writers_words() -> dict[str, Any]:
    """For the stenographer besides."""
    return words() | {
        "sent": {
            "ok": _("✓ 已发出"),
            "waiting": _("⏳ 待发"),
            "refused": _("未发出"),
            "held": _("已送审"),
        },
        "halted": _("暂停发送：{detail}。待发的内容都保留着，问题解决后按“继续发送”。"),
        "sign_in_again": _("登录已过期。待发的内容都保留着，请在另一个窗口登录后按“继续发送”。"),
        "storage_full": _("浏览器的存储空间已满，待发的内容只在本页保留，请不要关闭。"),
        "faults": {
            "controls": _("含有不可见的控制字符或残缺字符，请删去后再发。内容还在框里。"),
            "long": _("最多 4000 个字，现有 {n} 个。请分成几条，内容还在框里。"),
            "kind": _("图片只能是 png、jpg、gif 或 webp。"),
            "size": _("图片不能超过 5 MB，请压缩后再发。"),
            "room": _("浏览器存不下这张图片，请直接上传或换一台电脑。"),
        },
        "no_description": _("请写图片说明。"),
        "picture": _("图片：{text}"),
        "nothing_to_change": _("没有可以更正或撤回的内容。"),
        "take_back": _("取回到输入框"),
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
