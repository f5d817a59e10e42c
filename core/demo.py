"""The demonstration (演示): Zunyi with its 14 county-level jurisdictions, a few agencies, people in every role.

Neutral content written for the product; no real person, no real decision. Plugins add theirs by `fill_demo`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import select

from core import accounts, jurisdictions, permissions, plugins
from core.commands.places import create_agency, create_jurisdiction
from core.contracts import JurisdictionRef
from core.db import clock_at, db, utcnow, write
from core.models import Agency, Jurisdiction
from core.permissions import SYSTEM, Actor

PASSWORD = "mingtang-2026"  # noqa: S105 — printed by ./mingtang demo, valid in the demo alone
CITY = ("zunyi", "遵义市", "Zunyi")
COUNTIES = (
    ("honghuagang", "红花岗区", "Honghuagang"), ("huichuan", "汇川区", "Huichuan"), ("bozhou", "播州区", "Bozhou"),
    ("chishui", "赤水市", "Chishui"), ("renhuai", "仁怀市", "Renhuai"), ("tongzi", "桐梓县", "Tongzi"),
    ("suiyang", "绥阳县", "Suiyang"), ("zhengan", "正安县", "Zheng'an"), ("daozhen", "道真仡佬族苗族自治县", "Daozhen"),
    ("wuchuan", "务川仡佬族苗族自治县", "Wuchuan"), ("fenggang", "凤冈县", "Fenggang"), ("meitan", "湄潭县", "Meitan"),
    ("yuqing", "余庆县", "Yuqing"), ("xishui", "习水县", "Xishui"),
)  # fmt: skip
AGENCIES = (
    ("office", "人民政府办公室", "Government Office", "government"),
    ("housing", "住房和城乡建设局", "Housing and Construction", "department"),
    ("education", "教育体育局", "Education and Sports", "department"),
    ("health", "卫生健康局", "Health", "department"),
)
PEOPLE = {
    "organiser": ("会议组织者", "organiser", "office"),
    "applicant": ("住建局申报人", "organiser", "housing"),
    "education": ("教体局申报人", "organiser", "education"),
    "deputy": ("分管领导", "deputy_leader", None),
    "leader": ("主要领导", "leader", None),
    "secrecy": ("保密审查员", "secrecy_reviewer", None),
    "stenographer": ("速录员", "stenographer", None),
    "reviewer": ("直播审核员", "live_reviewer", None),
    "officer": ("政务公开专员", "disclosure_officer", "office"),
    "handler": ("承办人", "handler", "office"),
    "editor": ("门户编辑", "portal_editor", None),
    "supervisor": ("主管部门", "supervisor", None),
    "drafter": ("拟稿人", "drafter", "housing"),
}
ADMINS = {
    "sysadmin": ("系统管理员", "system_admin"),
    "secadmin": ("安全管理员", "security_admin"),
    "auditor": ("审计管理员", "audit_admin"),
}
FULL_STAFF = ("zunyi", "huichuan", "meitan")
"""Places with people in every role; the others show what an almost empty county looks like."""
HISTORY = timedelta(days=45)
"""How long ago the demo's places and people were set up: what plugins tell happened since."""
FILLING, FILLED = "filling", "filled"
"""What the file `demo` in the data folder says: an installation without it is never taken for a demo."""
SWITCHED_OFF = {"daozhen": ("meetings",), "yuqing": ("meetings",)}


def clear_half_filled() -> None:
    """Throw away what a fill that was cut off has left, so that it starts anew; touches nothing but a demo's folder.

    Raises:
        click.ClickException: the demo's database is a server's, which is the operator's to empty.
    """
    if _state() != FILLING:
        return
    if db.engine.dialect.name != "sqlite":
        raise click.ClickException("The demo was cut off while it was filled: empty its database and start again.")
    db.session.remove()
    db.engine.dispose()
    data = _mark().parent
    for name in ("mingtang.db", "mingtang.db-wal", "mingtang.db-shm"):
        (data / name).unlink(missing_ok=True)
    shutil.rmtree(data / "files")
    (data / "files").mkdir()
    _mark().unlink()


