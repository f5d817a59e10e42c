"""What Socket.IO 5 demands of a server, rule by rule: namespaces, events and their acknowledgement."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

from plugins.meetings.bench.faults.peer import frame
from tests.servers.protocol import NOWHERE, RULES, Rule, Visitor, rule, said_rules

# --- namespaces ------------------------------------------------------------------------------------


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


# --- events and their acknowledgement --------------------------------------------------------------


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
