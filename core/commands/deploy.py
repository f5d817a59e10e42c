"""`deploy nginx｜systemd`: working configuration for several processes, printed or written into a folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from core import deploy as deploying

NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
PATH = re.compile(r"/[\w./@+-]+")
Command = Callable[..., Any]


def _like(pattern: re.Pattern[str], wanted: str) -> Callable[[click.Context, click.Parameter, str], str]:
    """A check: the value stands in a configuration file and must not end its line there."""

    def check(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
        if value and not pattern.fullmatch(value):
            raise click.BadParameter(f"should be {wanted}, not «{value}».")
        return value

    return check


def _layout(command: Command) -> Command:
    counts = click.IntRange(1, 64)
    for option in (
        click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write the files here."),
        click.option("--first-port", default=8001, show_default=True, type=click.IntRange(1024, 65000)),
        click.option("--live", default=2, show_default=True, type=counts, help="Processes for live text."),
        click.option("--web", default=2, show_default=True, type=counts, help="Processes for pages and API."),
    ):
        command = option(command)
    return command


@click.group("deploy")
def deploy_group() -> None:
    """Configuration for several processes on one machine."""


@deploy_group.command("nginx")
@_layout
@click.option("--domain", required=True, callback=_like(NAME, "a domain name"), help="The site's public name.")
@click.option("--listen", type=click.IntRange(1, 65535), help="Port; 443 with a certificate, else 80.")
@click.option("--certificate", default="", callback=_like(PATH, "an absolute path"), help="TLS certificate chain.")
@click.option("--key", default="", callback=_like(PATH, "an absolute path"), help="TLS private key.")
@click.option("--cache", default=deploying.Site.cache, show_default=True, callback=_like(PATH, "an absolute path"))
def nginx(
    *, domain: str, listen: int | None, certificate: str, key: str, cache: str,
    web: int, live: int, first_port: int, out: Path | None,
) -> None:  # fmt: skip
    """The proxy in front: upstreams, WebSocket upgrade, one-second cache, limits."""
    if bool(certificate) != bool(key):
        raise click.UsageError("--certificate and --key go together.")
    site = deploying.Site(domain, listen or (443 if certificate else 80), certificate, key, cache)
    _hand_out(deploying.nginx(site, deploying.Layout(web, live, first_port=first_port)), out)


@deploy_group.command("systemd")
@_layout
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--user", default="mingtang", show_default=True, callback=_like(NAME, "a user's name"))
def systemd(*, workers: int, user: str, web: int, live: int, first_port: int, out: Path | None) -> None:
    """One unit per role, a target that starts them all, and the upgrade before them."""
    _hand_out(deploying.systemd(deploying.Layout(web, live, workers, first_port), user), out)


def _hand_out(files: Mapping[str, str], out: Path | None) -> None:
    for name, text in files.items():
        if out is None:
            click.echo(text if len(files) == 1 else f"# --- {name}\n{text}", nl=False)
            continue
        try:
            out.mkdir(parents=True, exist_ok=True)
            (out / name).write_text(text, encoding="utf-8")
        except OSError as error:
            raise click.ClickException(f"{out / name} cannot be written ({error.strerror}).") from error
        click.echo(f"Wrote {out / name}.")


COMMANDS = (deploy_group,)
