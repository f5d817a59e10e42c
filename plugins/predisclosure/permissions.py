"""Rights of the predisclosure plugin and the roles that hold them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.contracts import Permission

PERMISSIONS = (
    Permission("predisclosure.draft", _l("起草决策事项、征求意见和汇总"), ("drafter", "disclosure_officer")),
    Permission("predisclosure.approve", _l("批准公开征求意见、豁免和采纳情况"), ("deputy_leader", "leader")),
    Permission("predisclosure.opinions", _l("登记、归类、处理意见"), ("drafter", "disclosure_officer", "handler")),
    Permission("predisclosure.see_authors", _l("查看意见人的姓名和联系方式"), ("disclosure_officer", "handler")),
)
