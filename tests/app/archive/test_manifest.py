"""The viewer's manifest: slices in the order in which they lie, frames numbered through."""

import random
from typing import Any

import pytest

from app.archive.manifest import age_at
from app.archive.queries import manifest, series_frames, series_ids
from tests import dicomgen
from tests.app.archive.conftest import Archive

STUDY_FIELDS = {
    "weight",
    "id",
    "study_instance_uid",
    "patient_name",
    "patient_id",
    "birth_date",
    "sex",
    "age",
    "study_date",
    "study_time",
    "description",
    "accession_number",
    "guessed_charset",
    "hospital_name",
    "state",
}
SERIES_FIELDS = {
    "id",
    "series_instance_uid",
    "number",
    "modality",
    "description",
    "body_part",
    "laterality",
    "frame_count",
    "instances",
}
INSTANCE_FIELDS = {
    "id",
    "sop_class_uid",
    "sop_instance_uid",
    "number",
    "frames",
    "rows",
    "columns",
    "position",
    "orientation",
    "spacing",
    "spacing_source",
    "aspect",
    "slice_thickness",
    "slice_location",
    "frame_of_reference_uid",
    "patient_orientation",
    "laterality",
    "photometric",
    "samples",
    "bits_stored",
    "signed",
    "slope",
    "intercept",
    "unit",
    "windows",
    "has_voi_lut",
    "has_modality_lut",
    "inverse",
    "padding",
    "stored",
    "lossy",
    "frame_time_ms",
    "stored_bytes",
    "renderable",
    "reason",
    "frame_overrides",
}


def told(archive: Archive, study: str | None) -> dict[str, Any]:
    with archive.db.reading() as tx:
        return manifest(tx, archive.cast.alice, str(study))


def numbers(archive: Archive, files: list[bytes]) -> list[int]:
    """Instance numbers in the manifest's order, whatever order the files came in."""
    random.Random(1).shuffle(files)
    stored = archive.send(files)
    return [item["number"] for item in told(archive, stored[0].study_id)["series"][0]["instances"]]


def at(number: int, z: float | None, **attributes: Any) -> bytes:
    position = None if z is None else [0, 0, z]
    return dicomgen.ct_slice(number, rows=8, columns=8, ImagePositionPatient=position, **attributes)


def test_a_stack_runs_along_its_normal(sqlite_archive: Archive) -> None:
    files = [at(number, z) for number, z in ((1, 10.0), (2, 30.0), (3, 20.0), (4, 40.0))]

    assert numbers(sqlite_archive, files) == [1, 3, 2, 4]


def test_it_runs_the_way_its_numbers_do(sqlite_archive: Archive) -> None:
    files = [at(number, -10.0 * number) for number in range(1, 6)]

    assert numbers(sqlite_archive, files) == [1, 2, 3, 4, 5]


def test_several_phases_at_one_place_stay_in_the_order_of_their_numbers(sqlite_archive: Archive) -> None:
    files = [at(number, float(number % 3)) for number in range(1, 7)]

    assert numbers(sqlite_archive, files) == [1, 2, 3, 4, 5, 6]


def test_slices_that_are_not_parallel_stay_in_the_order_of_their_numbers(sqlite_archive: Archive) -> None:
    tilted = [1, 0, 0, 0, 0, -1]
    files = [at(3, 1.0), at(1, 2.0, ImageOrientationPatient=tilted), at(2, 3.0)]

    assert numbers(sqlite_archive, files) == [1, 2, 3]


def test_the_manifest_has_every_field_of_the_contract(sqlite_archive: Archive) -> None:
    (stored,) = sqlite_archive.send([dicomgen.ct_slice()])
    found = told(sqlite_archive, stored.study_id)
    study, series, instance = found["study"], found["series"][0], found["series"][0]["instances"][0]

    assert study["patient_name"] == "NGUYỄN VĂN AN"
    assert study["age"] == "054Y"
    assert study["hospital_name"] == sqlite_archive.cast.a.name
    assert set(study) == STUDY_FIELDS
    assert set(series) == SERIES_FIELDS
    assert set(instance) == INSTANCE_FIELDS


def test_frames_are_numbered_through_the_series(sqlite_archive: Archive) -> None:
    cine = dicomgen.cine(3)
    (stored,) = sqlite_archive.send([cine])
    series = told(sqlite_archive, stored.study_id)["series"][0]
    with sqlite_archive.db.reading() as tx:
        frames = series_frames(tx, sqlite_archive.cast.alice, series["id"])

    assert series["frame_count"] == len(frames) == 3
    assert [location.frame_number for location in frames] == [1, 2, 3]
    spans = [cine[offset : offset + length] for location in frames for offset, length in location.spans]
    assert spans[2].rstrip(b"\0") == dicomgen.encoded(dicomgen.cine_frame(2), dicomgen.JPEG).rstrip(b"\0")


def test_series_come_by_number_and_objects_without_images_are_told(sqlite_archive: Archive) -> None:
    files = [dicomgen.text_report(), dicomgen.ct_slice(series="two", SeriesNumber=2), dicomgen.ct_slice()]
    stored = sqlite_archive.send(files)
    series = told(sqlite_archive, stored[0].study_id)["series"]

    assert [one["number"] for one in series] == [1, 1, 2]
    assert {one["modality"]: one["frame_count"] for one in series} == {"CT": 1, "SR": 0}


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("19710528", "20260302", "054Y"),
        ("19710528", "20260528", "055Y"),
        ("1971", "20260528", ""),
        ("", "20260528", ""),
        ("20260101", "20250101", ""),
    ],
)
def test_an_age_is_counted_in_birthdays(born: str, day: str, age: str) -> None:
    assert age_at(born, day) == age


def test_series_are_found_in_the_same_order_without_their_images(archive: Archive) -> None:
    files = [dicomgen.ct_slice(series=f"s{number}", SeriesNumber=number) for number in (3, None, 1)]
    study_id = archive.send(files)[0].study_id or ""
    with archive.db.reading() as tx:
        told = manifest(tx, archive.cast.alice, study_id)
        ids = series_ids(tx, archive.cast.alice, study_id)
    assert ids == [one["id"] for one in told["series"]]
    assert [one["number"] for one in told["series"]] == [1, 3, None]
