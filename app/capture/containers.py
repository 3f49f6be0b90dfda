"""Files that hold files: ZIPs and images of discs, read the same way."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from app.capture.iso_members import iso_members, looks_like_iso
from app.capture.names import looks_like_zip
from app.capture.zip_members import Caps, Member, zip_members

START = 32_774
ZIP_START = 132


class Members(Protocol):
    """The files in one container, in a fixed order, each by its number."""

    def __iter__(self) -> Iterator[Member]: ...
    def copy(self, member: Member, write: Callable[[bytes], object]) -> None:
        """Gives one file's bytes to `write`."""


def is_container(name: str, start: bytes) -> bool:
    """Whether the file holds files, told by its first `START` bytes and its name."""
    return looks_like_zip(name, start[:ZIP_START]) or looks_like_iso(start)


def members_of(path: Path, caps: Caps, *, bytes_read: int = 0) -> AbstractContextManager[Members]:
    """Opens a container; raises Invalid or TooLarge when it cannot be read.

    `bytes_read`: what an earlier run took out of the same container, counted against the caps.
    """
    with path.open("rb") as file:
        start = file.read(START)
    if looks_like_iso(start):
        return iso_members(path, caps, bytes_read=bytes_read)
    return zip_members(path, caps, bytes_read=bytes_read)
