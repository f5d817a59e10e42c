"""文号: one form, whatever was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.disclosure import numbers

ONE = "遵府办发〔2026〕12号"


@pytest.mark.parametrize(
    "typed",
    [
        "遵府办发[2026]12号",
        "遵府办发［2026］12号",
        " 遵府办发 （2026） 12 号",
        "遵府办发【2026年】12号",
        "遵府办发〔２０２６〕１２号",
        ONE,
    ],
)
def test_brackets_blanks_and_wide_figures_become_one_form(typed: str) -> None:
    assert numbers.normalised(typed) == ONE
    assert numbers.is_number(numbers.normalised(typed))


@given(st.text(alphabet="遵府办发[]［］（）〔〕 　2026１２号年", max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = numbers.normalised(text)
    assert numbers.normalised(once) == once


@pytest.mark.parametrize("text", ["", "遵府办发12号", "〔2026〕12号", "遵府办发〔2026〕号", "遵" * 60 + "〔2026〕1号"])
def test_what_is_no_number(text: str) -> None:
    assert not numbers.is_number(numbers.normalised(text))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("\n遵府办发〔2026〕12号遵义市人民政府办公室关于……的通知\n各县：", ONE),
        ("遵府办发[2026]12号\n正文", ONE),
        ("根据遵府办发〔2026〕12号的要求，现通知如下", ""),
        ("关于……的通知\n字号：   大   中   小\n遵府办发〔2026〕12号\n各县：", ONE),
        ("索引号：520300/2026-00012\n文号：遵府办发〔2026〕12号\n", ONE),
        ("正文第一段\n转发（遵府办发〔2026〕12号）的通知", ""),
        ("", ""),
    ],
)
def test_a_text_says_its_number_at_its_head_or_not_at_all(text: str, number: str) -> None:
    assert numbers.found_in(text) == number
