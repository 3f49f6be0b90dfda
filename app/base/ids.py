"""Identifiers made by us: time-ordered, so that index pages stay warm; random enough not to be guessed."""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 26


def new_id() -> str:
    """A ULID in lower case: 48 bits of milliseconds, 80 random bits, 26 characters."""
    number = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


def new_secret(bits: int = 256) -> str:
    """A random token for URLs and cookies. Keep only its hash (`app.base.signing.digest_of`)."""
    return secrets.token_urlsafe(bits // 8)
