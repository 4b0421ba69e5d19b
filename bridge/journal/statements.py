"""Inserts that tolerate a repeat, for both engines."""

from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Table

from bridge.journal import sql


def upsert(tx: Connection, table: Table, values: dict[str, Any]) -> None:
    """Insert the row, or overwrite the one with the same primary key."""
    sql.change(tx, _upsert(tx.dialect.name, table), **values)


def insert_once(tx: Connection, table: Table, values: dict[str, Any], key: str) -> bool:
    """Insert the row unless its key is there; tell whether it was inserted."""
    return sql.change(tx, _insert_once(tx.dialect.name, table, key), **values) > 0


@cache
def _upsert(dialect: str, table: Table) -> Any:
    keys = [column.name for column in table.primary_key]
    statement = insert(dialect, table)
    rest = {
        column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


@cache
def _insert_once(dialect: str, table: Table, key: str) -> Any:
    return insert(dialect, table).on_conflict_do_nothing(index_elements=[key])


def insert(dialect: str, table: Table) -> Any:
    """The engine's own INSERT; the other engine's is never imported."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
