"""Local rules (本地规则) of predisclosure."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.contracts import Setting

USUAL_DAYS, SHORTEST_DAYS = 30, 7
"""预6: no local rule goes below."""

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "predisclosure.days", _l("公开征求意见至少自然日数（不少于30）"), USUAL_DAYS, int, "预6",
        _l("重大行政决策预公开制度第六条、重大行政决策程序暂行条例第十五条"),
    ),
    Setting(
        "predisclosure.short_days", _l("特殊情况至少自然日数（不少于7）"), SHORTEST_DAYS, int, "预6",
        _l("重大行政决策预公开制度第六条"),
    ),
)  # fmt: skip
