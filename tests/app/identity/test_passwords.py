"""Passwords: what is refused, that letters typed either way match, that unknown people cost the same time."""

import time
import unicodedata

import pytest

from app.base.errors import Invalid
from app.identity.passwords import check_password, hash_password, verify_password
from tests.cast import PASSWORD, password_hash

NAMES = ("nguyen.an.binh", "BS. Nguyễn Văn Đạo", "Bệnh viện Đa khoa An Bình")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("ngắn quá", "password_short"),
        ("x" * 201, "password_long"),
        ("1234567890", "password_guessable"),
        ("Mật Khẩu 123", "password_guessable"),
        ("aaaaaaaaaaaa", "password_guessable"),
        ("Nguyen.An.Binh", "password_guessable"),
        ("benh vien da khoa an binh", "password_guessable"),
        ("BS nguyễn văn đạo", "password_guessable"),
    ],
)
def test_what_others_would_guess_is_refused(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(password, *NAMES)
    assert refused.value.code == code


@pytest.mark.parametrize("password", ["bốn từ dễ nhớ", "correct horse battery", "Đường-2-Tháng-9!"])
def test_four_words_are_fine(password: str) -> None:
    check_password(password, *NAMES)


def test_composed_and_decomposed_letters_are_the_same_password() -> None:
    words = "bốn từ dễ nhớ"
    kept = hash_password(unicodedata.normalize("NFD", words))
    assert kept.startswith("$argon2id$")
    assert verify_password(kept, unicodedata.normalize("NFC", words))
    assert not verify_password(kept, "bon tu de nho")


@pytest.mark.parametrize("broken", ["", "not a hash", "$argon2id$v=19$m=1,t=1,p=1$x$y"])
def test_a_broken_hash_matches_nothing(broken: str) -> None:
    assert not verify_password(broken, PASSWORD)


def test_an_unknown_person_takes_as_long_as_a_known_one() -> None:
    def took(kept: str | None) -> float:
        began = time.perf_counter()
        assert not verify_password(kept, "wrong password")
        return time.perf_counter() - began

    known, unknown = (min(took(kept) for _ in range(3)) for kept in (password_hash(), None))
    assert 0.3 < unknown / known < 3
