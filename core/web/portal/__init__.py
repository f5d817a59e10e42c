"""The public pages of the core (门户): city and county homes, publications, life-lines, search, feeds, files."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, g, request

from core.web.portal import home, reading, shell, sitemap, workdays

bp = Blueprint("portal", __name__)
home.add_routes(bp)
reading.add_routes(bp)
sitemap.add_routes(bp)
workdays.add_routes(bp)


def cacheable(response: Response) -> Response:
    """Anonymous reading may be kept five seconds by a shared cache, a signed-in person's page by nobody.

    A plugin puts it behind a blueprint whose pages are the same for everybody (`blueprint.after_request(cacheable)`),
    never behind one with personal links.
    """
    response.vary.update(("Accept-Language", "Cookie"))
    if request.method in {"GET", "HEAD"} and response.status_code in {200, 304} and g.get("account") is None:
        response.headers.setdefault("Cache-Control", "public, max-age=0, s-maxage=5")
    else:
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response


bp.after_request(cacheable)


def init_app(app: Flask) -> None:
    """Mount the pages and give every template the portal's shell."""
    app.register_blueprint(bp)
    app.jinja_env.globals["portal_shell"] = shell.portal_shell
