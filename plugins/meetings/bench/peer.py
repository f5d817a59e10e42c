"""The peer of the benchmark: stock Flask-SocketIO on gevent, the same bytes to one room, nothing kept anywhere."""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

from flask import Flask, request  # noqa: E402
from flask_socketio import SocketIO, join_room  # noqa: E402


class Compact:
    """Chinese unescaped, as the product sends it."""

    loads = staticmethod(json.loads)

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        """Compact JSON."""
        return json.dumps(value, ensure_ascii=False, **options)


app = Flask(__name__)
io = SocketIO(app, async_mode="gevent", json=Compact)
frame: dict[str, Any] = {"epoch": "e" * 32, "head": 0, "events": []}


@io.on("join", namespace="/live")
def join(_request: dict[str, Any]) -> dict[str, Any]:
    """Into the room."""
    join_room("live")
    return {"ok": True, "epoch": frame["epoch"], "head": frame["head"], "events": [], "more": False}


@app.post("/post")
def post() -> tuple[dict[str, int], int]:
    """Send the event as it came to everyone in the room."""
    frame["head"] += 1
    frame["events"] = [{"seq": frame["head"], **request.get_json()}]
    io.emit("events", frame, namespace="/live", to="live")
    return {"seq": frame["head"]}, 201


@app.get("/")
@app.get("/healthz")
def home() -> str:
    """The least a page can be."""
    return "ok"


if __name__ == "__main__":
    io.run(app, port=int(sys.argv[1]))
