"""Items for publication: one in the catalogue, one that waits for another bureau's word."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from core.contracts import JurisdictionRef
from core.db import db, write
from core.models import Agency
from core.permissions import Actor
from plugins.disclosure.services import items

TEXT = (
    "一、保护范围\n\n集中式饮用水水源地一级、二级保护区。\n\n二、主要措施\n\n每月检测水质，结果在政务公开专题页公布。"
)


def fill(_place: JurisdictionRef, people: Mapping[str, Actor]) -> None:
    """Told step by step by those who do them."""
    if not people:
        return
    officer = people["officer"]
    with write():
        plan = items.create(
            officer,
            {"title": "集中式饮用水水源地保护方案", "text": TEXT, "source": "人民政府办公室", "key_area": True,
             "column": "supervision", "concerns_nobody": True, "summary": "保护范围、检测和公布的办法。"},
        )  # fmt: skip
        for who, event in (("secrecy", "clear"), ("officer", "submit"), ("deputy", "approve")):
            items.move(people[who], plan, event)
        items.move(people["editor"], plan, "release")
        other = db.session.scalars(
            select(Agency.id).where(Agency.kind != "government", Agency.id != plan.agency_id).order_by(Agency.code)
        ).first()
        asked = items.create(
            officer,
            {"title": "农村供水工程年度检测结果", "text": "检测结果另见附表。", "source": "水务局和卫生健康局",
             "agencies": [other] if other else [], "concerns_nobody": other is None},
        )  # fmt: skip
        items.move(people["secrecy"], asked, "clear")
        items.move(officer, asked, "submit")
