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
_MPEG2 = frozenset({"1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.101"})
_VIDEO = _MPEG2 | {f"1.2.840.10008.1.2.4.{number}" for number in range(102, 109)}
_LARGEST_LISTED = 200


class DocumentKind(StrEnum):
    PDF = "pdf"
    VIDEO = "video"


_ENDINGS = MappingProxyType({"application/pdf": "pdf", "video/mp4": "mp4", "video/mpeg": "mpg"})


@dataclass(frozen=True)
class DocumentInfo:
    """One document of a study. `digest` and `dataset_start` say where it is kept."""

    instance_id: str
    kind: DocumentKind
    title: str
    digest: str
    dataset_start: int
    transfer_syntax_uid: str


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
            return _video(data, walker, document.digest)
        return _pdf(Header(data, elements, big_endian=syntax.big_endian), document.digest)


def _pdf(header: Header, digest: str) -> DocumentBytes:
    element = header.elements.get(_DOCUMENT)
    if element is None:
        raise NotFound
    said = header.integer(_DOCUMENT_LENGTH)  # without the padding
    length = said if said is not None and 0 < said <= element.length else element.length
    return DocumentBytes("application/pdf", digest, element.start, length)


def _video(data: mmap.mmap, walker: Walker, digest: str) -> DocumentBytes:
    pieces = fragments(data, walker.pixels.start)[0][1:] if walker.pixels else []
    if len(pieces) != 1:
        raise NotFound
    ((offset, length),) = pieces
    is_mp4 = data[offset + 4 : offset + 8] == b"ftyp"
    return DocumentBytes("video/mp4" if is_mp4 else "video/mpeg", digest, offset, length)
