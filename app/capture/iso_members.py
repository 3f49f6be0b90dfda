"""Reading the image of a disc (ISO 9660 with Joliet or Rock Ridge, or UDF) as a CD from another hospital is sent.

Nothing in it is believed: a name is never a path, lengths are held against the file's own, counts against caps.
"""

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pycdlib
from pycdlib.pycdlibexception import PyCdlibException

from app.base.errors import HoichanError, Invalid, TooLarge
from app.capture.names import last_part, looks_like_zip
from app.capture.zip_members import Caps, Member, nested

_CHUNK = 1 << 20
_DESCRIPTOR, _IDENTIFIERS = 32769, (b"CD001", b"BEA01", b"NSR02", b"NSR03")  # ECMA-119 8.1.2; ECMA-167 2/9.1
_BROKEN = (
    PyCdlibException,
    EOFError,
    IndexError,
    KeyError,
    OSError,
    OverflowError,
    RecursionError,
    UnicodeError,
    ValueError,
    struct.error,
)


def looks_like_iso(start: bytes) -> bool:
    """Whether a file that starts like this, 32,774 bytes of it, has the volume descriptor of a disc."""
    return start[_DESCRIPTOR : _DESCRIPTOR + 5] in _IDENTIFIERS


class IsoMembers:
    """The files of one disc, with the bytes given out so far counted against the caps."""

    def __init__(self, disc: pycdlib.PyCdlib, size: int, caps: Caps, bytes_read: int) -> None:
        self._disc = disc
        self._size = size
        self._caps = caps
        self._view = _view_of(disc)
        self._left = caps.total_bytes - bytes_read
        with _damage_told():
            self._paths = list(islice(self._walk(), caps.members + 1))
        if len(self._paths) > caps.members:
            raise TooLarge("iso_members", "The disc holds too many files. Send its folders in several parts.")

    def __iter__(self) -> Iterator[Member]:
        for number, path in enumerate(self._paths):
            yield Member(number, path.removeprefix("/").removesuffix(";1"), _refusal(path))

    def __len__(self) -> int:
        return len(self._paths)

    def _walk(self) -> Iterator[str]:
        for folder, _, files in self._disc.walk(**{self._view: "/"}):
            for name in sorted(files):
                yield f"{folder.rstrip('/')}/{name}"

    def copy(self, member: Member, write: Callable[[bytes], object]) -> None:
        """Gives one file's bytes to `write`. Raises Invalid when the disc ends before the file does."""
        with (
            _damage_told(),
            self._disc.open_file_from_iso(**{self._view: self._paths[member.number]}) as file,
        ):
            left = file.length()
            if left > min(self._size, self._caps.member_bytes, self._left):
                raise Invalid("iso_damaged", "The disc is damaged: a file is longer than the disc.")
            while left > 0:
                chunk = file.read(min(_CHUNK, left))
                if not chunk:
                    raise Invalid("iso_damaged", "The disc is damaged: a file is longer than the disc.")
                left -= len(chunk)
                self._left -= len(chunk)
                write(chunk)


@contextmanager
def iso_members(path: Path, caps: Caps, *, bytes_read: int = 0) -> Iterator[IsoMembers]:
    """Opens the image of a disc; raises Invalid or TooLarge when it cannot be read."""
    disc = pycdlib.PyCdlib()
    with path.open("rb") as file:
        with _damage_told():
            disc.open_fp(file)
        try:
            yield IsoMembers(disc, path.stat().st_size, caps, bytes_read)
        finally:
            disc.close()


def _view_of(disc: pycdlib.PyCdlib) -> str:
    """The tree with the fullest names."""
    if disc.has_joliet():
        return "joliet_path"
    if disc.has_rock_ridge():
        return "rr_path"
    return "udf_path" if disc.has_udf() else "iso_path"


def _refusal(path: str) -> HoichanError | None:
    return nested() if looks_like_zip(last_part(path), b"") else None


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise Invalid(
            "iso_damaged_disc", "This image of a disc is damaged. Make it again, or send the folder."
        ) from error
