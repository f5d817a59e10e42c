"""The console's own pages: who gets in, what they change, what is kept when it is refused."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from core import accounts, clocks, jurisdictions, notices, plugins, settings
from core.contracts import JurisdictionRef
from core.db import db, utcnow, write
from core.models import Account, Agency, AuditEntry, Delegation, RoleGrant
from core.permissions import SYSTEM, actor_for
from core.workdays import local_date

pytestmark = pytest.mark.usefixtures("quick_hashes")
PASSWORD = "console-2026"
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class Desk:
    """Somebody's browser, signed in."""

    def __init__(self, app: Flask, login: str, place: str) -> None:
        self.client, self.place, self.login = app.test_client(), place, login
        sent = {"login": login, "password": PASSWORD, "csrf_token": self.token("/admin/login")}
        self._afresh()
        assert self.client.post("/admin/login", data=sent).status_code == 302

    def token(self, page: str = "/account/password") -> str:
        """What a form of this browser carries now."""
        self._afresh()
        found = TOKEN.search(self.client.get(page).get_data(as_text=True))
        assert found, page
        return found[1]

    def get(self, path: str, place: str = "") -> TestResponse:
        self._afresh()
        return self.client.get(f"/admin/{place or self.place}/{path}")

    @staticmethod
    def _afresh() -> None:
        """The test's own app context lasts over all requests: what one of them left in it is no other's."""
        db.session.remove()
        g.pop("csrf_token", None)

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)

    def post(self, path: str, csrf: bool = True, **data: Any) -> TestResponse:
        sent = data | ({"csrf_token": self.token()} if csrf else {})
        self._afresh()
        return self.client.post(f"/admin/{self.place}/{path}", data=sent)


@pytest.fixture
def desk(app: Flask) -> Callable[..., Desk]:
    """Sign somebody in: `desk("deputy_leader")`, in 汇川区 unless told otherwise."""

    def make(*roles: str, place: str = "huichuan", login: str = "") -> Desk:
        login = login or f"{roles[0] if roles else 'nobody'}-{place}"
        with accounts.administration():
            account = accounts.create(SYSTEM, login=login, name=f"某{login}", password=PASSWORD)
            for role in roles:
                accounts.grant(SYSTEM, account, role, jurisdictions.by_slug(place).id)
        return Desk(app, login, place)

    return make


def in_county(slug: str, query: Any) -> Any:
    """The first answer to a query inside a county."""
    with jurisdictions.enter(jurisdictions.by_slug(slug)):
        return db.session.scalar(query)


PAGES = {
    "": (),
    "notices/": (),
    "delegations/": (),
    "clocks/": ("supervisor",),
    "agencies/": ("system_admin",),
    "plugins/": ("system_admin",),
    "rules/": ("system_admin",),
    "calendar/": ("system_admin",),
    "audit/": ("audit_admin",),
}
"""page → roles that may see it; none named: everybody with a role here."""
ROLES = ("organiser", "supervisor", "system_admin", "security_admin", "audit_admin")


@pytest.mark.parametrize("path", PAGES)
def test_the_public_is_asked_to_sign_in_and_brought_back(app: Flask, path: str) -> None:
    answer = app.test_client().get(f"/admin/huichuan/{path}")
    assert answer.status_code == 302
    assert answer.location.startswith("/admin/login?next=")


@pytest.mark.parametrize("role", ROLES)
def test_every_page_asks_for_its_own_right(desk: Callable[..., Desk], role: str) -> None:
    browser = desk(role)
    for path, roles in PAGES.items():
        expected = 200 if not roles or role in roles else 403
        assert browser.get(path).status_code == expected, path
        assert browser.get(path, place="meitan").status_code == 403, path
        assert browser.get(path).headers["Cache-Control"] == "private, no-store"


def test_somebody_without_a_role_has_no_desk(desk: Callable[..., Desk]) -> None:
    browser = desk()
    assert browser.get("").status_code == 403
    assert browser.client.get("/admin/").location == "/account/no-role"


def test_an_unknown_place_is_an_unknown_page(desk: Callable[..., Desk]) -> None:
    assert desk("system_admin").get("agencies/", place="nowhere").status_code == 404


def test_a_first_password_must_be_changed_before_anything_else(app: Flask, desk: Callable[..., Desk]) -> None:
    browser = desk("organiser")
    with write() as session:
        session.scalars(select(Account).where(Account.login == browser.login)).one().must_change_password = True
    assert browser.get("").location.startswith("/account/password")


# --- agencies ---------------------------------------------------------------------------------------


