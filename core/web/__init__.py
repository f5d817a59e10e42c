"""The edges: requests, portal, console, API, sockets."""
