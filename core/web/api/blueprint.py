"""The blueprint plugin authors write their endpoints on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, Response
from pydantic import BaseModel

from core.web.api.answers import Answer
from core.web.api.bodies import Sent
from core.web.api.edge import Endpoint, authenticate
from core.workflow import Machine

Handler = Callable[..., Answer | Response]
Decorator = Callable[[Handler], Handler]


class Api(Blueprint):
    """A Flask blueprint whose routes run through the one edge; mount it with `Mount("api", api)`."""

    def get(self, rule: str, **declared: Any) -> Decorator:  # type: ignore[override]
        """Declare a read; see `endpoint`."""
        return self.endpoint("GET", rule, **declared)

    def post(self, rule: str, **declared: Any) -> Decorator:  # type: ignore[override]
        """Declare a write; see `endpoint`."""
        return self.endpoint("POST", rule, **declared)

    def put(self, rule: str, **declared: Any) -> Decorator:  # type: ignore[override]
        """Declare a write; see `endpoint`."""
        return self.endpoint("PUT", rule, **declared)

    def patch(self, rule: str, **declared: Any) -> Decorator:  # type: ignore[override]
        """Declare a change of some fields; see `endpoint`."""
        return self.endpoint("PATCH", rule, **declared)

    def delete(self, rule: str, **declared: Any) -> Decorator:  # type: ignore[override]
        """Declare a removal; see `endpoint`."""
        return self.endpoint("DELETE", rule, **declared)

    def endpoint(  # type: ignore[override]
        self,
        method: str,
        rule: str,
        *,
        summary: str,
        load: Callable[..., Any] | None = None,
        body: type[BaseModel] | None = None,
        query: type[BaseModel] | None = None,
        answer: Any = None,
        permission: str | None = None,
        public: bool = False,
        versioned: bool | str = False,
        multipart: tuple[str, ...] = (),
        prepare: Callable[[], Any] | None = None,
        machine: Machine | None = None,
        status: int = 200,
        own_keys: Callable[[Any, Sent], Answer | None] | None = None,
        may_be_gone: bool = False,
        may_be_job: bool = False,
    ) -> Decorator:
        """Declare an endpoint. The handler gets what `load(id)` found, the parsed body, the parsed query, then the
        remaining parts of the address by name, and returns an `Answer`; writes run inside `core.db.write()`.

        * load: finds the object of `<id>` or raises NotFound.
        * permission: checked on the loaded object before the body is looked at.
        * public: needs no account.
        * versioned: True (or the column's name, if not `version`): wants If-Match.
        * multipart: names of the file fields of a form; read them with `uploaded(name)`.
        * prepare: runs after the checks and before the transaction (store an upload, hash, call out); its result is
          handed over after body and query.
        * machine: for transitions: the right to the event in the body is checked at its place in the order.
        * own_keys: the service keeps Idempotency-Key itself, longer or nearer to its rows (live posts); called with
          what was loaded and sent, it answers what the service has stored for this request, None when the key is new.
        * answer: pydantic model of the answer, for the documentation.
        * may_be_gone: it also answers 410, for the documentation.
        * may_be_job: long work answers 202 with the background job, for the documentation.
        """
        column = versioned if isinstance(versioned, str) else "version" if versioned else ""

        def register(handler: Handler) -> Handler:
            spec = Endpoint(
                handler, summary, load, body, query, answer, permission, public, column, multipart, prepare, machine,
                status, own_keys, may_be_gone, may_be_job,
            )  # fmt: skip

            @wraps(handler)
            def view(**parts: str) -> Response:
                return spec(**parts)

            view.endpoint = spec  # type: ignore[attr-defined]
            self.add_url_rule(
                "" if rule == "/" else rule,
                f"{handler.__name__}_{method.lower()}",
                view,
                methods=[method],
                strict_slashes=False,
            )
            return handler

        return register


def init_app(app: Flask) -> None:
    """Ask who calls before anything else; must come before `core.web.requests.init_app`."""
    app.url_value_preprocessor(authenticate)
