"""The operator's commands: what each does, prints and refuses; a few through a real process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from core import accounts, cli, commands, jurisdictions, plugins, signin
from core.app import create_app
from core.contracts import JurisdictionRef
from core.db import db, write
from core.models import Account, Agency, AuditEntry, CalendarDay, Jurisdiction, RoleGrant

ROOT = Path(__file__).parents[2]
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(app: Flask, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command on the test's installation: (exit code, standard output, standard error)."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = commands.run(list(arguments), app)
        db.session.remove()
        return code, *capsys.readouterr()

    return run


def process(data: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "core.cli", *arguments],
        cwd=ROOT,
        env=os.environ | {"MINGTANG_DATA": str(data), "DATABASE_URL": ""} | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# --- places and people -----------------------------------------------------------------------------


def test_jurisdictions_and_agencies_are_added_and_audited(command: Command) -> None:
    assert command("jurisdictions", "add", "yuqing", "余庆县", "--parent", "zunyi")[:2] == (
        0,
        "Added 余庆县 at /yuqing/.\n",
    )
    code, out, _ = command("agencies", "add", "office", "余庆县人民政府办公室", "--in", "yuqing", "--json")
    assert code == 0
    place = jurisdictions.by_slug("yuqing")
    with jurisdictions.enter(place):
        assert db.session.get_one(Agency, json.loads(out)["id"]).code == "office"
        actions = [entry.action for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq))]
    assert actions == ["core.jurisdiction.add", "core.agency.add"]
    assert jurisdictions.by_slug("zunyi").id in place.lineage


def test_a_jurisdiction_without_a_parent_lies_below_the_city(command: Command) -> None:
    assert command("jurisdictions", "add", "yuqing", "余庆县")[0] == 0
    place = jurisdictions.by_slug("yuqing")
    assert place.lineage == (place.id, jurisdictions.by_slug("zunyi").id)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "admin", "某县", "--parent", "zunyi"), "«admin» cannot be an address"),
        (("add", "Big", "某县", "--parent", "zunyi"), "«Big» cannot be an address"),
        (("add", "huichuan", "某县", "--parent", "zunyi"), "The address /huichuan/ is taken."),
        (("add", "other", "某县", "--parent", "nowhere"), "There is no such jurisdiction"),
    ],
)
def test_a_bad_jurisdiction_gets_one_sentence(command: Command, arguments: tuple[str, ...], sentence: str) -> None:
    before = db.session.scalars(select(Jurisdiction.slug)).all()
    code, out, err = command("jurisdictions", *arguments)
    assert (code, out) == (1, "")
    assert err.startswith(f"mingtang: {sentence}")
    assert err.count("\n") == 1
    assert db.session.scalars(select(Jurisdiction.slug)).all() == before


def test_a_person_signs_in_with_the_printed_password(command: Command) -> None:
    code, out, _ = command(
        "users",
        "add",
        "zhang",
        "--name",
        "张三",
        "--in",
        "huichuan",
        "--role",
        "leader",
        "--role",
        "supervisor",
        "--json",
    )
    assert code == 0
    assert signin.sign_in("zhang", json.loads(out)["password"]).must_change_password
    grants = db.session.scalars(select(RoleGrant).join(Account, Account.id == RoleGrant.account_id)).all()
    assert sorted(row.role for row in grants) == ["leader", "supervisor"]
    assert {(row.jurisdiction_id, row.agency_id) for row in grants} == {(jurisdictions.by_slug("huichuan").id, None)}


def test_an_agency_by_its_code(command: Command, county: JurisdictionRef) -> None:
    with write() as session:
        session.add(Agency(code="only-here", name="汇川区档案馆"))
    assert command("users", "add", "li", "--name", "李四", "--agency", "only-here", "--role", "drafter")[0] == 0
    grant = db.session.scalars(select(RoleGrant)).one()
    assert (grant.jurisdiction_id, grant.agency_id is None) == (county.id, False)
    code, _, err = command("users", "add", "wu", "--name", "吴五", "--agency", "office", "--role", "drafter")
    assert (code, "name one with --in SLUG" in err) == (1, True)
    done = command("users", "add", "wu", "--name", "吴五", "--agency", "office", "--in", "meitan", "--role", "drafter")
    assert done[0] == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--role", "leader"), "Name the agency with --agency CODE or the jurisdiction with --in SLUG."),
        (("--role", "leader", "--agency", "none"), "There is no agency with the code none."),
        (("--role", "king", "--in", "zunyi"), "Invalid value for '--role'"),
        (("--role", "leader", "--in", "nowhere"), "There is no such jurisdiction"),
    ],
)
def test_a_bad_person_changes_nothing(command: Command, arguments: tuple[str, ...], sentence: str) -> None:
    code, _, err = command("users", "add", "zhang", "--name", "张三", *arguments)
    assert code != 0
    assert err.startswith(f"mingtang: {sentence}")
    assert accounts.by_login("zhang") is None


def test_separation_of_duties_holds_for_the_operator_too(command: Command) -> None:
    roles = ("--role", "system_admin", "--role", "audit_admin")
    code, _, err = command("users", "add", "zhang", "--name", "张三", "--in", "zunyi", *roles)
    assert (code, "[SEPARATION_OF_DUTIES]" in err) == (1, True)
    assert accounts.by_login("zhang") is None


def test_a_token_is_printed_alone_and_works_before_the_first_password_change(command: Command) -> None:
    command("users", "add", "zhang", "--name", "张三", "--in", "zunyi", "--role", "leader")
    code, out, err = command("tokens", "create", "zhang")
    assert (code, err, len(out.split())) == (0, "", 1)
    found = accounts.account_of_token(out.strip())
    assert found is not None
    assert found.login == "zhang"
    assert command("tokens", "create", "nobody")[2] == "mingtang: There is no account «nobody».\n"


def test_a_link_sets_a_password_once(command: Command) -> None:
    command("users", "add", "zhang", "--name", "张三", "--in", "zunyi", "--role", "leader")
    path = command("users", "link", "zhang")[1].strip()
    signin.use_link(path.rpartition("/")[2], "a longer secret 7")
    assert signin.sign_in("zhang", "a longer secret 7").token


# --- plugins, calendar, audit ----------------------------------------------------------------------


def test_plugins_are_switched_at_once_and_listed(command: Command, city: JurisdictionRef) -> None:
    name = plugins.installed().names[0]
    code, out, _ = command("plugins", "disable", name, "--in", "huichuan", "--reason", "试点结束")
    assert (code, out) == (0, f"{name} is off in /huichuan/.\n")
    assert name not in plugins.enabled(jurisdictions.by_slug("huichuan"))
    listed = json.loads(command("plugins", "list", "--json")[1])["plugins"]
    assert "huichuan" not in listed[name]
    assert "zunyi" in listed[name]
    assert command("plugins", "enable", name, "--in", "huichuan")[0] == 0
    assert name in plugins.enabled(jurisdictions.by_slug("huichuan"))


@pytest.mark.parametrize("verb", ["enable", "disable"])
def test_an_unknown_plugin_is_named(command: Command, verb: str) -> None:
    code, out, err = command("plugins", verb, "unheard", "--in", "huichuan")
    assert (code, out) == (1, "")
    assert err.startswith("mingtang: There is no plugin «unheard»; installed: ")
    assert err.count("\n") == 1


def test_switching_a_plugin_on_says_nothing_else(tmp_path: Path) -> None:
    process(tmp_path, "db", "upgrade")
    process(tmp_path, "jurisdictions", "add", "zunyi", "遵义市")
    run = process(tmp_path, "plugins", "enable", "meetings", "--in", "zunyi")
    assert (run.returncode, run.stdout, run.stderr) == (0, "meetings is on in /zunyi/.\n", "")


def test_a_missing_option_is_one_sentence(command: Command) -> None:
    code, out, err = command("users", "add", "zhang", "--name", "张三", "--in", "zunyi")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "--role" in err


def test_what_is_locked_above_stays_off(command: Command) -> None:
    name = plugins.installed().names[0]
    command("plugins", "disable", name, "--in", "zunyi", "--locked", "--reason", "整改")
    code, _, err = command("plugins", "enable", name, "--in", "huichuan")
    assert (code, "[LOCKED_ABOVE]" in err) == (1, True)


def test_an_installed_or_unknown_plugin_is_not_purged(command: Command) -> None:
    name = plugins.installed().names[0]
    assert "still installed" in command("plugins", "purge", name, "--yes")[2]
    assert "no tables of a plugin «absent»" in command("plugins", "purge", "absent", "--yes")[2]
    assert "no plugin's name" in command("plugins", "purge", "core", "--yes")[2]


def test_a_purged_plugin_leaves_no_table(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    names = plugins.installed().names
    bare = create_app(**{key: app.config[key] for key in ("DATA", "TESTING", "SQLALCHEMY_DATABASE_URI")}, PLUGINS=())
    with bare.app_context():
        for name in names:
            assert commands.run(["plugins", "purge", name, "--yes"], bare) == 0, capsys.readouterr().err
        left = {table.partition("_")[0] for table in db.inspect(db.engine).get_table_names()}
        assert left.isdisjoint(names)
        assert f"alembic_version_{names[0]}" not in db.inspect(db.engine).get_table_names()


def test_a_notice_of_the_state_council_is_imported(command: Command, tmp_path: Path) -> None:
    notice = tmp_path / "2031.csv"
    notice.write_text("date,kind,name\n2031-10-01,holiday,国庆节\n2031-10-12,makeup,国庆节调休\n", encoding="utf-8")
    assert command("calendar", "import", str(notice))[1].startswith("2 days imported")
    assert len(db.session.scalars(select(CalendarDay).where(CalendarDay.source.contains("2031.csv"))).all()) == 2
    assert command("calendar", "import", str(tmp_path / "absent"))[0] != 0


def test_a_broken_audit_chain_is_found(command: Command) -> None:
    command("agencies", "add", "archive", "档案馆", "--in", "huichuan")
    code, out, _ = command("audit", "verify")
    assert (code, out.startswith("All audit chains")) == (0, True)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE core_audit_entry SET actor_name = '别人'")
    code, out, _ = command("audit", "verify", "--json")
    assert (code, json.loads(out)["sound"]) == (1, False)


def test_the_doctor_names_what_is_behind(command: Command) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version_core")
    code, out, _ = command("doctor", "--json")
    assert code == 1
    assert any("./mingtang db upgrade" in line for line in json.loads(out)["wrong"])


# --- the process -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", [("--data", "D", "db", "upgrade"), ("db", "--data", "D", "upgrade"), ("db", "upgrade", "--data=D")]
)
def test_data_stands_anywhere(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MINGTANG_DATA", raising=False)
    seen: list[list[str]] = []
    monkeypatch.setattr(cli, "_run", lambda rest: seen.append(rest) or 0)
    with pytest.raises(SystemExit) as stop:
        cli.main(list(words))
    assert (stop.value.code, seen, os.environ["MINGTANG_DATA"]) == (0, [["db", "upgrade"]], "D")
    monkeypatch.delenv("MINGTANG_DATA")


def test_data_without_a_folder_is_refused(tmp_path: Path) -> None:
    run = process(tmp_path, "doctor", "--data")
    assert (run.returncode, run.stderr) == (2, "mingtang: --data needs a folder.\n")


def test_upgrade_twice_then_check(tmp_path: Path) -> None:
    assert process(tmp_path, "db", "upgrade").stdout.startswith("Upgraded: core")
    assert process(tmp_path, "db", "upgrade").stdout == "The tables are up to date.\n"
    assert process(tmp_path, "db", "check").returncode == 0


def test_before_the_first_upgrade_one_sentence(tmp_path: Path) -> None:
    run = process(tmp_path, "jurisdictions", "add", "zunyi", "遵义市")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "mingtang: The database is not set up yet: run ./mingtang db upgrade.\n"


@pytest.mark.parametrize("arguments", [("plugins", "list"), ("serve", "--port", "0")])
def test_an_unknown_plugin_stops_every_start(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    run = process(tmp_path, *arguments, MINGTANG_PLUGINS="meetings,unheard")
    assert run.returncode == 1
    assert run.stderr.startswith("mingtang: Unknown plugin «unheard» in MINGTANG_PLUGINS.")
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MINGTANG_PROXY_HOPS", "two", "MINGTANG_PROXY_HOPS should be a number, not «two»."),
        ("MINGTANG_SESSION_HOURS", "nan", "MINGTANG_SESSION_HOURS should be a number, not «nan»."),
        ("DATABASE_URL", "nonsense", "DATABASE_URL is no address of a database"),
    ],
)
def test_a_setting_that_makes_no_sense_stops_the_start(tmp_path: Path, name: str, value: str, said: str) -> None:
    run = process(tmp_path, "serve", "--port", "0", **{name: value})
    assert run.returncode == 1
    assert run.stderr.startswith(f"mingtang: {said}")
    assert run.stderr.count("\n") == 1


def test_a_data_folder_that_cannot_be_written_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    run = process(tmp_path / "file" / "data", "serve", "--port", "0")
    assert run.returncode == 1
    assert run.stderr.startswith("mingtang: The data folder ")
    assert run.stderr.count("\n") == 1
