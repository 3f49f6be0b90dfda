"""Key object selections (PS3.16 TID 2010) for the viewer: the chosen frames, why, and by whom."""

from typing import Any

from app.archive.header import Header
from app.evidence.shown.references import MOST, references, said

_NAME, _TYPE, _CONTENT = 0x0040A043, 0x0040A040, 0x0040A730
_DESCRIPTION, _OBSERVER = "113012", "121008"


def key_images_of(header: Header) -> dict[str, Any]:
    title = header.item(_NAME)
    items = header.items(_CONTENT)[:MOST]
    observers = [one.text(0x0040A123, 100) for one in items if _says(one, "PNAME", _OBSERVER)]
    told = said(header)
    return told | {
        "kind": "key-images",
        "code": title.code(0x00080100) if title else "",
        "label": title.text(0x00080104, 64) if title else told["label"],
        "description": "\n".join(
            one.text(0x0040A160, 2000) for one in items if _says(one, "TEXT", _DESCRIPTION)
        ),
        "author": (observers or [told["author"]])[0].replace("^", " ").strip(),
        "images": [
            found
            for one in items
            if one.code(_TYPE) in {"COMPOSITE", "IMAGE"}
            for found in references(one, 0x00081199)
        ],
    }


def _says(item: Header, value_type: str, code: str) -> bool:
    name = item.item(_NAME)
    return item.code(_TYPE) == value_type and name is not None and name.code(0x00080100) == code
