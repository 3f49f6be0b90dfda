"""The table of contents of DICOM media (PS3.3 annex F): which files a disc should hold.

The images are found by looking at every file, so the table is not needed to read a disc; it tells what is missing.
"""

from collections.abc import Iterable

from app.archive.elements import Walker
from app.archive.header import Header
from app.base.errors import HoichanError

LARGEST = 32 << 20
MOST_LISTED = 20_000
_META_GROUP = 132
_RECORDS, _FILE_ID = 0x00041220, 0x00041500


def listed_files(data: bytes) -> list[str]:
    """Paths below the table's own folder, with slashes; empty when it cannot be read."""
    if data[128:132] != b"DICM":
        return []
    try:
        walker = Walker(data, implicit=False)
        _, start = walker.meta_group(_META_GROUP)
        elements, _ = walker.top_level(start)
    except HoichanError:
        return []
    records = Header(data, elements).items(_RECORDS)
    paths = ("/".join(part for part in record.codes(_FILE_ID) if part) for record in records)
    return [path for path in paths if path][:MOST_LISTED]


def missing_files(table: str, listed: Iterable[str], present: Iterable[str]) -> list[str]:
    """The listed files that are not among those present. Names as `capture` keeps them; `table` is the table's own."""
    folder = table.replace("\\", "/").rpartition("/")[0]
    here = {_plain(name) for name in present}
    return [path for path in listed if _plain(f"{folder}/{path}") not in here]


def _plain(name: str) -> str:
    """Discs are read with names in capitals or small letters, with version numbers and lone dots or without."""
    return name.replace("\\", "/").strip("/").upper().removesuffix(";1").removesuffix(".")
