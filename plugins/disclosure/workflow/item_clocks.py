"""The deadlines of a publication item: five working days (管8), the same day (管9), the word of others (管10)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from flask_babel import lazy_gettext as _l

from core import clocks, settings
from core.models import Clock
from core.workdays import LOCAL
from plugins.disclosure.item_content import SUBJECT
from plugins.disclosure.models import Item

PUBLISH_KEY = "publish"
NOON = time(12)
CONFIRM = clocks.ClockRule(
    "confirm", "管10", _l("其他机关确认"), "WD", lambda: int(settings.get("disclosure.confirm_days")),
    _l("本地规则：内部期限，期满报告主管部门；沉默不视为同意"),
)  # fmt: skip
WITHDRAWAL = clocks.ClockRule(
    "withdrawal", "认10", _l("确认紧急撤下"), "WD", 1, _l("公文公开属性源头认定制度第十条")
)  # fmt: skip


def begin_clock(item: Item) -> Clock:
    """Start «publish by» from the day of formation, or of the change."""
    return clocks.start(SUBJECT, item, rule_for(item), at=_noon(item.counted_from or item.formed_on))


def recount_clock(item: Item) -> None:
    """What it hangs on was corrected: count anew from the same day zero."""
    if running(item) is not None:
        clocks.cancel(SUBJECT, item.id, PUBLISH_KEY)
        begin_clock(item)


def running(item: Item) -> Clock | None:
    """The open «publish by» clock."""
    found = clocks.of(SUBJECT, [item.id])[item.id]
    return next((clock for clock in found if clock.key == PUBLISH_KEY and clock.state in clocks.OPEN), None)


def rule_for(item: Item) -> clocks.ClockRule:
    """The rule this item is under: same day, by a law of its own, national for what is older than the regulation."""
    label = _l("主动公开")
    if item.urgency != "none":
        basis = _l("政府信息公开管理制度第九条：时效性强的，获取当日公开，休息日也不例外")
        return clocks.ClockRule(PUBLISH_KEY, "管9", label, "WD", 0, basis)
    if item.days is not None:
        return clocks.ClockRule(PUBLISH_KEY, "管8", label, "WD", item.days, item.days_basis)
    national = int(settings.get("disclosure.national_days"))
    if item.formed_on < date.fromisoformat(settings.get("disclosure.effective_from")):
        basis = _l("形成于本制度施行之前：政府信息公开条例第二十六条")
        return clocks.ClockRule(PUBLISH_KEY, "管13", label, "WD", national, basis)
    basis = _l("政府信息公开管理制度第八条；政府信息公开条例第二十六条的外部期限为 20 个工作日")
    return clocks.ClockRule(PUBLISH_KEY, "管8", label, "WD", int(settings.get("disclosure.publish_days")), basis)


def _noon(day: date) -> datetime:
    return datetime.combine(day, NOON, LOCAL).astimezone(UTC)
