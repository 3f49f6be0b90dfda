"""Which presentation contexts are proposed for instances that are sent: every encoding they are stored in, and both
uncompressed ones, each in a context of its own so that the receiver's choice is known for each. And for those that come
by C-GET, of which nobody knows the encoding before.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from app.archive.outgoing import OutgoingFile
from app.dimse.contexts import (
    COMPRESSED,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    RETRIEVED,
    is_storage,
)
from app.dimse.requesting import MOST_CONTEXTS

_UNCOMPRESSED = (EXPLICIT_LITTLE, IMPLICIT_LITTLE)


@dataclass(frozen=True)
class Offers:
    """Instances that fit into one association, and its contexts."""

    files: Sequence[OutgoingFile]
    contexts: Sequence[tuple[str, tuple[str, ...]]]


def batches(files: Sequence[OutgoingFile]) -> Iterator[Offers]:
    """Nearly always one: only more than 128 pairs of class and encoding need a second association."""
    found: list[OutgoingFile] = []
    pairs: dict[tuple[str, str], None] = {}
    for file in files:
        syntaxes = (file.transfer_syntax_uid, EXPLICIT_LITTLE, IMPLICIT_LITTLE)
        wanted = dict.fromkeys((file.sop_class_uid, syntax) for syntax in syntaxes)
        if len(pairs | wanted) > MOST_CONTEXTS:
            yield _offers(found, pairs)
            found, pairs = [], {}
        found.append(file)
        pairs |= wanted
    if found:
        yield _offers(found, pairs)


def _offers(files: list[OutgoingFile], pairs: dict[tuple[str, str], None]) -> Offers:
    return Offers(files, [(sop_class, (syntax,)) for sop_class, syntax in pairs])


def to_retrieve(told: Collection[str]) -> list[tuple[str, Sequence[str]]]:
    """Contexts beside that of the C-GET itself, for a study whose archive `told` its SOP classes: for those each
    compressed encoding alone while there is room, so that nothing need be decoded there; then the classes that archives
    are full of.
    """
    kept = list(dict.fromkeys(uid for uid in told if is_storage(uid, accept_private=True)))
    room = MOST_CONTEXTS - 1
    alone: list[tuple[str, Sequence[str]]] = [(uid, (syntax,)) for uid in kept for syntax in COMPRESSED]
    if len(kept) + len(alone) > room:
        alone = [(uid, COMPRESSED) for uid in kept]
    offers: list[tuple[str, Sequence[str]]] = [*((uid, _UNCOMPRESSED) for uid in kept), *alone]
    for uid in RETRIEVED:
        if uid not in kept:
            offers += [(uid, _UNCOMPRESSED), (uid, COMPRESSED)]
    return offers[:room]
