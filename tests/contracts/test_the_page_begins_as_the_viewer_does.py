"""The page's first picture and the viewer's are chosen by the same numbers, written once in each language."""

import re
from pathlib import Path

from app.edge import first_picture

SOURCES = Path(__file__).parents[2] / "viewer_js" / "src"


def _told(path: str, pattern: str) -> str:
    found = re.search(pattern, (SOURCES / path).read_text())
    assert found, pattern
    return found.group(1)


def test_both_know_the_same_pictures_that_stand_alone() -> None:
    told = _told("viewport/hanging.ts", r"SINGLE = new Set\(\[(.*?)\]\)")
    assert set(re.findall(r"\w+", told)) == first_picture.SINGLE


def test_both_begin_a_stack_from_the_same_length_in_its_middle() -> None:
    assert int(_told("stream/stack.ts", r"const FEW = (\d+)")) == first_picture.FEW


def test_what_is_narrow_for_the_page_is_narrow_for_the_viewer() -> None:
    narrow = int(_told("viewport/opening.ts", r"const NARROW = (\d+)"))
    widths = re.findall(
        r"width >= (\d+)rem\) \{\s*\.first-picture-narrow",
        (SOURCES / "viewport/first_picture.css").read_text(),
    )
    assert [int(width) * 16 for width in widths] == [narrow]
