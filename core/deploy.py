"""Configuration for several processes (部署): nginx in front, one systemd unit per role.

The texts are templates under `templates/deploy/`; what they hold of the product (cookie names, the largest upload,
sockets per address) is taken from its own configuration, so that the two cannot drift apart.
"""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from typing import Any

from flask import current_app

from core.config import HOME
from core.web.locale import ELDER_COOKIE, LANGUAGE_COOKIE

UNITS = (
    "mingtang.target",
    "mingtang-upgrade.service",
    "mingtang-web@.service",
    "mingtang-live@.service",
    "mingtang-worker@.service",
    "mingtang-beat.service",
)


@dataclass(frozen=True)
class Layout:
    """How many processes of each role, and on which ports of this machine."""

    web: int = 2
    live: int = 2
    workers: int = 1
    first_port: int = 8001

    @property
    def web_ports(self) -> range:
        """The ports of the `web` processes."""
        return range(self.first_port, self.first_port + self.web)

    @property
    def live_ports(self) -> range:
        """The ports of the `live` processes, behind those of `web`."""
        return range(self.first_port + self.web, self.first_port + self.web + self.live)


@dataclass(frozen=True)
class Site:
    """What the public sees: name, port and, with TLS, certificate and key."""

    domain: str
    listen: int
    certificate: str = ""
    key: str = ""
    cache: str = "/var/cache/nginx/mingtang"


def nginx(site: Site, layout: Layout) -> dict[str, str]:
    """File name → text of the nginx configuration, to be included inside `http`."""
    config = current_app.config
    facts = asdict(site) | {
        "private": (config["SESSION_COOKIE_NAME"], LANGUAGE_COOKIE, ELDER_COOKIE),
        "megabytes": config["MAX_CONTENT_LENGTH"] // 1024**2,
        "sockets": config["SOCKETS_PER_ADDRESS"],
    }
    return {"mingtang.conf": _render("mingtang.conf", layout=layout, **facts)}


def systemd(layout: Layout, user: str) -> dict[str, str]:
    """File name → text of every unit."""
    facts = {"user": user, "home": HOME, "python": sys.executable, "data": current_app.config["DATA"]}
    texts = {name: _render(name, layout=layout, **facts) for name in UNITS[:2]}
    for name in UNITS[2:]:
        role = name.removeprefix("mingtang-").partition(".")[0].rstrip("@")
        port = " --port %i" if role in {"web", "live"} else ""
        texts[name] = _render("role.service", role=role, port=port, **facts)
    return texts


def _render(name: str, **facts: Any) -> str:
    texts = current_app.jinja_env.overlay(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    return texts.get_template(f"deploy/{name}").render(**facts)
