"""A data set as XML, the Native DICOM Model (PS3.19 annex A.1), made of its JSON form."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from pydicom.datadict import keyword_for_tag

from app.dicomweb.dicom_json import Json

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM" xml:space="preserve">'
)
_PARTS_OF_NAME = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")
_FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, production 2
_FIRST_OF_BLOCK = 0x1000


def native_xml(item: Json) -> bytes:
    """One data set as a document."""
    return "".join((_HEAD, *_attributes(item), "</NativeDicomModel>")).encode()


def _attributes(item: Json) -> Iterator[str]:
    """In ascending order; a private one tells its creator's name instead of its block."""
    for name, said in sorted(item.items()):
        tag = int(name, 16)
        if tag >> 16 & 1 and tag & 0xFFFF >= _FIRST_OF_BLOCK:
            creator = (item.get(f"{name[:4]}00{name[4:6]}", {}).get("Value") or [""])[0]
            shown = f"{name[:4]}00{name[6:]}" if creator else name
            yield _start("DicomAttribute", tag=shown, vr=said["vr"], privateCreator=creator)
        else:
            yield _start("DicomAttribute", tag=name, vr=said["vr"], keyword=keyword_for_tag(tag))
        yield from _content(said)
        yield "</DicomAttribute>"


def _content(said: Json) -> Iterator[str]:
    if "BulkDataURI" in said:
        yield _start("BulkData", uri=said["BulkDataURI"]) + "</BulkData>"
    if "InlineBinary" in said:
        yield f"<InlineBinary>{said['InlineBinary']}</InlineBinary>"
    for number, value in enumerate(said.get("Value", ()), 1):
        if said["vr"] == "SQ":
            yield _start("Item", number=number)
            yield from _attributes(value)
            yield "</Item>"
        elif said["vr"] == "PN":
            yield from _name(number, value or {})
        elif value is not None:
            yield f"{_start('Value', number=number)}{_text(value)}</Value>"


def _name(number: int, value: dict[str, str]) -> Iterator[str]:
    yield _start("PersonName", number=number)
    for group, text in value.items():
        parts = zip(_PARTS_OF_NAME, text.split("^"), strict=False)
        inner = "".join(f"<{part}>{_text(piece)}</{part}>" for part, piece in parts if piece)
        yield f"<{group}>{inner}</{group}>"
    yield "</PersonName>"


def _start(name: str, **attributes: Any) -> str:
    """Attributes without a value are left out."""
    written = "".join(f' {key}="{_text(value)}"' for key, value in attributes.items() if value)
    return f"<{name}{written}>"


def _text(value: Any) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", str(value))).replace("\r", "&#13;")
