"""Each real meeting through the front door: replayed by the command, sealed, and its record compared with the source."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugins.meetings.documents.verify_record import verify
from tests.hall import Hall, open_hall
from tests.meetings.transcripts.test_real_meetings import source_text
from tests.serving import ROOT

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.sqlite]


@pytest.fixture(scope="module")
def hall(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    data = tmp_path_factory.mktemp("replayed") / "data"
    shutil.copytree(template, data)
    opened = open_hall(data)
    yield opened
    opened.server.end(signal.SIGKILL)


def replay(hall: Hall, file: Path, meeting: str) -> subprocess.CompletedProcess[str]:
    command = ["./mingtang", "live", "replay", str(file), "--meeting", meeting, "--speed", "0"]
    return subprocess.run(
        [*command, "--data", str(hall.server.data)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )


def test_the_sealed_record_says_what_the_source_says(hall: Hall, meeting_file: Path) -> None:
    meeting = hall.meeting(hall.approved())
    played = replay(hall, meeting_file, meeting)
    assert played.returncode == 0, played.stderr
    hall.fire("organiser", meeting, "close")
    hall.fire("organiser", meeting, "seal")
    status, body = hall.server.get(f"/api/v1/{hall.county}/meetings/{meeting}/record.json")
    assert status == 200
    record = json.loads(body)
    assert "".join(event["text"] for event in record["events"] if "text" in event) == source_text(meeting_file)
    assert verify(record, record["digest"]) == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.an.xml", b"<!doctype html><html><body><p>hello</p></body></html>"),
        ("cut.json", b'{"meeting_transcripts": [{"speaker": "A", "cont'),
        ("table.jsonl", b"PK\x03\x04\x14\x00\x06\x00"),
        ("empty.an.xml", b""),
        ("words.txt", b"just words"),
    ],
)
def test_a_file_that_is_not_what_it_claims_gets_one_sentence(
    hall: Hall, tmp_path: Path, name: str, content: bytes
) -> None:
    meeting = hall.meeting(hall.approved())
    (tmp_path / name).write_bytes(content)
    refused = replay(hall, tmp_path / name, meeting)
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1, refused.stderr
    assert name in refused.stderr
    assert hall.api("organiser", "GET", f"meetings/{meeting}")["state"] == "preparing"
