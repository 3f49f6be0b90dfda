"""In which Vietnamese character set a machine wrote that names none or a wrong one.

Every set is tried and the readings are judged by how Vietnamese they look. A guess is made only where what was
declared cannot be meant: plain ASCII and text that reads well as declared are never touched.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from app.archive.charset_tables import TCVN3, VISCII, from_single_bytes, from_vni
from app.archive.vietnamese import NAMES, WORD, is_syllable, may_be_unaccented


def _cp1258(value: bytes) -> str:
    return unicodedata.normalize("NFC", value.decode("cp1258"))


def _utf_8(value: bytes) -> str:
    return unicodedata.normalize("NFC", value.decode("utf-8"))


CHARSETS: Mapping[str, Callable[[bytes], str]] = MappingProxyType(
    {
        "UTF-8": _utf_8,
        "CP1258": _cp1258,
        "TCVN3": lambda value: from_single_bytes(value, TCVN3),
        "VISCII": lambda value: from_single_bytes(value, VISCII),
        "VNI": from_vni,
    }
)
"""By the names people know them under. Each reads bytes or raises UnicodeDecodeError."""

_ENOUGH, _ENOUGH_WITHOUT_NAMES = 1.5, 3.0


def read(value: bytes, charset: str, *, name: bool = False) -> str:
    """The text in one of CHARSETS; what the set does not know is kept as a replacement mark."""
    try:
        text = CHARSETS[charset](value)
    except UnicodeDecodeError:
        text = "".join(_letter(value[place : place + 1], charset) for place in range(len(value)))
    return with_case(text, name=name) if charset == "TCVN3" else text


def _letter(byte: bytes, charset: str) -> str:
    try:
        return CHARSETS[charset](byte)
    except UnicodeDecodeError:
        return "\ufffd"


def with_case(text: str, *, name: bool) -> str:
    """TCVN3 has no capitals with tones: they follow the letters around them. A name in small letters, as a font of
    capitals leaves it, becomes title case, and so do words beside capitals whose first letter has none in the set.
    """
    plain = [letter for letter in text if letter.isascii() and letter.isalpha()]
    inner = [word[1:] for word in WORD.findall(text)]
    shouted = any(letter.isascii() and letter.isupper() for rest in inner for letter in rest)
    if shouted and not any(letter.islower() for letter in plain):
        return text.upper()
    if not name:
        return text
    has_capitals = any(word[0].isascii() and word[0].isupper() for word in WORD.findall(text))

    def titled(found: re.Match[str]) -> str:
        word = found[0]
        meant_small = has_capitals and word[0].isascii()  # it could have been a capital
        return word if meant_small else word[0].upper() + word[1:]

    return WORD.sub(titled, text)


def guess(names: Sequence[bytes], others: Sequence[bytes] = ()) -> str:
    """The set in which a header's names (and its other texts) are written, of CHARSETS; "" when they read well as
    Latin-1 or ASCII, or when no set makes them Vietnamese. Both hold only values with bytes above ASCII or controls.
    """
    values = [*names, *others]
    if not values:
        return ""
    if all(is_utf_8(value) for value in values) and _is_latin(b" ".join(values).decode("utf-8")):
        return "UTF-8"
    judged, enough = (names, _ENOUGH) if names else (others, _ENOUGH_WITHOUT_NAMES)
    declared = _judge(judged, lambda value: value.decode("latin-1"))
    found = {name: _judge(judged, decode) for name, decode in CHARSETS.items()}
    best = max(found, key=lambda name: found[name])
    return best if found[best] >= enough and found[best] > declared else ""


def plainly_other(names: Sequence[bytes], confirmed: str) -> str:
    """The set in which names are written that cannot be in the confirmed one: read in that they have words that no
    Vietnamese name has, read in the other they are clean. "" in doubt: then what was confirmed holds.
    """
    odd = [name for name in names if not name.isascii()]
    if not odd or all(_can_be(name, confirmed) for name in odd):
        return ""
    found = guess(odd)
    if found in {"", confirmed}:
        return ""
    return found if all(_is_a_name(name, found) for name in odd) else ""


def _can_be(name: bytes, charset: str) -> bool:
    try:
        return _points(CHARSETS[charset](name)) is not None
    except UnicodeDecodeError:
        return False


def _is_a_name(name: bytes, charset: str) -> bool:
    """Whether more than one syllable speaks for it: two with accents, or one that is a common name."""
    words = [word for word in WORD.findall(CHARSETS[charset](name).lower()) if not word.isascii()]
    return len(words) > 1 or any(word in NAMES for word in words)


def _is_latin(text: str) -> bool:
    """Short words of one set may be letters of a far writing in UTF-8."""
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in text if not letter.isascii())


def is_utf_8(value: bytes) -> bool:
    """Whether bytes are UTF-8 with at least one letter of several bytes."""
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not value.isascii()


def _judge(values: Sequence[bytes], decode: Callable[[bytes], str]) -> float:
    """How Vietnamese a reading is: points for words that can be, none at all when an accented word cannot."""
    points = 0.0
    for value in values:
        try:
            text = decode(value)
        except UnicodeDecodeError:
            return 0.0
        found = _points(text)
        if found is None:
            return 0.0
        points += found
    return points


def _points(text: str) -> float | None:
    points = 0.0
    if any(not letter.isprintable() for letter in text):
        return None
    odd = [letter for letter in text if not letter.isascii() and not letter.isalpha()]
    if odd:
        return None
    for word in WORD.findall(text):
        if word.isascii():
            points += 0.75 if word.lower() in NAMES else 0.25 if may_be_unaccented(word) else -0.5
        elif not is_syllable(word) or _mixes_case(word):
            return None
        else:
            points += 2.0 if word.lower() in NAMES else 1.0
    return points


def _mixes_case(word: str) -> bool:
    """A capital behind a small letter: a mark read as a letter."""
    plain = [letter for letter in word[1:] if letter.isascii()]
    accented = [letter for letter in word[1:] if not letter.isascii()]
    small = any(letter.islower() for letter in plain)
    return small and any(letter.isupper() for letter in accented)
