"""Digests and comparisons of secrets."""

import hashlib
import hmac


def digest_of(secret: str) -> str:
    """SHA-256 in hexadecimal: what is stored of a random token. Not for passwords, which people choose."""
    return hashlib.sha256(secret.encode()).hexdigest()


def equal(one: str, other: str) -> bool:
    """Comparison in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
