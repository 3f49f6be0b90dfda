"""Names of files as others wrote them: shown, never used as a path."""

import unicodedata

_SHOWN_LENGTH = 300
_NEVER_SHOWN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_OF_THE_SYSTEM = frozenset({".ds_store", "desktop.ini", "thumbs.db", "autorun.inf"})


def shown_name(name: str) -> str:
    """A name fit for a list: control, direction-changing and unpaired characters become visible marks."""
    visible = "".join("\N{REPLACEMENT CHARACTER}" if _hidden(char) else char for char in name)
    return visible if len(visible) <= _SHOWN_LENGTH else "…" + visible[1 - _SHOWN_LENGTH :]


def _hidden(char: str) -> bool:
    return unicodedata.category(char) in _NEVER_SHOWN


def last_part(name: str) -> str:
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2]


def is_system_file(name: str) -> bool:
    """Files an operating system leaves in folders; nobody meant to send them."""
    last = last_part(name).lower()
    return last in _OF_THE_SYSTEM or last.startswith("._") or "__MACOSX/" in name


def is_dicomdir(name: str) -> bool:
    return last_part(name).upper() == "DICOMDIR"


def looks_like_zip(name: str, start: bytes) -> bool:
    """Local file header or the end record of an empty archive (APPNOTE 4.3.7, 4.3.16). The preamble of a DICOM
    file may hold anything, these bytes too (PS3.10 7.1).
    """
    if start[128:132] == b"DICM":
        return False
    return start.startswith((b"PK\x03\x04", b"PK\x05\x06")) or name.lower().endswith(".zip")
