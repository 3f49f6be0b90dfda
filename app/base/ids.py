"""Identifiers made by us: time-ordered, so that index pages stay warm; random enough not to be guessed."""

import secrets
import threading
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_STEP_BITS = 40
_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A ULID in lower case: 48 bits of milliseconds, 80 random bits, 26 characters.

    Each one of a process is greater than the one before, also within a millisecond: lists ordered by it keep the
    order in which things were made.
    """
    global _last  # noqa: PLW0603 - the order is the process's
    with _lock:
        fresh = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
        if fresh >> 80 <= _last >> 80:
            fresh = _last + 1 + secrets.randbits(_STEP_BITS)
        _last = fresh
    return "".join([_PAIRS[(fresh >> shift) & 1023] for shift in range(120, -1, -10)])


def new_secret(bits: int = 256) -> str:
    """A random token for URLs and cookies. Keep only its hash (`app.base.signing.digest_of`)."""
    return secrets.token_urlsafe(bits // 8)
