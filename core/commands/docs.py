"""`docs build｜check`: the generated pages of docs/."""

from __future__ import annotations

import click

from core import docs


@click.group("docs")
def docs_group() -> None:
    """Generated documentation."""


@docs_group.command()
def build() -> None:
    """Write docs/regulations.md and docs/reference.md anew."""
    changed = docs.build()
    click.echo(f"Written: {', '.join(changed)}." if changed else "The pages are up to date.")


@docs_group.command()
def check() -> None:
    """Fail when a generated page is stale or claims what the product does not hold."""
    faults = [*(f"{path} is stale: run ./mingtang docs build" for path in docs.stale()), *docs.faults()]
    if faults:
        raise click.ClickException("\n".join(faults))
    click.echo("The pages say what the code does.")


COMMANDS = (docs_group,)
