"""`serve`, `demo`, `run web｜live｜worker｜beat`, `doctor`."""

from __future__ import annotations

import click
from flask import Flask, current_app

from core import calendar_data, migrate
from core import demo as demonstration
from core import doctor as examination
from core import serve as serving
from core.commands.output import as_json, say
from core.db import db

host_option = click.option("--host", default="127.0.0.1", show_default=True)
port_option = click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))


def _app() -> Flask:
    """The application itself: the proxy is bound to this command's context, requests have their own."""
    db.session.remove()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    return app


@click.command()
@host_option
@port_option
def serve(host: str, port: int) -> None:
    """Run the product: pages, API and live text on one port, the worker beside it."""
    listener = serving.open_port(host, port)
    migrate.upgrade()
    calendar_data.ensure()
    for line in serving.first_start(serving.address(listener)):
        click.echo(line)
    serving.run(_app(), listener, with_worker=True)


@click.command()
@host_option
@port_option
def demo(host: str, port: int) -> None:
    """Fill a neutral demo of Zunyi, replay a meeting live, and serve it."""
    listener = serving.open_port(host, port)
    demonstration.clear_half_filled()
    migrate.upgrade()
    calendar_data.ensure()
    for line in demonstration.fill():
        click.echo(line)
    serving.run(_app(), listener, with_worker=True)


@click.group("run")
def run_group() -> None:
    """One role each, for several processes or machines."""


@run_group.command()
@host_option
@port_option
def web(host: str, port: int) -> None:
    """Pages and API."""
    serving.require_migrated()
    serving.run(_app(), serving.open_port(host, port), with_worker=False)


@run_group.command()
@host_option
@port_option
def live(host: str, port: int) -> None:
    """Live text (and everything else a reader's browser asks on that address)."""
    serving.require_migrated()
    serving.run(_app(), serving.open_port(host, port), with_worker=False)


@run_group.command()
@click.option("--with-parent", is_flag=True, help="End when standard input closes; how `serve` starts its worker.")
def worker(with_parent: bool) -> None:
    """Background work; with the embedded queue also the beat."""
    from core import tasks

    serving.require_migrated()
    if with_parent:
        serving.end_with_parent()
    tasks.run_worker(_app(), beat=with_parent)


@run_group.command()
def beat() -> None:
    """The clock of the periodic tasks; run one."""
    from core import tasks

    serving.require_migrated()
    tasks.run_beat(_app())


@click.command()
@as_json
def doctor(as_json: bool) -> None:
    """Say what is wrong with this installation and how to mend it; exit code 1 when something is."""
    findings = list(examination.findings(current_app))
    wrong = [item.sentence for item in findings if item.wrong]
    notes = [item.sentence for item in findings if not item.wrong]
    lines = [f"wrong: {line}" for line in wrong] + [f"note: {line}" for line in notes]
    lines.append("Nothing is wrong." if not wrong else f"To mend: {len(wrong)}.")
    say("\n".join(lines), {"wrong": wrong, "notes": notes}, as_json=as_json)
    if wrong:
        raise click.exceptions.Exit(1)


COMMANDS = (serve, demo, run_group, doctor)
