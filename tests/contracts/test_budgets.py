"""Functions stay under 60 lines, files under 400, names carry a subject (house.md, rules 1 and 2)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
BARE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}


def _sources() -> Iterator[Path]:
    for folder in ("app", "consults", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path
    for path in (ROOT / "viewer_js").rglob("*.ts*"):
        if not {"node_modules", "generated"} & set(path.parts):
            yield path


MADE = {
    ROOT / "viewer_js" / "src" / "consult" / "event_types.ts"
}  # by a program, as long as there are kinds of event


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of code: the docstring does not count."""
    first = function.body[0]
    told = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    docstring = (first.end_lineno or 0) - first.lineno + 1 if told else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): n
        for path in _sources()
        if path not in MADE and (n := path.read_text().count("\n")) > 400
    }
    assert long == {}


def test_no_function_is_longer_than_60_lines() -> None:
    long = {}
    for path in _sources():
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > 60:
                long[f"{path.relative_to(ROOT)}:{node.name}"] = _length(node)
    assert long == {}


def test_no_file_is_called_after_nothing() -> None:
    assert [str(path) for path in _sources() if path.stem in BARE] == []


def test_no_import_stands_inside_a_function() -> None:
    inside = []
    for path in _sources():
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found = [inner for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom)]
                inside += [f"{path.relative_to(ROOT)}:{inner.lineno}" for inner in found]
    assert inside == []


def test_fakes_stay_rare() -> None:
    tests = fakes = 0
    for path in (ROOT / "tests").rglob("test_*.py"):
        text = path.read_text()
        tests += len(re.findall(r"^\s*def test_", text, re.MULTILINE))
        fakes += len(re.findall(r"\bmonkeypatch\.|\bmock\.|\bpatch\(", text))
    assert fakes * 100 <= 15 * max(tests, 1)
