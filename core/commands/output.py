"""How commands speak: one line for people, JSON for programs."""

from __future__ import annotations

import json
from typing import Any

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a sentence.")


def say(sentence: str, data: dict[str, Any], *, as_json: bool) -> None:
    """Print the result."""
    click.echo(json.dumps(data, ensure_ascii=False, default=str) if as_json else sentence)
