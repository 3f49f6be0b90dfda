"""What libraries compile, kept for the whole run: every test has a database and an app of its own, and compiling the same
statements, templates and addresses anew for each took a third of the suite's time.
"""

from collections.abc import Callable
from typing import Any

import pytest
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, create_engine
from werkzeug.routing import Rule

from app.base import db


def share_statements(patch: pytest.MonkeyPatch) -> None:
    """Databases of one kind have one dialect and one cache of compiled statements (their key holds the dialect)."""
    firsts: dict[str, Engine] = {}

    def sharing(url: Any, **options: Any) -> Engine:
        engine = create_engine(url, **options)
        first = firsts.setdefault(engine.dialect.name, engine)
        if first is not engine and first.dialect.server_version_info is not None:  # it has been connected
            engine.dialect = engine.pool._dialect = first.dialect
            engine._compiled_cache = first._compiled_cache
        return engine

    patch.setattr(db, "create_engine", sharing)


def share_addresses(patch: pytest.MonkeyPatch) -> None:
    """What builds the address of a rule is given the rule, so that it serves the same rule of every app."""
    compile_builder: Callable[[Rule, bool], Any] = Rule._compile_builder
    made: dict[tuple[Any, ...], Any] = {}

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        key = rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    patch.setattr(Rule, "_compile_builder", once)


class _Templates(BytecodeCache):
    """Each app has a Jinja environment of its own."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if (kept := self._kept.get(bucket.key)) is not None:
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = _Templates()
