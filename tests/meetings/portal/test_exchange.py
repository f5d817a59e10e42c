"""What the meetings give to others: panels, public dates, rights on files."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import pytest
from flask import Flask

from core import jurisdictions, plugins, storage
from core.contracts import JurisdictionRef
from core.db import db, write
from core.models import Agency
from core.permissions import ANONYMOUS, SYSTEM, Actor
from core.refusals import NotFound
from plugins.meetings.live import writer
from plugins.meetings.live.writer import Line
from plugins.meetings.models import AgendaApplication
from plugins.meetings.services.live import FILE_SUBJECT
from tests.meetings.portal.conftest import Read
from tests.meetings.portal.stage import Stage

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")


def test_the_countys_home_shows_what_is_on_next_and_decided(read: Read) -> None:
    text = read("/huichuan/")
    order = [text.index(one) for one in ("正在开会", "近期会议", "最新审议情况", "最新公开")]
    assert order == sorted(order)
    assert "正在审议第1项：老旧小区加装电梯实施办法" in text
    assert "《城市更新专项资金管理办法》审议情况" in text
    assert "正在开会" not in read("/meitan/")


def test_the_citys_home_shows_live_meetings_of_its_counties(read: Read, stage: Stage) -> None:
    text = read("/")
    assert f'href="{stage.path("live")}"' in text
    assert text.index("第12次常务会议") < text.index("乡村振兴专题会议")


@pytest.mark.article("meetings", 8)
def test_staff_read_materials_the_public_does_not(
    made: Stage, county: JurisdictionRef, person: Callable[..., Actor], agency: Callable[[str], Agency]
) -> None:
    file = db.session.get_one(AgendaApplication, made.items["coming"]).materials[0].attachment_id
    assert file
    assert storage.open_for(person("organiser", place=county), file).public is False
    assert storage.open_for(person("deputy_leader", place=county, agency=agency("education")), file)
    for nobody in (ANONYMOUS, person(place=county)):
        with pytest.raises(NotFound):
            storage.open_for(nobody, file)


@pytest.mark.article("meetings", 2)
def test_search_finds_announced_meetings_by_what_their_page_says(read: Read, stage: Stage) -> None:
    assert f'href="{stage.path("live")}"' in read("/huichuan/search?q=加装电梯")
    assert f'href="{stage.path("coming")}"' in read("/huichuan/search?q=饮水安全")
    for hidden in ("人事任免", "还没有公告", "突发事件处置", "推迟的议题"):
        assert "/huichuan/meetings/" not in read(f"/huichuan/search?q={hidden}").partition('class="stack prose"')[2]


def test_pictures_of_the_live_text_are_read_with_their_line(app: Flask, made: Stage) -> None:
    with write():
        kept = storage.keep(SYSTEM, storage.stage(io.BytesIO(PIXEL), "会场.png")).id
        for name in ("live", "closed"):
            session = writer.lock(made.meetings[name])
            post = str(writer.publish(session, SYSTEM, Line("image", "会场", attachments=(kept,))).post)
            storage.link(SYSTEM, kept, FILE_SUBJECT, post, audience="public")
            if name == "live":
                shown = post
        other = storage.keep(SYSTEM, storage.stage(io.BytesIO(PIXEL), "内部.png")).id
        storage.link(SYSTEM, other, FILE_SUBJECT, post, audience="public")
    db.session.remove()
    client = app.test_client()
    picture, secret = f"/huichuan/files/{kept}", f"/huichuan/files/{other}"
    assert f'<img src="{picture}" alt="会场"' in client.get(made.path("live", "live/")).get_data(as_text=True)
    assert client.get(picture).status_code == 200
    assert client.get(secret).status_code == 404
    invited = app.test_client()
    invited.get(made.link("closed"))
    assert invited.get(secret).status_code == 200
    with write():
        writer.retract(writer.lock(made.meetings["live"]), SYSTEM, shown, "", None)
    db.session.remove()
    assert picture not in client.get(made.path("live", "live/")).get_data(as_text=True)
    assert client.get(picture).status_code == 404


def test_staff_see_what_belongs_to_a_matter_and_others_nothing(made: Stage) -> None:
    item = db.session.get_one(AgendaApplication, made.items["decided"])
    here = jurisdictions.current()
    uses = plugins.collect("collect_matter_uses", here, actor=SYSTEM, matter_ids=[item.matter_id]).items
    assert [str(use.kind) for use in uses] == ["议题", "上会", "对决定的意见"]
    assert plugins.collect("collect_matter_uses", here, actor=ANONYMOUS, matter_ids=[item.matter_id]).items == ()
