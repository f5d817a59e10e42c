"""Every hook: described, shown by an example, and what comes of it when a third party's plugin takes part."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from guest import plugin as guest

from core import (
    accounts,
    announcements,
    commands,
    demo,
    docs,
    jobs,
    jurisdictions,
    notices,
    plugins,
    publications,
    settings,
    soundness,
)
from core.app import create_app
from core.contracts import JurisdictionRef
from core.db import db, utcnow, write
from core.models import LoginSession
from core.permissions import SYSTEM, Actor
from core.refusals import Refused

ROOT = Path(__file__).parents[2]
HOOKS = sorted(docs.hooks())


@pytest.fixture
def app(fresh: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An app with the guest alone."""
    point = SimpleNamespace(value="guest.plugin")
    monkeypatch.setattr(plugins, "entry_points", lambda *, group, name: [point])
    guest.told.clear()
    app = create_app(**fresh, PLUGINS=("guest",))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def leader(county: JurisdictionRef, person: Callable[..., Actor]) -> Actor:
    return person("leader", place=county)


@pytest.fixture
def browser(app: Flask, leader: Actor) -> FlaskClient:
    """Signed in at the console."""
    with write() as session:
        until = utcnow() + timedelta(hours=1)
        session.add(LoginSession(account_id=leader.id, token_hash=accounts.digest("cookie"), expires_at=until))
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["token"] = "cookie"
    db.session.remove()
    return client


@pytest.mark.parametrize("name", HOOKS)
def test_it_has_a_sentence_an_example_and_a_test(name: str) -> None:
    sentence = docs.hooks()[name].__doc__
    assert sentence.endswith(".")
    assert "\n" not in sentence
    page = (ROOT / "docs/hooks.md").read_text(encoding="utf-8")
    section = page.partition(f"### `{name}`\n")[2].partition("\n### ")[0]
    assert "@hook" in section
    assert f"def {name}(" in section
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
    assert any(name in text for text in texts)


def test_console_page_and_menu_line(browser: FlaskClient) -> None:
    assert browser.get("/admin/huichuan/guest/page/").get_data(as_text=True) == "来客的页面"
    assert "来客菜单" in browser.get("/admin/huichuan/").get_data(as_text=True)
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")) as here, write():
        plugins.switch(SYSTEM, here, "guest", "off")
    assert browser.get("/admin/huichuan/guest/page/").status_code == 404
    assert "来客菜单" not in browser.get("/admin/huichuan/").get_data(as_text=True)


def test_socket_namespace_and_local_rule(app: Flask, county: JurisdictionRef) -> None:
    assert "/guest" in app.extensions["socketio"].server.namespace_handlers
    assert settings.get("guest.days") == 7


