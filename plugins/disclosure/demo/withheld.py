"""A published guide, a catalogue of last year, an urging on the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from core.db import utcnow, write
from core.permissions import SYSTEM, Actor
from core.workdays import local_date
from plugins.disclosure.services import bodies, catalogues, entries, guides, urgings

CONTACT = {
    "office_name": "办公室政务公开股", "address": "人民路1号二楼", "phone": "0851-00000000", "website": "https://example.org/",
    "hours": "周一至周五 9:00–12:00，14:00–17:00",
}  # fmt: skip
GUIDE = {
    "classification": "公开的信息分为机构职能、规范性文件、规划计划、行政许可、财政信息、重点领域和其他，共七类。",
    "arrangement": "每条信息有索引号、名称、内容概述和生成日期，按类别和日期编排。",
    "obtaining": "可以在网站查阅，也可以到政务服务大厅查阅。没有公开的，可以在网站、当面、邮寄或者传真申请。",
}
ROWS = (
    ("关于内部值班安排的通知", "3b", "只涉及内部值班和后勤安排，不影响公众的权利义务。", "内1号"),
    ("关于拟定燃气价格调整方案的请示", "2a", "方案还在研究，没有形成决定，公布会误导公众。", "内2号"),
)


def fill(people: Mapping[str, Actor]) -> None:
    """Told by the office's officer, its deputy leader and the supervising department."""
    if not people:
        return
    officer, deputy, supervisor = (people[name] for name in ("officer", "deputy", "supervisor"))
    year = local_date(utcnow()).year - 1
    with write():
        office = bodies.by_code("office")
        bodies.save(SYSTEM, office, CONTACT)
        guide = guides.begin(officer, office)
        guides.save(officer, guide, GUIDE)
        for who, event in ((officer, "submit"), (deputy, "approve"), (officer, "publish")):
            guides.move(who, guide, event)
        for title, ground, facts, number in ROWS:
            day = {"formed_on": date(year, 6, 3), "number": number}
            row = entries.create(officer, office, {"title": title, "ground": ground, "facts": facts, **day})
            for event in ("reason", "enter"):
                entries.move(officer, row, event)
        catalogue = catalogues.compile_year(officer, office, year)
        for who, event in ((deputy, "approve"), (officer, "file")):
            catalogues.move(who, catalogue, event)
        catalogues.move(supervisor, catalogue, "accept", receipt_number=f"备〔{year + 1}〕1号")
        catalogues.move(officer, catalogue, "publish")
        due = local_date(utcnow()) + timedelta(days=60)
        urgings.urge(supervisor, office, title="核对公开指南的联系方式", demand="请核对电话和办公时间。", due_on=due)
