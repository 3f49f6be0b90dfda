"""The one place where DICOM bytes are validated: a file of PS3.10, read up to its pixel data.

Nothing is decoded and the file is never held in memory. Every refusal is an error with a code for machines and a
sentence that says what to do; what is only odd is kept, with a note.
"""

import hashlib
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydicom._uid_dict import UID_dictionary
from zlib_ng import zlib_ng  # its checksum takes a fifteenth of the time

from app.archive import facts, values
from app.archive.charset import readings
from app.archive.elements import PixelElement, Source, Walker, cut_short, not_as_declared
from app.archive.frames_index import FrameIndex, index_frames
from app.archive.header import Header
from app.archive.inflate import inflated
from app.archive.pixels import PixelLayout, pixel_layout
from app.archive.uids import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    MEDIA_STORAGE_DIRECTORY,
    STANDARD_ROOT,
    TransferSyntax,
    check_uid,
    transfer_syntax,
)
from app.base.errors import HoichanError, Invalid, TooLarge, Unsupported

MAX_HEADER = 64 << 20
_PIXELS_ELSEWHERE = 0x00287FE0
_BULK_VRS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"UN"})
_META_CLASS, _META_INSTANCE, _META_SYNTAX = 0x00020002, 0x00020003, 0x00020010
# Beginnings by which other programs know their files: such a preamble makes the file two things at once.
_FOREIGN = (b"MZ", b"\x7fELF", b"<", b"PK", b"#!", b"%PDF")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Part10:
    """A file that may be stored."""

    size: int
    transfer_syntax_uid: str
    header_length: int
    dataset_start: int  # where the meta group ends
    content_key: str  # equal for the same data set under another preamble or meta group
    notes: tuple[str, ...]
    patient: values.PatientValues
    study: values.StudyValues
    series: values.SeriesValues
    instance: values.InstanceValues
    frames: FrameIndex
    facts: dict[str, Any]  # the instance as the viewer's manifest tells it
    readings: tuple[str, ...] = ()  # of the patient's name in other character sets

    def patient_like(self, known: values.PatientValues) -> values.PatientValues:
        """The patient, with the name read as `known` has it where it may be that: somebody may just have said that
        this device writes in another set than was thought.
        """
        read = (replace(self.patient, name=name) for name in self.readings)
        return next((one for one in (self.patient, *read) if not known.contradicts(one)), self.patient)

    @property
    def sop_class_uid(self) -> str:
        return self.instance.sop_class_uid

    @property
    def sop_instance_uid(self) -> str:
        return self.instance.sop_instance_uid


def read_part10(
    source: Path | bytes | memoryview,
    *,
    accept_private: bool = False,
    charset: str = "",
    own_meta: bool = False,
) -> Part10:
    """Reads and checks a file. Raises Invalid, Unsupported or TooLarge; SOP classes that are not DICOM's own are
    refused unless `accept_private`. Files without pixels and with unknown transfer syntaxes are kept.

    `charset` is what a person confirmed for the device (charset_guess.CHARSETS, or charset.AS_DECLARED); without it,
    and for names that plainly are of another, one is guessed where the label cannot be true. `own_meta`: the meta group is ours, made from a C-STORE command,
    so that a data set of another instance is a fault (PS3.4 B.2.3); in files of others the data set wins.
    """
    with _opened(source) as file:
        return _Reading(file, charset, accept_private=accept_private, own_meta=own_meta).part10()


@contextmanager
def open_header(path: Path, *, charset: str = "") -> Iterator[Header]:
    """The header of a stored file, for those who read it anew; closed with the block."""
    with _opened(path) as file:
        yield _Reading(file, charset, accept_private=True, own_meta=False).header()


@contextmanager
def _opened(source: Path | bytes | memoryview) -> Iterator[Source]:
    if not isinstance(source, Path):
        if not len(source):
            raise _not_dicom()
        yield source
        return
    with source.open("rb") as file:
        if not source.stat().st_size:
            raise _not_dicom()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield mapped


def _not_dicom() -> HoichanError:
    return Invalid(
        "not_dicom", "This is not a DICOM file. Send the files that the modality or the PACS exports."
    )


