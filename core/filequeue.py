"""The embedded queue: Celery's messages as files, each appearing whole.

Stock kombu opens a message under its final name before it writes it; a worker that looked in between read nothing and
ended [seen on a slow disk].
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Writes beside, then renames."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # noqa: ARG002
        folder = Path(self.data_folder_out)
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        part = folder / f"{name}.part"
        part.write_bytes(dumps(payload).encode())  # type: ignore[no-untyped-call]
        part.rename(folder / name)


class Transport(filesystem.Transport):
    """`filesystem://` with that channel."""

    Channel = Channel
