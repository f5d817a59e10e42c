"""What Engine.IO 4 demands of a server, rule by rule: handshake, packets over HTTP, heartbeat, WebSocket, upgrade."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from urllib.parse import urlsplit

from plugins.meetings.bench.faults.peer import Peer, frame
from tests.servers.protocol import GONE, NOWHERE, RULES, SEPARATOR, Rule, Visitor, after, rule, said_rules, status_rules

OPEN = {"sid": str, "upgrades": list, "pingInterval": int, "pingTimeout": int, "maxPayload": int}


def _opening(packet: str) -> str:
    """`open` with every field of its kind, or what is wrong with it."""
    fields = json.loads(packet.removeprefix("0"))
    wrong = [name for name, kind in OPEN.items() if not isinstance(fields.get(name), kind)]
    return f"wrong: {wrong}" if wrong or packet[0] != "0" else f"open {fields['upgrades']}"


# --- handshake -------------------------------------------------------------------------------------


@rule("polling opens", "open ['websocket'] in text/plain; charset=UTF-8")
def _polling_opens(visitor: Visitor) -> str:
    connection = http.client.HTTPConnection(urlsplit(visitor.url).netloc, timeout=20)
    with closing(connection):
        connection.request("GET", "/socket.io/?EIO=4&transport=polling")
        answer = connection.getresponse()
        return f"{_opening(answer.read().decode())} in {answer.headers['Content-Type']}"


@rule("websocket opens", "open []")
def _websocket_opens(visitor: Visitor) -> str:
    with closing(visitor.peer()) as peer:
        return _opening(peer.packet())


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


# --- packets over HTTP -----------------------------------------------------------------------------


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


# --- heartbeat -------------------------------------------------------------------------------------


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


# --- WebSocket and the way there -------------------------------------------------------------------


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
