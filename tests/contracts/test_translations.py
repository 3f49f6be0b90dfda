"""Every sentence that a person may see has its Vietnamese: of pages, errors and the viewer."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from app.base import errors
from app.base.i18n import catalogue_for

ROOT = Path(__file__).parents[2]
ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type)}
TEMPLATE = re.compile(r"""\b_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
TYPESCRIPT = re.compile(r"""\bt\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
# Of a counted sentence the plural is the key.
COUNTED = re.compile(r"""\b(?:_n|tn)\(\s*"[^"]*",\s*("[^"]*")""")
CALLS = {"_", "gettext", "flash", "NavItem", "StudyAction", "translate", "conflict_as"} | ERRORS


def _sentences(path: Path) -> Iterator[str]:
    """Constant strings with a space or a capital that are handed to what speaks to people."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in CALLS:
            for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
                if (
                    isinstance(argument, ast.Constant)
                    and isinstance(argument.value, str)
                    and _speaks(argument.value)
                ):
                    yield argument.value


def _speaks(text: str) -> bool:
    return " " in text and text[0].isupper() and text[-1] in ".?!:…"


def _literals(pattern: re.Pattern[str], path: Path) -> Iterator[str]:
    for found in pattern.findall(path.read_text(encoding="utf-8")):
        yield ast.literal_eval(found)


def _spoken(pattern: re.Pattern[str], path: Path) -> Iterator[str]:
    yield from _literals(pattern, path)
    yield from _literals(COUNTED, path)


def _missing(found: Iterator[tuple[Path, str]]) -> list[str]:
    known = catalogue_for("vi")
    return sorted({f"{path.relative_to(ROOT)}: {text}" for path, text in found if text not in known})


def _files(*patterns: str) -> Iterator[Path]:
    for pattern in patterns:
        yield from ROOT.glob(pattern)


def test_every_sentence_of_the_code_has_its_vietnamese() -> None:
    sources = [path for path in _files("app/**/*.py", "consults/**/*.py") if "bench" not in path.parts]
    assert _missing((path, text) for path in sources for text in _sentences(path)) == []


def test_every_sentence_of_the_pages_has_its_vietnamese() -> None:
    pages = list(_files("app/web/templates/**/*.html", "consults/templates/**/*.html"))
    assert pages
    assert _missing((path, text) for path in pages for text in _spoken(TEMPLATE, path)) == []


def test_every_sentence_of_the_viewer_has_its_vietnamese() -> None:
    sources = list(_files("viewer_js/src/**/*.ts", "viewer_js/src/**/*.tsx"))
    assert sources
    assert _missing((path, text) for path in sources for text in _spoken(TYPESCRIPT, path)) == []
