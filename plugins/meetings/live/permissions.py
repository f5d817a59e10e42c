"""Rights of the live text and the roles that hold them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.contracts import Permission

LIVE_PERMISSIONS = (
    Permission("meetings.live_write", _l("书写图文直播"), ("stenographer", "live_reviewer", "organiser"), agency=None),
    Permission(
        "meetings.live_retract", _l("撤回直播内容"), ("stenographer", "live_reviewer", "organiser"), agency=None
    ),
    Permission("meetings.live_withdraw", _l("封存后撤下直播文字"), ("secrecy_reviewer", "leader"), agency=None),
)
