"""Vietnamese character sets that DICOM does not know and machines send all the same.

TCVN3 (ABC fonts): one byte a letter; capitals with a tone have no code, their case came from the font. VISCII (RFC
1456): one byte a letter, six of them control codes. VNI: a letter, then a byte for its mark; some letters with
their tone are one byte. CP1258 is Python's own; its tones are combining characters.
"""

import unicodedata

_TCVN3 = "ĂÂÊÔƠƯĐăâêôơưđ\0\0\0\0\0\0àảãáạ\0ằẳẵắ\0\0\0\0\0\0\0ặầẩẫấậè\0ẻẽéẹềểễếệìỉ\0\0\0ĩíịò\0ỏõóọồổỗốộờởỡớợù\0ủũúụừửữứựỳỷỹýỵ"
_VISCII = "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
TCVN3 = {0xA1 + place: letter for place, letter in enumerate(_TCVN3) if letter != "\0"}
VISCII = {0x80 + place: letter for place, letter in enumerate(_VISCII)} | {
    0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ",
}  # fmt: skip

_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT, _CIRCUMFLEX, _BREVE = (
    "\u0300", "\u0301", "\u0303", "\u0309", "\u0323", "\u0302", "\u0306",
)  # fmt: skip
# What a VNI byte puts on the letter before it; a capital's byte is 0x20 lower.
_VNI_MARKS = {
    0xF8: _GRAVE, 0xF9: _ACUTE, 0xFB: _HOOK, 0xF5: _TILDE, 0xEF: _DOT,
    0xE2: _CIRCUMFLEX, 0xE0: _CIRCUMFLEX + _GRAVE, 0xE1: _CIRCUMFLEX + _ACUTE, 0xE5: _CIRCUMFLEX + _HOOK,
    0xE3: _CIRCUMFLEX + _TILDE, 0xE4: _CIRCUMFLEX + _DOT,
    0xEA: _BREVE, 0xE8: _BREVE + _GRAVE, 0xE9: _BREVE + _ACUTE, 0xFA: _BREVE + _HOOK,
    0xFC: _BREVE + _TILDE, 0xEB: _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS = {
    0xEC: "ì", 0xED: "í", 0xE6: "ỉ", 0xF3: "ĩ", 0xF2: "ị", 0xF1: "đ", 0xF4: "ơ", 0xF6: "ư", 0xEE: "ỵ",
}  # fmt: skip
VNI_LETTERS = _VNI_LETTERS | {code - 0x20: letter.upper() for code, letter in _VNI_LETTERS.items()}
VNI_MARKS = _VNI_MARKS | {code - 0x20: marks for code, marks in _VNI_MARKS.items()}


def from_single_bytes(value: bytes, table: dict[int, str]) -> str:
    """Text of a set with one byte a letter. Raises UnicodeDecodeError at a code the set does not have."""
    letters = []
    for place, code in enumerate(value):
        letter = table.get(code) or (chr(code) if code < 0x80 else "")
        if not letter:
            raise UnicodeDecodeError("table", value, place, place + 1, "no such code")
        letters.append(letter)
    return "".join(letters)


def from_vni(value: bytes) -> str:
    """Text of VNI. Raises UnicodeDecodeError at a mark without its letter."""
    letters = ""
    for place, code in enumerate(value):
        if code < 0x80:
            letters += chr(code)
        elif code in VNI_LETTERS:
            letters += VNI_LETTERS[code]
        elif code in VNI_MARKS and letters[-1:].isalpha():
            letters = letters[:-1] + unicodedata.normalize("NFC", letters[-1] + VNI_MARKS[code])
        else:
            raise UnicodeDecodeError("vni", value, place, place + 1, "no such code")
    return letters
