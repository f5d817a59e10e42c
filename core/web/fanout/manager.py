"""Rooms: who is in, and the broadcast that is encoded and framed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gevent
from engineio.packet import MESSAGE, Packet
from gevent.lock import RLock
from socketio import Manager
from socketio.packet import EVENT

from core.web.fanout.engine import framed
from core.web.fanout.limits import YIELD_EVERY

Senders = tuple[list[Callable[[bytes], None]], list[Any]]
"""Of a room: what writes a frame to each wire, and the clients that poll."""


class FanoutManager(Manager):
    """The library's manager with a short way for the common case: one event, one room, nobody asked to answer."""

    def __init__(self) -> None:
        super().__init__()
        self._senders: dict[tuple[str, str], Senders] = {}
        self._entered: dict[str, set[str]] = {}
        self._turn = RLock()

    # --- sending -----------------------------------------------------------------------------------

    def emit(self, event: str, data: Any, namespace: str, room: Any = None, **how: Any) -> None:
        """Send an event to a room; anything but the common case goes the library's way."""
        to = how.get("to") or room
        if not isinstance(to, str) or how.get("skip_sid") or how.get("callback"):
            super().emit(event, data, namespace, room=room, **how)
            return
        arguments = list(data) if isinstance(data, tuple) else [] if data is None else [data]
        encoded = self.server.packet_class(EVENT, namespace=namespace, data=[event, *arguments]).encode()
        if not isinstance(encoded, str):
            super().emit(event, data, namespace, room=room, **how)
            return
        packet = Packet(MESSAGE, encoded)
        packet.frame = framed(packet)
        with self._turn:  # two broadcasts reach everybody in the same order
            self._broadcast(packet, self._senders_of(namespace, to))

    @staticmethod
    def _broadcast(packet: Packet, senders: Senders) -> None:
        wires, others = senders
        frame = packet.frame
        for start in range(0, len(wires), YIELD_EVERY):
            if start:
                gevent.sleep(0)
            for send in wires[start : start + YIELD_EVERY]:
                send(frame)
        for link in others:
            link.send(packet)

    def _senders_of(self, namespace: str, room: str) -> Senders:
        known = self._senders.get((namespace, room))
        if known is None:
            sockets = self.server.eio.sockets
            links = [sockets[eio] for _, eio in self.get_participants(namespace, room) if eio in sockets]
            known = ([link.wire.send for link in links if link.upgraded], [link for link in links if not link.upgraded])
            self._senders[namespace, room] = known
        return known

    def forget_senders(self) -> None:
        """A client changed its transport."""
        self._senders.clear()

    # --- rooms -------------------------------------------------------------------------------------

    def connect(self, sid: str, namespace: str) -> Any:
        """A client has chosen its namespace."""
        answer = super().connect(sid, namespace)
        link = self._link(answer, namespace)
        if link is not None:
            link.in_namespace()
        return answer

    def enter_room(self, sid: str, namespace: str, room: str, eio_sid: str | None = None) -> None:
        """As the library's, and remembered by client."""
        super().enter_room(sid, namespace, room, eio_sid=eio_sid)
        self._entered.setdefault(sid, set()).add(room)
        self._count(sid, namespace)

    def leave_room(self, sid: str, namespace: str, room: str) -> None:
        """As the library's; who follows nothing any more does not stay."""
        super().leave_room(sid, namespace, room)
        self._entered.get(sid, set()).discard(room)
        self._count(sid, namespace)

    def basic_enter_room(self, sid: str, namespace: str, room: Any, eio_sid: str | None = None) -> None:
        """As the library's."""
        super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)
        self._senders.pop((namespace, room), None)

    def basic_leave_room(self, sid: str, namespace: str, room: Any) -> None:
        """As the library's."""
        super().basic_leave_room(sid, namespace, room)
        self._senders.pop((namespace, room), None)

    def basic_disconnect(self, sid: str, namespace: str, **_how: Any) -> None:
        """Out of its own rooms: the library looks through everybody's, which took 5,000 leavers a minute."""
        for room in (*self._entered.pop(sid, ()), sid, None):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for waiting in (self.pending_connect, self.pending_disconnect):
            if sid in waiting.get(namespace, ()):
                waiting[namespace].remove(sid)
                if not waiting[namespace]:
                    del waiting[namespace]

    def _count(self, sid: str, namespace: str) -> None:
        link = self._link(sid, namespace)
        if link is not None:
            link.follows(len(self._entered.get(sid, ())))

    def _link(self, sid: str, namespace: str) -> Any:
        return self.server.eio.sockets.get(self.eio_sid_from_sid(sid, namespace))