class _Reading:
    """One file being read; the steps in their order."""

    def __init__(self, file: Source, charset: str, *, accept_private: bool, own_meta: bool) -> None:
        self._file = file
        self._accept_private = accept_private
        self._charset = charset
        self._own_meta = own_meta
        self._notes: list[str] = []

    def header(self) -> Header:
        """Up to the pixel data; nothing is checked but its structure."""
        meta, start = self._meta()
        syntax = self._syntax(meta, start)
        data = inflated(self._file, start) if syntax.deflated else self._file
        walker = Walker(data, implicit=syntax.implicit, big_endian=syntax.big_endian)
        return self._header(walker, data, start, syntax)[0]

    def part10(self) -> Part10:
        meta, start = self._meta()
        syntax = self._syntax(meta, start)
        data = inflated(self._file, start) if syntax.deflated else self._file
        walker = Walker(data, implicit=syntax.implicit, big_endian=syntax.big_endian)
        header, end = self._header(walker, data, start, syntax)
        _check_header_size(header, end, len(data), walker.pixels)
        instance = values.instance_values(header)
        self._check_class(instance.sop_class_uid)
        self._check_meta(meta, instance)
        if walker.pixels is None:
            _check_no_image(header, instance.sop_class_uid, end)
        frames, layout = _frames(data, walker.pixels, syntax, header)
        self._note_oddities(data, walker.pixels, syntax)
        patient, study, series = (
            values.patient_values(header),
            values.study_values(header),
            values.series_values(header),
        )
        if header.repaired:
            self._notes.append("charset_repaired")
        return Part10(
            size=len(self._file),
            transfer_syntax_uid=syntax.uid,
            header_length=end,
            dataset_start=start,
            content_key=_content_key(self._file, start, len(self._file) if syntax.deflated else end),
            notes=tuple(self._notes),
            patient=patient,
            study=study,
            series=series,
            instance=instance,
            frames=frames,
            facts=facts.instance_facts(header, layout, frames, syntax),
            readings=readings(header.raw(0x00100010), header.labels),
        )

    def _meta(self) -> tuple[Header | None, int]:
        """The meta group (always Explicit VR Little Endian, PS3.10 7.1) and where the data set begins."""
        if bytes(self._file[128:132]) == b"DICM":
            start = 132
        elif bytes(self._file[:2]) == b"\x02\x00":
            start = 0
            self._notes.append("no_preamble")
        else:
            self._notes.append("bare_dataset")
            return None, 0
        elements, end = Walker(self._file, implicit=False).meta_group(start)
        meta = Header(self._file, elements)
        if meta.uid(_META_CLASS) == MEDIA_STORAGE_DIRECTORY:
            raise Unsupported(
                "dicomdir", "This is the index of a disc (DICOMDIR). Send the image files themselves."
            )
        return meta, end

    def _syntax(self, meta: Header | None, start: int) -> TransferSyntax:
        declared = "" if meta is None else meta.uid(_META_SYNTAX)
        if meta is not None and start >= len(self._file):
            raise cut_short(str(start))
        sniffed = _sniff(self._file, start)
        if not declared:
            if meta is not None:
                self._notes.append("no_transfer_syntax")
            return transfer_syntax(sniffed)
        syntax = transfer_syntax(check_uid(declared, "TransferSyntaxUID"))
        if not syntax.known and sniffed == IMPLICIT_LITTLE:
            raise Unsupported(
                "unknown_transfer_syntax", "The file's transfer syntax is unknown here. Send it uncompressed."
            )
        if syntax.known and not syntax.deflated and syntax.implicit != (sniffed == IMPLICIT_LITTLE):
            raise not_as_declared(0x00080000)
        return syntax

    def _header(self, walker: Walker, data: Source, start: int, syntax: TransferSyntax) -> tuple[Header, int]:
        try:
            elements, end = walker.top_level(start)
        except HoichanError:
            if "bare_dataset" in self._notes:
                raise _not_dicom() from None
            raise
        if "bare_dataset" in self._notes and 0x00080016 not in elements:
            raise _not_dicom()
        header = Header(data, elements, big_endian=syntax.big_endian)
        header.settle_charset(self._charset)
        return header, end

    def _check_class(self, sop_class_uid: str) -> None:
        if not sop_class_uid.startswith(STANDARD_ROOT) and not self._accept_private:
            raise Unsupported(
                "private_sop_class",
                "This kind of object is private to its manufacturer and cannot be stored. Export it as a standard object.",
            )

    def _check_meta(self, meta: Header | None, instance: values.InstanceValues) -> None:
        """PS3.10 7.1: the meta group repeats class and instance of the data set. Planning systems export files where
        it names others; every receiver of a C-STORE would see the data set only, so its identifiers are the image's.
        """
        if meta is None:
            return
        named = meta.uid(_META_CLASS), meta.uid(_META_INSTANCE)
        if not all(named):
            self._notes.append("incomplete_meta")
        if named[0] in {"", instance.sop_class_uid} and named[1] in {"", instance.sop_instance_uid}:
            return
        if self._own_meta:
            raise Invalid(
                "meta_mismatch",
                "The data set is of another image than its command says. Report this to the device's maker.",
            )
        self._notes.append("meta_mismatch")

    def _note_oddities(self, data: Source, pixels: PixelElement | None, syntax: TransferSyntax) -> None:
        preamble = bytes(self._file[:128])
        if bytes(self._file[128:132]) == b"DICM" and preamble.startswith(_FOREIGN):
            self._notes.append("foreign_preamble")
        if pixels is not None and not syntax.encapsulated:
            behind = bytes(data[pixels.start + pixels.length :][:2])
            if behind not in {b"", b"\xfc\xff", b"\xfa\xff"}:  # trailing padding, digital signatures
                self._notes.append("trailing_bytes")


