"""What the truth tables share: one county with a person for each role, and a case that leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from core import jurisdictions
from core.app import create_app
from core.db import db, write
from core.models import Account, RoleGrant
from core.permissions import SYSTEM, Actor, actor_for
from core.refusals import Refused
from tests.installations import Installations

Table = dict[str, tuple[tuple[str, ...], dict[str, str]]]
"""event → (who holds the right, {state: state after, or the code of the refusal})."""


@contextmanager
def county(installations: Installations, folder: Path, roles: Sequence[str]) -> Iterator[dict[str, Actor]]:
    """汇川区, entered, with somebody for each role, nobody among them, and the system itself."""
    with ExitStack() as stack:
        stack.enter_context(create_app(**stack.enter_context(installations.copy(folder))).app_context())
        place = stack.enter_context(jurisdictions.enter(jurisdictions.by_slug("huichuan")))
        found = {"system": SYSTEM}
        for role in (*roles, "nobody"):
            with write() as session:
                account = Account(login=role, name=role)
                session.add(account)
                session.flush()
                if role != "nobody":
                    session.add(RoleGrant(account_id=account.id, role=role, jurisdiction_id=place.id))
            found[role] = actor_for(account)
        yield found
        db.session.remove()
        db.engine.dispose()


class Undo(Exception):
    """Ends a case: its rows go."""


def outcome(make: Callable[[], Any], fire: Callable[[Any], Any]) -> str:
    """The state after `fire`, or the code of the first refusal; nothing stays in the database."""
    found = ""
    with suppress(Undo), write():
        subject = make()
        try:
            fire(subject)
            found = subject.state
        except Refused as no:
            found = no.refusals[0].code
        raise Undo
    return found


def expected(table: Table, state: str, event: str, role: str) -> str:
    """What the table says of one cell."""
    who, moves = table[event]
    return "FORBIDDEN" if role not in {*who, "system"} else moves.get(state, "WRONG_STATE")