@pytest.mark.parametrize(("words", "said"), [(["guest"], "command"), (["bench", "guest"], "benchmark")])
def test_commands_and_benchmarks(app: Flask, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert commands.run(words, app) == 0
    assert capsys.readouterr().out == f"a guest's {said}\n"


def test_a_background_job_is_done_and_followed_on_its_page(browser: FlaskClient, leader: Actor) -> None:
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")), write():
        address = f"/admin/huichuan/jobs/{jobs.start(leader, 'guest.count', title='清点', arguments={'n': 7}).id}"
    assert "<progress" in browser.get(address).get_data(as_text=True)
    assert jobs.run_due() == 1
    assert "清点了 7 件" in browser.get(address).get_data(as_text=True)
    assert "清点了 7 件" in browser.get("/admin/huichuan/jobs/").get_data(as_text=True)


def test_a_table_is_imported_by_command(app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """register_importers."""
    file = tmp_path / "guests.csv"
    file.write_text("客甲 客乙 丙", encoding="utf-8")
    words = ["import", "guests", str(file), "--in", "huichuan"]
    assert commands.run([*words, "--dry-run", "--skip-faulty"], app) == 0
    assert (guest.told, "Would import into /huichuan/: 2 new." in capsys.readouterr().out) == ([], True)
    assert commands.run(words, app) == 1
    answer = capsys.readouterr()
    assert ("row 3 名: 要姓客" in answer.err, "nothing was imported" in answer.err, guest.told) == (True, True, [])
    assert commands.run([*words, "--skip-faulty", "--json"], app) == 0
    assert json.loads(capsys.readouterr().out) == {
        "kind": "guests", "in": "huichuan", "dry_run": False, "new": 2,
        "errors": [{"row": 3, "column": "名", "detail": "要姓客"}],
    }  # fmt: skip
    assert guest.told == [("import", ("guests.csv", ["客甲", "客乙"]))]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["import", "nothing", "FILE", "--in", "huichuan"], "There is no kind «nothing»; there are: guests."),
        (["import", "guests", "FILE", "--in", "nowhere"], "no such jurisdiction"),
        (["import", "guests", "/no/such/file", "--in", "huichuan"], "does not exist"),
    ],
)
def test_an_import_that_cannot_be_says_why(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    (tmp_path / "FILE").write_text("客甲", encoding="utf-8")
    assert commands.run([str(tmp_path / "FILE") if word == "FILE" else word for word in words], app) != 0
    assert said in capsys.readouterr().err


def test_a_table_of_a_plugin_that_is_off_is_not_taken(
    app: Flask, county: JurisdictionRef, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "FILE").write_text("客甲", encoding="utf-8")
    assert commands.run(["plugins", "disable", "guest", "--in", county.slug, "--reason", "试一试"], app) == 0
    assert commands.run(["import", "guests", str(tmp_path / "FILE"), "--in", county.slug], app) == 1
    assert "which is off in" in capsys.readouterr().err


def test_the_demo_is_filled_by_everyone(app: Flask) -> None:
    demo._content("huichuan")
    assert guest.told == [("fill_demo", ("huichuan", []))]


def test_switching_on_is_told_once_it_is_committed(app: Flask, county: JurisdictionRef) -> None:
    for state in ("off", "on"):
        with write():
            plugins.switch(SYSTEM, county, "guest", state)
    assert guest.told == []
    assert announcements.deliver_due() == 1
    assert guest.told == [("jurisdiction_enabled", "huichuan")]


def test_figures_of_the_annual_report_are_given(app: Flask, county: JurisdictionRef) -> None:
    answer = plugins.collect("collect_report_tables", county, year=2025, agency_ids=("a", "b"))
    assert [(one.key, one.agency_id, one.value) for one in answer.items] == [
        ("permits", "a", 2025), ("permits", "b", 2025),
    ]  # fmt: skip


def test_open_work_is_counted(app: Flask, county: JurisdictionRef) -> None:
    assert plugins.open_work(county, "guest") == 3


def test_work_stands_on_the_desk(browser: FlaskClient) -> None:
    assert "来客的待办" in browser.get("/admin/huichuan/").get_data(as_text=True)


def test_materials_and_objections_come_by_matter(app: Flask, county: JurisdictionRef) -> None:
    materials = plugins.collect_by_key("collect_meeting_materials", county, ["a"], matter_ids=["a"])
    assert [material.title for material in materials["a"]] == ["来客的草案"]
    blockers = plugins.collect_by_key("decision_blockers", county, ["a"], matter_ids=["a"])
    assert [blocker.code for blocker in blockers["a"]] == ["GUEST_WAITS"]


def test_an_objection_keeps_an_outcome_back(app: Flask, county: JurisdictionRef, leader: Actor) -> None:
    with write():
        made = publications.create(SYSTEM, kind="outcome", title="审议情况", body="通过")
        publications.approve(leader, made)
        ident = made.id
    with pytest.raises(Refused, match="GUEST_OBJECTS"), write():
        publications.release(SYSTEM, publications.find(SYSTEM, ident))
    assert ("review_publication", ident) in guest.told


def test_what_was_sealed_is_verified(app: Flask) -> None:
    assert soundness.check()["huichuan"] == ["来客的记录被改动"]


def test_a_channel_takes_its_notices(app: Flask, county: JurisdictionRef) -> None:
    with write():
        notices.send("a", "guest", subject="来客的通知")
        notices.send("b", "other", subject="无人的通知")
    assert notices.deliver_due() == 1
    assert ("deliver_notice", "来客的通知") in guest.told
