"""A few dozen files of other people's making, where the reference data lies beside the repository."""

import pytest

from tests.bench.corpus import CORPUS, check, rows
from tests.decoding import Darkroom

ROWS = [
    row
    for number, row in enumerate(rows() if CORPUS.is_dir() else [])
    if not row["file"].startswith("series_") and int(row["bytes"]) < 400_000 and number % 5 == 0
]


@pytest.mark.skipif(not ROWS, reason="the reference data is not beside the repository")
def test_each_file_is_decoded_to_its_reference_or_refused_with_a_reason(darkroom: Darkroom) -> None:
    outcomes = {row["file"]: check(darkroom, row) for row in ROWS}
    assert [name for name, outcome in outcomes.items() if outcome.kind == "DIFFERS"] == []
    assert sum(outcome.kind == "exact" for outcome in outcomes.values()) >= len(ROWS) // 2
    assert all(outcome.note for outcome in outcomes.values() if outcome.kind == "refused")
