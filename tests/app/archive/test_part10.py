"""A file is read up to its pixels, by its own bytes; a file cut short is never taken for a whole one."""

import io
from pathlib import Path

import pydicom
import pytest

from app.archive.part10 import Part10, read_part10
from app.base.errors import HoichanError
from tests import dicomgen

SYNTAXES = [dicomgen.EXPLICIT, dicomgen.IMPLICIT, dicomgen.DEFLATED]


@pytest.mark.parametrize("transfer_syntax", SYNTAXES)
def test_facts_are_those_of_the_header(transfer_syntax: str) -> None:
    part10 = read_part10(dicomgen.ct_slice(7, transfer_syntax=transfer_syntax))

    assert part10.transfer_syntax_uid == transfer_syntax
    assert part10.patient.name == "NGUYỄN^VĂN AN"
    assert (part10.patient.patient_id, part10.patient.birth_date, part10.patient.sex) == (
        "BN0001",
        "19710528",
        "M",
    )
    assert part10.study.study_instance_uid == dicomgen.uid("study-1")
    assert (part10.study.study_date, part10.study.study_time) == ("20260302", "081500")
    assert part10.series.modality == "CT"
    assert part10.sop_instance_uid == dicomgen.uid("study-1", "series-1", 7)
    assert part10.instance.number == 7
    assert part10.notes == ()


def test_a_file_and_its_bytes_read_the_same(tmp_path: Path) -> None:
    data = dicomgen.ct_slice()
    (tmp_path / "a.dcm").write_bytes(data)

    assert read_part10(tmp_path / "a.dcm") == read_part10(data)


def test_the_header_alone_is_a_file_another_reader_understands() -> None:
    data = dicomgen.ct_slice()
    header = data[: read_part10(data).header_length]
    ds = pydicom.dcmread(io.BytesIO(header))

    assert ds.InstanceNumber == 1
    assert "PixelData" not in ds


@pytest.mark.parametrize("transfer_syntax", [*SYNTAXES, dicomgen.JPEG_LS])
def test_no_cut_goes_unnoticed(transfer_syntax: str) -> None:
    compressed = transfer_syntax == dicomgen.JPEG_LS
    data = (
        dicomgen.cine(2, transfer_syntax=transfer_syntax, table="none", fragments_per_frame=1)
        if compressed
        else dicomgen.ct_slice(rows=8, columns=8, transfer_syntax=transfer_syntax)
    )
    end = len(data) - (8 if compressed else 0)  # the last delimiter holds no data

    for length in range(0, end, 3):
        with pytest.raises(HoichanError):
            read_part10(data[:length])


def test_big_endian_reads_as_little_endian_does() -> None:
    ds = dicomgen.ct_dataset(4)
    little, big = read_part10(dicomgen.file(ds)), read_part10(dicomgen.big_endian(ds))

    assert (big.patient, big.study, big.series, big.instance) == (
        little.patient,
        little.study,
        little.series,
        little.instance,
    )
    assert big.facts == little.facts


@pytest.mark.parametrize("data", [dicomgen.pdf_document(), dicomgen.text_report()])
def test_objects_without_pixels_are_kept(data: bytes) -> None:
    part10 = read_part10(data)

    assert part10.frames.reason == "no_pixel_data"
    assert part10.header_length == len(data)


def test_a_private_class_is_stored_where_it_is_allowed() -> None:
    data = dicomgen.hostile("private_sop_class")

    assert read_part10(data, accept_private=True).frames.count == 1


def test_a_disc_index_is_told_apart_from_an_image() -> None:
    with pytest.raises(HoichanError) as refusal:
        read_part10(dicomgen.ct_slice(sop_class="1.2.840.10008.1.3.10"))
    assert refusal.value.code == "dicomdir"


def test_a_year_alone_is_kept_where_nobody_knows_the_day() -> None:
    def born(date: str) -> str:
        old = dicomgen.element(0x00100030, "DA", b"19710528")
        new = dicomgen.element(0x00100030, "DA", date.encode())
        return read_part10(dicomgen.ct_slice().replace(old, new)).patient.birth_date

    assert [born(date) for date in ("19710000", "1971", "1971.05.28", "71")] == [
        "1971",
        "1971",
        "19710528",
        "",
    ]


def key(data: bytes) -> str:
    return read_part10(data).content_key


def test_the_content_key_ignores_preamble_and_meta_and_nothing_else() -> None:
    data = dicomgen.ct_slice()
    last = data[:-1] + bytes([data[-1] ^ 1])

    assert key(data) == key(dicomgen.hostile("preamble_pe")) == key(dicomgen.hostile("only_dataset"))
    assert len({key(data), key(last), key(data + b"\0\0"), key(dicomgen.ct_slice(2))}) == 4


def test_a_long_text_never_overflows_a_column() -> None:
    part10: Part10 = read_part10(dicomgen.hostile("name_64k"))

    assert len(part10.patient.name) == 324
