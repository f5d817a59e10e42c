"""The one view base of the console.

A view is reached after: the plugin's gate, a session, a password of one's own, the view's right. CSRF is checked for
every unsafe request before that (core.web.requests). Services check rights again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, g, redirect, render_template, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response as BaseResponse

from core import permissions
from core.refusals import Forbidden
from core.web.requests import actor

__all__ = ["ConsoleView", "expose", "staff_only"]


def staff_only(permission: str | None) -> BaseResponse | None:
    """None for those who may enter; a redirect to sign in or to choose a password of one's own.

    Raises:
        Forbidden: signed in, but without any role here or without `permission`.
    """
    if g.get("account") is None:
        return redirect(url_for("login.sign_in", next=request.full_path.rstrip("?")))
    if g.account.must_change_password:
        return redirect(url_for("login.password", next=request.path))
    if permission:
        permissions.require(actor(), permission)
    elif not permissions.works_here(actor()):
        raise Forbidden
    return None


class ConsoleView(BaseView):  # type: ignore[misc]
    """A page of the console.

    `permission` is the right to see it; None lets everybody in who holds a role in the jurisdiction. `plugin` is set by
    the shell: the address becomes /admin/<jurisdiction>/<plugin>/<path>/.
    """

    path = ""
    permission: str | None = None
    plugin = ""

    def __init__(self, endpoint: str, path: str | None = None, permission: str | None = None) -> None:
        self.path = self.path if path is None else path
        self.permission = permission or self.permission
        super().__init__(name=endpoint, endpoint=endpoint)

    def render(self, template: str, **values: Any) -> str:
        """Render with what `layout/console.html` needs (core.web.admin.shell)."""
        return render_template(template, **values)

    def _handle_view(self, name: str, /, **kwargs: Any) -> BaseResponse | None:  # noqa: ARG002 a part of the address may be called name
        return staff_only(self.permission)

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        return fn(self, *args, **kwargs)


def place_views(views: Sequence[tuple[str, Any]]) -> None:
    """Give each view its address: core pages right below the jurisdiction, plugin pages below their plugin."""
    for plugin, view in views:
        view.plugin = plugin
        parts = ["/admin/<jurisdiction>", *(part for part in (plugin, view.path) if part)]
        view.url = "/".join(parts)


def no_store(response: Response) -> Response:
    """Staff pages stay out of every cache."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
