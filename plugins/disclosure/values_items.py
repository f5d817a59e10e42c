"""The words of publication items (公开事项): identifiers with their Chinese labels, and the default column tree."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

ORIGINS: dict[str, Any] = {"made": lazy_pgettext("origin", "制作"), "obtained": lazy_pgettext("origin", "获取")}
"""来源方式 (管2)."""

CARRIERS: dict[str, Any] = {
    "text": lazy_pgettext("carrier", "文本"),
    "table": lazy_pgettext("carrier", "表格"),
    "image": lazy_pgettext("carrier", "图片"),
    "audio_video": lazy_pgettext("carrier", "音视频"),
    "other": lazy_pgettext("carrier", "其他"),
}
"""载体形式 (管2)."""

URGENCIES: dict[str, Any] = {
    "none": _l("一般"),
    "timely": _l("时效性强，当日公开"),
    "public_event": _l("重大公共事件、公共预警或需知晓的事项"),
}
"""时效 (管9)."""

PLACEMENTS: dict[str, Any] = {
    "agency_page": _l("政务公开专题页"),
    "column": _l("重点领域栏目"),
    "website": _l("门户网站首页"),
    "press_conference": _l("新闻发布会"),
    "media": _l("新闻媒体"),
    "reading_room": _l("查阅室、资料点"),
    "notice_board": _l("公告栏"),
    "screen": _l("电子屏"),
}
"""公开渠道 (管7, 管9)."""
OF_ITSELF = ("agency_page", "column")
"""Placements that are there with the release: the pages read what is public."""

COLUMNS: dict[str, Any] = {
    "rules": _l("行政法规、规章和规范性文件"),
    "institutions": _l("机关职能、机构设置和联系方式"),
    "plans": _l("国民经济和社会发展规划、专项规划、区域规划及相关政策"),
    "statistics": _l("国民经济和社会发展统计信息"),
    "licences": _l("行政许可和其他对外管理服务事项"),
    "penalties": _l("行政处罚、行政强制"),
    "budget": _l("财政预算、决算信息"),
    "fees": _l("行政事业性收费"),
    "procurement": _l("政府集中采购"),
    "projects": _l("重大建设项目的批准和实施"),
    "livelihood": _l("扶贫、教育、医疗、社会保障、促进就业"),
    "emergencies": _l("突发公共事件的应急预案、预警和应对"),
    "supervision": _l("环境保护、公共卫生、安全生产、食品药品、产品质量监督检查"),
    "recruitment": _l("公务员招考和录用"),
    "other": _l("法律、法规、规章规定应当主动公开的其他信息"),
}
"""政府信息公开条例第二十条: the fifteen groups; a local rule adds to them."""
