"""What a person may do with a workflow object, as `macros/workflow.html` shows it: buttons, or the reason why not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from core.web.requests import actor
from core.workflow import Machine


def acts(
    machine: Machine,
    subject: Any,
    *,
    asks: Mapping[str, str] | None = None,
    grave: Collection[str] = (),
    reasons: Collection[str] = (),
) -> list[dict[str, Any]]:
    """The events that start from the present state, as `macros/workflow.html` takes them.

    `asks`: event → the question before it · `grave`: destructive ones · `reasons`: those that the console asks a
    reason for although the machine would do without.
    """
    found = []
    for view in machine.look(subject, actor()):
        row = machine.row_for(view.event, subject.state)
        if row is None or row.by_system:
            continue
        found.append(
            {
                "event": view.event, "label": view.label, "allowed": view.allowed, "code": view.code,
                "article": view.article, "detail": view.detail, "grave": view.event in grave,
                "needs_reason": view.needs_reason or view.event in reasons,
                "confirm": (asks or {}).get(view.event, ""),
            }
        )  # fmt: skip
    return found
