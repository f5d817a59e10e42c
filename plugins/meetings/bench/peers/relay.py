"""A relay on Flask-SocketIO for `bench live`: what the publisher sends goes to every reader, nothing is kept anywhere.

`python -m plugins.meetings.bench.peers.relay PORT stock|ours`: `stock` is the library as it comes, `ours` the product's
socket layer (core/web/fanout.py) without the product.
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402
from typing import Any  # noqa: E402

from flask import Flask, request  # noqa: E402
from flask_socketio import SocketIO, join_room  # noqa: E402
from gevent.pool import Pool  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402

from core import serve as serving  # noqa: E402
from core.web import fanout  # noqa: E402
from core.web.fanout import engine  # noqa: E402
from core.web.fanout.http import Handler  # noqa: E402
from core.web.sockets import CompactJson, TextPacket  # noqa: E402

MOST = 100_000

app = Flask(__name__)
io = SocketIO()
frame: dict[str, Any] = {"epoch": "e" * 32, "head": 0, "events": []}


@io.on("connect", namespace="/live")
def connect(_auth: Any = None) -> None:
    """Into the room."""
    join_room("live")


@io.on("join", namespace="/live")
def join(_request: dict[str, Any]) -> dict[str, Any]:
    """What the product answers to a reader who is up to date."""
    return {"ok": True, "epoch": frame["epoch"], "head": frame["head"], "events": [], "more": False}


@io.on("post", namespace="/live")
def post(packet: dict[str, Any]) -> None:
    """Relay."""
    io.emit("events", packet, namespace="/live", to="live")


@app.post("/post")
def post_by_http() -> tuple[dict[str, int], int]:
    """Number a line and relay it."""
    frame["head"] += 1
    frame["events"] = [{"seq": frame["head"], **request.get_json()}]
    io.emit("events", frame, namespace="/live", to="live")
    return {"seq": frame["head"]}, 201


@app.get("/")
@app.get("/healthz")
def home() -> str:
    """The least a page can be."""
    return "ok"


def serve(port: int, kind: str) -> None:
    """Run until killed."""
    if kind == "stock":
        io.init_app(app, async_mode="gevent", json=CompactJson)
        io.run(app, port=port)
        return
    vars(engine)["INBOX_RATE"] = float(MOST)  # the publisher writes as fast as it can
    ours = fanout.options() | {"serializer": TextPacket}
    io.init_app(app, async_mode="gevent", json=CompactJson, http_compression=False, **ours)
    fanout.install(io.server, fanout.Gate(MOST, MOST, proxied=False))
    listener = serving.open_port("127.0.0.1", port)
    serving.keep_garbage_small()
    WSGIServer(listener, app, handler_class=Handler, spawn=Pool(), log=None, error_log=None).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
