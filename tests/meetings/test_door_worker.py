"""The check-in desk without network: what is kept, for whom, and nothing of anybody's name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from plugins.meetings.admin import door_worker
from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk, desk

__all__ = ["desk"]


def imported(path: Path) -> set[Path]:
    """A module and all it imports."""
    found = {path}
    for name in re.findall(r"""from '(\.[^']+)'""", path.read_text()):
        found |= imported((path.parent / name).resolve())
    return found


def test_every_module_the_desk_imports_is_kept() -> None:
    kept = {(door_worker.STATIC / name).resolve() for name in door_worker.OWN}
    assert imported((door_worker.STATIC / "door" / "door.js").resolve()) <= kept


@pytest.mark.article("meetings", 8)
def test_the_kept_page_names_nobody_and_the_worker_knows_its_own_address_only(
    desk: Callable[..., Desk], office: Office
) -> None:
    people = [{"name": "王小明", "category": "public"}]
    meeting = office.meeting(office.approved(invitees=people))
    here = desk("stenographer")
    shell = here.get(f"meetings/{meeting}/door/shell")
    for secret in ("王", "速录", 'csrf-token" content="I'):
        assert secret not in shell.replace("速录员", "")
    assert '"data": null' in shell
    script = here.get(f"meetings/{meeting}/door/worker.js")
    kept = json.loads(script.partition("\n")[0].removeprefix("const KEPT = ").removesuffix(";"))
    assert kept["page"] == f"/admin/huichuan/meetings/{meeting}/door/"
    assert kept["shell"] == f"{kept['page']}shell"
    for sheet in re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js|svg))"', shell):
        assert sheet in kept["assets"]
    for path in kept["assets"]:
        assert path.startswith(("/static/", "/huichuan/meetings/static/", "/meetings/static/")), path
        assert here.client.get(path).status_code == 200
    for wrong in ("disclosure_officer", "leader"):
        desk(wrong).get(f"meetings/{meeting}/door/shell", 403)
        desk(wrong).get(f"meetings/{meeting}/door/worker.js", 403)


@pytest.mark.article("meetings", 8)
def test_the_list_says_when_the_meeting_is_over(office: Office) -> None:
    meeting = office.meeting(office.approved())
    assert office.ok("organiser", "GET", f"meetings/{meeting}/door")["ended"] is False
    office.fire("organiser", meeting, "cancel", reason="改期")
    assert office.ok("organiser", "GET", f"meetings/{meeting}/door")["ended"] is True
