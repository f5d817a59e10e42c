"""Migrations: the core first, then plugins by name, each with its own chain and version table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from core.db import Base, db
from core.plugins import installed

HOME = Path(__file__).parent.parent / "migrations"


def chains() -> list[str]:
    """The core, then the installed plugins that have tables."""
    return ["core", *(name for name in installed().names if _folder(name).is_dir())]


def _folder(chain: str) -> Path:
    """Where a chain's revisions lie: here, or beside the code of a third party's plugin."""
    module = installed().manager.get_plugin(chain)
    if module is None or str(module.__package__).startswith("plugins."):
        return HOME / chain
    return Path(str(module.__file__)).parent / "migrations"


def upgrade() -> list[str]:
    """Bring every chain to its head; returns the chains that moved. Running it again does nothing."""
    moved = []
    for chain in chains():
        with _connection() as connection:
            if _current(connection, chain) == _head(chain):
                continue
            command.upgrade(_config(chain, connection), "head")
            _check_foreign_keys(connection)
            connection.commit()
            moved.append(chain)
    return moved


def pending() -> list[str]:
    """The chains whose tables are behind the code; the start stops while there are any."""
    with _connection() as connection:
        return behind(connection)


def behind(connection: Connection) -> list[str]:
    """Like `pending`, over a connection that is there already: only reads."""
    return [chain for chain in chains() if _current(connection, chain) != _head(chain)]


def differences() -> Iterator[str]:
    """What the models say and no migration does, per chain: one line each, empty when all is in step."""
    for chain in chains():
        with _connection() as connection:
            context = MigrationContext.configure(
                connection,
                opts={
                    "compare_type": True,
                    "include_object": lambda _o, name, kind, _r, _c, own=chain: (
                        kind != "table" or name.startswith(f"{own}_")
                    ),
                },
            )
            for difference in compare_metadata(context, Base.metadata):
                yield f"{chain}: {difference}"


def new_revision(chain: str, message: str, number: str) -> None:
    """Write a revision file for `chain` from the difference between models and database."""
    _folder(chain).mkdir(exist_ok=True)
    with _connection() as connection:
        command.revision(_config(chain, connection), message=message, autogenerate=True, rev_id=f"{chain}_{number}")


@contextmanager
def _connection() -> Iterator[Connection]:
    """A connection whose foreign keys are off while tables are rebuilt: on, a batch change deletes plugin rows."""
    connection = db.engine.connect()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield connection
    finally:
        connection.invalidate()  # the next user gets a fresh connection, with foreign keys on
        connection.close()


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration would leave rows without their parent: {broken[:3]}")


def _config(chain: str, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HOME))
    config.set_main_option("version_locations", str(_folder(chain)))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(chain=chain, connection=connection)
    return config


def _head(chain: str) -> str | None:
    return ScriptDirectory.from_config(_config(chain)).get_current_head()


def _current(connection: Connection, chain: str) -> str | None:
    return MigrationContext.configure(
        connection, opts={"version_table": f"alembic_version_{chain}"}
    ).get_current_revision()
