"""Conditions whose statement is made once for each shape: what differs from one search to the next are values.

Making a statement of a search with SQLAlchemy and finding its compiled form again costs ten times what SQLite needs to
run it. A condition therefore says its shape first; only for a shape not met before is it made.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, TypeAlias

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    String,
    and_,
    any_,
    bindparam,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.sql.base import Executable

from app.base.db import Tx, UtcDateTime
from app.base.prepared import Prepared

Value: TypeAlias = "str | int | datetime | tuple[str, ...]"  # the last: any of these, one parameter
_SHAPES_KEPT = 500
_BETWEEN = "\x1f"  # stands in no value, and none is empty: they are ids, words and codes


class Binds:
    """Hands out the parameters of a statement under construction, in the order of its values."""

    def __init__(self, dialect: str, values: Iterable[Value]) -> None:
        self.dialect = dialect
        self._left = iter([bindparam(_name(at), type_=self._type(one)) for at, one in enumerate(values)])

    def _type(self, value: Value) -> Any:
        if isinstance(value, datetime):
            return UtcDateTime()
        return Integer() if isinstance(value, int) else String()

    def next(self) -> BindParameter[Any]:
        """The parameter of the next value."""
        return next(self._left)


def _name(at: int) -> str:
    return f"v{at}_"


@dataclass(frozen=True, slots=True)
class Condition:
    """`make` takes as many parameters as there are values, in their order. Conditions of one shape are made alike."""

    shape: Hashable
    values: tuple[Value, ...]
    make: Callable[[Binds], ColumnElement[bool]]


EVERYTHING = Condition("everything", (), lambda _: true())
NOTHING = Condition("nothing", (), lambda _: false())


def both(*conditions: Condition) -> Condition:
    """All of them."""
    return _joined("and", and_, EVERYTHING, conditions)


def either(*conditions: Condition) -> Condition:
    """Any of them."""
    return _joined("or", or_, NOTHING, conditions)


def _joined(word: str, join: Any, none: Condition, conditions: tuple[Condition, ...]) -> Condition:
    if len(conditions) < 2:
        return conditions[0] if conditions else none
    return Condition(
        (word, *(one.shape for one in conditions)),
        tuple(value for one in conditions for value in one.values),
        lambda binds: join(*[one.make(binds) for one in conditions]),
    )


def equal(column: Any, value: Value) -> Condition:
    """The column has this value."""
    return Condition(("=", column), (value,), lambda binds: column == binds.next())


def among(column: Any, values: Iterable[str]) -> Condition:
    """The column has one of these values; one parameter, however many they are."""

    def make(binds: Binds) -> ColumnElement[bool]:
        if binds.dialect != "sqlite":
            return bool_(column == any_(func.string_to_array(binds.next(), _BETWEEN)))
        return bool_(column.in_(select(func.json_each(binds.next()).table_valued("value").c.value)))

    return Condition(("among", column), (tuple(values),), make)


def bool_(condition: ColumnElement[Any]) -> ColumnElement[bool]:
    """For the type checker: a comparison of a column of any type."""
    return condition


_statements: OrderedDict[Hashable, Prepared] = OrderedDict()
_lock = Lock()


def rows(
    tx: Tx, shape: Hashable, values: tuple[Value, ...], make: Callable[[Binds], Executable]
) -> list[tuple[Any, ...]]:
    """Runs the statement that `make` makes of these values' parameters, in their order; as the driver gives the rows."""
    sqlite = tx.session.get_bind().dialect.name == "sqlite"
    key = (sqlite, shape)
    statement = _statements.get(key)
    if statement is None:
        statement = Prepared(lambda dialect: make(Binds(dialect, values)))
        with _lock:
            while len(_statements) >= _SHAPES_KEPT:
                _statements.popitem(last=False)
            _statements[key] = statement
    given = {_name(at): _given(one, sqlite=sqlite) for at, one in enumerate(values)}
    return statement.rows(tx, **given)


def _given(value: Value, *, sqlite: bool) -> Any:
    if not isinstance(value, tuple):
        return value
    # One text: psycopg writes an array value by value, which took longer than the search.
    return json.dumps(value) if sqlite else _BETWEEN.join(value)


def first_column(
    tx: Tx, shape: Hashable, values: tuple[Value, ...], make: Callable[[Binds], Executable]
) -> list[Any]:
    """As `rows`, of each the first value."""
    return [row[0] for row in rows(tx, shape, values, make)]