def fill() -> Iterator[str]:
    """Fill an empty installation once; yields what the operator should know, each time.

    Raises:
        click.ClickException: the folder holds an installation that is no demo.
    """
    empty = db.session.scalar(select(Jurisdiction.id).limit(1)) is None
    if not empty and _state() != FILLED:
        raise click.ClickException(
            f"The folder {_mark().parent} holds an installation of its own; give the demo another one with --data."
        )
    if empty:
        yield "Filling the demo ..."
        _mark().write_text(FILLING, encoding="utf-8")
        with clock_at(utcnow() - HISTORY):
            _places()
            for slug in FULL_STAFF:
                _staff(slug)
        for slug in FULL_STAFF:
            _content(slug)
        _mark().write_text(FILLED, encoding="utf-8")
    current_app.config["DEMO"] = True
    yield from _accounts()


def people(slug: str) -> dict[str, Actor]:
    """The people of a place with their rights, by the name they have in PEOPLE; none where there is no staff."""
    found = {login: accounts.by_login(_login(login, slug)) for login in PEOPLE} if slug in FULL_STAFF else {}
    return {login: permissions.actor_for(account) for login, account in found.items() if account}


def _accounts() -> Iterator[str]:
    yield f"Sign in at /admin/ with the password {PASSWORD} as:"
    for login, (name, role, agency) in PEOPLE.items():
        yield f"  {login:<13} {role}{f' of {agency}' if agency else ''} {name}"
    for login, (name, role) in ADMINS.items():
        yield f"  {login:<13} {role} {name}"
    for slug in FULL_STAFF[1:]:
        yield f"The same people of /{slug}/ are called {_login('organiser', slug)} and so on."
    yield f"E-mails, invitations with their personal links among them, are written to {_mark().parent / 'mail'}."


def _login(name: str, slug: str) -> str:
    return name if slug == CITY[0] else f"{name}-{slug}"


def _mark() -> Path:
    return Path(current_app.config["DATA"]) / "demo"


def _state() -> str:
    return _mark().read_text(encoding="utf-8").strip() if _mark().exists() else ""


def _places() -> None:
    create_jurisdiction(*CITY[:2], name_en=CITY[2])
    for slug, name, name_en in COUNTIES:
        create_jurisdiction(slug, name, CITY[0], name_en=name_en)
    for slug, name, name_en in (CITY, *COUNTIES):
        for code, title, title_en, kind in AGENCIES:
            create_agency(code, f"{name}{title}", slug, kind=kind, name_en=f"{name_en} {title_en}")
    for slug, names in SWITCHED_OFF.items():
        with jurisdictions.enter(jurisdictions.by_slug(slug)) as here:
            for name in names:
                if name in plugins.installed().names:
                    with write():
                        plugins.switch(SYSTEM, here, name, "off")
    city = jurisdictions.by_slug(CITY[0])
    for login, (name, role) in ADMINS.items():
        _person(login, name, role, city, None)


def _staff(slug: str) -> None:
    here = jurisdictions.by_slug(slug)
    for login, (name, role, agency) in PEOPLE.items():
        _person(_login(login, slug), f"{here.name}{name}", role, here, agency)


def _content(slug: str) -> None:
    cast = people(slug)
    with jurisdictions.enter(jurisdictions.by_slug(slug)) as here:
        for plugin in sorted(plugins.enabled(here)):
            list(plugins.installed().call_one(plugin, "fill_demo", jurisdiction=here, people=cast))


def _person(login: str, name: str, role: str, place: JurisdictionRef, agency: str | None) -> None:
    with jurisdictions.enter(place):
        agency_id = db.session.scalar(select(Agency.id).where(Agency.code == agency))
    with accounts.administration():
        account = accounts.create(SYSTEM, login=login, name=name, password=PASSWORD)
        accounts.grant(SYSTEM, account, role, place.id, agency_id)
