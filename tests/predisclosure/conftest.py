"""A county whose people work with the predisclosure plugin over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from core import jurisdictions
from core.permissions import Actor
from tests.office import Office

PLACE = "predisclosure/consultations"
DRAFT = "第一条 为规范停车收费，制定本办法。\n第二条 一类区域每小时5元。\n第三条 本办法自印发之日起施行。"
WHOLE: dict[str, Any] = {
    "agency": "office",
    "title": "城区停车收费标准",
    "category": "prices",
    "main_points": "调整停车收费标准。",
    "background": "现行标准执行六年。",
    "basis": "价格法和省定价目录。",
    "feedback": "电话、信函或者网上填写。",
    "text": DRAFT,
    "methods": [{"kind": "website", "link": "https://www.example.gov.cn/"}],
}


class Desk(Office):
    """With the steps of a consultation."""

    def draft(self, **values: Any) -> Any:
        """A whole draft, or one with other values."""
        return self.ok("drafter", "POST", PLACE, {**WHOLE, **values})

    def fire(self, ident: str, role: str, event: str, **values: Any) -> Any:
        """A step that must succeed."""
        return self.ok(role, "POST", f"{PLACE}/{ident}/transitions", {"event": event, **values})

    def no(self, ident: str, role: str, event: str, **values: Any) -> list[str]:
        """The codes of a step that is refused."""
        return self.codes(role, "POST", f"{PLACE}/{ident}/transitions", {"event": event, **values})

    def opened(self, **values: Any) -> str:
        """The id of one that is open."""
        ident: str = self.draft(**values)["id"]
        self.fire(ident, "drafter", "submit")
        self.fire(ident, "deputy_leader", "publish")
        return ident

    def say(self, ident: str, text: str = "一类区域太贵", **values: Any) -> Any:
        """An opinion of the public."""
        return self.ok("", "POST", f"{PLACE}/{ident}/opinions", {"text": text, **values})

    def show(self, ident: str, role: str = "drafter") -> Any:
        """The whole object."""
        return self.ok(role, "GET", f"{PLACE}/{ident}")


@pytest.fixture
def desk(app: Flask, person: Callable[..., Actor]) -> Desk:
    """汇川区."""
    return Desk(app, jurisdictions.by_slug("huichuan"), person)
