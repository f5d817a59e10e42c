"""A county with as many publications as asked for: neutral words, the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from core import calendar_data, jurisdictions, migrate, search
from core.app import create_app
from core.db import db, new_id, utcnow, write
from core.models import Agency, Clock, Jurisdiction, Publication

PLACE = "bench"
CHUNK = 2_000
SUBJECTS = (
    "老旧小区",
    "农村公路",
    "义务教育",
    "医疗保险",
    "饮用水",
    "社区养老",
    "公共交通",
    "食品安全",
    "城市绿化",
    "防汛抗旱",
)
ACTS = ("改造", "建设", "管理", "补助", "检查", "招标", "验收", "规划", "公示", "督查")
KINDS = ("notice", "policy_document", "interpretation", "outcome")
SENTENCE = "为做好{subject}{act}工作，{unit}按照年度计划组织实施，现将第{number}号安排公布如下，请各有关单位遵照执行。"


def fill(data: Path, count: int) -> Iterator[int]:
    """Write `count` released publications, their search entries and as many open clocks; yields how many there are."""
    app = create_app(DATA=data)
    with app.app_context():
        migrate.upgrade()
        calendar_data.ensure()
        with write() as session:
            session.add(Jurisdiction(slug=PLACE, name="测试县"))
        draw, newest = random.Random(20201113), utcnow()  # noqa: S311 — the same words every time, no secret
        with jurisdictions.enter(jurisdictions.by_slug(PLACE)):
            with write() as session:
                agency = Agency(id=new_id(), code="office", name="测试县人民政府办公室", kind="government")
                session.add(agency)
            agency_id, unit = agency.id, agency.name
            for start in range(0, count, CHUNK):
                numbers = range(start, min(count, start + CHUNK))
                with write():
                    _add([_page(number, draw, newest, agency_id, unit) for number in numbers])
                db.session.expunge_all()
                yield numbers.stop


def _page(number: int, draw: random.Random, newest: datetime, agency_id: str, unit: str) -> Publication:
    subject, act = draw.choice(SUBJECTS), draw.choice(ACTS)
    told = SENTENCE.format(subject=subject, act=act, unit=unit, number=number)
    return Publication(
        id=new_id(), kind=draw.choice(KINDS), title=f"关于{subject}{act}的通知（第{number}号）", summary="",
        body="\n\n".join([told] * 4), agency_id=agency_id, state="released", version=2, content_hash="0" * 64,
        approved_hash="0" * 64, released_at=newest - timedelta(minutes=7 * number), parts=[],
        plugin="", subject_type="", subject_id="", withdrawn_reason="", public_note="",
    )  # fmt: skip


def _add(pages: list[Publication]) -> None:
    db.session.add_all(pages)
    db.session.flush()
    search.put_all(
        [
            search.Findable("core.publication", page.id, page.title, page.body, f"/{PLACE}/publications/{page.id}/",
                            page.released_at or utcnow())
            for page in pages
        ]
    )  # fmt: skip
    db.session.add_all(_clock(page) for page in pages)


def _clock(page: Publication) -> Clock:
    due = page.released_at or utcnow()
    return Clock(
        key="bench", label="公开", article="管8", basis="", plugin="", subject_type="core.publication",
        subject_id=page.id, agency_id=page.agency_id, unit="WD", amount=5, extension=0, started_at=due, due_at=due,
        original_due_at=due,
    )  # fmt: skip
