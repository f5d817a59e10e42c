"""The example works as an installed package would: entry point, migrations, page, switch, scope."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core import jurisdictions, migrate
from core.app import create_app
from core.db import db, write
from core.models import Jurisdiction, PluginSwitch
from core.permissions import Actor, Grant
from core.plugins import PluginError
from core.refusals import Forbidden, Refused

PACKAGE = Path(__file__).parents[1]


@pytest.fixture
def hotline(fresh: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An app with the example installed: its folder on the path, its entry point where pip writes one."""
    installed = tmp_path / "site" / "mingtang_hotline-0.1.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: mingtang-hotline\nVersion: 0.1.0\n")
    (installed / "entry_points.txt").write_text("[mingtang.plugins]\nhotline = mingtang_hotline.plugin\n")
    monkeypatch.syspath_prepend(str(PACKAGE))
    monkeypatch.syspath_prepend(str(installed.parent))
    app = create_app(**fresh, PLUGINS=("hotline",))
    with app.app_context():
        assert migrate.upgrade() == ["hotline"]
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_plugin_lives_without_a_line_in_the_core(hotline: Flask) -> None:
    from mingtang_hotline import services

    place = jurisdictions.by_slug("huichuan")
    with jurisdictions.enter(place):
        editor = Actor("1", "编辑", (Grant("portal_editor", place.id),))
        stranger = Actor("2", "拟稿人", (Grant("drafter", place.id),))
        with write():
            services.add_line(editor, name="政务服务", number="0851-12345", hours="9:00—17:00")
        with pytest.raises(Refused), write():
            services.add_line(editor, name="又一个", number="0851-12345")
        with pytest.raises(Forbidden), write():
            services.add_line(stranger, name="别人", number="0851-1")
    client = hotline.test_client()
    assert "0851-12345" in client.get("/huichuan/hotline/").get_data(as_text=True)
    assert "0851-12345" not in client.get("/meitan/hotline/").get_data(as_text=True)
    with write() as session:
        county = session.query(Jurisdiction).filter_by(slug="huichuan").one()
        session.add(PluginSwitch(jurisdiction_id=county.id, plugin="hotline", state="off"))
    assert client.get("/huichuan/hotline/").status_code == 404
    assert client.get("/meitan/hotline/").status_code == 200


def test_an_unknown_plugin_stops_the_start_with_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="Unknown plugin «nothing»"):
        create_app(DATA=tmp_path, PLUGINS=("nothing",))
