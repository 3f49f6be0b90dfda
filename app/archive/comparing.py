"""Two files under one identifier: what differs in their headers, whatever encoding each of them has."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydicom.datadict import keyword_for_tag

from app.archive.elements import PIXEL_TAGS, Element, Walker, tag_name
from app.archive.header import TEXT_VRS, Header
from app.archive.inflate import inflated
from app.archive.part10 import Part10, read_part10
from app.archive.uids import transfer_syntax
from app.base.blobs import Blobs
from app.base.errors import NotFound

MOST_SHOWN = 200
_LONGEST = 120
_PHOTOMETRIC = 0x00280004
_NUMBERS = frozenset({b"AT", b"DS", b"FD", b"FL", b"IS", b"SL", b"SS", b"SV", b"UL", b"US", b"UV"})
_BINARY = (_NUMBERS - {b"DS", b"IS"}) | {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW"}
# What another encoding of the same image changes: the character set (texts are compared as read), how colours lie, where
# fragments lie, padding. Which colours are meant is told apart in `_same`.
_OF_ENCODING = frozenset(
    {0x00080005, 0x00280006, 0x7FE00001, 0x7FE00002, 0x7FE00003, 0xFFFCFFFC} | PIXEL_TAGS
)


@dataclass(frozen=True)
class Difference:
    """One attribute that is not the same; empty where a file does not have it."""

    tag: str
    keyword: str
    first: str
    other: str


@dataclass(frozen=True)
class Opened:
    """A stored file read again."""

    digest: str
    part10: Part10
    header: Header


def open_stored(blobs: Blobs, digest: str) -> Opened:
    """Reads a file that was checked when it came. Raises NotFound when it is gone."""
    path = blobs.path(digest)
    if not path.exists():
        raise NotFound("blob_missing", "The stored file is missing. Tell your administrator.")
    return open_file(path, read_part10(path, accept_private=True), digest)


def open_file(path: Path, part10: Part10, digest: str = "") -> Opened:
    """The header of a file that was checked already."""
    syntax = transfer_syntax(part10.transfer_syntax_uid)
    with path.open("rb") as file:
        if syntax.deflated:
            data = bytes(inflated(file.read(), part10.dataset_start)[: part10.header_length])
        else:
            data = file.read(part10.header_length)
    elements, _ = Walker(data, implicit=syntax.implicit, big_endian=syntax.big_endian).top_level(
        part10.dataset_start
    )
    return Opened(digest, part10, Header(data, elements, big_endian=syntax.big_endian))


def differences(first: Header, other: Header) -> list[Difference]:
    """All attributes that say something else, in order of their tags; those of the encoding itself left out."""
    ones, others = dict(_flat(first, ())), dict(_flat(other, ()))
    found = []
    for path in sorted(ones.keys() | others.keys()):
        one, two = ones.get(path), others.get(path)
        if one is None or two is None or not _same(one, two):
            tag = path[-1]
            name = keyword_for_tag(tag) or "-"
            shown = " > ".join(tag_name(step) if step > 0xFFFF else str(step + 1) for step in path)
            found.append(Difference(shown, name, _shown(one), _shown(two)))
    return found


_Path = tuple[int, ...]
_Value = tuple[Header, Element]


def _flat(header: Header, above: _Path) -> Iterator[tuple[_Path, _Value]]:
    for tag, element in header.elements.items():
        if tag & 0xFFFF == 0 or tag in _OF_ENCODING:
            continue
        if element.items is None:
            yield (*above, tag), (header, element)
            continue
        for number, item in enumerate(header.items(tag)):
            yield from _flat(item, (*above, tag, number))


def _same(one: _Value, two: _Value) -> bool:
    (first, a), (other, b) = one, two
    if a.tag == _PHOTOMETRIC and all(header.code(a.tag)[:3] in {"RGB", "YBR"} for header in (first, other)):
        return True
    if _unpadded(first, a) == _unpadded(other, b):
        return first.labels == other.labels or not _is_text(a) or _text(one) == _text(two)
    if a.vr in _NUMBERS and b.vr in _NUMBERS:
        return bool(first.numbers(a.tag)) and first.numbers(a.tag) == other.numbers(b.tag)
    return _is_text(a) and _text(one) == _text(two)


def _unpadded(header: Header, element: Element) -> bytes:
    """A value without its padding (PS3.5 6.2); the last bytes of numbers and of binary data are content."""
    value = header.value(element)
    return value if element.vr in _BINARY else value.rstrip(b" \0")


def _is_text(element: Element) -> bool:
    return element.vr in TEXT_VRS


def _text(value: _Value) -> str:
    return value[0].text(value[1].tag)


def _shown(value: _Value | None) -> str:
    if value is None:
        return ""
    header, element = value
    if element.vr in TEXT_VRS:
        return _text(value)[:_LONGEST]
    if element.vr in _NUMBERS:
        return "\\".join(f"{number:g}" for number in header.numbers(element.tag))[:_LONGEST]
    if element.vr in {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"UN"}:
        return f"{element.length} bytes"
    return "\\".join(header.codes(element.tag))[:_LONGEST]
