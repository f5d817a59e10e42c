"""create_app(): a table of contents, one call per concern."""

from __future__ import annotations

from typing import Any

from flask import Flask

from core import config, logging, models, permissions, plugins, settings, tasks
from core.db import db
from core.web import (
    admin,
    api,
    apidocs,
    clockwords,
    errors,
    formatting,
    health,
    locale,
    login,
    pagecache,
    portal,
    prefs,
    problems,
    requests,
    sockets,
)


def create_app(**overrides: Any) -> Flask:
    """The WSGI application; `overrides` replace configuration values (tests, commands).

    Raises:
        core.config.ConfigError, core.plugins.PluginError: one sentence for the operator.
    """
    app = Flask(__name__, static_folder="static", template_folder="templates")
    app.config.update(config.load(**overrides))
    assert models
    db.init_app(app)
    plugins.init_app(app)
    loaded = app.extensions["mingtang.plugins"]
    permissions.init_app(app, [item for _, item in loaded.build("register_permissions")])
    settings.init_app(app, [item for _, item in loaded.build("register_settings")])
    tasks.init_app(app)
    locale.init_app(app)
    formatting.init_app(app)
    clockwords.init_app(app)
    prefs.init_app(app)
    logging.init_app(app)
    health.init_app(app)
    problems.init_app(app)
    errors.init_app(app)
    api.init_app(app)
    apidocs.init_app(app)
    requests.init_app(app)
    requests.mount_plugins(app, loaded)
    portal.init_app(app)
    login.init_app(app)
    admin.init_app(app, loaded)
    pagecache.init_app(app)
    sockets.init_app(app)
    requests.trust_proxies(app)
    return app
