"""Documents and videos inside stored objects: where their own bytes lie, so that a browser can be given them."""

import mmap
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import or_, select

from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES, study_for
from app.archive.elements import Walker, fragments
from app.archive.header import Header
from app.archive.models import Instance, Series
from app.archive.uids import transfer_syntax
from app.base.actor import Actor
from app.base.blobs import Blobs
from app.base.db import Tx
from app.base.errors import NotFound

_DOCUMENT, _DOCUMENT_LENGTH = 0x00420011, 0x00420015
_PDF = "1.2.840.10008.5.1.4.1.1.104.1"
# By the end of the transfer syntax; each has a fragmentable form of its own (PS3.5 A.4.5 to A.4.8).
_CODINGS = {
    f"1.2.840.10008.1.2.4.{number}{end}": "MPEG-2" if number < 102 else "H.264" if number < 107 else "H.265"
    for number in range(100, 109)
    for end in ("", ".1")
}
_VIDEO = frozenset(_CODINGS)
_LARGEST_LISTED = 200


class DocumentKind(StrEnum):
    PDF = "pdf"
    VIDEO = "video"


_ENDINGS = MappingProxyType(
    {
        "application/octet-stream": "bin",
        "application/pdf": "pdf",
        "video/h264": "h264",
        "video/h265": "h265",
        "video/mp2t": "ts",
        "video/mp4": "mp4",
        "video/mpeg": "mpg",
    }
)
_SHOWN = frozenset({"application/pdf", "video/mp4"})
_STREAMS = MappingProxyType({"MPEG-2": "video/mpeg", "H.264": "video/h264", "H.265": "video/h265"})
_TS_PACKET = 188


@dataclass(frozen=True)
class DocumentInfo:
    """One document of a study. `digest` and `dataset_start` say where it is kept."""

    instance_id: str
    kind: DocumentKind
    title: str
    digest: str
    dataset_start: int
    transfer_syntax_uid: str

    @property
    def coding(self) -> str:
        """Of a video, in the words of its makers; else empty."""
        return _CODINGS.get(self.transfer_syntax_uid, "")


@dataclass(frozen=True)
class DocumentBytes:
    """A part of a stored object that is a file of its own."""

    media_type: str
    digest: str
    offset: int
    length: int

    @property
    def ending(self) -> str:
        return _ENDINGS[self.media_type]

    @property
    def shown(self) -> bool:
        """Whether browsers show it; anything else is to be saved."""
        return self.media_type in _SHOWN


def documents_of(tx: Tx, actor: Actor, study_id: str) -> list[DocumentInfo]:
    """PDFs and videos of a study, in order of their series."""
    study = study_for(tx, actor, study_id)
    is_document = or_(Instance.sop_class_uid == _PDF, Instance.transfer_syntax_uid.in_(_VIDEO))
    query = (
        select(Instance, Series.description)
        .join(Series, Series.id == Instance.series_id)
        .where(Series.study_id == study.id, is_document, SHOWN_SERIES, SHOWN_INSTANCE, ~Instance.damaged)
        .order_by(Series.id, Instance.number, Instance.id)
        .limit(_LARGEST_LISTED)
    )
    return [
        DocumentInfo(
            row.id,
            DocumentKind.PDF if row.sop_class_uid == _PDF else DocumentKind.VIDEO,
            title,
            row.digest,
            row.dataset_start,
            row.transfer_syntax_uid,
        )
        for row, title in tx.session.execute(query)
    ]


def document_of(tx: Tx, actor: Actor, study_id: str, instance_id: str) -> DocumentInfo:
    """One document of a study; NotFound when there is none of this id."""
    found = next((one for one in documents_of(tx, actor, study_id) if one.instance_id == instance_id), None)
    if found is None:
        raise NotFound
    return found


def document_bytes(blobs: Blobs, document: DocumentInfo) -> DocumentBytes:
    """Where it lies. Raises NotFound when the object holds none in one piece."""
    syntax = transfer_syntax(document.transfer_syntax_uid)
    if syntax.deflated:
        raise NotFound
    with (
        blobs.path(document.digest).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        walker = Walker(data, implicit=syntax.implicit, big_endian=syntax.big_endian)
        elements, _ = walker.top_level(document.dataset_start)
        if document.kind is DocumentKind.VIDEO:
            return _video(data, walker, document)
        return _pdf(Header(data, elements, big_endian=syntax.big_endian), document.digest)


def _pdf(header: Header, digest: str) -> DocumentBytes:
    element = header.elements.get(_DOCUMENT)
    if element is None:
        raise NotFound
    said = header.integer(_DOCUMENT_LENGTH)  # without the padding
    length = said if said is not None and 0 < said <= element.length else element.length
    # What only calls itself a PDF is not handed out as one.
    is_pdf = b"%PDF-" in bytes(header.source[element.start : element.start + min(length, 1024)])
    media_type = "application/pdf" if is_pdf else "application/octet-stream"
    return DocumentBytes(media_type, digest, element.start, length)


def _video(data: mmap.mmap, walker: Walker, document: DocumentInfo) -> DocumentBytes:
    pieces = fragments(data, walker.pixels.start)[0][1:] if walker.pixels else []
    if len(pieces) != 1:
        raise NotFound("video_in_pieces", "This video lies in several pieces and cannot be opened here.")
    ((offset, length),) = pieces
    head = data[offset : offset + min(length, 2 * _TS_PACKET)]
    return DocumentBytes(_container(head, document.transfer_syntax_uid), document.digest, offset, length)


def _container(head: bytes, transfer_syntax_uid: str) -> str:
    """What the stream is wrapped in (PS3.5 8.2.5 to 8.2.10 leave the choice to the machine)."""
    if head[4:8] == b"ftyp":
        return "video/mp4"
    if head[:1] == head[_TS_PACKET : _TS_PACKET + 1] == b"\x47":
        return "video/mp2t"
    return _STREAMS[_CODINGS[transfer_syntax_uid]]
