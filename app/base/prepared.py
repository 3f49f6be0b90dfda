"""Statements that run for every arriving image and every line of a talk: compiled once, run on the driver itself.

SQLAlchemy's own way to the driver costs ten times what SQLite needs to run them. Values go through the types of their columns;
what comes back is as the driver gives it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import bindparam, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.base.db import Base, Tx, table_of


class Prepared:
    """`make` gets the dialect's name, because some statements differ. Parameters have the names of their binds."""

    def __init__(self, make: Callable[[str], Executable]) -> None:
        self._make = make
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, tx: Tx, **values: Any) -> list[tuple[Any, ...]]:
        """Runs it; all rows it returns. Objects the session has not yet flushed are not seen."""
        compiled = self._of(tx)
        cursor = compiled.run(tx, values)
        return list(cursor.fetchall()) if compiled.returns_rows else []

    def first(self, tx: Tx, **values: Any) -> tuple[Any, ...] | None:
        """Runs it; the first row, if any."""
        found = self.rows(tx, **values)
        return found[0] if found else None

    def _of(self, tx: Tx) -> "_Compiled":
        dialect = tx.connection.dialect
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _Compiled(self._make(dialect.name), dialect)
        return found


def adding(table: type[Base]) -> Prepared:
    """A new row, all columns given."""
    given: dict[str, Any] = {c.name: bindparam(c.name) for c in table_of(table).columns}
    return Prepared(lambda _dialect: insert(table_of(table)).values(given).inline())


class _Compiled:
    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined] # every executable clause has it
        assert isinstance(compiled, SQLCompiler)  # statements, never DDL
        # Known from the statement: psycopg makes an object of each column for whoever asks the cursor.
        self.returns_rows = bool(statement.exported_columns)  # type: ignore[attr-defined] # of what is selected or returned
        self._sql = str(compiled)
        self._order = compiled.positiontup  # None: by name
        self._names = compiled.bind_names
        self._given = _given(compiled)
        self._convert = {
            name: convert
            for bind, name in self._names.items()
            if (convert := bind.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        }
        self._base_error: type[Exception] = dialect.loaded_dbapi.Error

    def run(self, tx: Tx, values: Mapping[str, Any]) -> Any:
        ready = {**self._given, **values}
        for name, convert in self._convert.items():
            ready[name] = convert(ready[name])
        parameters = ready if self._order is None else [ready[name] for name in self._order]
        cursor = tx.driver.cursor()
        try:
            cursor.execute(self._sql, parameters)
        except self._base_error as error:
            raise DBAPIError.instance(
                self._sql, None, error, self._base_error, hide_parameters=True
            ) from error
        return cursor


def _given(compiled: SQLCompiler) -> dict[str, Any]:
    """Constants of the statement, and the plain defaults of columns that an insert does not name."""
    constants = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
    defaults = {
        column.key: column.default.arg
        for column in compiled.insert_prefetch
        if isinstance(column.default, ScalarElementColumnDefault)
    }
    return constants | defaults
