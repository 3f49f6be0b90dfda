"""Every hostile file is refused with its code, or kept with its note; the process lives and stays small."""

import resource
import time

import pytest

from app.archive.part10 import read_part10
from app.base.errors import HoichanError
from tests import dicomgen

REFUSED = {
    "absolute_path_series": "bad_uid",
    "deflate_bomb": "inflate_too_large",
    "element_3gb_length": "element_too_long",
    "empty": "not_dicom",
    "frames_2e9": "pixel_data_short",
    "frames_more_than_data": "too_few_frames",
    "frames_negative": "bad_frames",
    "html": "not_dicom",
    "implicit_said_explicit": "wrong_encoding",
    "many_elements": "too_many_elements",
    "many_fragments": "too_many_fragments",
    "many_meta_elements": "too_many_elements",
    "missing_sop_instance": "missing_uid",
    "nested_20000": "too_deep",
    "nested_500": "too_deep",
    "only_preamble": "truncated",
    "pixel_length_lies": "truncated",
    "private_sop_class": "private_sop_class",
    "random_bytes": "element_too_long",
    "rows_65535": "pixel_data_short",
    "rows_as_UL": "bad_dimensions",
    "rows_zero": "bad_dimensions",
    "sequence_never_closed": "truncated",
    "sop_uid_traversal": "bad_uid",
    "study_uid_crlf": "bad_uid",
    "study_uid_empty": "missing_uid",
    "study_uid_html": "bad_uid",
    "truncated_header": "truncated",
    "truncated_meta": "truncated",
    "truncated_pixels": "truncated",
    "uid_128_chars": "bad_uid",
    "uid_nul": "bad_uid",
}
KEPT = {
    "garbage_after": ("trailing_bytes",),
    "meta_mismatch": ("meta_mismatch",),
    "name_64k": (),
    "name_control": (),
    "name_markup": (),
    "no_preamble": ("no_preamble",),
    "only_dataset": ("bare_dataset",),
    "preamble_pe": ("foreign_preamble",),
    "rle_bomb": (),
    "unknown_transfer_syntax": (),
    "window_nan": (),
}


def test_every_case_has_its_expectation() -> None:
    assert sorted(dicomgen.HOSTILE) == sorted(REFUSED | KEPT)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refused_with_its_code_within_a_second(name: str) -> None:
    data = dicomgen.hostile(name)
    before = time.process_time()  # of this process alone: others may be busy

    with pytest.raises(HoichanError) as refusal:
        read_part10(data)

    assert refusal.value.code == REFUSED[name]
    assert str(refusal.value).endswith(".")
    assert time.process_time() - before < 1


@pytest.mark.parametrize("name", sorted(KEPT))
def test_kept_with_its_note(name: str) -> None:
    assert read_part10(dicomgen.hostile(name)).notes == KEPT[name]


def test_a_bomb_never_fills_the_memory() -> None:
    data = dicomgen.hostile("deflate_bomb")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(HoichanError):
        read_part10(data)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_control_characters_never_reach_a_column() -> None:
    assert read_part10(dicomgen.hostile("name_control")).patient.name == "A[31mred 2026-01-01 INFO forged^I"
