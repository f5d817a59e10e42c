"""OParl 1.1 of the whole demo: from the system object every address answers and every object fits the schema."""

from __future__ import annotations

import re
from collections import Counter

from flask import Flask

from tests.meetings.portal.test_oparl import ROOT, faults, schemas

OURS = re.compile(r'"(http://localhost/[^"]+)"')


def test_no_dead_link_and_no_object_out_of_shape(app: Flask) -> None:
    client, known = app.test_client(), schemas()
    seen: set[str] = set()
    wrong: list[str] = []
    kinds: Counter[str] = Counter()
    waiting = [f"http://localhost{ROOT}"]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address.removeprefix("http://localhost"))
        if answer.status_code != 200:
            wrong.append(f"{answer.status_code} {address}")
        if not answer.is_json:
            continue
        waiting += OURS.findall(answer.get_data(as_text=True))
        body = answer.get_json()
        for row in body.get("data", [body]):
            kind = row["type"].rpartition("/")[2]
            kinds[kind] += 1
            wrong += [f"{address}: {fault}" for fault in (faults(kind, row, known) if known else ())]
    assert not wrong, "\n".join(wrong[:20])
    assert {"System", "Body", "Meeting", "AgendaItem", "Paper", "File", "Consultation", "Person"} <= set(kinds)
