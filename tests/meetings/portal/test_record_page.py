"""The sealed record as everybody gets it: page, Word document, and a program that proves it offline."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from flask import Flask

from core import jurisdictions
from core.db import db
from plugins.meetings.documents import sealed
from plugins.meetings.live import reading
from plugins.meetings.models import Meeting
from tests.meetings.portal.conftest import Read
from tests.meetings.portal.stage import LINES, Stage


def test_the_record_stands_by_item_with_its_corrections(read: Read, stage: Stage) -> None:
    text = read(stage.path("sealed", "record/"))
    assert "1. 城市更新专项资金管理办法" in text
    for expected in (LINES[0][3], LINES[5][3], "一楼住户关心采光补偿由谁来定。", f"<del>{LINES[3][3]}</del>"):
        assert expected in text
    assert "此条已撤回：发言有误" in text
    assert LINES[4][3] not in text
    assert "更正 1 条、撤回或撤下 1 条" in text


@pytest.mark.article("meetings", 9)
def test_a_citizen_can_check_the_record_offline(
    staged: tuple[Flask, Stage], read: Read, stage: Stage, tmp_path: Path
) -> None:
    app = staged[0]
    text = read(stage.path("sealed", "record/"))
    program = tmp_path / "verify_record.py"
    program.write_bytes(app.test_client().get("/huichuan/meetings/verify_record.py").data)
    record = tmp_path / "record.json"
    with app.test_request_context(), jurisdictions.enter(jurisdictions.by_slug("huichuan")):
        meeting = db.session.get_one(Meeting, stage.meetings["sealed"])
        whole = sealed.whole(meeting, reading.of_meeting(meeting.id))
        db.session.remove()
    record.write_text(json.dumps(whole, default=str))
    assert f"<code>{whole['digest']}</code>" in text
    command = [sys.executable, str(program), str(record)]
    assert "记录完整" in subprocess.run([*command, whole["digest"]], check=True, capture_output=True, text=True).stdout
    assert subprocess.run([*command, "0" * 64], check=False, capture_output=True).returncode == 1


def test_the_word_document_is_named_and_made_once(staged: tuple[Flask, Stage], stage: Stage) -> None:
    client = staged[0].test_client()
    answer = client.get(stage.path("sealed", "record.docx"))
    assert "wordprocessingml" in answer.content_type
    assert "attachment" in answer.headers["Content-Disposition"]
    assert any(LINES[0][3] in line.text for line in Document(BytesIO(answer.data)).paragraphs)
    again = client.get(stage.path("sealed", "record.docx"), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_what_is_withdrawn_after_sealing_leaves_every_page(app: Flask, made: Stage) -> None:
    from core.db import write
    from core.permissions import SYSTEM
    from plugins.meetings.live import writer

    meeting = made.meetings["sealed"]
    with write():
        session = writer.lock(meeting)
        post = reading.lines(session)[0]["post"]
        writer.withdraw(session, SYSTEM, post, "依法撤下", "依法撤下")
    db.session.remove()
    client = app.test_client()
    for tail in ("record/", "live/"):
        text = client.get(made.path("sealed", tail)).get_data(as_text=True)
        assert LINES[0][3] not in text
        assert "此条已撤回：依法撤下" in text
