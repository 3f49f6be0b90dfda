"""Text is decoded as declared; UTF-8 that nobody declared is shown as meant, and said to be repaired."""

from collections.abc import Sequence

import pytest

from app.archive.charset import decode

NAME = "NGUYỄN^THỊ HƯỜNG"


@pytest.mark.parametrize("labels", [(), ("",), ("ISO_IR 100",), ("ISO_IR 6",), ("ISO 2022 IR 6",)])
def test_utf8_that_nobody_declared_is_repaired(labels: Sequence[str]) -> None:
    assert decode(NAME.encode(), labels) == (NAME, True)


@pytest.mark.parametrize(
    ("text", "codec", "labels"),
    [
        (NAME, "utf-8", ("ISO_IR 192",)),
        (NAME, "gb18030", ("GB18030",)),
        ("Åström^Jérôme", "latin-1", ("ISO_IR 100",)),
        ("Иванов^Пётр", "iso8859_5", ("ISO_IR 144",)),
        ("€uro", "iso8859_15", ("ISO_IR 203",)),
        ("นามสกุล", "iso8859_11", ("ISO_IR 166",)),
        ("PLAIN", "ascii", ()),
    ],
)
def test_what_is_declared_is_believed(text: str, codec: str, labels: Sequence[str]) -> None:
    assert decode(text.encode(codec), labels) == (text, False)


@pytest.mark.parametrize(
    ("raw", "labels", "text"),
    [  # PS3.5 annexes H, I and K
        (
            b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
            ("", "ISO 2022 IR 87"),
            "Yamada^Tarou=山田^太郎=やまだ^たろう",
        ),
        (
            b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
            ("ISO 2022 IR 13", "ISO 2022 IR 87"),
            "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎",
        ),
        (
            b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7",
            ("", "ISO 2022 IR 149"),
            "Hong^Gildong=洪^吉洞",
        ),
        (b"\xe9t\xe9 \x1b-L\xbf\xe0\x1b-A \xe0", ("ISO 2022 IR 100", "ISO 2022 IR 144"), "été Пр à"),
    ],
)
def test_code_extensions_switch_within_a_value(raw: bytes, labels: Sequence[str], text: str) -> None:
    assert decode(raw, labels) == (text, False)


def test_letters_and_accents_apart_are_joined() -> None:
    assert decode("Nguyễn".encode(), ("ISO_IR 192",))[0] == "Nguyễn"


@pytest.mark.parametrize(
    ("raw", "labels"),
    [
        (b"NGUY\xed\xa0\x80N", ("ISO_IR 192",)),
        (b"\xff\xfe", ("GB18030",)),
        (b"\x1b$Z??", ("", "ISO 2022 IR 87")),
        (b"\xe9", ("NO SUCH LABEL",)),
        (bytes(range(256)), ()),
    ],
)
def test_nothing_stops_a_name_from_being_shown(raw: bytes, labels: Sequence[str]) -> None:
    assert decode(raw, labels)[0]
