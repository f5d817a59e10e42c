"""`jurisdictions add`, `agencies add`."""

from __future__ import annotations

import re

import click
from sqlalchemy import func, select

from core import audit, jurisdictions
from core.commands.output import as_json, say
from core.db import db, write
from core.models import Agency, Jurisdiction
from core.permissions import SYSTEM

SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")


@click.group("jurisdictions")
def jurisdictions_group() -> None:
    """Cities, counties and districts (行政区划)."""


@jurisdictions_group.command("add")
@click.argument("slug")
@click.argument("name")
@click.option("--parent", help="Slug of the jurisdiction above; default: the city.")
@as_json
def add_jurisdiction(slug: str, name: str, parent: str | None, as_json: bool) -> None:
    """Add a jurisdiction; the first one is the city itself."""
    place_id = create_jurisdiction(slug, name, parent)
    say(f"Added {name} at /{slug}/.", {"id": place_id, "slug": slug}, as_json=as_json)


def create_jurisdiction(slug: str, name: str, parent: str | None = None, *, name_en: str = "") -> str:
    """Make a jurisdiction, the first one as the city, later ones below it unless `parent` says where.

    Raises:
        click.ClickException: with one sentence, for a bad or taken slug. NotFound: no such parent.
    """
    if slug in jurisdictions.RESERVED or not SLUG.fullmatch(slug):
        raise click.ClickException(
            f"«{slug}» cannot be an address: use small letters, digits and hyphens, and none of "
            f"{', '.join(sorted(jurisdictions.RESERVED))}."
        )
    count = db.session.scalar(select(func.count()).select_from(Jurisdiction)) or 0
    if db.session.scalar(select(Jurisdiction).where(Jurisdiction.slug == slug)):
        raise click.ClickException(f"The address /{slug}/ is taken.")
    above = jurisdictions.by_slug(parent).id if parent else _city()
    with write() as session:
        row = Jurisdiction(slug=slug, name=name, name_en=name_en, parent_id=above, position=count)
        session.add(row)
    with jurisdictions.enter(jurisdictions.by_slug(slug)), write():
        audit.record(SYSTEM, "core.jurisdiction.add", "core.jurisdiction", row.id, data={"slug": slug, "name": name})
    return jurisdictions.by_slug(slug).id


def _city() -> str | None:
    return db.session.scalar(select(Jurisdiction.id).where(Jurisdiction.parent_id.is_(None)))


@click.group()
def agencies() -> None:
    """Government agencies (机关)."""


@agencies.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--in", "place", required=True, help="Slug of the jurisdiction.")
@click.option(
    "--kind", default="department", type=click.Choice(["government", "department", "authorised", "public_body"])
)
@as_json
def add_agency(code: str, name: str, place: str, kind: str, as_json: bool) -> None:
    """Add an agency to a jurisdiction."""
    agency_id = create_agency(code, name, place, kind=kind)
    say(f"Added {name} ({code}) in /{place}/.", {"id": agency_id, "code": code}, as_json=as_json)


def create_agency(code: str, name: str, place: str, *, kind: str = "department", name_en: str = "") -> str:
    """Make an agency; raises click.ClickException when the code is taken."""
    with jurisdictions.enter(jurisdictions.by_slug(place)):
        if db.session.scalar(select(Agency).where(Agency.code == code)):
            raise click.ClickException(f"The code {code} is taken in /{place}/.")
        with write() as session:
            row = Agency(code=code, name=name, kind=kind, name_en=name_en)
            session.add(row)
            session.flush()
            audit.record(SYSTEM, "core.agency.add", "core.agency", row.id, data={"code": code, "name": name})
            return row.id


COMMANDS = (jurisdictions_group, agencies)
