"""Text of a data set: Specific Character Set with code extensions (PS3.3 C.12.1.1.2, PS3.5 6.1), and what is
written in another set than the label says.

Vietnamese letters fit into ISO_IR 192 (UTF-8) and GB18030 only, yet many machines send UTF-8, CP1258, TCVN3, VNI or
VISCII under no label or under ISO_IR 100. Such text is shown as meant; the file is never changed.
"""

import re
import unicodedata
from collections.abc import Sequence

from pydicom.charset import CODES_TO_ENCODINGS, python_encoding

from app.archive import charset_guess
from app.archive.charset_guess import is_utf_8

AS_DECLARED = "declared"
_ESCAPE = b"\x1b"
_PRINTED = bytes(range(0x20, 0x7F)) + b"\t\n\f\r\0"
_FAR_EASTERN = frozenset(
    {
        "GB18030", "GBK", "ISO 2022 IR 58", "ISO 2022 IR 87", "ISO 2022 IR 149", "ISO 2022 IR 159", "ISO 2022 IR 13",
        "ISO_IR 13",
    }
)  # fmt: skip
_DEFAULT = "iso8859"
_LABELS = python_encoding | {"ISO_IR 203": "iso8859_15", "ISO 2022 IR 203": "iso8859_15"}
# Labels under which a valid UTF-8 sequence is never what the label says: ASCII has no high bytes, and in Latin-1
# such a pair would be a capital letter with a sign or control character behind it.
_UNLABELLED = frozenset({"", "ISO_IR 6", "ISO 2022 IR 6", "ISO_IR 100", "ISO 2022 IR 100"})
# A set invoked by an escape ends at these, where the first value holds again (PS3.5 6.1.2.5.3). Two-byte sets of
# G0 are left by an escape before any delimiter, and their bytes may look like one.
_DELIMITER = re.compile(rb"[\r\n\f\t\\^=]")
_BREAK = re.compile(r"[\t\n\f\r]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")


def encodings(labels: Sequence[str]) -> tuple[str, ...]:
    """Python codecs of the values of (0008,0005); an unknown label counts as the default repertoire."""
    return tuple(_LABELS.get(_normal(label), _DEFAULT) for label in labels) or (_DEFAULT,)


def _normal(label: str) -> str:
    return label.strip().replace("ISO-IR", "ISO_IR").replace("ISO IR", "ISO_IR")


def is_unlabelled(labels: Sequence[str]) -> bool:
    """Whether the label says nothing, or what it says on machines that never heard of it."""
    return all(_normal(label) in _UNLABELLED for label in labels)


def _is_as_labelled(value: bytes, labels: Sequence[str]) -> bool:
    """Whether a value is plainly what its label says, whatever the device is known to send: ASCII, code extensions,
    correct UTF-8 under its own name.
    """
    if value.isascii() and not value.translate(None, _PRINTED):
        return True
    normal = [_normal(label) for label in labels]
    if any(label in _FAR_EASTERN for label in normal) or (_ESCAPE in value and len(labels) > 1):
        return True
    return normal == ["ISO_IR 192"] and is_utf_8(value)


def believed_of(names: Sequence[bytes], others: Sequence[bytes], labels: Sequence[str]) -> str:
    """In which set a header is written whose label says nothing or cannot be true; "": what it says may be so."""
    odd_names, odd_others = ([one for one in values if not one.isascii()] for values in (names, others))
    if [_normal(label) for label in labels] == ["ISO_IR 192"]:
        if all(is_utf_8(value) for value in (*odd_names, *odd_others)):
            return ""
    elif not is_unlabelled(labels) or any(_ESCAPE in value for value in (*odd_names, *odd_others)):
        return ""
    return charset_guess.guess(odd_names, odd_others)


def plainly_other(names: Sequence[bytes], labels: Sequence[str], confirmed: str) -> str:
    """The set in which names of a device plainly are that cannot be in the one confirmed for it; "": in doubt."""
    if not believed_of(names, (), labels):
        return ""
    return charset_guess.plainly_other(names, confirmed)


def decode(
    value: bytes, labels: Sequence[str], believed: str = "", *, name: bool = False
) -> tuple[str, bool]:
    """The text and whether it had to be repaired. Never raises: what fits nothing keeps a replacement mark.

    `believed` is the set in which the header is really written (charset_guess.CHARSETS), or AS_DECLARED to take its
    label at its word.
    """
    if believed in charset_guess.CHARSETS and not _is_as_labelled(value, labels):
        return charset_guess.read(value, believed, name=name), True
    if value.isascii() and _ESCAPE not in value and (not labels or _normal(labels[0]) != "ISO_IR 13"):
        return value.decode("ascii"), False
    if believed != AS_DECLARED and is_unlabelled(labels) and _ESCAPE not in value:
        try:
            return unicodedata.normalize("NFC", value.decode("utf-8")), True
        except UnicodeDecodeError:
            pass
    codecs = encodings(labels)
    try:
        if _ESCAPE in value and len(labels) > 1:
            return _code_extensions(value, codecs), False
        return unicodedata.normalize("NFC", value.decode(codecs[0])), False
    except (UnicodeDecodeError, LookupError):
        return _at_any_cost(value, codecs[0])


def readings(name: bytes, labels: Sequence[str]) -> tuple[str, ...]:
    """All that a person's name may be taken for, in whichever set it is written; none where its label is plainly
    right.
    """
    if _is_as_labelled(name, labels):
        return ()
    sets = (AS_DECLARED, "", *charset_guess.CHARSETS)
    found = (decode(name, labels, believed, name=True)[0] for believed in sets)
    return tuple(dict.fromkeys(printable(one).strip() for one in found))


def _at_any_cost(value: bytes, codec: str) -> tuple[str, bool]:
    try:
        return unicodedata.normalize("NFC", value.decode("utf-8")), True
    except UnicodeDecodeError:
        return value.decode(codec, "replace"), True


def _code_extensions(value: bytes, codecs: tuple[str, ...]) -> str:
    """PS3.5 6.1.2.5: an escape sequence says which set follows."""
    first, *rest = value.split(_ESCAPE)
    return first.decode(codecs[0]) + "".join(_after_escape(_ESCAPE + piece, codecs[0]) for piece in rest)


def _after_escape(piece: bytes, first_codec: str) -> str:
    if piece.startswith(b"\x1b(B"):
        return piece[3:].decode(first_codec)
    length = 4 if piece[:4] in CODES_TO_ENCODINGS else 3
    codec = CODES_TO_ENCODINGS.get(piece[:length])
    if codec is None:
        raise UnicodeDecodeError("iso2022", piece, 0, 1, "unknown escape sequence")
    if codec.startswith("iso2022_jp"):
        return piece.decode("iso2022_jp_2")  # this codec reads the escape itself
    end = _DELIMITER.search(piece, length)
    stop = end.start() if end else len(piece)
    return piece[length:stop].decode(codec) + piece[stop:].decode(first_codec)


def printable(text: str, *, lines: bool = False) -> str:
    """Without control characters, which no value of DICOM may hold (PS3.5 6.1.3) and PostgreSQL cannot; ends of
    lines only where the VR has `lines`.
    """
    kept = _CONTROL.sub("", text)
    return kept if lines else _BREAK.sub(" ", kept)
