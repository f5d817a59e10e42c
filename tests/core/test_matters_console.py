"""Merging matters in the console."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from core import matters, plugins
from core.contracts import Collected, JurisdictionRef, MatterUse
from core.db import db, write
from core.models import Matter
from core.permissions import SYSTEM
from tests.core.test_console import Desk, desk  # noqa: F401


def test_see_what_belongs_to_it_merge_and_part(
    app: Flask, desk: Callable[..., Desk], county: JurisdictionRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write():
        one, other = (matters.create(SYSTEM, title).id for title in ("加装电梯", "电梯补贴"))
    uses = {"collect_matter_uses": (MatterUse("议题", "加装电梯办法", "/admin/huichuan/x/"),)}
    monkeypatch.setattr(plugins, "collect", lambda hook, *_a, **_k: Collected(uses.get(hook, ())))
    officer = desk("disclosure_officer")
    assert "加装电梯" in officer.text("matters/")
    assert "电梯补贴" not in officer.text("matters/?q=加装")
    page = officer.text(f"matters/{one}/")
    assert "加装电梯办法" in page
    assert f'<option value="{other}"' in page
    sent = {"event": "merge", "version": "1", "public_note": "合并办理"}
    refused = officer.post(f"matters/{one}/transitions", **sent, into=other, reason="")
    assert refused.status_code == 422
    assert "合并办理" in refused.text
    assert officer.post(f"matters/{one}/transitions", **sent, into="f" * 32, reason="同").status_code == 422
    assert officer.post(f"matters/{one}/transitions", **sent, into=one, reason="同").status_code == 409
    assert officer.post(f"matters/{one}/transitions", **sent, into=other, reason="同").status_code == 302
    assert db.session.get_one(Matter, one).state == "merged"
    assert "加装电梯" in officer.text(f"matters/{other}/")
    assert officer.post(f"matters/{one}/transitions", event="part", version="2", reason="错").status_code == 302
    assert desk("organiser").get("matters/").status_code == 403
