"""Stored instances on their way out: to another archive, a workstation, a browser. Files stay as they came."""

import mmap
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain

from app.archive.file_header import PREAMBLE, file_header
from app.archive.frames_index import FrameLocation, unpack
from app.archive.inflate import inflated
from app.archive.rewriting import Piece, Rewritten, Wanted, rewritten
from app.archive.uids import TransferSyntax, transfer_syntax
from app.archive.whole import Passing, check_before, is_due
from app.base.blobs import Blobs
from app.base.errors import NotFound

CHUNK = 1 << 20
_TIFF = (b"II*\0", b"MM\0*")


@dataclass(frozen=True)
class OutgoingFile:
    """An instance as it leaves: the identifiers are those of the rows, which a correction may have changed."""

    instance_id: str
    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str
    study_instance_uid: str
    transfer_syntax_uid: str
    digest: str
    dataset_start: int  # where the stored file's meta group ends; 0 when it has none
    size: int  # of the stored file
    corrected: bool
    header_length: int  # of the stored file, up to its pixel data
    frame_count: int = 0
    frame_index: bytes = b""
    charset: str = ""  # confirmed for the device that brought it, see charset.decode
    read_at: datetime | None = None  # when its bytes were last compared with the digest
    wanted: Wanted | None = None  # of a corrected study: the values to write on the way

    def location(self, frame_number: int) -> FrameLocation:
        """Where a frame lies in the stored file, or NotFound."""
        spans, bit_offset = unpack(self.frame_index or b"x").location(frame_number)
        return FrameLocation(
            self.digest, self.transfer_syntax_uid, self.header_length, frame_number, spans, bit_offset
        )


@dataclass(frozen=True)
class OutgoingDataset:
    """The data set without preamble and meta group, in the transfer syntax it is stored in. Of a corrected study its
    header is written anew; pixel data are read as they are sent, never held.
    """

    blobs: Blobs
    file: OutgoingFile

    @property
    def length(self) -> int | None:
        """In bytes; None when it is known only at the end."""
        if self.file.wanted is None:
            return self.file.size - self.file.dataset_start
        if self._syntax.deflated:
            return None
        return sum(map(_length, self._rewritten.head)) + self._rewritten.tail[1]

    def header(self) -> bytes:
        """The data set up to its pixel data, in its own encoding; of a deflated one, inflated."""
        if self.file.wanted is not None:
            return b"".join(self._read(piece) for piece in self._rewritten.head)
        start, end = self.file.dataset_start, self.file.header_length
        if self._syntax.deflated:
            return self._inflated[start:end]
        return self.blobs.read_range(self.file.digest, start, end - start)

    def pieces(self, chunk: int = CHUNK) -> Iterator[bytes]:
        """The bytes in order, at most `chunk` at once. Raises NotFound when the stored file is gone."""
        if self.file.wanted is None:
            return self._ranges(self.file.dataset_start, self.file.size, chunk)
        plain = self._corrected(chunk)
        return _deflated(plain) if self._syntax.deflated else plain

    @property
    def _syntax(self) -> TransferSyntax:
        return transfer_syntax(self.file.transfer_syntax_uid)

    @cached_property
    def _inflated(self) -> bytes:
        return inflated(self.blobs.read(self.file.digest), self.file.dataset_start)

    @cached_property
    def _rewritten(self) -> Rewritten:
        wanted, start = self.file.wanted, self.file.dataset_start
        if wanted is None:
            raise ValueError("a file of a study that nobody corrected leaves as it is")
        if self._syntax.deflated:
            return rewritten(self._inflated, start, self._syntax, wanted, self.file.charset)
        try:
            with (
                self.blobs.path(self.file.digest).open("rb") as stored,
                mmap.mmap(stored.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
            ):
                return rewritten(mapped, start, self._syntax, wanted, self.file.charset)
        except FileNotFoundError as error:
            raise NotFound("blob_missing", "The stored file is missing. Tell your administrator.") from error

    def _corrected(self, chunk: int) -> Iterator[bytes]:
        waiting = b""
        for piece in [*self._rewritten.head, self._rewritten.tail]:
            if _length(piece) + len(waiting) > chunk and waiting:
                yield waiting
                waiting = b""
            if _length(piece) <= chunk:
                waiting += self._read(piece)
            elif isinstance(piece, bytes):
                yield from (piece[offset : offset + chunk] for offset in range(0, len(piece), chunk))
            else:
                yield from self._ranges(piece[0], sum(piece), chunk)
        if waiting:
            yield waiting

    def _read(self, piece: Piece) -> bytes:
        return piece if isinstance(piece, bytes) else b"".join(self._ranges(piece[0], sum(piece), CHUNK))

    def _ranges(self, start: int, end: int, chunk: int) -> Iterator[bytes]:
        for offset in range(start, end, chunk):
            if self._syntax.deflated and self.file.wanted is not None:
                yield self._inflated[offset : min(offset + chunk, end)]
            else:
                yield self.blobs.read_range(self.file.digest, offset, min(chunk, end - offset))


def _length(piece: Piece) -> int:
    return len(piece) if isinstance(piece, bytes) else piece[1]


def _deflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """PS3.5 A.5; an odd length gets a null byte."""
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    length = 0
    for piece in pieces:
        packed = stream.compress(piece)
        length += len(packed)
        yield packed
    last = stream.flush()
    yield last + b"\0" * ((length + len(last)) % 2)


def open_dataset(blobs: Blobs, file: OutgoingFile) -> OutgoingDataset:
    """What C-STORE sends of an instance."""
    return OutgoingDataset(blobs, file)


def file_pieces(blobs: Blobs, file: OutgoingFile, chunk: int = CHUNK) -> Iterator[bytes]:
    """The instance as a file of PS3.10. Raises Unavailable before the first piece of a file of one chunk, else before
    the last, when its bytes are not those that came.
    """
    if file.wanted is not None:
        check_before(blobs, file)
    pieces = chain((file_head(blobs, file),), open_dataset(blobs, file).pieces(chunk))
    if file.wanted is not None or not is_due(file):
        return pieces
    return _checked(blobs, file, pieces)


def _checked(blobs: Blobs, file: OutgoingFile, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Each piece leaves when the next is read, the last when all of them are what they were. The first, which is not
    the object's own, waits for the second.
    """
    passing = Passing(blobs, file)
    waiting = next(pieces)
    for number, piece in enumerate(pieces):
        passing.update(piece)
        if number:
            yield waiting
            waiting = piece
        else:
            waiting += piece
    passing.finish()
    yield waiting


def file_head(blobs: Blobs, file: OutgoingFile) -> bytes:
    """Preamble and meta group. What stands in a preamble may make the file a page or a program at the same time;
    only TIFF, for which the standard made room (PS3.10 7.1), keeps its own.
    """
    head = b"" if file.wanted else blobs.read_range(file.digest, 0, file.dataset_start)
    if head[128:132] == b"DICM":
        return head if head.startswith(_TIFF) else PREAMBLE + head[132:]
    if head:
        return PREAMBLE + head
    return file_header(
        sop_class_uid=file.sop_class_uid,
        sop_instance_uid=file.sop_instance_uid,
        transfer_syntax_uid=file.transfer_syntax_uid,
    )
