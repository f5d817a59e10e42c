"""管11, 认5: what a hidden title hides is told by no public title and no text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.disclosure.reveals import RUN, folded, passages, reveals, telling

SECRET = st.text(alphabet="甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳", min_size=RUN, max_size=30)
HARMLESS = st.text(alphabet="春夏秋冬东南西北山水田林，。 1", max_size=60)


@pytest.mark.article("disclosure", 11)
@given(SECRET, HARMLESS, HARMLESS, st.sampled_from(range(100)), st.sampled_from([" ", "、", "·", "\u200b", "-"]))
def test_any_telling_run_is_found_wherever_it_stands_and_however_it_is_broken_up(
    secret: str, before: str, after: str, start: int, gap: str
) -> None:
    at = start % (len(secret) - RUN + 1)
    run = secret[at : at + RUN]
    shown = before + gap.join(run) + after
    assert passages(secret, shown)
    assert reveals(secret, shown)


@pytest.mark.article("disclosure", 11)
@given(SECRET, HARMLESS)
def test_what_shares_nothing_tells_nothing(secret: str, shown: str) -> None:
    assert not reveals(secret, shown)
    assert passages(secret, shown) == []


@given(st.text(max_size=60))
def test_a_title_always_tells_itself_unless_there_is_nothing_to_tell(title: str) -> None:
    assert reveals(title, title) == bool(telling(title))


@given(SECRET, st.text(max_size=40))
def test_passages_stand_in_both(secret: str, shown: str) -> None:
    for run in passages(secret, shown):
        assert run in folded(secret)
        assert run in folded(shown)


@given(SECRET, SECRET, HARMLESS)
def test_more_text_never_tells_less(secret: str, shown: str, more: str) -> None:
    assert reveals(secret, shown + more) >= reveals(secret, shown)


@pytest.mark.parametrize(
    ("hidden", "shown", "tells"),
    [
        ("关于大山坡储备库建设的请示", "关于某储备设施建设的请示", False),
        ("关于大山坡储备库建设的请示", "大山坡储备库", True),
        ("关于大山坡储备库建设的请示", "大山坡 备库", True),
        ("汇川区人民政府办公室关于做好有关工作的通知", "关于做好有关工作的通知", False),
        ("关于张三停职的决定", "关于某人事事项的决定", False),
        ("关于张三停职的决定", "张三停职", True),
    ],
)
def test_titles_as_offices_write_them(hidden: str, shown: str, tells: bool) -> None:
    assert reveals(hidden, shown, ("汇川区",)) is tells