@pytest.mark.article("disclosure", 5)
def test_agencies_are_added_renamed_and_abolished_with_a_successor(desk: Callable[..., Desk]) -> None:
    browser = desk("system_admin")
    values = {"code": "water", "name": "水务局", "kind": "department", "contact": "0851-1"}
    assert browser.post("agencies/", csrf=False, **values).status_code == 403
    assert in_county("huichuan", select(Agency.id).where(Agency.code == "water")) is None
    assert browser.post("agencies/", **values).status_code == 302
    water = in_county("huichuan", select(Agency.id).where(Agency.code == "water"))
    assert browser.post(f"agencies/{water}", act="rename", name="水务和水利局", contact="").status_code == 302
    assert "水务和水利局" in browser.text("agencies/")
    successor = in_county("huichuan", select(Agency.id).where(Agency.code == "education"))
    browser.post(f"agencies/{water}", act="abolish", successor=successor)
    assert in_county("huichuan", select(Agency.successor_id).where(Agency.id == water)) == successor
    assert in_county("meitan", select(Agency.id).where(Agency.code == "water")) is None


def test_a_faulty_agency_keeps_what_was_typed(desk: Callable[..., Desk]) -> None:
    answer = desk("system_admin").post("agencies/", code="office", name="另一个办公室", kind="department")
    assert answer.status_code == 422
    assert 'value="另一个办公室"' in answer.get_data(as_text=True)


