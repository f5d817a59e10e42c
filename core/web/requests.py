"""What happens around every request: jurisdiction, plugin gate, who acts, CSRF, security headers.

The gate for a switched-off plugin answers 404, the same bytes as an unknown address.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import RequestRedirect

from core import accounts, jurisdictions, plugins
from core.db import db
from core.permissions import ANONYMOUS, Actor
from core.plugins import Plugins
from core.refusals import NotFound
from core.web.problems import is_api

csrf = CSRFProtect()


class SessionCookie(SecureCookieSessionInterface):
    """Flask's; a cookie given out over HTTPS is never sent back without it."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """As configured, and wherever the reader came by HTTPS."""
        return super().get_cookie_secure(app) or request.is_secure


AREAS = {
    "portal": "/<jurisdiction>/{}",
    "calendar": "/<jurisdiction>/{}.ics",
    "api": "/api/v1/<jurisdiction>/{}",
    "console": "/admin/<jurisdiction>/{}",
    "oparl": "/oparl/v1",
}
NOBODY_ASKS = frozenset({"static", "health.alive", "health.ready", "health.metrics"})
"""Endpoints that never look at who calls, so that they answer without the database."""
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def init_app(app: Flask) -> None:
    """Install the request hooks."""
    csrf.init_app(app)
    app.session_interface = SessionCookie()
    app.url_value_preprocessor(_enter_jurisdiction)
    app.url_defaults(_keep_jurisdiction)
    app.before_request(_gate_plugin)
    app.before_request(_load_actor)
    app.before_request(_check_csrf)
    app.after_request(_headers)
    app.teardown_request(_leave_jurisdiction)


def trust_proxies(app: Flask) -> None:
    """Behind so many proxies take address, scheme and host from what they say; from nobody else. Comes last of all.

    Each proxy adds the address it saw to X-Forwarded-For; scheme and host are said once, by the one next to us.
    """
    hops: int = app.config["PROXY_HOPS"]
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=1, x_host=1)  # type: ignore[method-assign]


def mount_plugins(app: Flask, loaded: Plugins) -> None:
    """Mount the plugins' blueprints under their area and remember whose they are."""
    for name, mount in loaded.build("register_blueprints"):
        app.register_blueprint(mount.blueprint, url_prefix=AREAS[mount.area].format(name))
        own(app, mount.blueprint.name, name)


def own(app: Flask, blueprint: str, plugin: str) -> None:
    """Say that a blueprint belongs to a plugin, so that its gate stands before every address in it."""
    app.extensions.setdefault("mingtang.owners", {})[blueprint] = plugin


def whole_number(text: str) -> int:
    """A `type=` for `request.args.get`: a number that no database finds too large; else the default counts.

    Raises:
        ValueError: anything else.
    """
    number = int(text)
    if abs(number) >= 2**31:
        raise ValueError("too large")
    return number


def origin() -> str:
    """Scheme and host of this installation without a slash at the end: as configured, else as it was asked for."""
    configured: str = current_app.config["PUBLIC_URL"]
    return (configured or request.host_url).rstrip("/")


def actor() -> Actor:
    """Who acts in this request; `ANONYMOUS` for the public."""
    found: Actor = g.get("actor", ANONYMOUS)
    return found


def sender_address() -> str:
    """The network address a request comes from: of the reader, where the proxies before are counted (`PROXY_HOPS`)."""
    return request.remote_addr or ""


def _enter_jurisdiction(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if endpoint is None:
        endpoint, values = _nearly_matched()
    g.blueprint = endpoint.rpartition(".")[0]
    slug = (values or {}).pop("jurisdiction", None)
    if slug is None:
        return
    if not slug.isprintable():
        raise NotFound
    place = jurisdictions.by_slug(slug)
    db.session.rollback()  # one connection per request: the session of the scope takes the next
    g.jurisdiction_stack = ExitStack()
    g.jurisdiction_stack.enter_context(jurisdictions.enter(place))


def _nearly_matched() -> tuple[str, dict[str, Any]]:
    """Where only the method or the last slash is wrong, place and plugin are asked too: 404 before 405 and 308."""
    wrong, adapter = request.routing_exception, current_app.create_url_adapter(request)
    assert adapter
    try:
        if isinstance(wrong, MethodNotAllowed) and wrong.valid_methods:
            endpoint, values = adapter.match(method=next(iter(wrong.valid_methods)))
        elif isinstance(wrong, RequestRedirect):
            endpoint, values = adapter.match(path_info=urlsplit(wrong.new_url).path)
        else:
            return "", {}
    except HTTPException:
        return "", {}
    return str(endpoint), dict(values)


def _leave_jurisdiction(_error: BaseException | None) -> None:
    stack = g.pop("jurisdiction_stack", None)
    if stack is not None:
        stack.close()


def _keep_jurisdiction(endpoint: str, values: dict[str, Any]) -> None:
    """Links inside a county stay in it without being told."""
    here = jurisdictions.current_or_none()
    if here and "jurisdiction" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "jurisdiction"):
        values["jurisdiction"] = here.slug


def _gate_plugin() -> None:
    owner = current_app.extensions.get("mingtang.owners", {}).get(g.blueprint)
    here = jurisdictions.current_or_none()
    if owner and here and owner not in plugins.enabled(here):
        raise NotFound


def _load_actor() -> None:
    if request.endpoint not in NOBODY_ASKS and not is_api():  # the API's edge has asked already
        g.account, g.auth = accounts.authenticate_request()
        g.actor = accounts.actor_of(g.account)


def _check_csrf() -> None:
    """Every unsafe request by cookie carries the token; a bearer token needs none (the cookie is ignored then)."""
    needs = g.get("auth") == "cookie" if is_api() else g.get("auth") != "bearer"
    if request.method not in {"GET", "HEAD", "OPTIONS"} and needs:
        exempt = getattr(current_app.view_functions.get(request.endpoint or ""), "csrf_exempt", False)
        if not exempt:
            csrf.protect()


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    return response
