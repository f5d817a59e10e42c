"""One edge for every endpoint: the order of answers stands here and nowhere else.

401 account → 404 place, plugin, object → 403 right → idempotency → 422 shape → handler:
409 WRONG_STATE → 412 version → 409 guards. 401 and the gates of place and plugin run before routing's own answers
(`authenticate`, core.web.requests). Early refusals take no write lock; inside it everything is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, g, request
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from core import accounts, permissions
from core.db import write
from core.refusals import Forbidden, Invalid, NotFound, Refused, Stale, WrongState
from core.web.api import bodies, idempotency
from core.web.api.answers import Answer, respond
from core.web.problems import Problem, is_api
from core.web.requests import actor
from core.workflow import Machine

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Endpoint:
    """What an endpoint declares: read by the edge, by OpenAPI and by the tests that walk all routes."""

    handler: Callable[..., Answer | Response]
    summary: str
    load: Callable[..., Any] | None = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: Any = None
    permission: str | None = None
    public: bool = False
    versioned: str = ""
    multipart: tuple[str, ...] = ()
    prepare: Callable[[], Any] | None = None
    machine: Machine | None = None
    status: int = 200
    own_keys: Callable[[Any, bodies.Sent], Answer | None] | None = None
    may_be_gone: bool = False
    may_be_job: bool = False

    def __call__(self, **parts: str) -> Response:
        """Answer one request."""
        if any(not bodies.is_clean(part) or "\n" in part for part in parts.values()):
            raise NotFound
        if request.method in SAFE:
            loaded = self._admit(dict(parts))
            answer = self._call(loaded, [self._parse_query()] if self.query else [], parts)
            return answer if isinstance(answer, Response) else self._respond(answer)
        return self._write(parts)

    def _write(self, parts: Mapping[str, str]) -> Response:
        loaded = self._admit(dict(parts))
        sent = bodies.read(expects_json=not self.multipart)
        self._may_move(loaded, sent)
        key = "" if self.own_keys else idempotency.key()
        stored = self._stored(loaded, key, sent)
        if stored is not None:
            return stored
        given: list[Any] = [sent.parse(self.body)] if self.body else []
        given += [self._parse_query()] if self.query else []
        given += [self.prepare()] if self.prepare else []
        try:
            return self._carry_out(parts, given, key, sent)
        except IntegrityError:
            stored = self._stored(loaded, key, sent)  # the same key a moment earlier
            if stored is None:
                raise
            return stored

    def _carry_out(self, parts: Mapping[str, str], given: list[Any], key: str, sent: bodies.Sent) -> Response:
        with write():
            loaded = self._admit(dict(parts))
            self._may_move(loaded, sent)
            stored = self._stored(loaded, key, sent)
            if stored is not None:
                return stored
            record = idempotency.claim(actor(), key, sent.digest)
            answer = self._judge_version(loaded, given, parts)
            idempotency.keep(record, answer)
            return self._respond(answer)

    def _stored(self, loaded: Any, key: str, sent: bodies.Sent) -> Response | None:
        """What was answered to this request before, by the edge's own table or by the service's."""
        if self.own_keys is None:
            return idempotency.replay(actor(), key, sent.digest)
        answer = self.own_keys(loaded, sent)
        return None if answer is None else self._respond(answer)

    def _respond(self, answer: Answer) -> Response:
        return respond(answer.text(), answer.status or self.status, answer.etag, answer.headers)

    def _admit(self, parts: dict[str, str]) -> Any:
        """404, then 403."""
        loaded = None
        if self.load:
            loaded = self.load(*([parts["id"]] if "id" in parts else []))
            if loaded is None:
                raise NotFound
        if self.permission:
            permissions.require(actor(), self.permission, loaded)
        return loaded

    def _may_move(self, loaded: Any, sent: bodies.Sent) -> None:
        """403 of a transition: its right hangs on the event named in the body."""
        event = sent.value.get("event") if isinstance(sent.value, dict) else None
        if self.machine and isinstance(event, str):
            self.machine.require_right(loaded, event, actor())

    def _judge_version(self, loaded: Any, given: list[Any], parts: Mapping[str, str]) -> Answer:
        """The handler speaks of the state first (409), then If-Match counts (412, 428), then its guards (409)."""
        unmet = self._precondition(loaded)
        try:
            answer = self._call(loaded, given, parts)
        except (WrongState, Forbidden):
            raise
        except Refused:
            if unmet:
                raise unmet from None
            raise
        if unmet:
            raise unmet
        assert isinstance(answer, Answer), "a write answers with data, so that it can be answered again"
        return answer

    def _precondition(self, loaded: Any) -> Exception | None:
        if not self.versioned:
            return None
        if "If-Match" not in request.headers:
            return Problem(428)
        current = getattr(loaded, self.versioned)
        return None if if_match(current) in (None, current) else Stale(current)

    def _call(self, loaded: Any, given: list[Any], parts: Mapping[str, str]) -> Answer | Response:
        first = [loaded] if self.load else []
        rest = {name: value for name, value in parts.items() if not (self.load and name == "id")}
        return self.handler(*first, *given, **rest)

    def _parse_query(self) -> BaseModel:
        assert self.query
        return parse_query(self.query)


def parse_query(model: type[BaseModel]) -> BaseModel:
    """The query string as the model says; unknown parameters are refused.

    Raises:
        Invalid: parameter → sentences.
    """
    doubled = [name for name, values in request.args.lists() if len(values) > 1]
    unclean = [name for name, value in request.args.items() if not bodies.is_clean(value)]
    if doubled or unclean:
        raise Invalid({name: [bodies.UNCLEAR] for name in [*doubled, *unclean]})
    return bodies.validate(model, request.args.to_dict(), strict=False)


def if_match(current: int) -> int | None:
    """The version the caller names: None when he names none, `current` when it fits, else -1."""
    if "If-Match" not in request.headers or request.if_match.star_tag:
        return None
    return current if request.if_match.contains(str(current)) else -1


def authenticate(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """401 before anything else under /api: who asks, and whether this needs somebody.

    Raises:
        Problem: a token that is not valid; no account for what is not public.
    """
    if not is_api():
        return
    g.account, g.auth = accounts.authenticate_request()
    g.actor = accounts.actor_of(g.account)
    if g.auth == "bad_bearer":
        raise Problem(401, headers={"WWW-Authenticate": 'Bearer realm="mingtang", error="invalid_token"'})
    if not _needs_account(endpoint):
        return
    if g.account is None:
        raise Problem(401, headers={"WWW-Authenticate": 'Bearer realm="mingtang"'})
    if g.auth == "cookie" and g.account.must_change_password:
        raise Problem(403, "PASSWORD_CHANGE_REQUIRED", _l("请先在登录页设置新口令，再继续办理。"))


def _needs_account(endpoint: str | None) -> bool:
    spec = getattr(current_app.view_functions.get(endpoint or ""), "endpoint", None)
    if isinstance(spec, Endpoint):
        return not spec.public and request.method != "OPTIONS"
    return request.method not in SAFE
