"""Which content encoding a browser takes for stored values (RFC 9110, 12.5.3); ours in order of liking."""

from typing import Literal

from werkzeug.datastructures import Accept

from app.base.errors import Invalid
from app.render.packing import CODINGS, Coding

Encoding = Literal["gzip", "identity", "zstd"]
_LIKED: tuple[Encoding, ...] = ("zstd", "gzip")


def negotiated(accepted: Accept) -> Encoding:
    """By name only: `*` may stand for anything, so it decides nothing."""
    qualities = {name.lower(): quality for name, quality in accepted}
    return next((liked for liked in _LIKED if qualities.get(liked, 0) > 0), "identity")


def coding_named(name: str) -> Coding:
    """How the values are guessed, as the address says; Invalid for a name there is not."""
    for coding in CODINGS:
        if coding == name:
            return coding
    raise Invalid("bad_coding", "The coding must be left or predicted.")
