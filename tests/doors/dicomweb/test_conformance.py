"""CONFORMANCE.md says what DICOMweb really offers."""

import re
from pathlib import Path

import pytest

from app.archive.attributes import ATTRIBUTES, Matching
from app.archive.failures import BY_CODE, BY_KIND
from app.base.db import Database
from app.base.errors import KINDS
from tests.doors.dicomweb.conftest import Dicomweb

STATEMENT = (Path(__file__).parents[3] / "CONFORMANCE.md").read_text(encoding="utf-8")
ROOT = "/dicomweb/<slug>"


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Which database it is does not matter here."""
    return sqlite_db


def rows_of(heading: str) -> list[tuple[str, ...]]:
    section = STATEMENT.split(heading, 1)[1].split("\n#", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[1:]]


def test_the_resources_are_the_routes(dicomweb: Dicomweb) -> None:
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(ROOT)))
        for rule in dicomweb.app.url_map.iter_rules()
        if rule.rule.startswith(ROOT)
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}
    }
    assert set(rows_of("### 3.1")) == routes


def test_the_attributes_are_those_that_are_searched() -> None:
    ours = {
        (
            attribute.level.name.lower(),
            attribute.keyword,
            attribute.tag,
            "no" if attribute.matching is Matching.NONE else attribute.matching.value,
        )
        for attribute in ATTRIBUTES
    }
    assert set(rows_of("### 3.2")) == ours


def test_every_kind_of_error_has_a_failure_reason_that_is_explained() -> None:
    assert set(BY_KIND) == {*KINDS, "error"}
    for reason in {*BY_KIND.values(), *BY_CODE.values()}:
        assert f"{reason:04X}" in STATEMENT
