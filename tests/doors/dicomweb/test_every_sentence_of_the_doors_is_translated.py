"""What these two doors tell a person exists in Vietnamese."""

import ast
from pathlib import Path

import pytest

from app.base.errors import KINDS
from app.base.i18n import catalogue_for

APP = Path(__file__).parents[3] / "app"
ERRORS = {kind.__name__ for kind in KINDS.values()}


def sentences() -> set[str]:
    found = set()
    for file in (*(APP / "dicomweb").glob("*.py"), *(APP / "dimse").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                found |= {
                    argument.value
                    for argument in node.args[1:2]
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                }
    return found


@pytest.mark.parametrize("sentence", sorted(sentences()))
def test_it_is_in_the_catalogue(sentence: str) -> None:
    assert catalogue_for("vi").get(sentence)
