"""What a person corrects is shown at once and can be taken back; the stored bytes never change."""

import io
from pathlib import Path

import pydicom
import pytest
from sqlalchemy import select

from app.archive import actions
from app.archive.models import Patient, Series, Study
from app.archive.outgoing import file_pieces, open_dataset
from app.archive.queries import (
    Search,
    corrections_of_study,
    find_patients,
    outgoing_of,
    search_studies,
    study_info,
    study_to_correct_info,
)
from app.base.actor import Actor
from app.base.blobs import Blobs
from app.base.errors import Conflict, Forbidden, Invalid, NotFound
from tests.app.archive.conftest import Archive
from tests.dicomgen import (
    BIG_ENDIAN,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    big_endian,
    ct_dataset,
    ct_slice,
    file,
    text_report,
    uid,
)


def stored_bytes(blobs: Blobs) -> dict[str, bytes]:
    """Every object on disk."""
    return {path.name: path.read_bytes() for path in Path(blobs.objects).rglob("*") if path.is_file()}


def leaving(archive: Archive, study_id: str, actor: Actor | None = None) -> list[pydicom.Dataset]:
    """The files as others receive them."""
    with archive.db.reading() as tx:
        files = outgoing_of(tx, actor or archive.cast.alice, study_id=study_id)
    found: list[pydicom.Dataset] = []
    for each in files:
        dataset = open_dataset(archive.blobs, each)
        length = sum(len(piece) for piece in dataset.pieces(1000))
        assert dataset.length in {None, length}
        found.append(pydicom.dcmread(io.BytesIO(b"".join(file_pieces(archive.blobs, each, 1000)))))
    return found


def study_of(archive: Archive, data: bytes) -> str:
    study_id = archive.store(data).study_id
    assert study_id is not None
    return study_id


FILES = {
    EXPLICIT: ct_slice,
    IMPLICIT: lambda: ct_slice(transfer_syntax=IMPLICIT),
    DEFLATED: lambda: ct_slice(transfer_syntax=DEFLATED),
    BIG_ENDIAN: lambda: big_endian(ct_dataset()),
}


@pytest.mark.parametrize("syntax", FILES)
def test_it_leaves_with_the_corrected_values_and_a_note_of_the_old_ones(
    sqlite_archive: Archive, syntax: str
) -> None:
    archive = sqlite_archive
    study_id = study_of(archive, FILES[syntax]())
    before = stored_bytes(archive.blobs)
    (original,) = leaving(archive, study_id)
    wanted = {"accession_number": "A-77", "description": "CT LỒNG NGỰC Ữ"}
    with archive.db.transaction() as tx:
        actions.edit_study(tx, archive.cast.tam, study_id=study_id, wanted=wanted, reason="typed wrongly")
    (found,) = leaving(archive, study_id)
    assert found.file_meta.TransferSyntaxUID == syntax
    assert (found.AccessionNumber, found.StudyDescription) == ("A-77", "CT LỒNG NGỰC Ữ")
    assert found.SpecificCharacterSet == "ISO_IR 192"
    assert found.PatientName == original.PatientName
    assert found.PixelData == original.PixelData
    (note,) = found.OriginalAttributesSequence
    assert note.ModifyingSystem == "HOICHAN"
    assert note.ReasonForTheAttributeModification == "CORRECT"
    assert note.ModifiedAttributesSequence[0].AccessionNumber == original.AccessionNumber
    assert stored_bytes(archive.blobs) == before


