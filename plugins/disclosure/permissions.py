"""Rights of the disclosure plugin and the roles that hold them (who-column of the regulations' tables)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.contracts import Permission

PERMISSIONS = (
    Permission("disclosure.draft", _l("起草公文"), ("drafter", "disclosure_officer")),
    Permission("disclosure.requests", _l("登记和办理依申请公开"), ("disclosure_officer", "handler")),
    Permission("disclosure.decide_requests", _l("审批依申请公开的答复和延期"), ("disclosure_officer",)),
    Permission("disclosure.review_replies", _l("审查不予公开的答复"), ("secrecy_reviewer",)),
    Permission("disclosure.own_request", _l("补正、说明、撤回申请"), ("applicant", "disclosure_officer", "handler")),
)  # fmt: skip
