"""The site map, robots.txt and the feed of an agency: whole, small enough, and gone at once with what is withdrawn."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import jurisdictions, matters, plugins, publications, search
from core.db import db, utcnow, write
from core.models import Agency, Publication
from core.permissions import SYSTEM
from core.web.portal import sitemap

MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def web(app: Flask) -> FlaskClient:
    return app.test_client()


def release(place: str = "huichuan", title: str = "供水改造方案", **fields: str | None) -> str:
    with jurisdictions.enter(jurisdictions.by_slug(place)), write():
        row = publications.create(SYSTEM, kind="notice", title=title, **fields)  # type: ignore[arg-type]
        publications.approve(SYSTEM, row)
        publications.release(SYSTEM, row)
        return row.id


def withdraw(ident: str) -> None:
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")), write():
        publications.withdraw(SYSTEM, db.session.get_one(Publication, ident), "误公开")


def locations(web: FlaskClient, path: str) -> list[str]:
    answer = web.get(path)
    assert answer.content_type == "application/xml; charset=utf-8"
    tree: Element = fromstring(answer.data)
    return [(found.text or "").removeprefix("http://localhost") for found in tree.iter(f"{MAPS}loc")]


def everything(web: FlaskClient) -> list[str]:
    parts = locations(web, "/sitemap.xml")
    return [address for part in parts for address in locations(web, part)]


def agency(place: str = "huichuan", code: str = "education") -> str:
    with jurisdictions.enter(jurisdictions.by_slug(place)):
        return db.session.scalars(select(Agency.id).where(Agency.code == code)).one()


def test_the_map_names_what_is_public_and_nothing_else(web: FlaskClient) -> None:
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")), write():
        public, hidden = matters.create(SYSTEM, "停车改革").id, matters.create(SYSTEM, "内部事项").id
        draft = publications.create(SYSTEM, kind="notice", title="草稿").id
    shown = release(matter_id=public)
    found = everything(web)
    assert {"/", "/huichuan/", f"/huichuan/publications/{shown}/", f"/huichuan/matters/{public}/"} <= set(found)
    assert len(found) == len(set(found))
    assert not any(ident in address for address in found for ident in (draft, hidden))
    for address in found:
        assert web.get(address).status_code == 200, address


def test_what_is_withdrawn_leaves_map_and_feeds_at_once(web: FlaskClient) -> None:
    unit = agency()
    ident = release(agency_id=unit)
    feeds = ("/huichuan/feed.atom", f"/huichuan/agencies/{unit}/feed.atom")
    assert any(ident in address for address in everything(web))
    before = {path: web.get(path) for path in feeds}
    assert all("供水改造方案" in answer.text for answer in before.values())
    withdraw(ident)
    assert not any(ident in address for address in everything(web))
    for path, answer in before.items():
        again = web.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, "供水改造方案" in again.text) == (200, False)


def test_map_and_robots_answer_not_modified(web: FlaskClient) -> None:
    release()
    for path in ("/robots.txt", "/sitemap.xml", "/sitemap-pages.xml", "/sitemap-content-1.xml"):
        first = web.get(path)
        assert first.headers["Cache-Control"].startswith("public")
        assert web.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert "Sitemap: http://localhost/sitemap.xml" in web.get("/robots.txt").text.splitlines()


def test_parts_are_small_and_hold_everything_once(web: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "IN_PART", 2)
    made = {release(title=f"公告{number}") for number in range(5)}
    parts = [part for part in locations(web, "/sitemap.xml") if "content" in part]
    shown = [locations(web, part) for part in parts]
    assert [len(lines) for lines in shown] == [2, 2, 1]
    assert {address.split("/")[-2] for lines in shown for address in lines} == made


def test_a_part_that_is_not_there_is_not_found(web: FlaskClient) -> None:
    for part in ("content-2", "content-0", "matters-99", "matters-x", "content-9999999", "other"):
        assert web.get(f"/sitemap-{part}.xml").status_code == 404, part


def test_pages_of_a_plugin_that_is_off_are_not_in_the_map(web: FlaskClient) -> None:
    here, name = jurisdictions.by_slug("huichuan"), plugins.installed().names[0]
    with jurisdictions.enter(here), write():
        search.put("x.thing", "0" * 32, title="会", text="", url="/huichuan/x/0/", at=utcnow(), plugin=name)
    assert "/huichuan/x/0/" in everything(web)
    with jurisdictions.enter(here), write():
        plugins.switch(SYSTEM, here, name, "off", reason="停用")
    assert "/huichuan/x/0/" not in everything(web)


def test_the_feed_of_an_agency_holds_its_own_and_the_pages_name_it(web: FlaskClient) -> None:
    unit, other = agency(), agency(code="office")
    own = release(title="招生公告", agency_id=unit)
    release(title="值班安排", agency_id=other)
    feed = f"/huichuan/agencies/{unit}/feed.atom"
    tree: Element = fromstring(web.get(feed).data)
    assert [entry.findtext(f"{ATOM}title") for entry in tree.iter(f"{ATOM}entry")] == ["招生公告"]
    listed = web.get(f"/huichuan/publications/?agency={unit}").text
    assert "招生公告" in listed
    assert "值班安排" not in listed
    for page in (listed, web.get(f"/huichuan/publications/{own}/").text):
        assert f'type="application/atom+xml" title="汇川区教育局" href="{feed}"' in page
    assert web.get(f"/meitan/agencies/{unit}/feed.atom").status_code == 404
    assert "值班安排" in web.get("/huichuan/publications/?agency=unknown").text
