"""The figures of `bench live` as a drawing: panels of bars, each named and numbered, so that no colour is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

Row = dict[str, Any]
WIDTH, LEFT, BARS, STEP, TITLE, GAP = 760, 170, 480, 26, 34, 18
STYLE = (
    "text{fill:#1b2a3d}.h{font-weight:700}.s{font-size:13px;fill:#43546a}.page{fill:#fff}"
    ".own{fill:#33517a}.other{fill:#b7c4d6;stroke:#33517a}"
)
NAMED = 'role="img" aria-labelledby="t d" font-family="system-ui,sans-serif" font-size="15"'
OWN = frozenset({"mingtang", "ours"})


@dataclass(frozen=True)
class Panel:
    """One figure of every server; the bar of the largest is as wide as there is room."""

    title: str
    unit: str
    figure: Callable[[Row], float]
    keys: frozenset[str] = frozenset({"mingtang", "ours", "node", "flask", "floor"})


PANELS = (
    Panel("Messages a second, saturated (more is better)", "", lambda row: row["saturation"]["per_second"]),
    Panel(
        "Processor time a message, saturated (less is better)", " µs", lambda row: row["saturation"]["us_per_message"]
    ),
    Panel("99 of 100 messages at 20 lines a second within (less is better)", " ms",
          lambda row: row["rates"]["20"]["p99"]),
    Panel("Memory a reader (less is better)", " KB", lambda row: row["kb_per_viewer"], OWN | {"node", "flask"}),
)  # fmt: skip


def draw(result: dict[str, Any], viewers: int) -> str:
    """SVG of the servers measured with so many readers; every number of the picture stands in its description too."""
    rows = [row for row in result["rows"] if row["viewers"] == viewers]
    shown = [(panel, [row for row in rows if row["key"] in panel.keys]) for panel in PANELS]
    height, parts, told = 54.0, list[str](), list[str]()
    for panel, of_panel in shown:
        parts += _panel(panel, of_panel, height)
        told.append(f"{panel.title}: " + ", ".join(f"{row['server']} {_number(panel, row)}" for row in of_panel))
        height += TITLE + STEP * len(of_panel) + GAP
    title = f"Live text to {viewers:,} readers"
    where = "{processor}, one core for each server, Python {python}".format(**result["machine"])
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" {NAMED}>',
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(". ".join(told))}.</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{height:g}"/>',
        f'<text class="h" x="20" y="28">{escape(title)}</text>',
        f'<text class="s" x="20" y="47">{escape(where)}</text>',
    ]
    return "\n".join([*head, *parts, "</svg>", ""])


def _panel(panel: Panel, rows: list[Row], top: float) -> Iterator[str]:
    most = max((panel.figure(row) for row in rows), default=0) or 1
    yield f'<text class="h" x="20" y="{top + 24:g}">{escape(panel.title)}</text>'
    for number, row in enumerate(rows):
        y = top + TITLE + STEP * number
        wide = max(2.0, BARS * panel.figure(row) / most)
        kind = "own" if row["key"] in OWN else "other"
        yield f'<text x="{LEFT - 8}" y="{y + 15:g}" text-anchor="end">{escape(row["server"])}</text>'
        yield f'<rect class="{kind}" x="{LEFT}" y="{y + 1:g}" width="{wide:.1f}" height="{STEP - 8}"/>'
        yield f'<text x="{LEFT + wide + 8:.1f}" y="{y + 15:g}">{_number(panel, row)}</text>'


def _number(panel: Panel, row: Row) -> str:
    value = panel.figure(row)
    return f"{value:,.0f}{panel.unit}" if value >= 100 else f"{value:,.1f}{panel.unit}"
