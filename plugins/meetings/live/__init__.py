"""Live text of open meetings (图文直播), protocol version 1: numbered events, one writer, announcing sockets."""
