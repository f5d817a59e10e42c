"""Every setting of the installation: default and environment name. Local rules are in core.settings."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

HOME = Path(__file__).parent.parent
DEFAULT_PLUGINS = "meetings,disclosure,predisclosure,messages,opinion,assessment"


class ConfigError(RuntimeError):
    """The installation cannot start; the sentence goes to the operator."""


def load(environ: Mapping[str, str] | None = None, **overrides: Any) -> dict[str, Any]:
    """The Flask configuration from the environment, `overrides` winning.

    Raises:
        ConfigError: the data folder cannot be written, or a value is not what it should be.
    """
    env = os.environ if environ is None else environ
    data = Path(overrides.pop("DATA", None) or env.get("MINGTANG_DATA") or HOME / "data").resolve()
    try:
        for folder in (data, data / "files", data / "mail", data / "queue"):
            folder.mkdir(parents=True, exist_ok=True)
        key = _secret(data)
    except OSError as error:
        raise ConfigError(f"The data folder {data} cannot be written ({error.strerror}).") from error
    config: dict[str, Any] = {
        "DATA": data,
        "SECRET_KEY": env.get("MINGTANG_SECRET_KEY") or key,
        "SQLALCHEMY_DATABASE_URI": _database(env.get("DATABASE_URL"), data),
        "PLUGINS": _plugin_names(env.get("MINGTANG_PLUGINS")),
        "REDIS_URL": env.get("REDIS_URL", ""),
        "CELERY_BROKER_URL": env.get("CELERY_BROKER_URL", ""),
        "PUBLIC_URL": env.get("MINGTANG_PUBLIC_URL", ""),
        "SMTP_URL": env.get("MINGTANG_SMTP_URL", ""),
        "MAIL_FROM": env.get("MINGTANG_MAIL_FROM", "mingtang@localhost"),
        "PROXY_HOPS": int(_number(env, "MINGTANG_PROXY_HOPS", 0)),
        "SOCKETS": int(_number(env, "MINGTANG_SOCKETS", 12_000)),
        "SOCKETS_PER_ADDRESS": int(_number(env, "MINGTANG_SOCKETS_PER_ADDRESS", 500)),
        "LINK_FAILURES": int(_number(env, "MINGTANG_LINK_FAILURES", 60)),
        "MAX_CONTENT_LENGTH": int(_number(env, "MINGTANG_MAX_UPLOAD_MB", 50) * 1024 * 1024),
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "MAX_FORM_PARTS": 10_000,
        "SESSION_COOKIE_NAME": "mingtang",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": env.get("MINGTANG_PUBLIC_URL", "").startswith("https:"),
        "SESSION_HOURS": _number(env, "MINGTANG_SESSION_HOURS", 8),
        "PAGE_CACHE_SECONDS": _number(env, "MINGTANG_PAGE_CACHE_SECONDS", 1),
        "SESSION_IDLE_MINUTES": _number(env, "MINGTANG_SESSION_IDLE_MINUTES", 120),
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,
    }
    config |= overrides
    away_and_back = str(config["SQLALCHEMY_DATABASE_URI"]).startswith("postgresql")
    # A connection is asked whether it still stands before it is used: 0.05 ms, and a restart refuses nobody afterwards.
    return {"SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": away_and_back}} | config


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text):
        raise ConfigError(f"{name} should be a number, not «{text}».")
    return float(text)


def _secret(data: Path) -> str:
    path = data / "secret.key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()


def _database(url: str | None, data: Path) -> str:
    if not url:
        return f"sqlite:///{data / 'mingtang.db'}"
    url = url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg://", 1)
    try:
        make_url(url)
    except ArgumentError as error:
        raise ConfigError("DATABASE_URL is no address of a database, such as postgresql://user@host/name.") from error
    return url


def _plugin_names(text: str | None) -> tuple[str, ...]:
    """The named plugins; by default those of the six that are part of this checkout."""
    if text is not None:
        return tuple(name.strip() for name in text.split(",") if name.strip())
    return tuple(name for name in DEFAULT_PLUGINS.split(",") if (HOME / "plugins" / name / "plugin.py").exists())
