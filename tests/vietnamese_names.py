"""Invented Vietnamese names, and their bytes as machines with other character sets write them."""

import random
import unicodedata

from app.archive.charset_tables import TCVN3, VISCII, VNI_LETTERS, VNI_MARKS

_FAMILY = """
Nguyễn Trần Lê Phạm Hoàng Huỳnh Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Đoàn Trịnh Tạ Khổng Nông Lò Giàng Đậu
"""
_MIDDLE = "Văn Thị Hữu Đức Công Ngọc Thanh Xuân Bích Thúy Đình Bá Mỹ Quốc Trọng Diễm Sỹ Nhật Tiểu Huyền"
_GIVEN = """
An Ánh Ẩn Bưởi Bằng Cẩn Chuẩn Cửu Dậu Duẩn Đạt Điểm Đượm Gấm Giỏi Hạnh Hằng Hậu Hưởng Huế Khuê Kỳ Lựu Lẫm
Luyện Mẫn Mướp Nghiễm Nguyệt Nhạn Nhường Oánh Phấn Phượng Quảng Quyết Rạng Sửu Sậu Tẩn Thắm Tỵ Tỷ Tuất Út Ước
Vẻ Vượng Vỹ Xuyến Ỷ Yến Ngữ Nhữ Thưởng Thoại Khuất Diện Tước
"""
FAMILY, MIDDLE, GIVEN = (words.split() for words in (_FAMILY, _MIDDLE, _GIVEN))
TONES = "\u0300\u0301\u0303\u0309\u0323"


def full_names(count: int = 500) -> list[str]:
    """Always the same; every one has an accent. Some as DICOM writes them, some in capitals, some of two words."""
    chance = random.Random(2026)
    found: dict[str, None] = {}
    while len(found) < count:
        words = [chance.choice(FAMILY), chance.choice(MIDDLE), chance.choice(GIVEN)]
        if chance.random() < 0.1:
            del words[1]
        name = chance.choice(["^", " ", " ", " "]).join(words)
        name = name.upper() if chance.random() < 0.3 else name
        if not name.isascii():
            found[name] = None
    return list(found)


def encoded(name: str, charset: str) -> bytes:
    """As a machine with this set would send it."""
    return b"".join(_WRITERS[charset](letter) for letter in name)


def _cp1258(letter: str) -> bytes:
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        apart = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(mark for mark in apart if mark not in TONES))
        return base.encode("cp1258") + "".join(mark for mark in apart if mark in TONES).encode("cp1258")


def _single(table: dict[int, str], *, small: bool) -> dict[str, bytes]:
    codes = {letter: bytes([code]) for code, letter in table.items()}
    if small:  # capitals with a tone have no code: a font makes them
        codes = {letter.upper(): code for letter, code in codes.items()} | codes
    return codes


_TCVN3, _VISCII = _single(TCVN3, small=True), _single(VISCII, small=False)
_VNI = {letter: bytes([code]) for code, letter in VNI_LETTERS.items()}


def _vni(letter: str) -> bytes:
    if letter.isascii() or letter in _VNI:
        return _VNI.get(letter) or letter.encode()
    for length in (1, 2):
        apart = unicodedata.normalize("NFD", letter)
        for kept in (apart[:length], apart[0] + "\u031b"):
            base = unicodedata.normalize("NFC", kept)
            for code, marks in VNI_MARKS.items():
                if (code < 0xE0) == letter.isupper() and unicodedata.normalize("NFC", base + marks) == letter:
                    return (_VNI.get(base) or base.encode()) + bytes([code])
    raise AssertionError(letter)


_WRITERS = {
    "CP1258": _cp1258,
    "TCVN3": lambda letter: _TCVN3.get(letter) or letter.encode("ascii"),
    "UTF-8": lambda letter: letter.encode(),
    "VISCII": lambda letter: _VISCII.get(letter) or letter.encode("ascii"),
    "VNI": _vni,
}
