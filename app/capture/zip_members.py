"""Reading a ZIP somebody sent. Nothing in it is believed: counts, sizes and ratios come from real bytes.

A member's name is never a path here: members are read as streams, in order, and named for the list only.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.base.errors import HoichanError, Invalid, TooLarge, Unsupported
from app.capture.names import last_part, looks_like_zip

_CHUNK = 1 << 20
_ENCRYPTED = 0x1  # general purpose bit 0, APPNOTE 4.4.4
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    IndexError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True)
class Caps:
    """What one archive may hold; `ratio` counts only beyond the first `free_bytes`."""

    members: int = 50_000
    directory_bytes: int = 8 << 20
    member_bytes: int = 4 << 30
    total_bytes: int = 64 << 30
    ratio: int = 100
    free_bytes: int = 10 << 20


_CAPS = Caps()


@dataclass(frozen=True)
class Member:
    """One file in the archive. `refusal` says why it will not be read; it is None for those that may be."""

    number: int
    name: str
    refusal: HoichanError | None


class _CappedFile(io.FileIO):
    """A file that refuses one huge read, as the archive's lying directory size would ask for."""

    def __init__(self, path: Path, cap: int) -> None:
        super().__init__(path, "rb")
        self._cap = cap

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > self._cap:
            raise too_many_members()
        return super().read(size)


class ZipMembers:
    """The members of one archive, with the bytes given out so far counted against the caps."""

    def __init__(self, archive: zipfile.ZipFile, size: int, caps: Caps, bytes_read: int) -> None:
        self._archive = archive
        self._infos = archive.infolist()
        self._caps = caps
        self._left = min(caps.total_bytes, caps.free_bytes + caps.ratio * size) - bytes_read

    def __iter__(self) -> Iterator[Member]:
        for number, info in enumerate(self._infos):
            if not info.is_dir():
                yield Member(number, info.filename, _refusal(info))

    def __len__(self) -> int:
        return sum(not info.is_dir() for info in self._infos)

    def copy(self, member: Member, write: Callable[[bytes], object]) -> None:
        """Inflates one member into `write`. Raises when it is damaged, nested or beyond the caps."""
        left = self._caps.member_bytes
        for chunk in self._chunks(member):
            if left == self._caps.member_bytes and looks_like_zip("", chunk):
                raise nested()
            left -= len(chunk)
            self._left -= len(chunk)
            if left < 0 or self._left < 0:
                raise bomb()
            write(chunk)

    def _chunks(self, member: Member) -> Iterator[bytes]:
        with _damage_told():
            stream = self._archive.open(self._infos[member.number])
        with stream:
            while True:
                with _damage_told():
                    chunk = stream.read(_CHUNK)
                if not chunk:
                    return
                yield chunk


@contextmanager
def zip_members(path: Path, caps: Caps = _CAPS, *, bytes_read: int = 0) -> Iterator[ZipMembers]:
    """Opens an archive for reading its members; raises Invalid or TooLarge when it cannot be.

    `bytes_read`: what an earlier run took out of the same archive, counted against the caps.
    """
    with _CappedFile(path, max(caps.directory_bytes, _CHUNK)) as file:
        with _damage_told():
            archive = zipfile.ZipFile(file)
        with archive:
            if len(archive.infolist()) > caps.members:
                raise too_many_members()
            yield ZipMembers(archive, path.stat().st_size, caps, bytes_read)


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise Invalid("zip_damaged", "This ZIP is damaged. Make it again, or send the folder.") from error


def _refusal(info: zipfile.ZipInfo) -> HoichanError | None:
    if _leaves_the_folder(info.filename):
        return Invalid("zip_path", "Its name points outside the ZIP. It was not opened.")
    if stat.S_ISLNK(info.external_attr >> 16) or _is_special(info):
        return Invalid("zip_link", "It is a link or a device, not a file. It was not opened.")
    if info.flag_bits & _ENCRYPTED:
        return Unsupported("zip_encrypted", "It is locked with a password. Send it without one.")
    if info.compress_type not in _METHODS:
        return Unsupported("zip_method", "It is packed in a way we do not open. Use an ordinary ZIP.")
    if last_part(info.filename).lower().endswith(".zip"):
        return nested()
    return None


def _leaves_the_folder(name: str) -> bool:
    plain = name.replace("\\", "/")
    return plain.startswith("/") or ".." in plain.split("/") or plain[1:2] == ":"


def _is_special(info: zipfile.ZipInfo) -> bool:
    """Device files, pipes and sockets, which Unix archivers record; zero means 'not said'."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    return kind not in {0, stat.S_IFREG, stat.S_IFLNK}


def bomb() -> TooLarge:
    return TooLarge(
        "zip_bomb", "The ZIP unpacks to far more than its size. Reading stopped. Send the folder instead."
    )


def nested() -> Unsupported:
    return Unsupported("zip_nested", "A ZIP inside a ZIP is not opened. Unpack it and send the folder.")


def too_many_members() -> TooLarge:
    return TooLarge("zip_members", "The ZIP holds too many files. Send it in several parts.")
