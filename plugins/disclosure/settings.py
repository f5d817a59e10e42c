"""Local rules (本地规则) of disclosure: each conflict between the city's and the national rules is one of them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from core.contracts import Setting

REGULATION = _l("政府信息公开管理制度")
NATIONAL = _l("政府信息公开条例（国令第711号）")
PRACTICE = _l("制度没有规定，由本级确定")


def _ysq(key: str, label: Any, default: int, source: Any) -> Setting:
    """A limit of the national rule pack `ysq-national` (管12: 遵义市实施细则 may set it otherwise)."""
    return Setting(f"disclosure.ysq_{key}", label, default, int, "管12", source)


def _law(article: int) -> Any:
    return _l("ysq-national：政府信息公开条例第%(article)s条", article=article)


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "disclosure.genres", _l('增加的文种（代码对名称，如 {"briefing": "简报"}）'), {}, dict, "认2",
        _l("公文公开属性源头认定制度第二条"),
    ),
    Setting(
        "disclosure.number_templates",
        _l("文号格式（机构代码，或者机构代码/文种代码，对格式；{year} 年、{serial} 顺序号）"), {}, dict, "认3",
        _l("党政机关公文处理工作条例；空着按本机关上一个文号接着编"),
    ),
    Setting("disclosure.guide_months", _l("公开指南多少个月后提醒更新"), 12, int, "管8", PRACTICE),
    Setting(
        "disclosure.catalogue_filing_day", _l("不予公开文件目录次年报备截止日（月-日）"), "01-31", str, "认9", PRACTICE
    ),
    Setting(
        "disclosure.body_report_day", _l("部门年度报告次年发布截止日（月-日）"), "01-31", str, "管12",
        _l("政府信息公开条例第四十九条"),
    ),
    Setting(
        "disclosure.government_report_day", _l("政府年度报告次年发布截止日（月-日）"), "03-31", str, "管12",
        _l("政府信息公开条例第四十九条"),
    ),
    Setting("disclosure.withheld_facts_min", _l("不予公开的事实说明至少字数"), 10, int, "管11", PRACTICE),
    Setting(
        "disclosure.reevaluation_months", _l("不予公开信息几个月再评估一次（1–12）"), 12, int, "管11",
        _l("政府信息公开条例第十八条"),
    ),
    Setting("disclosure.rectification_days", _l("限期整改通常的工作日数"), 5, int, "认10", PRACTICE),
    _ysq("reply_days", _l("依申请公开：答复期限（工作日）"), 20, _law(33)),
    _ysq("extension_days", _l("依申请公开：最多延长（工作日）"), 20, _law(33)),
    _ysq("notice_days", _l("依申请公开：告知补正（工作日）"), 7, _law(30)),
    _ysq("correction_days", _l("依申请公开：通常的补正期限（工作日）"), 10, _law(30)),
    _ysq("third_party_days", _l("依申请公开：第三方提出意见（工作日）"), 15, _law(32)),
    _ysq("co_author_days", _l("依申请公开：共同制作机关提出意见（工作日）"), 15, _law(34)),
    _ysq("fee_days", _l("依申请公开：缴纳信息处理费（工作日）"), 20, _law(42)),
    _ysq("confirm_days", _l("依申请公开：与网络、传真申请人确认（工作日）"), 1, _law(31)),
    _ysq("identity_days", _l("依申请公开：归档后保留身份证明的自然日数"), 180, _l("本地规则")),
    _ysq("same_requests", _l("依申请公开：同一信息几人申请后建议主动公开"), 2, _law(44)),
    Setting("disclosure.publish_days", _l("主动公开时限（工作日）"), 5, int, "管8", REGULATION),
    Setting("disclosure.national_days", _l("主动公开的外部期限（工作日）"), 20, int, "管8", NATIONAL),
    Setting(
        "disclosure.effective_from", _l("五个工作日时限的施行日期（年-月-日）"), "2020-11-13", str, "管13", REGULATION,
    ),
    Setting("disclosure.confirm_days", _l("其他机关确认的内部期限（工作日）"), 2, int, "管10", PRACTICE),
    Setting(
        "disclosure.index_template", _l("索引号格式：{code} 机关代码、{year} 年、{month} 月、{serial:05} 流水号"),
        "{code}/{year}-{serial:05}", str, "管8", PRACTICE,
    ),
    Setting("disclosure.columns", _l("增加的重点领域栏目（代码对名称）"), {}, dict, "管7", NATIONAL),
    Setting("disclosure.site_name", _l("网站名称（页面标签 SiteName；空着用本级名称）"), "", str, "管7", PRACTICE),
    Setting("disclosure.site_id", _l("网站标识码（页面标签 SiteIDCode）"), "", str, "管7", PRACTICE),
)  # fmt: skip
