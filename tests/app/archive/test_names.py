"""Names are found without accents and in any order of words, and shown as written."""

import pytest

from app.archive import names


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("NGUYỄN^VĂN AN", ("nguyen", "van", "an")),
        ("Đặng Thị Hường", ("dang", "thi", "huong")),
        ("đỖ^đÌNH^đức", ("do", "dinh", "duc")),
        ("Nguyễn Văn", ("nguyen", "van")),  # letters with their accents apart
        ("Müller^Жанна=王^小東", ("muller", "жанна", "王", "小東")),
        ("ÐỖ", ("do",)),  # Latin-1's Eth, typed for Đ
        ("O'BRIEN-SMITH^JR.", ("o", "brien", "smith", "jr")),
        ("<script>^_", ("script",)),
        ("", ()),
    ],
)
def test_words_are_folded(written: str, words: tuple[str, ...]) -> None:
    assert names.words(written) == words


def test_a_name_without_end_stays_small() -> None:
    found = names.words(" ".join(f"word{n}{'x' * 100}" for n in range(1000)))

    assert len(found) <= names.MAX_WORDS
    assert max(map(len, found)) <= names.MAX_WORD


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("NGUYỄN^VĂN^AN", "NGUYỄN VĂN AN"),
        ("TRẦN^THỊ BÌNH^^BS.", "TRẦN THỊ BÌNH BS."),
        ("Wang^XiaoDong=王^小东=", "Wang XiaoDong (王 小东)"),
        ("=王^小东", "王 小东"),
        ("==やまだ", "やまだ"),
        ("^^", ""),
        ("", ""),
    ],
)
def test_a_name_is_shown_in_the_order_it_was_written(written: str, shown: str) -> None:
    assert names.display(written) == shown
