"""The macros pages are made of: words, marks and ties that a screen reader and a rule rely on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import Form, RadioField, SelectChoice, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from core.workflow import EventView


class Application(Form):
    title = StringField("议题名称", [InputRequired("请填写议题名称。")], description="写成一句话。")
    openness = RadioField("开放方式", choices=[SelectChoice("open", "开放"), SelectChoice("closed", "不开放")])
    forms = SelectMultipleField(
        "参与形式",
        [InputRequired("至少选择一种（会3）。")],
        choices=[SelectChoice("tv", "电视"), SelectChoice("net", "网络")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    plan = TextAreaField("组织形式")


@pytest.fixture
def request_context(app: Flask) -> Iterator[None]:
    with app.test_request_context("/huichuan/"):
        yield


def render(text: str, **values: object) -> str:
    return render_template_string(text, **values)


@pytest.mark.usefixtures("request_context")
def test_a_field_ties_hint_and_error_to_the_control() -> None:
    form = Application(MultiDict())
    form.validate()
    page = render('{% from "macros/forms.html" import field %}{{ field(form.title) }}', form=form)
    assert 'aria-describedby="title-hint title-error"' in page
    assert 'aria-invalid="true"' in page
    assert "必填" in page
    assert 'id="title-error">请填写议题名称。' in page
    assert "必填" not in render('{% from "macros/forms.html" import field %}{{ field(form.plan) }}', form=form)


@pytest.mark.usefixtures("request_context")
def test_choices_stand_in_a_fieldset_and_keep_what_was_chosen() -> None:
    form = Application(MultiDict([("openness", "closed"), ("forms", "net")]))
    page = render('{% from "macros/forms.html" import fields %}{{ fields(form) }}', form=form)
    assert page.count("<legend>") == 2
    assert 'checked id="openness-1"' in page
    assert 'checked id="forms-1"' in page


@pytest.mark.usefixtures("request_context")
def test_the_summary_links_to_every_faulty_field_and_names_the_article() -> None:
    form = Application(MultiDict())
    form.validate()
    extra = [{"text": "需要附上采纳情况", "article": "会5", "target": "materials"}]
    page = render(
        '{% from "macros/forms.html" import error_summary %}{{ error_summary(form, extra) }}',
        form=form,
        extra=extra,
    )
    assert 'href="#title"' in page
    assert 'href="#forms-0"' in page
    assert 'href="#materials">需要附上采纳情况</a> <span class="article">（会5）' in page
    assert "您填写的内容都已保留。" in page
    good = Application(MultiDict([("title", "x"), ("forms", "tv"), ("openness", "open")]))
    good.validate()
    assert "problem" not in render(
        '{% from "macros/forms.html" import error_summary %}{{ error_summary(form) }}', form=good
    )


@pytest.mark.usefixtures("request_context")
def test_acts_are_forms_and_refusals_say_why() -> None:
    events = [
        EventView("approve", "同意", allowed=True),
        EventView("return", "退回", allowed=True, needs_reason=True),
        EventView("schedule", "排会", allowed=False, code="X", article="会5", detail="需要附上<采纳>情况。"),
    ]
    page = render('{% from "macros/workflow.html" import acts %}{{ acts(events, "/x", 7, "approve") }}', events=events)
    assert page.count('method="post"') == 2
    assert page.count('name="csrf_token"') == 2
    assert page.count('name="version" value="7"') == 2
    assert 'name="event" value="approve"' in page
    assert '<textarea id="reason-return" name="reason" required' in page
    assert 'value="schedule"' not in page
    assert "需要附上&lt;采纳&gt;情况。" in page
    assert "（会5）" in page


@pytest.mark.usefixtures("request_context")
def test_steps_say_their_state_in_words() -> None:
    steps = [
        {"label": "草稿", "state": "done"},
        {"label": "待审批", "state": "now"},
        {"label": "已批准", "state": "ahead"},
    ]
    page = render('{% from "macros/workflow.html" import steps %}{{ steps(items) }}', items=steps)
    assert page.count('aria-current="step"') == 1
    assert [word in page for word in ("，已完成", "，当前步骤", "，尚未开始")] == [True] * 3


@pytest.mark.usefixtures("request_context")
def test_a_table_labels_its_cells_and_an_empty_one_speaks() -> None:
    text = '{% from "macros/lists.html" import table %}{{ table("名单", ["姓名", {"text": "次数", "num": true}], rows, "还没有人。") }}'
    page = render(text, rows=[[{"text": "<张>", "url": "/x"}, 3], ["李", {"text": "已到", "tone": "done"}]])
    assert page.count('scope="row"') == 2
    assert 'data-label="次数"' in page
    assert '<a href="/x">&lt;张&gt;</a>' in page
    assert 'data-tone="done">已到' in page
    assert "还没有人。" in render(text, rows=[])
