"""Rights of the live text and the roles that hold them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.contracts import Permission

WRITERS = ("stenographer", "live_reviewer", "organiser")

LIVE_PERMISSIONS = (
    Permission("meetings.live_write", _l("书写图文直播"), WRITERS, agency=None),
    Permission("meetings.live_retract", _l("撤回直播内容"), WRITERS, agency=None),
    Permission("meetings.live_review", _l("审核直播内容"), ("live_reviewer", "organiser"), agency=None),
    Permission("meetings.live_hold", _l("因不公开议题暂停、恢复直播"), WRITERS, agency=None),
    Permission("meetings.live_withdraw", _l("封存后撤下直播文字"), ("secrecy_reviewer", "leader"), agency=None),
)