def _sniff(file: Source, start: int) -> str:
    """How the first element looks: explicit when letters stand where a VR belongs."""
    head = bytes(file[start : start + 8])
    if len(head) < 8:
        raise _not_dicom() if start == 0 else cut_short(str(start))
    if not (head[4:6].isalpha() and head[4:6].isupper()):
        return IMPLICIT_LITTLE
    return EXPLICIT_BIG if head[0] == 0 and head[1] else EXPLICIT_LITTLE


def _check_header_size(header: Header, end: int, size: int, pixels: PixelElement | None) -> None:
    bulk = 0
    if pixels is None:
        bulk = sum(element.length for element in header.elements.values() if element.vr in _BULK_VRS)
        end = size
    if end - bulk > MAX_HEADER:
        raise TooLarge(
            "header_too_large",
            "The header is larger than {limit} MB. Export it again without private data.",
            limit=MAX_HEADER >> 20,
        )


def _check_no_image(header: Header, sop_class_uid: str, end: int) -> None:
    """An image without pixels was cut off between two elements; unless they lie elsewhere (JPIP, PS3.3 C.7.6.3.3)."""
    name = UID_dictionary.get(sop_class_uid, ("",))[0]
    if "Image Storage" in name and _PIXELS_ELSEWHERE not in header:
        raise cut_short(str(end))


def _frames(
    data: Source, pixels: PixelElement | None, syntax: TransferSyntax, header: Header
) -> tuple[FrameIndex, PixelLayout | None]:
    if pixels is None:
        return FrameIndex(reason="no_pixel_data"), None
    layout = pixel_layout(header, pixels)
    return index_frames(data, pixels, layout, syntax, header), layout


def _content_key(file: Source, start: int, header_end: int) -> str:
    """Digest of the header's elements, checksum and length of what follows. Two files that differ only in preamble
    or meta group have the same; it decides whether a second arrival of an instance is a repetition.
    """
    checksum = 0
    for position in range(header_end, len(file), _CHUNK):
        checksum = zlib_ng.crc32(file[position : position + _CHUNK], checksum)
        if isinstance(file, mmap.mmap):  # what was read counts as ours until it is given back
            file.madvise(mmap.MADV_DONTNEED, position // mmap.PAGESIZE * mmap.PAGESIZE, _CHUNK)
    digest = hashlib.sha256(file[start:header_end]).hexdigest()[:40]
    return f"{digest}-{checksum:08x}-{len(file) - start:x}"
