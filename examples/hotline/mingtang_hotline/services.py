"""Every write of the plugin."""

from __future__ import annotations

from sqlalchemy import select

from core import Actor, Refusal, Refused, require, session
from mingtang_hotline.models import Line


def add_line(actor: Actor, *, name: str, number: str, hours: str = "") -> Line:
    """Publish a telephone line; raises Forbidden without the right, Refused when the number is there already."""
    require(actor, "hotline.edit")
    if session.scalar(select(Line).where(Line.number == number)):
        raise Refused(Refusal("NUMBER_TAKEN", f"电话 {number} 已经登记过。"))
    line = Line(name=name, number=number, hours=hours)
    session.add(line)
    session.flush()
    return line
