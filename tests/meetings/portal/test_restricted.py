"""Restricted materials behind the personal link: a copy of one's own, never cached, the opening on record (会8)."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from core import storage
from core.db import db, write
from core.models import AttachmentLink, AuditEntry
from core.permissions import SYSTEM
from plugins.meetings.models import AgendaApplication
from tests.meetings.documents.test_watermark import pdf, texts
from tests.meetings.portal.conftest import Visitor
from tests.meetings.portal.stage import Stage


@pytest.mark.article("meetings", 8)
def test_an_invitee_gets_his_own_copy_and_the_opening_is_noted(visitor: Visitor, made: Stage) -> None:
    with write():
        staged = storage.stage(io.BytesIO(pdf()), "方案.pdf")
        file = storage.keep(SYSTEM, staged).id
        material = db.session.get_one(AgendaApplication, made.items["coming"]).materials[0]
        link = db.session.scalars(select(AttachmentLink).where(AttachmentLink.attachment_id == material.attachment_id))
        link.one().attachment_id = material.attachment_id = file
        material.restricted = True
    address = made.link("coming", f"files/{file}")
    visitor.get(address, 404)
    visitor.send(made.link("coming"), event="accept")
    assert "限制传阅，每页印有您的姓名" in visitor.send(
        made.link("coming"), event="acknowledge", agree="1", rule_version="1"
    )
    answer = visitor.client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers
    assert all("王小明（其他公众代表）" in text for text in texts(answer.data))
    db.session.remove()
    opened = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "meetings.material.open")).one()
    assert opened.data["file"] == file
