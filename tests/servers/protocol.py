"""How rules of the published protocols are written down, and a client that tries them on a server.

Each rule answers in a few words what the server did; `demands` is what it should have done. `protocol_engine.py` and
`protocol_socket.py` hold the rules. Written from the protocols' text, so that a deviation of the library is seen where
its own client would not notice.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

from plugins.meetings.bench.faults.peer import Peer

SEPARATOR = "\x1e"
NOWHERE = '"join",{"v":1,"jurisdiction":"nowhere","meeting":"any"}'
"""An event that every server of ours acknowledges."""
GONE = '[{"ok":false,"code":"GONE"}]'


class Visitor:
    """Comes to a server as a polling client, as one on WebSocket, or as one that moves from the first to the second."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, method: str, query: str, body: str | None = None, **headers: str) -> tuple[int, str]:
        """One request; status and body."""
        with closing(http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)) as connection:
            connection.request(method, f"/socket.io/?{query}", body and body.encode(), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def poll(self) -> Poll:
        """A session on HTTP."""
        return Poll(self)

    def peer(self, query: str = "EIO=4&transport=websocket") -> Peer:
        """A WebSocket; nothing is said yet."""
        return Peer(self.url, query=query)

    def entered(self) -> Peer:
        """A WebSocket in the namespace."""
        return self.peer().enter()


class Poll:
    """A session that polls."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.opened = visitor.ask("GET", "EIO=4&transport=polling")[1]
        self.sid = json.loads(self.opened[1:])["sid"]
        self.query = f"EIO=4&transport=polling&sid={self.sid}"

    def get(self) -> tuple[int, str]:
        """What waits, or the first that comes."""
        return self.visitor.ask("GET", self.query)

    def under_way(self) -> Callable[[], tuple[int, str]]:
        """Ask for what comes, which nothing does yet; afterwards: the answer."""
        connection = http.client.HTTPConnection(urlsplit(self.visitor.url).netloc, timeout=20)
        connection.request("GET", f"/socket.io/?{self.query}")

        def answered() -> tuple[int, str]:
            with closing(connection):
                answer = connection.getresponse()
                return answer.status, answer.read().decode()

        return answered

    def post(self, *packets: str) -> tuple[int, str]:
        """Send a payload."""
        return self.visitor.ask("POST", self.query, SEPARATOR.join(packets))

    def packets(self, count: int) -> list[str]:
        """The next ones, pings answered and left out."""
        found: list[str] = []
        while len(found) < count:
            status, body = self.get()
            if status != 200:
                return [*found, str(status)]
            for packet in body.split(SEPARATOR):
                if packet == "2":
                    self.post("3")
                else:
                    found.append(packet)
        return found

    def enter(self) -> Poll:
        """Into the namespace."""
        self.post("40/live,")
        self.packets(1)
        return self

    def upgrading(self) -> Peer:
        """A WebSocket on this session; nothing is probed yet."""
        return self.visitor.peer(f"EIO=4&transport=websocket&sid={self.sid}")

    def moved(self) -> Peer:
        """The same session on WebSocket."""
        peer = self.upgrading()
        peer.say("2probe")
        peer.hear("3probe")
        peer.say("5")
        return peer


@dataclass(frozen=True)
class Rule:
    """One demand."""

    demands: str
    act: Callable[[Visitor], str]


RULES: dict[str, Rule] = {}


def rule(name: str, demands: str) -> Callable[[Callable[[Visitor], str]], Callable[[Visitor], str]]:
    """Add a rule."""

    def add(act: Callable[[Visitor], str]) -> Callable[[Visitor], str]:
        RULES[name] = Rule(demands, act)
        return act

    return add


def status_rules(demands: str, asked: dict[str, tuple[str, str]]) -> None:
    """Rules about the status of one request."""
    for name, (method, query) in asked.items():
        RULES[name] = Rule(demands, lambda v, method=method, query=query: str(v.ask(method, query)[0]))  # type: ignore[misc]


def said_rules(demands: str, says: dict[str, str]) -> None:
    """Rules about what becomes of a connection in the namespace that says something."""
    for name, text in says.items():
        RULES[name] = Rule(demands, lambda v, text=text: after(v.entered(), text))  # type: ignore[misc]


def after(peer: Peer, text: str | None = None) -> str:
    """What becomes of it: `closed`, or `goes on` when it still answers."""
    with closing(peer):
        if text is not None:
            peer.say(text)
        peer.say(f"42/live,99[{NOWHERE}]")
        try:
            peer.hear("43/live,99")
        except OSError:
            return "closed"
        return "goes on"
