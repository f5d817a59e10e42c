"""管5: whoever took over an abolished body works on everything of it, and every page names both."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from core import agencies, clocks, publications
from core.contracts import JurisdictionRef
from core.db import write
from core.models import Agency
from core.permissions import SYSTEM, Actor, can, permitted_agencies

RULE = clocks.ClockRule("k", "管5", "期限", "WD", 5)


@pytest.mark.article("disclosure", 5)
def test_the_successor_holds_rights_clocks_and_names_both(
    app: Flask, county: JurisdictionRef, agency: Callable[[str], Agency], person: Callable[..., Actor]
) -> None:
    old, new = agency("education"), agency("office")
    heir = person("disclosure_officer", "portal_editor", place=county, agency=new)
    with write():
        page = publications.create(SYSTEM, kind="notice", title="招生公告", body="正文", agency_id=old.id)
        publications.approve(Actor(None, "审核"), page)
        publications.release(SYSTEM, page)
    assert can(heir, "core.publish", page) is None
    with write():
        agencies.abolish(SYSTEM, old, new)
        clock = clocks.start("core.publication", page, RULE)
    assert can(heir, "core.publish", page) is not None
    assert permitted_agencies(heir, "core.publish") == {old.id, new.id}
    assert clock.agency_id == new.id
    shown = app.test_client().get(publications.address(page))
    assert shown.status_code == 200
    assert f"{old.name}（现由{new.name}承接）" in shown.get_data(as_text=True)
