"""The demonstration (演示): neutral content written for the product, told through the services."""

from __future__ import annotations

from collections.abc import Mapping

from core.contracts import JurisdictionRef
from core.db import write
from core.permissions import Actor
from plugins.predisclosure.services import consultations, groups, items, opinions

DRAFT = """为规范城区机动车停放服务收费，制定本办法。

第一条 本办法适用于城区公共停车泊位和政府定价的停车场。

第二条 一类区域每小时5元，二类区域每小时3元，停放不足30分钟的不收费。

第三条 新能源汽车每天首次停放免收2小时停车费。

第四条 收费标准应当在停车场入口公示。

第五条 本办法自印发之日起施行。"""
VALUES = {
    "main_points": "调整城区停车收费标准，延长免费停放时间，新能源汽车给予优惠。",
    "background": "现行标准已执行六年。泊位周转率偏低，群众反映找车位难。",
    "basis": "依据《中华人民共和国价格法》和省定价目录，按照成本监审结论提出。",
    "feedback": "可以在本页填写，也可以打电话0851-00000000，或者寄信到政府办公室。",
    "text": DRAFT,
    "methods": [{"kind": "website", "link": "https://www.example.gov.cn/"}, {"kind": "wechat"}],
}
VOICES = (
    ("一类区域每小时5元偏高，建议改为4元。", "a2"),
    ("免费时间应当延长到1小时，接送孩子够用。", "a2"),
    ("支持新能源汽车优惠。", "a3"),
)


def fill(_place: JurisdictionRef, people: Mapping[str, Actor]) -> None:
    """A consultation that is open, with opinions and a first group; a second item that is exempted."""
    drafter, deputy = people["drafter"], people["deputy"]
    with write():
        item = items.create(drafter, items.by_code("housing"), "城区停车收费标准调整方案", "prices")
        row = consultations.create(drafter, item, VALUES)
        consultations.move(drafter, row, "submit")
        consultations.move(deputy, row, "publish")
        said = [opinions.give(row, text, place=place)[0] for text, place in VOICES]
        groups.group(drafter, row, [said[0].id], "一类区域收费偏高")
        urgent = items.create(drafter, items.by_code("housing"), "强降雨期间临时交通管制措施", "emergencies")
        items.move(drafter, urgent, "ask_exemption", reason="突发事件应急处置，来不及公开征求意见。")
        items.move(deputy, urgent, "approve_exemption")