def test_another_countys_agency_is_an_unknown_one(desk: Callable[..., Desk]) -> None:
    browser = desk("system_admin")
    foreign = in_county("meitan", select(Agency.id).where(Agency.code == "office"))
    answers = [browser.post(f"agencies/{ident}", act="rename", name="改名") for ident in (foreign, "0" * 32)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data


# --- plugins, rules, calendar -----------------------------------------------------------------------


def test_a_plugin_goes_and_comes_at_once(app: Flask, desk: Callable[..., Desk]) -> None:
    browser, staff, public = desk("system_admin"), desk("organiser"), app.test_client()

    def there() -> set[bool]:
        """In the API, the public menu and the staff's menu."""
        return {
            public.get("/api/v1/huichuan/meetings").status_code == 200,
            'href="/huichuan/meetings/"' in public.get("/huichuan/").get_data(as_text=True),
            "/admin/huichuan/meetings/applications/" in staff.text(""),
        }

    assert there() == {True}
    browser.post("plugins/meetings", state="off", reason="本级暂不开展")
    assert there() == {False}
    assert public.get("/api/v1/meitan/meetings").status_code == 200
    browser.post("plugins/meetings", state="on")
    assert there() == {True}


def test_switching_off_wants_a_reason_while_clocks_run(desk: Callable[..., Desk], county: JurisdictionRef) -> None:
    browser = desk("system_admin")
    with write() as session:
        agency = session.scalars(select(Agency)).first()
        rule = clocks.ClockRule("duty", "会9", "期限", "WD", 5)
        row = clocks.start("meetings.obligation", agency, rule, at=utcnow())
        row.plugin = "meetings"
    page = browser.post("plugins/meetings", state="off", reason=" ")
    assert page.status_code == 302
    assert "停用前请写明理由" in browser.text("plugins/")
    assert "meetings" in plugins.enabled(county)


def test_what_the_city_locks_off_stays_off_below(desk: Callable[..., Desk]) -> None:
    desk("system_admin", place="zunyi").post("plugins/meetings", state="locked_off", reason="统一停用")
    county = desk("system_admin")
    county.post("plugins/meetings", state="on")
    assert "上级已将此插件锁定为停用" in county.text("plugins/")


def test_a_local_rule_holds_at_once_here_and_nowhere_else(desk: Callable[..., Desk]) -> None:
    browser = desk("system_admin")
    assert browser.post("rules/", key="meetings.obligation_days", value="7").status_code == 302
    for slug, days in (("huichuan", 7), ("meitan", 5)):
        with jurisdictions.enter(jurisdictions.by_slug(slug)):
            assert settings.get("meetings.obligation_days") == days
    wrong = browser.post("rules/", key="meetings.obligation_days", value="一周")
    assert wrong.status_code == 422
    assert "一周" in wrong.get_data(as_text=True)


def test_the_state_councils_notice_is_imported_and_a_wrong_file_named(desk: Callable[..., Desk]) -> None:
    browser = desk("system_admin", place="zunyi")
    notice = "date,kind,name\n2027-02-05,法定假,春节\n2027-02-06,调休上班,春节\n".encode()
    assert browser.post("calendar/", file=(io.BytesIO(notice), "2027.csv")).status_code == 302
    assert "2027年2月5日" in browser.text("calendar/?year=2027")
    wrong = browser.post("calendar/", file=(io.BytesIO(b"\x89PNG"), "2027.csv"))
    assert wrong.status_code == 422


# --- people -----------------------------------------------------------------------------------------


def test_one_makes_accounts_the_other_gives_roles(desk: Callable[..., Desk]) -> None:
    system, security = desk("system_admin", place="zunyi"), desk("security_admin", place="zunyi")
    made = system.post("people/add", login="newcomer", name="新来的", email="new@example.org")
    assert "/account/link/" in made.get_data(as_text=True)
    newcomer = db.session.scalars(select(Account.id).where(Account.login == "newcomer")).one()
    system.post(f"people/{newcomer}/roles", role="organiser", agency="")
    assert "您没有“授予角色”的权限" in system.text("people/")
    assert "您没有“管理账号”的权限" in security.post("people/add", login="another", name="另一个").get_data(
        as_text=True
    )
    assert db.session.scalars(select(RoleGrant).where(RoleGrant.account_id == newcomer)).all() == []
    assert security.post(f"people/{newcomer}/roles", role="organiser", agency="").status_code == 302
    held = db.session.scalars(select(RoleGrant).where(RoleGrant.account_id == newcomer)).one()
    assert held.role == "organiser"
    security.post(f"people/{newcomer}/roles/{held.id}/revoke")
    db.session.remove()
    assert db.session.scalars(select(RoleGrant).where(RoleGrant.account_id == newcomer)).all() == []


def test_nobody_holds_two_of_the_three(desk: Callable[..., Desk]) -> None:
    security = desk("security_admin", place="zunyi")
    auditor = desk("audit_admin", place="zunyi", login="auditor")
    ident = db.session.scalars(select(Account.id).where(Account.login == auditor.login)).one()
    security.post(f"people/{ident}/roles", role="system_admin", agency="")
    assert "须由不同的人担任" in security.text("people/")


# --- delegation -------------------------------------------------------------------------------------


def give(browser: Desk, colleague: str, **changes: str) -> TestResponse:
    ident = db.session.scalars(select(Account.id).where(Account.login == colleague)).one()
    today = local_date(utcnow())
    values = {
        "to": ident, "roles": "deputy_leader", "starts_at": today.isoformat(),
        "ends_at": (today + timedelta(days=3)).isoformat(), "scope_note": "出差期间代为审批",
    }  # fmt: skip
    return browser.post("delegations/", **values | changes)


def test_a_delegation_is_given_shown_to_both_and_taken_back(desk: Callable[..., Desk]) -> None:
    deputy, colleague, third = desk("deputy_leader"), desk("organiser"), desk("stenographer")
    assert give(deputy, colleague.login).status_code == 302
    for browser, shown in ((deputy, True), (colleague, True), (third, False)):
        assert ("出差期间代为审批" in browser.text("delegations/")) is shown
    account = db.session.scalars(select(Account).where(Account.login == colleague.login)).one()
    assert "deputy_leader" in {grant.role for grant in actor_for(account).grants}
    row = db.session.scalars(select(Delegation)).one()
    assert third.post(f"delegations/{row.id}/end").status_code == 404
    assert deputy.post(f"delegations/{row.id}/end").status_code == 302
    account = db.session.scalars(select(Account).where(Account.login == colleague.login)).one()
    assert "deputy_leader" not in {grant.role for grant in actor_for(account).grants}


@pytest.mark.parametrize(
    "changes",
    [
        {"to": ""}, {"roles": "leader"}, {"roles": ""}, {"ends_at": "2020-01-01"}, {"ends_at": "明天"},
        {"starts_at": ""}, {"scope_note": " "},
    ],
)  # fmt: skip
def test_a_faulty_delegation_keeps_what_was_typed(desk: Callable[..., Desk], changes: dict[str, str]) -> None:
    deputy, colleague = desk("deputy_leader"), desk("organiser")
    answer = give(deputy, colleague.login, **{"scope_note": "代批", **changes})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'aria-invalid="true"' in page
    if "scope_note" not in changes:
        assert ">代批</textarea>" in page
    assert db.session.scalars(select(Delegation)).all() == []


def test_another_countys_colleague_cannot_be_chosen(desk: Callable[..., Desk]) -> None:
    deputy, stranger = desk("deputy_leader"), desk("organiser", place="meitan")
    assert give(deputy, stranger.login).status_code == 422


# --- notices and audit ------------------------------------------------------------------------------


def test_notices_are_read_one_by_one_or_all(desk: Callable[..., Desk]) -> None:
    browser = desk("organiser")
    account = db.session.scalars(select(Account).where(Account.login == browser.login)).one()
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")), write():
        for number in range(3):
            notices.send(f"test:{number}", "in_app", subject=f"第{number}件", account_id=account.id)
    assert "第2件" in browser.text("notices/")
    browser.post("notices/read")
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")):
        assert notices.unread(account.id) == 0
    assert browser.post("notices/read", id="0" * 32).status_code == 404


def test_the_trail_is_shown_and_a_change_in_it_is_found(desk: Callable[..., Desk], county: JurisdictionRef) -> None:
    browser = desk("audit_admin")
    desk("system_admin").post("rules/", key="meetings.obligation_days", value="7")
    assert "core.setting" in browser.text("audit/")
    browser.post("audit/verify")
    assert "留痕链完整" in browser.text("audit/")
    with write() as session:
        _forge(session)
    browser.post("audit/verify")
    assert "留痕链有问题" in browser.text("audit/")


def _forge(session: Session) -> None:
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).first()
    assert entry
    entry.reason = "改过"


def test_a_form_left_open_too_long_says_so_and_nothing_of_rights(desk: Callable[..., Desk]) -> None:
    refused = desk("organiser").post("notices/read", csrf=False)
    assert refused.status_code == 403
    assert "页面打开太久" in refused.text
    assert not any(word in refused.text for word in ("X-CSRFToken", "系统管理员", "权限"))
