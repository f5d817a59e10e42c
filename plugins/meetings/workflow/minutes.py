"""Life of the minutes (会议纪要): drafted from the record, checked, confirmed, final; four steps, three persons."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.languages import listed
from core.refusals import Refusal
from core.workflow import Machine, Move, State, Transition
from plugins.meetings.models import Minutes


def _complete(minutes: Minutes, _move: Move) -> Refusal | None:
    """会4: what was decided on every item is written down before anybody checks it."""
    empty = [section.heading for section in minutes.sections if not section.text.strip()]
    if not empty:
        return None
    detail = _l("还有没有写的部分：%(parts)s。请补齐后再送核对。", parts=listed(empty))
    return Refusal("MINUTES_INCOMPLETE", detail, "会4", tuple(empty))


def _not_the_writer(minutes: Minutes, move: Move) -> Refusal | None:
    """会4: nobody checks or confirms what he wrote, also not under a delegation."""
    persons = {move.actor.id, move.grant.on_behalf_of_id if move.grant else None}
    if not persons & minutes.writers:
        return None
    return Refusal("SELF_APPROVAL", _l("您参与了起草，请由没有参与起草的人员办理这一步。"), "会4")


def _not_the_checker(minutes: Minutes, move: Move) -> Refusal | None:
    """会4: who checked does not confirm."""
    persons = {move.actor.id, move.grant.on_behalf_of_id if move.grant else None}
    if minutes.checked_by is None or minutes.checked_by not in persons:
        return None
    return Refusal("SELF_APPROVAL", _l("您已核对这份纪要，请由其他负责人确认。"), "会4")


def _check(minutes: Minutes, move: Move) -> None:
    minutes.checked_by, minutes.checked_name, minutes.checked_at = move.actor.id, move.actor.name, move.at


def _confirm(minutes: Minutes, move: Move) -> None:
    minutes.confirmed_name, minutes.confirmed_at = move.actor.name, move.at


def _come_back(minutes: Minutes, move: Move) -> None:
    minutes.return_reason = move.reason
    minutes.checked_by, minutes.checked_name, minutes.checked_at = None, "", None


def _clear_reason(minutes: Minutes, _move: Move) -> None:
    minutes.return_reason = ""


MINUTES = Machine(
    "meetings.minutes",
    {
        "draft": State(_l("起草中")),
        "checking": State(_l("待核对"), "soon"),
        "confirming": State(_l("待确认"), "soon"),
        "final": State(_l("已定稿"), "done", terminal=True),
    },
    (
        Transition(
            "submit", _l("送核对"), ("draft",), "checking", "meetings.draft_minutes", "会4",
            guards=(_complete,), effects=(_clear_reason,),
        ),
        Transition(
            "check", _l("核对无误"), ("checking",), "confirming", "meetings.check_minutes", "会4",
            guards=(_not_the_writer,), effects=(_check,),
        ),
        Transition(
            "confirm", _l("确认定稿"), ("confirming",), "final", "meetings.confirm_minutes", "会4",
            guards=(_not_the_writer, _not_the_checker), effects=(_confirm,),
        ),
        Transition(
            "return", _l("退回修改"), ("checking",), "draft", "meetings.check_minutes", "会4",
            needs_reason=True, effects=(_come_back,),
        ),
        Transition(
            "return", _l("退回修改"), ("confirming",), "draft", "meetings.confirm_minutes", "会4",
            needs_reason=True, effects=(_come_back,),
        ),
    ),
)  # fmt: skip
