"""English beside Chinese: complete, faithful in its places, and never stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, render_template_string
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import clocks, notices, permissions, plugins
from core.clocks import ClockRule
from core.commands import translations
from core.contracts import JurisdictionRef
from core.db import db, new_id, write
from core.languages import kept, listed, said
from core.models import Account, CalendarDay, Notice
from core.permissions import Actor
from core.web.clockwords import clock_view
from core.web.locale import day, moment

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
ARTICLE = re.compile(r"[公预信舆会考管]\d+")
COLUMNS = (
    "同意公布姓名", "姓名", "类别", "单位", "联系方式", "代表方面", "任期开始", "任期届满", "专长", "区域", "行业",
)  # fmt: skip
"""The headings of a list that is imported, and what the verification program prints: named as they stand there."""
NAMES = (*COLUMNS, "记录完整，未被改动", "〔〕", "是", "否")
FOLDERS = translations.built_in()


def messages() -> list[Message]:
    return [message for folder in FOLDERS for message in translations.catalogue(folder) if message.id]


def both(message: Message) -> list[tuple[str, str]]:
    """Source and English, once or for singular and plural."""
    if isinstance(message.id, tuple):
        return list(zip(message.id, message.string, strict=True))
    return [(str(message.id), str(message.string))]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_text_of_the_code_has_its_english(folder: Path) -> None:
    assert list(translations.faults([folder])) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_english_outlives_its_text(folder: Path) -> None:
    texts = {message.id for message in translations.extract(folder)}
    assert [message.id for message in translations.catalogue(folder) if message.id not in texts] == []


def test_english_says_something_else_than_the_source_and_no_chinese() -> None:
    for message in messages():
        for source, english in both(message):
            plain = ARTICLE.sub("", english)
            for name in NAMES:
                plain = plain.replace(name, "")
            assert english.strip(), source
            assert english != source or not CHINESE.search(source), source
            assert not CHINESE.search(plain), english
            assert not re.search("[!！]", english + source), source


def test_the_same_text_is_the_same_in_every_catalogue() -> None:
    """The catalogues are merged into one: another English elsewhere would replace this one."""
    seen: dict[object, object] = {}
    for message in messages():
        assert seen.setdefault((message.context, message.id), message.string) == message.string, message.id


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("%(n)s 项", {"n"}),
        ("%(a)s%(b)d", {"a", "b"}),
        ("10 %% of %(n)s", {"n"}),
        ("{n} 条：{text}", {"n", "text"}),
        ("100% sure", {"% "}),
        ("无", set()),
    ],
)
def test_placeholders_are_read_as_python_fills_them(text: str, names: set[str]) -> None:
    assert translations.placeholders(text) == names


def test_faults_are_named(tmp_path: Path) -> None:
    """A text without English, and English that fills another place, are found in any package."""
    folder = tmp_path / "hotline"
    (folder / "translations/en/LC_MESSAGES").mkdir(parents=True)
    (folder / "plugin.py").write_text(
        'A = _l("新的")\nB = _("共 %(n)s 项", n=1)\nC = ngettext("还剩 %(num)s 天", "还剩 %(num)s 天", 2)\n'
    )
    (folder / translations.ENGLISH).write_text('msgid "共 %(n)s 项"\nmsgstr "%(count)s in all"\n')
    assert sorted(translations.faults([folder])) == [
        "hotline: 共 %(n)s 项: other placeholders",
        "hotline: 新的: no English",
        "hotline: 还剩 %(num)s 天: no English",
    ]


# --- switching --------------------------------------------------------------------------------------


def test_a_lazy_text_follows_the_reader(app: Flask) -> None:
    label = permissions.ROLES["leader"]
    with force_locale("en"):
        assert str(label) == "Leader"
    assert str(label) == "主要领导"


def test_a_list_is_joined_for_the_reader(app: Flask) -> None:
    words = listed(_l(word) for word in ("工作日", "周末"))  # the generator is read once, the words later
    with force_locale("en"):
        assert str(words) == "Working day, Weekend"
        assert kept(words) == "工作日、周末"
    assert str(words) == "工作日、周末"
    assert said(words, "en") == "Working day, Weekend"


def test_dates_read_as_a_person_writes_them(app: Flask) -> None:
    at = datetime(2026, 11, 24, 1, 5, tzinfo=UTC)
    with force_locale("en"):
        assert day(at) == "Tuesday 24 November 2026"
        assert moment(at) == "Tuesday 24 November 2026, 09:05"


def test_what_somebody_typed_is_escaped_in_a_lazy_text(app: Flask) -> None:
    text = _l("“%(name)s”是空文件。", name="<img src=x onerror=alert(1)>")
    with app.test_request_context("/"):
        for shown in ("{{ text }}", "{{ _('依据：%(basis)s', basis=text) }}", "{{ [text]|join(' ') }}"):
            assert "<img" not in render_template_string(shown, text=text)


# --- what is kept and sent --------------------------------------------------------------------------


@pytest.fixture
def clock(app: Flask, county: JurisdictionRef, monkeypatch: pytest.MonkeyPatch) -> clocks.Clock:
    """A deadline of five working days, started by somebody who reads English."""
    start = datetime(2026, 11, 19, 2, tzinfo=UTC)
    monkeypatch.setattr("core.web.clockwords.utcnow", lambda: start + timedelta(days=5))
    monkeypatch.setattr(clocks, "utcnow", lambda: start + timedelta(days=5))
    rule = ClockRule("publish", "会9", _l("审议情况"), "WD", 5, _l("本地规则"))
    with force_locale("en"), write() as session:
        session.add(CalendarDay(day=date(2026, 10, 1), kind="holiday", source="通知"))  # the year is announced
        return clocks.start("probe.thing", SimpleNamespace(id=new_id()), rule, at=start)


def test_a_clock_is_kept_in_chinese_and_shown_in_english(app: Flask, clock: clocks.Clock) -> None:
    assert (clock.label, clock.basis) == ("审议情况", "本地规则")
    with force_locale("en"):
        view = clock_view(clock)
        page = render_template_string(
            '{% from "macros/clock.html" import clock_phrase %}{{ clock_phrase(clock, explain=false)|striptags }}',
            clock=clock,
        )
    assert view.label == "Outcome of deliberation"
    assert view.explanation[-1] == "Basis: Local rules"
    assert " ".join(page.split()) == "2 working days left (by 24:00 on 26 Nov)"


def test_one_day_is_not_days(app: Flask, clock: clocks.Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.web.clockwords.utcnow", lambda: datetime(2026, 11, 25, 2, tzinfo=UTC))
    with force_locale("en"):
        page = render_template_string(
            '{% from "macros/clock.html" import clock_phrase %}{{ clock_phrase(clock, explain=false) }}', clock=clock
        )
    assert "1 working day left" in page


def test_everyone_is_told_in_the_language_of_the_account(
    app: Flask, county: JurisdictionRef, person: Callable[..., Actor]
) -> None:
    ids = [person("drafter", place=county).id for _number in range(2)]
    with force_locale("en"), write():
        chinese, english = (db.session.get_one(Account, account_id) for account_id in ids)
        english.language = "en"
        notices.tell([chinese, english], "probe", subject=_l("%(what)s：今天到期", what="A"))
    subjects = {row.account_id: row.subject for row in db.session.scalars(select(Notice))}
    assert subjects == {ids[0]: "A：今天到期", ids[1]: "A: due today"}


def test_a_third_partys_catalogue_is_read(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugin lies anywhere; its package carries its own translations."""
    from core.app import create_app

    folder = tmp_path / "elsewhere" / "translations/en/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text('msgid "服务热线"\nmsgstr "Hotline"\n')
    with (folder / "messages.po").open("rb") as source, (folder / "messages.mo").open("wb") as target:
        write_mo(target, read_po(source, locale="en"))
    monkeypatch.setattr(plugins.Plugins, "packages", lambda _self: [tmp_path / "elsewhere"])
    with create_app(DATA=app.config["DATA"], TESTING=True).test_request_context("/", headers={"Accept-Language": "en"}):
        assert str(_l("服务热线")) == "Hotline"
        assert str(_l("首页")) == "Home"
