"""The operator's commands (命令行). Each module holds one subject; plugins add theirs by `register_commands`."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy.exc import OperationalError

from core.commands import backup, bench, database, deploy, docs, imports, people, places, plugins, server, translations
from core.config import ConfigError
from core.db import DatabaseBusy
from core.plugins import PluginError
from core.refusals import Invalid, NotFound, Refused


def run(arguments: list[str], app: Flask | None = None) -> int:
    """Run one command, on `app` or on one made for it; returns its exit code."""
    from core.app import create_app

    try:
        app = app or create_app()
        group = _group(app)
        with app.app_context():
            code = group.main(args=arguments, prog_name="./mingtang", standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"mingtang: {' '.join(error.format_message().split())}", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("mingtang: stopped.", err=True)
        return 130
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        click.echo(f"mingtang: {sentence}", err=True)
        return 1
    return code if isinstance(code, int) else 0  # click returns the code of `Exit`


def _group(app: Flask) -> FlaskGroup:
    group = FlaskGroup(
        name="mingtang",
        create_app=lambda: app,
        add_default_commands=True,
        add_version_option=False,
        load_dotenv=False,
        help="Mingtang 明堂: open government for Chinese local governments. `demo` shows it, `serve` runs it.",
    )
    group.params.clear()
    for module in (server, deploy, database, backup, places, people, plugins, imports, docs, translations):
        for command in module.COMMANDS:
            group.add_command(command)
    installed = app.extensions["mingtang.plugins"]
    for _, command in installed.build("register_commands", key="name"):
        group.add_command(command)
    group.add_command(bench.group(command for _, command in installed.build("register_benchmarks", key="name")))
    return group


def _sentence(error: Exception) -> str | None:  # noqa: PLR0911 — a table
    """The one sentence for faults that are not bugs; None for bugs, which show their traceback."""
    match error:
        case Refused():
            first = error.refusals[0]
            return f"{first.detail} [{' '.join(part for part in (first.code, first.article) if part)}]"
        case Invalid():
            return "; ".join(f"{name}: {' '.join(map(str, texts))}" for name, texts in error.errors.items())
        case NotFound():
            return "There is no such jurisdiction, agency or object."
        case ConfigError() | PluginError():
            return str(error)
        case DatabaseBusy():
            return "The database is busy; try again in a moment."
        case OperationalError() if "no such table" in str(error.orig):
            return "The database is not set up yet: run ./mingtang db upgrade."
        case OperationalError():
            return f"The database does not answer: {str(error.orig).splitlines()[0]}"
    return None


__all__ = ["run"]
