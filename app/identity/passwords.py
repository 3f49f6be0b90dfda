"""Passwords: hashed with argon2id, always outside transactions; which ones are refused."""

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.base.errors import Invalid, Unavailable

MIN_LENGTH = 10
MAX_LENGTH = 200
COMMON = frozenset(
    {
        "0123456789",
        "1234567890",
        "12345678910",
        "1q2w3e4r5t",
        "abc123456789",
        "benhvien123",
        "hoichan123",
        "hoichan1234",
        "iloveyou123",
        "matkhau123",
        "matkhau1234",
        "password123",
        "password1234",
        "qwerty12345",
        "qwertyuiop",
        "vietnam123",
    }
)

_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_slots = threading.BoundedSemaphore(4)  # 64 MB each: many at once must not exhaust the machine
# Checked for unknown logins, so that the time taken does not tell which logins exist.
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The argon2id hash, with its salt and cost, as one string."""
    with _Slot():
        return _hasher.hash(_normal(password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether they belong together. Takes as long when there is no hash."""
    with _Slot():
        try:
            matches = _hasher.verify(password_hash or _NOBODY, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return matches and password_hash is not None


def check_password(password: str, *names: str) -> None:
    """Raises Invalid, with a sentence, for a password that others would guess. `names`: login, own name, hospital."""
    if len(password) < MIN_LENGTH:
        raise Invalid("password_short", "A password needs at least {count} characters.", count=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise Invalid("password_long", "A password has at most {count} characters.", count=MAX_LENGTH)
    folded = _fold(password)
    if folded in COMMON or len(set(folded)) < 4 or folded in {_fold(name) for name in names if name}:
        raise Invalid(
            "password_guessable",
            "This password is easy to guess: it is a name or in common use. Choose another, for instance four words.",
        )


def _normal(password: str) -> str:
    # Vietnamese letters may be typed composed or decomposed, by keyboard; both are the same password.
    return unicodedata.normalize("NFC", password)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if letter.isalnum())


class _Slot:
    """One of the few places for hashing; waits a little, then says so."""

    def __enter__(self) -> None:
        if not _slots.acquire(timeout=10):
            raise Unavailable("busy", "Many people are signing in just now. Try again in a moment.")

    def __exit__(self, *_: object) -> None:
        _slots.release()
