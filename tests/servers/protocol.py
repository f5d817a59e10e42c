"""What the published protocols (Engine.IO 4, Socket.IO 5) demand of a server, rule by rule, and a client that tries it.

Each rule answers in a few words what the server did; `demands` is what it should have done. Written from the protocols'
text, so that a deviation of the library is seen where its own client would not notice.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from plugins.meetings.bench.faults.peer import Peer, frame

SEPARATOR = "\x1e"
OPEN = {"sid": str, "upgrades": list, "pingInterval": int, "pingTimeout": int, "maxPayload": int}
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


def opening(packet: str) -> str:
    """`open` with every field of its kind, or what is wrong with it."""
    fields = json.loads(packet.removeprefix("0"))
    wrong = [name for name, kind in OPEN.items() if not isinstance(fields.get(name), kind)]
    return f"wrong: {wrong}" if wrong or packet[0] != "0" else f"open {fields['upgrades']}"


# --- Engine.IO: handshake --------------------------------------------------------------------------


@rule("polling opens", "open ['websocket'] in text/plain; charset=UTF-8")
def _polling_opens(visitor: Visitor) -> str:
    connection = http.client.HTTPConnection(urlsplit(visitor.url).netloc, timeout=20)
    with closing(connection):
        connection.request("GET", "/socket.io/?EIO=4&transport=polling")
        answer = connection.getresponse()
        return f"{opening(answer.read().decode())} in {answer.headers['Content-Type']}"


@rule("websocket opens", "open []")
def _websocket_opens(visitor: Visitor) -> str:
    with closing(visitor.peer()) as peer:
        return opening(peer.packet())


@rule("sessions differ", "2 sids")
def _sessions_differ(visitor: Visitor) -> str:
    return f"{len({visitor.poll().sid, visitor.poll().sid})} sids"


status_rules("400", {
    "no version": ("GET", "transport=polling"),
    "a version that is none": ("GET", "EIO=abc&transport=polling"),
    "an older version": ("GET", "EIO=3&transport=polling"),
    "no transport": ("GET", "EIO=4"),
    "an unknown transport": ("GET", "EIO=4&transport=abc"),
    "a session that begins with POST": ("POST", "EIO=4&transport=polling"),
    "a session that begins with PUT": ("PUT", "EIO=4&transport=polling"),
    "an unknown session, read": ("GET", "EIO=4&transport=polling&sid=abc"),
    "an unknown session, written": ("POST", "EIO=4&transport=polling&sid=abc"),
    "websocket without an upgrade": ("GET", "EIO=4&transport=websocket"),
})  # fmt: skip


def _refused(visitor: Visitor, query: str) -> str:
    peer = Peer(visitor.url, upgrade=False)
    with closing(peer):
        peer.shake_hands(query)
        return peer.answered().decode(errors="replace").split(" ", 2)[1]


for _name, _query in {
    "websocket with a version that is none": "EIO=abc&transport=websocket",
    "websocket with an unknown transport": "EIO=4&transport=abc",
    "websocket without a transport": "EIO=4",
    "websocket of an unknown session": "EIO=4&transport=websocket&sid=abc",
}.items():
    RULES[_name] = Rule("400", lambda v, query=_query: _refused(v, query))  # type: ignore[misc]


# --- Engine.IO: packets over HTTP ------------------------------------------------------------------


@rule("a payload is taken", "200 ok")
def _payload(visitor: Visitor) -> str:
    return "{} {}".format(*visitor.poll().post("40/live,"))


@rule("packets of a payload are heard in order", "40/live, | 43/live,1")
def _payload_in_order(visitor: Visitor) -> str:
    poll = visitor.poll()
    poll.post("40/live,", f"42/live,1[{NOWHERE}]")
    named, answered = poll.packets(2)
    return f"{named.partition('{')[0]} | {answered.removesuffix(GONE)}"


@rule("what waits comes in one payload, in order", "[1, 2, 3] in 1")
def _payload_out(visitor: Visitor) -> str:
    poll = visitor.poll().enter()
    poll.post(*(f"42/live,{number}[{NOWHERE}]" for number in (1, 2, 3)))
    packets = [one for one in poll.get()[1].split(SEPARATOR) if one != "2"]
    return f"{[int(one.removeprefix('43/live,').removesuffix(GONE)) for one in packets]} in 1"


@rule("octets and letters are told apart", "43/live,1")
def _not_ascii(visitor: Visitor) -> str:
    poll = visitor.poll().enter()
    poll.post('42/live,1["join",{"v":1,"jurisdiction":"汇川区","meeting":"会议"}]')
    return poll.packets(1)[0].partition("[")[0]


def _payload_fate(visitor: Visitor, body: str) -> str:
    poll = visitor.poll().enter()
    status, _ = poll.post(body)
    return f"{status}, then {poll.post('3')[0]}"


for _name, _body in {
    "a payload that is none": "abc",
    "a packet of an unknown kind over HTTP": "9",
    "an empty packet over HTTP": f"3{SEPARATOR}",
    "a Socket.IO packet that is none, over HTTP": "4abc",
}.items():
    RULES[_name] = Rule("400, then 400", lambda v, body=_body: _payload_fate(v, body))  # type: ignore[misc]


@rule("octets in Base64 are a message", "200, then 200")
def _base64(visitor: Visitor) -> str:
    return _payload_fate(visitor, "bAQIDBA==")


@rule("more than maxPayload is refused", "refused")
def _too_long(visitor: Visitor) -> str:
    poll = visitor.poll()
    most = json.loads(poll.opened[1:])["maxPayload"]
    return "refused" if poll.post("4" + "x" * most)[0] in {400, 413} else "taken"


@rule("two polls at once end the session", "[200, 400]")
def _two_polls(visitor: Visitor) -> str:
    poll = visitor.poll()
    asked = [poll.under_way() for _ in range(2)]
    poll.post("40/live,")
    return str(sorted(answered()[0] for answered in asked))


@rule("a close over HTTP ends the poll under way", "6, then 400")
def _polling_close(visitor: Visitor) -> str:
    poll = visitor.poll().enter()
    answered = poll.under_way()
    poll.post("1")
    status, body = answered()
    return f"{body if status == 200 else status}, then {poll.get()[0]}"


# --- Engine.IO: heartbeat --------------------------------------------------------------------------


@rule("the server pings over HTTP, and a pong keeps the session", "2, 2")
def _polling_heartbeat(visitor: Visitor) -> str:
    poll = visitor.poll().enter()
    first = poll.get()[1]
    poll.post("3")
    return f"{first}, {poll.get()[1]}"


@rule("the server pings over WebSocket, and a pong keeps the session", "2, 2")
def _websocket_heartbeat(visitor: Visitor) -> str:
    with closing(visitor.entered()) as peer:
        first = peer.packet()
        peer.say("3")
        return f"{first}, {peer.packet()}"


@rule("without a pong a WebSocket is closed", "closed")
def _no_pong(visitor: Visitor) -> str:
    with closing(visitor.entered()) as peer:
        return "closed" if peer.gone() else "goes on"


@rule("without a pong a polling session is closed", "400")
def _no_pong_over_http(visitor: Visitor) -> str:
    poll = visitor.poll().enter()
    for _ in range(8):
        status, _body = poll.get()
        if status != 200:
            break
    return str(status)


# --- Engine.IO: WebSocket and the way there --------------------------------------------------------


@rule("octets over WebSocket are a message", "goes on")
def _octets(visitor: Visitor) -> str:
    peer = visitor.entered()
    peer.raw(frame(b"\1\2\3", 2))
    return after(peer)


said_rules("closed", {
    "a close over WebSocket": "1",
    "a packet of an unknown kind": "9",
    "a packet that is none": "abc",
    "an empty packet": "",
})  # fmt: skip


@rule("a probe is answered and ends the poll under way", "3probe, 6")
def _probe(visitor: Visitor) -> str:
    poll = visitor.poll()
    with closing(poll.upgrading()) as peer:
        answered = poll.under_way()
        peer.say("2probe")
        return f"{peer.packet()}, {answered()[1]}"


@rule("what waited comes over the new transport, once and in order", "[1, 2]")
def _moved(visitor: Visitor) -> str:
    poll = visitor.poll().enter()
    poll.post(f"42/live,1[{NOWHERE}]", f"42/live,2[{NOWHERE}]")
    with closing(poll.moved()) as peer:
        heard = [peer.hear("43/live,") for _ in range(2)]
        return str([int(one.removeprefix("43/live,").removesuffix(GONE)) for one in heard])


@rule("a probe that is none leaves the session where it was", "closed, 43/live,1")
def _wrong_probe(visitor: Visitor) -> str:
    poll = visitor.poll().enter()
    with closing(poll.upgrading()) as peer:
        peer.say("2nope")
        fate = "closed" if peer.gone(3) else "goes on"
    poll.post(f"42/live,1[{NOWHERE}]")
    return f"{fate}, {poll.packets(1)[0].removesuffix(GONE)}"


@rule("after the upgrade HTTP is refused", "400, 400, goes on")
def _http_after_upgrade(visitor: Visitor) -> str:
    poll = visitor.poll().enter()
    peer = poll.moved()
    peer.say(f"42/live,1[{NOWHERE}]")
    peer.hear("43/live,1")
    return f"{poll.get()[0]}, {poll.post('3')[0]}, {after(peer)}"


@rule("after the upgrade a second WebSocket is refused", "400, goes on")
def _twice_upgraded(visitor: Visitor) -> str:
    poll = visitor.poll().enter()
    peer = poll.moved()
    peer.say(f"42/live,1[{NOWHERE}]")
    peer.hear("43/live,1")
    return f"{_refused(visitor, f'EIO=4&transport=websocket&sid={poll.sid}')}, {after(peer)}"


# --- Socket.IO: namespaces -------------------------------------------------------------------------


def _named(visitor: Visitor, packet: str) -> str:
    """The answer to a CONNECT; `<sid>` for a session of its own."""
    with closing(visitor.peer()) as peer:
        engine = json.loads(peer.hear("0{")[1:])["sid"]
        peer.say(packet)
        answer = peer.packet()
        head, brace, rest = answer.partition("{")
        told: dict[str, Any] = json.loads(brace + rest) if brace else {}
        if isinstance(told.get("sid"), str) and told["sid"] != engine:
            told["sid"] = "<sid>"
        return head + (json.dumps(told) if brace else "")


for _name, _packet, _demand in (
    ("a namespace is entered", "40/live,", '40/live,{"sid": "<sid>"}'),
    ("a namespace is entered with credentials", '40/live,{"token":"x"}', '40/live,{"sid": "<sid>"}'),
    ("an unknown namespace is refused", "40/nope,", '44/nope,{"message": "Invalid namespace"}'),
    ("the main namespace is entered", "40", '40{"sid": "<sid>"}'),
):
    RULES[_name] = Rule(_demand, lambda v, packet=_packet: _named(v, packet))  # type: ignore[misc]


@rule("who leaves a namespace is heard there no longer, and may come back", "nothing, then another sid")
def _left_and_back(visitor: Visitor) -> str:
    with closing(visitor.peer()) as peer:
        peer.hear("0{")
        peer.say("40/live,")
        first = peer.hear("40/live,")
        peer.say("41/live,")
        peer.say(f"42/live,1[{NOWHERE}]")
        peer.say("40/live,")
        answer = peer.packet()
        heard = "nothing" if answer.startswith("40/live,") else answer
        return f"{heard}, then {'the same sid' if answer == first else 'another sid'}"


@rule("a disconnect with a payload", "closed")
def _left_with_a_payload(visitor: Visitor) -> str:
    with closing(visitor.entered()) as peer:
        peer.say('41/live,{"a":1}')
        peer.say("40/live,")
        try:
            peer.hear("40/live,")
        except OSError:
            return "closed"
        return "goes on"


@rule("an event for a namespace that was not entered is not answered", "44/nope")
def _not_entered(visitor: Visitor) -> str:
    with closing(visitor.peer()) as peer:
        peer.hear("0{")
        peer.say(f"42/live,1[{NOWHERE}]")
        peer.say("40/nope,")
        return peer.packet().partition(",")[0]


# --- Socket.IO: events and their acknowledgement ---------------------------------------------------


def _answers(visitor: Visitor, *says: str) -> str:
    """All answers up to that of the last event, which has the number 99."""
    with closing(visitor.entered()) as peer:
        for text in (*says, f"42/live,99[{NOWHERE}]"):
            peer.say(text)
        heard: list[str] = []
        while not heard or not heard[-1].startswith("43/live,99"):
            heard.append(peer.packet())
        return ", ".join(one.partition("[")[0] for one in heard[:-1] if one != "2") or "nothing"


for _name, _packet, _demand in (
    ("an event with a number is acknowledged with it", f"42/live,7[{NOWHERE}]", "43/live,7"),
    ("nought is a number", f"42/live,0[{NOWHERE}]", "43/live,0"),
    ("an event without a number is not acknowledged", f"42/live,[{NOWHERE}]", "nothing"),
    ("an acknowledgement nobody waits for is passed over", '43/live,5["x"]', "nothing"),
):
    RULES[_name] = Rule(_demand, lambda v, packet=_packet: _answers(v, packet))  # type: ignore[misc]


@rule("an event with octets is heard", "43/live,7")
def _binary_event(visitor: Visitor) -> str:
    with closing(visitor.entered()) as peer:
        peer.say('451-/live,7["join",{"_placeholder":true,"num":0}]')
        peer.raw(frame(b"\1\2\3", 2))
        try:
            return peer.hear("43/live,7").partition("[")[0]
        except OSError:
            return "closed"


said_rules("closed", {
    "a Socket.IO packet that is none": "4abc",
    "a Socket.IO packet of an unknown kind": "49/live,",
    "an event without a payload": "42/live,",
    "an event that is an object": "42/live,{}",
    "an event that is a text": '42/live,"abc"',
    "an event that is no JSON": "42/live,[",
    "an event without a name": "42/live,[]",
    "an event whose name is an object": "42/live,[{}]",
    "an acknowledgement without a payload": "43/live,1",
    "an acknowledgement that is an object": "43/live,1{}",
    "a connect whose credentials are a text": '40/live,"abc"',
    "an error from a client": '44/live,{"message":"no"}',
    "octets announced without a number": '45/live,["x"]',
    "octets announced that nothing takes": '451-/live,["x"]',
    "a placeholder without octets": '450-/live,["x",{"_placeholder":true,"num":0}]',
})  # fmt: skip
