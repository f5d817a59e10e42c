"""The public pages: the draft by its articles, the form that loses nothing, receipt, look-up; nobody else's words."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.predisclosure.conftest import Desk


def send(public: FlaskClient, url: str, **typed: str) -> TestResponse:
    """The form of a page as a browser sends it."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', public.get(url).get_data(as_text=True))
    assert token is not None
    return public.post(url, data=typed | {"csrf_token": token[1]})


@pytest.mark.article("predisclosure", 2, 6)
def test_the_public_reads_the_draft_by_its_articles_and_not_before(desk: Desk) -> None:
    draft = desk.draft(title="还没有公开的草案")["id"]
    ident = desk.opened()
    public = desk.app.test_client()
    place = f"/{desk.place.slug}/predisclosure/"
    listed = public.get(place).get_data(as_text=True)
    assert "城区停车收费标准" in listed
    assert "还没有公开的草案" not in listed
    assert public.get(f"{place}consultations/{draft}/").status_code == 404
    page = public.get(f"{place}consultations/{ident}/")
    text = page.get_data(as_text=True)
    assert "public" in page.headers["Cache-Control"]
    assert [name for name in ("主要内容", "基本情况说明", "决策依据和理由", "反馈意见方式") if name not in text] == []
    assert re.findall(r'<h3 id="(a\d)" ', text) == ["a1", "a2", "a3"]


@pytest.mark.article("predisclosure", 6, 7)
def test_an_opinion_by_the_form_keeps_what_was_typed_and_is_looked_up(desk: Desk) -> None:
    ident = desk.opened()
    public = desk.app.test_client()
    url = f"/{desk.place.slug}/predisclosure/consultations/{ident}/opinion/"
    form = public.get(f"{url}?place=a2").get_data(as_text=True)
    assert '<option value="a2" lang="zh" selected>' in form
    key = re.search(r'name="form_key" value="(\w+)"', form)
    assert key is not None
    typed = {"form_key": key[1], "text": "建议<b>4元</b>", "name": "", "contact": "", "place": "a2"}
    refused = send(public, url, **typed)
    assert refused.status_code == 422
    assert "建议&lt;b&gt;4元&lt;/b&gt;" in refused.get_data(as_text=True)
    receipts = [send(public, url, **typed, consent="1").get_data(as_text=True) for _ in range(2)]
    found = [re.search(r"<b>(\d{8}-\d{8})</b>.*?<b class=\"code\">([\w-]+)</b>", one, re.DOTALL) for one in receipts]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].groups() == found[1].groups()
    assert len(desk.ok("handler", "GET", f"predisclosure/consultations/{ident}/opinions")["items"]) == 1
    number, secret = found[0].groups()
    look_up = f"/{desk.place.slug}/predisclosure/opinions/"
    shown = send(public, look_up, number=number, secret=secret.lower().replace("-", ""))
    assert "建议&lt;b&gt;4元&lt;/b&gt;" in shown.get_data(as_text=True)
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert send(public, look_up, number=number, secret="AAAA").status_code == 404


@pytest.mark.article("predisclosure", 6)
@pytest.mark.parametrize("values", [{"text": "长" * 20_001}, {"text": " "}, {"text": "\x00"}, {"place": "a9"}])
def test_bad_input_is_named_and_kept(desk: Desk, values: dict[str, str]) -> None:
    ident = desk.opened()
    url = f"/{desk.place.slug}/predisclosure/consultations/{ident}/opinion/"
    typed = {"text": "意见", "consent": "1", "contact": "13800000000", **values}
    answer = send(desk.app.test_client(), url, **typed)
    assert answer.status_code == 422
    assert 'value="13800000000"' in answer.get_data(as_text=True)


@pytest.mark.article("predisclosure", 7)
def test_one_persons_flood_waits_and_an_office_behind_one_address_does_not(desk: Desk) -> None:
    ident = desk.opened()
    path = f"predisclosure/consultations/{ident}/opinions"
    for number in range(10):
        desk.ok("", "POST", path, {"text": f"意见{number}", "contact": "13800000000"})
    assert desk.call("", "POST", path, {"text": "又一条", "contact": "13800000000"}).status_code == 429
    for number in range(12):
        desk.ok("", "POST", path, {"text": f"同事{number}", "contact": f"1390000{number:04d}"})