def test_searches_show_it_at_once_and_it_can_be_taken_back(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    study_id = study_of(archive, ct_slice())
    with archive.db.transaction() as tx:
        old = study_info(tx, archive.cast.alice, study_id).accession_number
        done = actions.edit_study(
            tx, archive.cast.tam, study_id=study_id, wanted={"accession_number": "NEW-1"}, reason="x"
        )
    with archive.db.reading() as tx:
        search = Search({"AccessionNumber": "NEW-1"}, hospital_id=archive.cast.a.id)
        assert len(search_studies(tx, archive.cast.alice, search).items) == 1
    with archive.db.transaction() as tx:
        actions.undo_correction(tx, archive.cast.tam, correction_id=done)
    with archive.db.reading() as tx:
        assert study_info(tx, archive.cast.alice, study_id).accession_number == old
        (row,) = corrections_of_study(tx, archive.cast.tam, study_id)
        assert row.undone_at is not None
    (found,) = leaving(archive, study_id)
    assert "OriginalAttributesSequence" not in found


def test_a_later_correction_is_taken_back_first(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    study_id = study_of(archive, ct_slice())
    with archive.db.transaction() as tx:
        first, second = (
            actions.edit_study(
                tx, archive.cast.tam, study_id=study_id, wanted={"description": one}, reason="x"
            )
            for one in ("ONE", "TWO")
        )
    with archive.db.transaction() as tx, pytest.raises(Conflict):
        actions.undo_correction(tx, archive.cast.tam, correction_id=first)
    for one in (second, first):
        with archive.db.transaction() as tx:
            actions.undo_correction(tx, archive.cast.tam, correction_id=one)


def test_a_person_is_corrected_in_all_studies_and_found_by_the_new_name(archive: Archive) -> None:
    ids = [study_of(archive, ct_slice(study=name)) for name in ("study-1", "study-2")]
    with archive.db.transaction() as tx:
        patient = study_to_correct_info(tx, archive.cast.tam, ids[0]).patient
        done = actions.edit_patient(
            tx, archive.cast.tam, patient_id=patient.id, wanted={"name": "Đặng^Thị Hường"}, reason="misspelt"
        )
    assert [str(one.PatientName) for study in ids for one in leaving(archive, study)] == [
        "Đặng^Thị Hường"
    ] * 2
    with archive.db.reading() as tx:
        assert [one.id for one in find_patients(tx, archive.cast.tam, "huong dang")] == [patient.id]
    # The machine does not know of it: what it still sends belongs here.
    assert archive.store(ct_slice(number=2)).study_id == ids[0]
    with archive.db.transaction() as tx:
        actions.undo_correction(tx, archive.cast.tam, correction_id=done)
    with archive.db.reading() as tx:
        assert study_to_correct_info(tx, archive.cast.tam, ids[1]).patient.name == patient.name


@pytest.mark.parametrize("text", ["VN-CP", "VN-cp", "vn-cp0", " VN-CP0002 "])
def test_a_patient_is_found_by_the_beginning_of_the_number(archive: Archive, text: str) -> None:
    for number, name in (
        ("VN-CP00021", "AN"),
        ("VN-CP0002", "BÌNH"),
        ("XVN-CP0002", "CHI"),
        ("VN_CP1", "DU"),
    ):
        study_of(archive, ct_slice(study=number, patient_id=number, patient_name=name))
    with archive.db.reading() as tx:
        found = [one.patient_id for one in find_patients(tx, archive.cast.tam, text)]
        assert find_patients(tx, archive.cast.giang, text) == []
    # The number itself stands before longer ones.
    assert found == (["VN-CP0002", "VN-CP00021"] if "2" in text else ["VN-CP00021", "VN-CP0002"])


def test_what_says_something_else_by_now_is_not_overwritten(archive: Archive) -> None:
    study_id = study_of(archive, ct_slice())
    with archive.db.transaction() as tx:
        patient = study_to_correct_info(tx, archive.cast.tam, study_id).patient

    def edit(wanted: dict[str, str], replacing: dict[str, str]) -> None:
        with archive.db.transaction() as tx:
            actions.edit_patient(
                tx,
                archive.cast.tam,
                patient_id=patient.id,
                wanted=wanted,
                replacing=replacing,
                reason="x",
            )

    edit({"name": "LÊ^MAI"}, {"name": patient.name})
    with pytest.raises(Conflict) as refused:
        edit({"name": "LÊ^MY", "sex": "F"}, {"name": patient.name, "sex": patient.sex})
    assert refused.value.params == {"field": "name", "value": "LÊ^MAI"}
    edit(
        {"name": "LÊ^MAI", "birth_date": "19610203"}, {"name": patient.name, "birth_date": patient.birth_date}
    )
    edit({"name": "LÊ^MY"}, {"name": "LÊ^MAI"})


def test_a_study_moves_to_the_right_patient_and_later_images_follow(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    study_id = study_of(archive, ct_slice())
    new = {"name": "Lê^Thị Mai", "patient_id": "BN9", "birth_date": ""}
    with archive.db.transaction() as tx:
        done = actions.move_study(tx, archive.cast.tam, study_id=study_id, new_patient=new, reason="mix-up")
    assert archive.store(ct_slice(number=2)).outcome == "stored"
    found = leaving(archive, study_id)
    assert {(str(one.PatientName), one.PatientID, one.PatientBirthDate) for one in found} == {
        ("Lê^Thị Mai", "BN9", "")
    }
    with archive.db.transaction() as tx:
        actions.undo_correction(tx, archive.cast.tam, correction_id=done)
    with archive.db.reading() as tx:
        assert study_info(tx, archive.cast.alice, study_id).patient_id == "BN0001"


def test_one_person_under_three_rows_is_one_and_what_still_arrives_is_theirs(
    sqlite_archive: Archive,
) -> None:
    archive = sqlite_archive
    names = ("NGUYỄN^VĂN AN", "NGUYỄN^VĂN ANH", "NGUYỄN^AN")
    studies = [study_of(archive, ct_slice(study=name, patient_name=name, series=name)) for name in names]
    with archive.db.transaction() as tx:
        first, second, third = (tx.session.get_one(Study, one).patient_id for one in studies)
        for gone, kept in ((first, second), (second, third)):
            done = actions.merge_patients(tx, archive.cast.tam, patient_id=gone, into_id=kept, reason="one")
    late = study_of(archive, ct_slice(study="late", patient_name=names[0], series="late"))
    with archive.db.transaction() as tx:
        assert tx.session.get_one(Study, late).patient_id == third
        actions.undo_correction(tx, archive.cast.tam, correction_id=done)
        assert tx.session.get_one(Patient, first).merged_into_id == second


def test_two_studies_become_one_and_what_still_arrives_goes_there(archive: Archive) -> None:
    kept, gone = (study_of(archive, ct_slice(study=name, series=name)) for name in ("study-1", "study-2"))
    with archive.db.transaction() as tx:
        done = actions.merge_studies(
            tx, archive.cast.tam, study_id=gone, into_id=kept, reason="one examination"
        )
    late = archive.store(ct_slice(study="study-2", series="late"))
    assert late.study_id == kept
    found = leaving(archive, kept)
    assert len(found) == 3
    assert len({one.StudyInstanceUID for one in found}) == 1
    with archive.db.reading() as tx:
        info = study_info(tx, archive.cast.alice, kept)
        assert (info.series_count, info.instance_count) == (3, 3)
        assert study_info(tx, archive.cast.alice, gone).id == kept  # old addresses lead there
    with archive.db.transaction() as tx:
        actions.undo_correction(tx, archive.cast.tam, correction_id=done)
    with archive.db.reading() as tx:
        counts = [study_info(tx, archive.cast.alice, one).instance_count for one in (kept, gone)]
    assert counts == [1, 2]


def test_series_become_a_study_of_their_own_and_what_still_arrives_finds_them(
    sqlite_archive: Archive,
) -> None:
    archive = sqlite_archive
    study_id = study_of(archive, ct_slice(series="one"))
    archive.store(ct_slice(series="two"))
    with archive.db.transaction() as tx:
        series = study_to_correct_info(tx, archive.cast.tam, study_id).series
        fresh = actions.split_study(
            tx, archive.cast.tam, study_id=study_id, series_ids=[series[1].id], reason="two examinations"
        )
    (moved,) = leaving(archive, fresh)
    (stays,) = leaving(archive, study_id)
    assert moved.StudyInstanceUID.startswith("2.25.")
    assert moved.StudyInstanceUID != stays.StudyInstanceUID
    name = "two" if moved.SeriesInstanceUID == ct_dataset(series="two").SeriesInstanceUID else "one"
    assert archive.store(ct_slice(series=name, number=2)).study_id == fresh
    with archive.db.transaction() as tx:
        (row,) = corrections_of_study(tx, archive.cast.tam, fresh)
        actions.undo_correction(tx, archive.cast.tam, correction_id=row.id)
    with archive.db.reading() as tx:
        assert study_info(tx, archive.cast.alice, study_id).instance_count == 3


def test_a_side_is_corrected_in_one_series_only(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    study_id = study_of(archive, ct_slice(series="one"))
    archive.store(ct_slice(series="two"))
    with archive.db.transaction() as tx:
        series = study_to_correct_info(tx, archive.cast.tam, study_id).series
        actions.edit_series(
            tx, archive.cast.tam, series_id=series[0].id, wanted={"laterality": "L"}, reason="wrong side"
        )
    sides = [one.get("Laterality", "") for one in leaving(archive, study_id)]
    assert sorted(sides) == ["", "L"]


@pytest.mark.parametrize(
    "wanted", [{"study_date": "2026-13-01"}, {"accession_number": "A" * 17}, {"description": "a\\b"}, {}]
)
def test_what_dicom_does_not_allow_is_refused(sqlite_archive: Archive, wanted: dict[str, str]) -> None:
    study_id = study_of(sqlite_archive, ct_slice())
    with sqlite_archive.db.transaction() as tx, pytest.raises(Invalid):
        actions.edit_study(tx, sqlite_archive.cast.tam, study_id=study_id, wanted=wanted, reason="x")


def test_only_those_who_may_correct_do_and_only_at_their_hospital(sqlite_archive: Archive) -> None:
    archive = sqlite_archive
    study_id = study_of(archive, ct_slice())
    for actor, error in ((archive.cast.alice, Forbidden), (archive.cast.giang, NotFound)):
        with archive.db.transaction() as tx, pytest.raises(error):
            actions.edit_study(tx, actor, study_id=study_id, wanted={"description": "x"}, reason="x")


def reporting(*series: str, transfer_syntax: str = EXPLICIT) -> bytes:
    """A report that rests on one slice of each series of its study."""
    ds = pydicom.dcmread(io.BytesIO(text_report("tổn thương")))
    items = []
    for name in series:
        item, image = pydicom.Dataset(), pydicom.Dataset()
        image.ReferencedSOPClassUID = ct_dataset().SOPClassUID
        image.ReferencedSOPInstanceUID = uid("study-1", name, 1)
        item.SeriesInstanceUID, item.ReferencedSOPSequence = uid("study-1", name), [image]
        items.append(item)
    study = pydicom.Dataset()
    study.StudyInstanceUID, study.ReferencedSeriesSequence = ds.StudyInstanceUID, items
    ds.CurrentRequestedProcedureEvidenceSequence = [study]
    return file(ds, transfer_syntax)


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT])
def test_references_name_the_study_in_which_the_images_are_now(sqlite_archive: Archive, syntax: str) -> None:
    archive, tam = sqlite_archive, sqlite_archive.cast.tam
    for name in ("one", "two"):
        study_id = study_of(archive, ct_slice(1, series=name))
    study_of(archive, reporting("one", "two", transfer_syntax=syntax))
    before = stored_bytes(archive.blobs)
    with archive.db.transaction() as tx:
        series = select(Series.id).where(Series.series_instance_uid == uid("study-1", "two"))
        moving = tx.session.scalars(series).one()
        fresh = actions.split_study(tx, tam, study_id=study_id, series_ids=[moving], reason="x")
    (moved,) = leaving(archive, fresh)
    (report,) = (one for one in leaving(archive, study_id) if one.Modality == "SR")
    told_by_study = {
        item.StudyInstanceUID: [series.SeriesInstanceUID for series in item.ReferencedSeriesSequence]
        for item in report.CurrentRequestedProcedureEvidenceSequence
    }
    assert told_by_study == {
        uid("study-1"): [uid("study-1", "one")],
        moved.StudyInstanceUID: [uid("study-1", "two")],
    }
    (note,) = report.OriginalAttributesSequence
    (was,) = note.ModifiedAttributesSequence[0].CurrentRequestedProcedureEvidenceSequence
    assert len(was.ReferencedSeriesSequence) == 2
    assert report.ContentSequence[0].TextValue == "tổn thương"
    assert stored_bytes(archive.blobs) == before
    with archive.db.transaction() as tx:
        (done,) = corrections_of_study(tx, tam, study_id)
        actions.undo_correction(tx, tam, correction_id=done.id)
    (report,) = (one for one in leaving(archive, study_id) if one.Modality == "SR")
    assert len(report.CurrentRequestedProcedureEvidenceSequence) == 1


def with_unknown_references() -> bytes:
    """The report with its references as UN, whose items are implicit in an explicit file (PS3.5 6.2.2)."""
    tag = b"\x40\x00\x75\xa3"
    explicit, implicit = (reporting("one", transfer_syntax=syntax) for syntax in (EXPLICIT, IMPLICIT))
    at, inside = explicit.index(tag), implicit.index(tag)
    length = int.from_bytes(explicit[at + 8 : at + 12], "little")
    items = implicit[inside + 8 : inside + 8 + int.from_bytes(implicit[inside + 4 : inside + 8], "little")]
    unknown = tag + b"UN\0\0" + b"\xff" * 4 + items + b"\xfe\xff\xdd\xe0" + bytes(4)
    return explicit[:at] + unknown + explicit[at + 12 + length :]


def test_references_sent_as_an_unknown_element_stay_as_they_are(sqlite_archive: Archive) -> None:
    archive, tam = sqlite_archive, sqlite_archive.cast.tam
    gone = study_of(archive, ct_slice(1, series="one"))
    study_of(archive, with_unknown_references())
    kept = study_of(archive, ct_slice(1, study="study-2", series="three"))
    with archive.db.transaction() as tx:
        actions.merge_studies(tx, tam, study_id=gone, into_id=kept, reason="x")
    (report,) = (one for one in leaving(archive, kept) if one.Modality == "SR")
    assert report.StudyInstanceUID == uid("study-2")
    (item,) = report.CurrentRequestedProcedureEvidenceSequence
    assert item.StudyInstanceUID == uid("study-1")
    assert item.ReferencedSeriesSequence[0].SeriesInstanceUID == uid("study-1", "one")


def test_references_of_a_merged_study_follow_it(sqlite_archive: Archive) -> None:
    archive, tam = sqlite_archive, sqlite_archive.cast.tam
    gone = study_of(archive, ct_slice(1, series="one"))
    study_of(archive, reporting("one"))
    kept = study_of(archive, ct_slice(1, study="study-2", series="three"))
    with archive.db.transaction() as tx:
        actions.merge_studies(tx, tam, study_id=gone, into_id=kept, reason="x")
    (report,) = (one for one in leaving(archive, kept) if one.Modality == "SR")
    (item,) = report.CurrentRequestedProcedureEvidenceSequence
    assert item.StudyInstanceUID == report.StudyInstanceUID == uid("study-2")
