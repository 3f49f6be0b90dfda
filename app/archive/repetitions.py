"""The same instance by another door: other padding, group lengths or delimiters are no other content.

Programs rewrite what they forward (DCMTK strips the padding behind the pixels), so the same image may come with other
bytes. Whether it says the same is found out only then, between two transactions: no transaction reads files.
"""

from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import TypeVar

from app.archive.comparing import differences, open_file, open_stored
from app.archive.inflate import inflated
from app.archive.part10 import Part10
from app.archive.set_asides import collision
from app.archive.uids import transfer_syntax
from app.base.blobs import Blobs, Spool
from app.base.errors import Conflict, NotFound

T = TypeVar("T")
Known = dict[str, bool]
"""Content keys of images that are here, and whether the file at hand says the same."""
_PHOTOMETRIC, _PLANAR = 0x00280004, 0x00280006
_CHUNK = 1 << 20


class ComparisonNeeded(Conflict):
    """An image is here under the same identifier, in the same encoding, with other bytes."""

    def __init__(self, digest: str, content_key: str, part10: Part10) -> None:
        error = collision(part10.transfer_syntax_uid, part10)
        super().__init__(error.code, error.message)
        self.digest = digest
        self.content_key = content_key


def entered(blobs: Blobs, spool: Spool, part10: Part10, enter: Callable[[Known], T]) -> T:
    """What `enter` returns, which calls `store_instance` with what is known. Where that must be found out first, the
    received file is compared with the one that is here, and `enter` is called once more.
    """
    known: Known = {}
    try:
        return enter(known)
    except ComparisonNeeded as needed:
        path = blobs.path(spool.commit().digest)
        known[needed.content_key] = _says_the_same(blobs, needed.digest, path, part10)
    return enter(known)


def _says_the_same(blobs: Blobs, digest: str, path: Path, part10: Part10) -> bool:
    """Of the image that is here and another file, both in the same transfer syntax."""
    try:
        first = open_stored(blobs, digest)
    except NotFound:
        return False
    headers = first.header, open_file(path, part10).header
    if differences(*headers) or (
        headers[0].codes(_PHOTOMETRIC) != headers[1].codes(_PHOTOMETRIC)
        or headers[0].numbers(_PLANAR) != headers[1].numbers(_PLANAR)
    ):
        return False
    if _tail(first.part10) == _tail(part10):
        return True
    count = first.part10.frames.count
    if not count or count != part10.frames.count:
        return False
    both = zip_longest(_frames(blobs.path(digest), first.part10), _frames(path, part10))
    return all(one == other for one, other in both)


def _tail(part10: Part10) -> tuple[str, int]:
    """Checksum and length of what stands behind the header."""
    _, checksum, length = part10.content_key.split("-")
    return checksum, int(length, 16) - (part10.header_length - part10.dataset_start)


def _frames(path: Path, part10: Part10) -> Iterator[bytes]:
    """The encoded frames in pieces; what stands between and behind them does not matter."""
    spans = [span for n in range(1, part10.frames.count + 1) for span in part10.frames.location(n)[0]]
    with path.open("rb") as file:
        if transfer_syntax(part10.transfer_syntax_uid).deflated:
            data = inflated(file.read(), part10.dataset_start)
            yield from (bytes(data[offset : offset + length]) for offset, length in spans)
            return
        for offset, length in spans:
            for start in range(offset, offset + length, _CHUNK):
                file.seek(start)
                yield file.read(min(_CHUNK, offset + length - start))
