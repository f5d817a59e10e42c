"""Rights of the disclosure plugin and the roles that hold them (who-column of the regulations' tables)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.contracts import Permission

PERMISSIONS = (
    Permission("disclosure.import", _l("导入历年公文"), ("disclosure_officer", "system_admin"), agency=None),
    Permission("disclosure.draft", _l("起草公文"), ("drafter", "disclosure_officer")),
    Permission("disclosure.review_secrecy", _l("公文保密审查"), ("secrecy_reviewer",)),
    Permission("disclosure.answer_referral", _l("登记报请的批复"), ("disclosure_officer",)),
    Permission("disclosure.approve_document", _l("审核公文内容和属性"), ("deputy_leader",)),
    Permission("disclosure.approve_important", _l("审签重要公文"), ("leader",)),
    Permission("disclosure.sign", _l("签发公文"), ("leader",)),
    Permission(
        "disclosure.cosign", _l("会签联合公文"), ("disclosure_officer", "deputy_leader"), agency="countersigners"
    ),
    Permission("disclosure.issue", _l("编号、制发公文"), ("disclosure_officer",)),
    Permission(
        "disclosure.void_document", _l("作废公文"), ("drafter", "disclosure_officer", "deputy_leader", "leader")
    ),
    Permission("disclosure.templates", _l("更换文档模板"), ("disclosure_officer", "system_admin"), agency=None),
    Permission("disclosure.requests", _l("登记和办理依申请公开"), ("disclosure_officer", "handler")),
    Permission("disclosure.decide_requests", _l("审批依申请公开的答复和延期"), ("disclosure_officer",)),
    Permission("disclosure.review_replies", _l("审查不予公开的答复"), ("secrecy_reviewer",)),
    Permission("disclosure.own_request", _l("补正、说明、撤回申请"), ("applicant", "disclosure_officer", "handler")),
    Permission("disclosure.bodies", _l("确定公开工作机构和分管领导"), ("system_admin", "disclosure_officer")),
    Permission("disclosure.supervise", _l("督办、接收备案、核验整改"), ("supervisor",), agency=None),
    Permission("disclosure.answer_urging", _l("报告督办事项"), ("disclosure_officer",)),
    Permission("disclosure.guide", _l("编写公开指南"), ("disclosure_officer",)),
    Permission("disclosure.approve_guide", _l("审核公开指南"), ("deputy_leader",)),
    Permission("disclosure.withhold", _l("编制不予公开文件目录"), ("disclosure_officer",)),
    Permission(
        "disclosure.see_withheld", _l("查看不予公开文件目录"),
        ("disclosure_officer", "deputy_leader", "leader", "secrecy_reviewer", "supervisor"),
    ),
    Permission("disclosure.reevaluate", _l("再评估不予公开的信息"), ("disclosure_officer", "deputy_leader")),
    Permission("disclosure.approve_catalogue", _l("审定不予公开文件目录"), ("deputy_leader",)),
    Permission("disclosure.report", _l("编写和发布年度报告"), ("disclosure_officer",)),
    Permission("disclosure.approve_report", _l("审核年度报告"), ("deputy_leader", "leader")),
    Permission("disclosure.rectify", _l("报告整改"), ("disclosure_officer",)),
    Permission("disclosure.items", _l("办理公开事项"), ("disclosure_officer",)),
    Permission("disclosure.confirm", _l("确认涉及本机关的公开内容"), ("disclosure_officer", "deputy_leader"),
               agency="agencies_asked"),
    Permission("disclosure.rule", _l("裁定公开争议"), ("supervisor",), agency=None),
    Permission("disclosure.clear_item", _l("公开前保密审查"), ("secrecy_reviewer",)),
    Permission("disclosure.approve_item", _l("审核公开事项"), ("deputy_leader",)),
    Permission("disclosure.release_item", _l("发布公开事项"), ("portal_editor",), agency=None),
    Permission("disclosure.place", _l("落实公开渠道"), ("disclosure_officer", "portal_editor")),
    Permission("disclosure.withdraw", _l("撤下公开事项"), ("deputy_leader", "supervisor")),
    Permission(
        "disclosure.withdraw_now", _l("紧急撤下"),
        ("disclosure_officer", "portal_editor", "deputy_leader", "supervisor"),
    ),
)  # fmt: skip
