"""The public pages: what is seen, what is not, and that errors look alike."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core import jurisdictions, matters, plugins, publications, storage
from core.contracts import Collected, Gap, JurisdictionRef, Panel, PublicDate, TimelineEntry
from core.db import db, write
from core.models import Agency, Jurisdiction, Publication
from core.permissions import SYSTEM

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def web(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def release(app: Flask) -> Callable[..., str]:
    """Release a publication in a place; returns its id."""

    def make(place: str = "huichuan", title: str = "供水改造方案", **fields: Any) -> str:
        with jurisdictions.enter(jurisdictions.by_slug(place)), write():
            row = publications.create(SYSTEM, kind=fields.pop("kind", "notice"), title=title, **fields)
            publications.approve(SYSTEM, row)
            publications.release(SYSTEM, row)
            return row.id

    return make


def draft(place: str, title: str) -> str:
    with jurisdictions.enter(jurisdictions.by_slug(place)), write():
        return publications.create(SYSTEM, kind="notice", title=title).id


def hooks(monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, Any], gaps: tuple[Gap, ...] = ()) -> None:
    """Answer hooks as a plugin would; `answers` may be a function of the jurisdiction."""

    def collect(hook: str, jurisdiction: JurisdictionRef, **_: Any) -> Collected:
        answer = answers.get(hook, ())
        items: Sequence[Any] = answer(jurisdiction) if callable(answer) else answer
        return Collected(tuple(items), gaps)

    monkeypatch.setattr(plugins, "collect", collect)


# --- homes -----------------------------------------------------------------------------------------


def test_city_home_leads_to_every_jurisdiction(web: FlaskClient) -> None:
    page = web.get("/").text
    assert 'href="/zunyi/"' in page
    assert 'href="/huichuan/"' in page
    assert 'href="/meitan/"' in page
    assert "接下来" in page
    assert "正在开会" not in page


def test_city_home_shows_what_is_live_before_what_comes_next(web: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)

    def dates(place: JurisdictionRef) -> list[PublicDate]:
        if place.slug != "huichuan":
            return [PublicDate("b", now + timedelta(days=1), "教育局办公会议", "/meitan/meetings/b/")]
        return [PublicDate("a", now, "第38次常务会议", "/huichuan/meetings/a/", live=True, note="正在审议：停车收费")]

    hooks(monkeypatch, {"collect_public_dates": dates})
    page = web.get("/").text
    assert page.index("第38次常务会议") < page.index("教育局办公会议")
    assert "直播中" in page
    assert "正在审议：停车收费" in page
    assert 'href="/huichuan/meetings/a/"' in page


def test_city_home_of_an_empty_installation(app: Flask, web: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jurisdictions, "everywhere", list)
    monkeypatch.setattr("core.web.portal.shell.root", lambda: None)
    assert "还没有设立任何地区" in web.get("/").text


def test_home_shows_panels_in_order_and_gaps(web: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    panels = [
        Panel("z", "后来的栏目", "portal/_panel_probe.html", {"word": "乙"}, order=200),
        Panel("a", "在前的栏目", "portal/_panel_probe.html", {"word": "甲"}, order=10),
    ]
    hooks(monkeypatch, {"portal_panels": panels}, (Gap("meetings", "“政务会议”暂时没有给出内容。"),))
    loader = web.application.jinja_env.loader
    assert loader is not None
    original = loader.get_source
    probe = lambda env, name: ("<p>{{ word }}</p>", None, None) if "probe" in name else original(env, name)  # noqa: E731
    monkeypatch.setattr(loader, "get_source", probe)
    page = web.get("/huichuan/").text
    assert page.index("在前的栏目") < page.index("<p>甲</p>") < page.index("后来的栏目") < page.index("<p>乙</p>")
    assert "暂时没有给出内容" in page


def test_home_lists_bodies_and_news_of_its_own(web: FlaskClient, release: Callable[..., str]) -> None:
    release(title="本区公告")
    release("meitan", "外县公告")
    page = web.get("/huichuan/").text
    assert "本区公告" in page
    assert "外县公告" not in page
    assert "汇川区教育局" in page
    assert "湄潭县教育局" not in page
    both = web.get("/").text
    assert "本区公告" in both
    assert "外县公告" in both


# --- publications ----------------------------------------------------------------------------------


def test_publication_shows_text_escaped_and_its_matter(web: FlaskClient, county: JurisdictionRef) -> None:
    with write():
        matter = matters.create(SYSTEM, "老城区供水改造")
        row = publications.create(
            SYSTEM,
            kind="outcome",
            title="审议<b>情况</b>",
            body="第一段\n第二行\n\n<script>x</script>",
            matter_id=matter.id,
        )
        publications.approve(SYSTEM, row)
        publications.release(SYSTEM, row)
        ids = row.id, matter.id
    page = web.get(f"/huichuan/publications/{ids[0]}/").text
    assert "审议&lt;b&gt;情况" in page
    assert "<p>第一段<br>第二行</p>" in page
    assert "<script>x" not in page
    assert "&lt;script&gt;" in page
    assert f'href="/huichuan/matters/{ids[1]}/"' in page


@pytest.mark.article("meetings", 9)
def test_policy_document_and_interpretation_lead_to_each_other(web: FlaskClient, release: Callable[..., str]) -> None:
    document = release(kind="policy_document", title="停车收费方案", body="正文")
    explained = release(kind="interpretation", title="方案解读", body="正文", related_id=document)
    assert f"/huichuan/publications/{explained}/" in web.get(f"/huichuan/publications/{document}/").text
    assert f"/huichuan/publications/{document}/" in web.get(f"/huichuan/publications/{explained}/").text


def test_unknown_foreign_and_unreleased_answer_the_same_bytes(web: FlaskClient, release: Callable[..., str]) -> None:
    foreign = release("meitan")
    answers = [web.get(f"/huichuan/publications/{one}/") for one in ("f" * 32, foreign, draft("huichuan", "草稿"), "x")]
    answers += [web.get("/huichuan/nowhere/"), web.get("/nowhere/"), web.get(f"/huichuan/files/{foreign}")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1


def test_withdrawn_answers_410_with_neutral_text(web: FlaskClient, release: Callable[..., str]) -> None:
    gone = release(title="含个人信息的公告")
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")), write():
        publications.withdraw(SYSTEM, db.session.get_one(Publication, gone), "误公开某人住址")
    answer = web.get(f"/huichuan/publications/{gone}/")
    assert answer.status_code == 410
    assert "个人信息" not in answer.text
    assert "住址" not in answer.text
    for path in ("/huichuan/publications/", "/huichuan/feed.atom", "/huichuan/search?q=公告", "/huichuan/"):
        assert "含个人信息" not in web.get(path).text


def test_list_pages_by_keyset_and_kind(web: FlaskClient, release: Callable[..., str]) -> None:
    for number in range(22):
        release(title=f"公告{number:02}")
    release(kind="outcome", title="审议情况一", body="正文")
    first = web.get("/huichuan/publications/?kind=notice").text
    assert "公告21" in first
    assert "公告01" not in first
    assert "审议情况一" not in first
    more = re.search(r'href="([^"]+)" rel="next"', first)
    assert more is not None
    second = web.get(more.group(1).replace("&amp;", "&")).text
    assert "公告01" in second
    assert "公告00" in second
    assert "公告05" not in second
    assert web.get("/huichuan/publications/?after=forged").status_code == 422
    assert web.get("/huichuan/publications/?kind=nonsense").status_code == 200


# --- life-line -------------------------------------------------------------------------------------


def test_matter_is_hidden_until_public_then_shows_its_steps(
    web: FlaskClient, county: JurisdictionRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write():
        matter = matters.create(SYSTEM, "老城区供水改造").id
    assert web.get(f"/huichuan/matters/{matter}/").status_code == 404
    with write():
        matters.make_public(matter)
    now = datetime.now(UTC)
    steps = [
        TimelineEntry("m1", now - timedelta(days=2), "征求意见", "关于供水改造的通知", "/huichuan/x/", "水务局"),
        TimelineEntry("m2", now + timedelta(days=2), "会议审议", "第39次常务会议"),
    ]
    hooks(monkeypatch, {"collect_timeline": [{matter: steps}]})
    page = web.get(f"/huichuan/matters/{matter}/").text
    assert "水务局" in page
    assert "最近一步：征求意见" in page
    assert page.index("第39次常务会议") < page.index("关于供水改造的通知")  # what comes next stands first
    assert web.get(f"/meitan/matters/{matter}/").status_code == 404


# --- search, feed, files ---------------------------------------------------------------------------


def test_search_marks_words_and_widens_to_the_city(web: FlaskClient, release: Callable[..., str]) -> None:
    release(title="停车收费方案")
    release("meitan", "湄潭停车办法")
    here = web.get("/huichuan/search?q=停车").text
    assert "<mark>停车</mark>收费方案" in here
    assert "湄潭" not in here
    wide = web.get("/huichuan/search?q=停车&where=all").text
    assert "<mark>停车</mark>收费方案" in wide
    assert "湄潭县" in wide


@pytest.mark.parametrize("query", ["", "%20", "'\"*", "<script>alert(1)</script>", "停" * 500, "没有这个词"])
def test_search_takes_any_text(web: FlaskClient, query: str) -> None:
    answer = web.get("/huichuan/search", query_string={"q": query})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_feed_is_atom_and_answers_not_modified(web: FlaskClient, release: Callable[..., str]) -> None:
    first = release(title="甲 & 乙 <丙>", summary="摘要")
    answer = web.get("/huichuan/feed.atom")
    tree: Element = fromstring(answer.data)
    assert tree.tag == f"{ATOM}feed"
    assert [entry.findtext(f"{ATOM}title") for entry in tree.iter(f"{ATOM}entry")] == ["甲 & 乙 <丙>"]
    link = tree.find(f"{ATOM}entry/{ATOM}link")
    assert link is not None
    assert link.get("href") == f"http://localhost/huichuan/publications/{first}/"
    again = web.get("/huichuan/feed.atom", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert fromstring(web.get("/meitan/feed.atom").data).find(f"{ATOM}entry") is None


def test_file_follows_its_publication(web: FlaskClient, county: JurisdictionRef) -> None:
    staged = storage.stage(io.BytesIO("附件内容".encode()), "说明.txt")
    with write():
        attachment = storage.keep(SYSTEM, staged)
        row = publications.create(SYSTEM, kind="notice", title="公告")
        publications.attach(SYSTEM, row, attachment.id, title="说明")
        ids = row.id, attachment.id
    address = f"/huichuan/files/{ids[1]}"
    assert web.get(address).status_code == 404
    with write():
        publications.approve(SYSTEM, db.session.get_one(Publication, ids[0]))
        publications.release(SYSTEM, db.session.get_one(Publication, ids[0]))
    answer = web.get(address)
    assert answer.data.decode() == "附件内容"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert f'href="{address}"' in web.get(f"/huichuan/publications/{ids[0]}/").text
    assert web.get(f"/meitan/files/{ids[1]}").status_code == 404


# --- caching ---------------------------------------------------------------------------------------


def test_public_pages_may_be_kept_and_set_no_cookie(web: FlaskClient, release: Callable[..., str]) -> None:
    for path in ("/", "/huichuan/", f"/huichuan/publications/{release()}/"):
        answer: TestResponse = web.get(path)
        assert answer.headers["Cache-Control"].startswith("public")
        assert "Set-Cookie" not in answer.headers
        assert {"Cookie", "Accept-Language"} <= set(answer.headers["Vary"].replace(" ", "").split(","))
    assert web.get("/huichuan/nowhere/").headers["Cache-Control"] == "no-store"


def test_pages_carry_no_inline_script_or_style(web: FlaskClient, release: Callable[..., str]) -> None:
    for path in (
        "/",
        "/huichuan/",
        f"/huichuan/publications/{release()}/",
        "/huichuan/workdays/",
        "/nowhere/",
    ):
        page = web.get(path).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


# --- shell -----------------------------------------------------------------------------------------


def test_shell_names_place_and_contact(web: FlaskClient, app: Flask) -> None:
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")), write() as session:
        office = session.query(Agency).filter_by(code="office").one()
        office.contact = "0851-12345"
    page = web.get("/huichuan/publications/").text
    assert "汇川区人民政府办公室 0851-12345" in page
    assert 'aria-current="page">公开内容' in page
    assert 'href="/huichuan/feed.atom"' in page


def test_english_names_where_given(web: FlaskClient) -> None:
    with write() as session:
        session.query(Jurisdiction).filter_by(slug="huichuan").one().name_en = "Huichuan"
    page = web.get("/huichuan/", headers={"Accept-Language": "en"}).text
    assert '<html lang="en"' in page
    assert "<h1>Huichuan</h1>" in page
