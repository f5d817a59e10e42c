"""The annual report (年度报告) in the national format (国办公开办函〔2021〕30号): six parts, tables two, three, four.

The rows of table three that count results follow the order of `values_requests.RESULTS`; `ROWS` there ties them.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from plugins.disclosure.values_requests import APPLICANTS, CHALLENGES

PARTS: dict[str, Any] = {
    "overview": _l("一、总体情况"),
    "problems": _l("五、存在的主要问题及改进情况"),
    "other": _l("六、其他需要报告的事项"),
}
"""The parts that are written; the tables are parts two, three and four."""
HEADINGS: dict[str, Any] = {
    "two": _l("二、主动公开政府信息情况"),
    "three": _l("三、收到和处理政府信息公开申请情况"),
    "four": _l("四、因政府信息公开工作被申请行政复议、提起行政诉讼情况"),
}
FIGURES: dict[str, tuple[Any, Any]] = {
    "rules_made": (_l("第二十条第（一）项 规章"), _l("本年制发件数")),
    "rules_repealed": (_l("第二十条第（一）项 规章"), _l("本年废止件数")),
    "rules_in_force": (_l("第二十条第（一）项 规章"), _l("现行有效件数")),
    "normative_made": (_l("第二十条第（一）项 行政规范性文件"), _l("本年制发件数")),
    "normative_repealed": (_l("第二十条第（一）项 行政规范性文件"), _l("本年废止件数")),
    "normative_in_force": (_l("第二十条第（一）项 行政规范性文件"), _l("现行有效件数")),
    "permits": (_l("第二十条第（五）项 行政许可"), _l("本年处理决定数量")),
    "penalties": (_l("第二十条第（六）项 行政处罚"), _l("本年处理决定数量")),
    "coercion": (_l("第二十条第（六）项 行政强制"), _l("本年处理决定数量")),
    "fees": (_l("第二十条第（八）项 行政事业性收费"), _l("本年收费金额（万元）")),
}
"""Table two: figure → (information, what is counted); `fees` is kept in integer 分."""
MONEY = ("fees",)
CENTS = 1_000_000
"""分 in 万元."""

COLUMNS: dict[str, Any] = {**APPLICANTS, "total": _l("总计")}
"""Table three, across."""
LINES: tuple[Any, ...] = (
    _l("一、本年新收政府信息公开申请数量"),
    _l("二、上年结转政府信息公开申请数量"),
    _l("三（一）予以公开"),
    _l("三（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    _l("三（三）不予公开：1.属于国家秘密"),
    _l("三（三）不予公开：2.其他法律行政法规禁止公开"),
    _l("三（三）不予公开：3.危及“三安全一稳定”"),
    _l("三（三）不予公开：4.保护第三方合法权益"),
    _l("三（三）不予公开：5.属于三类内部事务信息"),
    _l("三（三）不予公开：6.属于四类过程性信息"),
    _l("三（三）不予公开：7.属于行政执法案卷"),
    _l("三（三）不予公开：8.属于行政查询事项"),
    _l("三（四）无法提供：1.本机关不掌握相关政府信息"),
    _l("三（四）无法提供：2.没有现成信息需要另行制作"),
    _l("三（四）无法提供：3.补正后申请内容仍不明确"),
    _l("三（五）不予处理：1.信访举报投诉类申请"),
    _l("三（五）不予处理：2.重复申请"),
    _l("三（五）不予处理：3.要求提供公开出版物"),
    _l("三（五）不予处理：4.无正当理由大量反复申请"),
    _l("三（五）不予处理：5.要求行政机关确认或重新出具已获取信息"),
    _l("三（六）其他处理：1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
    _l("三（六）其他处理：2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
    _l("三（六）其他处理：3.其他"),
    _l("三（七）总计"),
    _l("四、结转下年度继续办理"),
)
"""Table three, down: rows 1 to 25."""
NEW, CARRIED, TOTAL, LEFT = 1, 2, 24, 25
RESULT_ROWS = range(3, 24)
WITHHELD_ROWS, UNABLE_ROWS, REFUSED_ROWS, OTHER_ROWS = range(5, 13), range(13, 16), range(16, 21), range(21, 24)

CASES: dict[str, Any] = {name: label for name, label in CHALLENGES.items() if name != "complaint"}
"""Table four, down."""
ENDS: dict[str, Any] = {
    "upheld": _l("结果维持"),
    "corrected": _l("结果纠正"),
    "other": _l("其他结果"),
    "open": _l("尚未审结"),
    "total": _l("总计"),
}
"""Table four, across."""
