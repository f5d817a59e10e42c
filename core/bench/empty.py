"""The least a page can be, on the same server: a Flask view that answers one word, and a search that scans a table."""

from __future__ import annotations

import sqlite3
import sys

from flask import Flask, request
from gevent.pywsgi import WSGIServer

from core.serve import open_port

app = Flask(__name__)
database = sqlite3.connect(f"file:{sys.argv[2]}?mode=ro", uri=True, check_same_thread=False)
SCAN = "SELECT title, text, url FROM core_search_entry WHERE title LIKE ? OR text LIKE ? ORDER BY at DESC LIMIT 20"


@app.get("/")
def page() -> str:
    """One word."""
    return "ok"


@app.get("/scan")
def scan() -> list[tuple[str, str, str]]:
    """What anybody writes first: LIKE over every text."""
    words = f"%{request.args.get('q', '')}%"
    return [tuple(row) for row in database.execute(SCAN, (words, words))]


if __name__ == "__main__":
    server = WSGIServer(open_port("127.0.0.1", int(sys.argv[1])), app, log=None, error_log=None)
    server.start()
    sys.stdout.write(f"ready at http://127.0.0.1:{server.server_port}/\n")
    sys.stdout.flush()
    server.serve_forever()
