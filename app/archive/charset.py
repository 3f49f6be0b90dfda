"""Text of a data set: Specific Character Set with code extensions (PS3.3 C.12.1.1.2, PS3.5 6.1), and UTF-8
that nobody declared.

Vietnamese letters fit into ISO_IR 192 (UTF-8) and GB18030 only, yet many machines send UTF-8 under no label or
under ISO_IR 100. Such text is shown as meant; the file is never changed.
"""

import re
import unicodedata
from collections.abc import Sequence

from pydicom.charset import CODES_TO_ENCODINGS, python_encoding

_ESCAPE = b"\x1b"
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


def decode(value: bytes, labels: Sequence[str]) -> tuple[str, bool]:
    """The text and whether it had to be repaired. Never raises: what fits nothing keeps a replacement mark."""
    if value.isascii() and _ESCAPE not in value and (not labels or _normal(labels[0]) != "ISO_IR 13"):
        return value.decode("ascii"), False
    if all(_normal(label) in _UNLABELLED for label in labels) and _ESCAPE not in value:
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
