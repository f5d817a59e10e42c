"""Life of a redacted copy (区分处理): marked, made in the background, marked anew; dropped where it is not needed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.refusals import Refusal
from core.workflow import Machine, Move, State, Transition
from plugins.disclosure.models import Redaction

ARTICLE = "管12"
RIGHT = "disclosure.requests"


def marked(redaction: Redaction, _move: Move) -> Refusal | None:
    """条例第三十七条: a copy without anything kept back is the file itself."""
    if redaction.regions:
        return None
    return Refusal("NOTHING_MARKED", _l("还没有标记不予公开的部分。请先标记，再生成公开件。"), ARTICLE)


def _keep_copy(redaction: Redaction, move: Move) -> None:
    redaction.copy_id, redaction.made_at = move.params["copy_id"], move.at


def _forget_copy(redaction: Redaction, _move: Move) -> None:
    redaction.copy_id = redaction.made_at = None


REDACTION = Machine(
    "disclosure.redaction",
    {
        "marking": State(_l("标记中"), "live"),
        "made": State(_l("已生成公开件"), "done"),
        "dropped": State(_l("不再使用"), terminal=True),
    },
    (
        Transition(
            "make", _l("生成公开件"), ("marking",), "made", RIGHT, ARTICLE, guards=(marked,), effects=(_keep_copy,),
            by_system=True,
        ),
        Transition("mark", _l("重新标记"), ("made",), "marking", RIGHT, ARTICLE, effects=(_forget_copy,)),
        Transition("drop", _l("不再使用"), ("marking", "made"), "dropped", RIGHT, ARTICLE, effects=(_forget_copy,)),
    ),
)  # fmt: skip
