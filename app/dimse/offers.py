"""Which presentation contexts are proposed for instances to be sent: every encoding they are stored in, and both
uncompressed ones, each in a context of its own so that the receiver's choice is known for each.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.archive.outgoing import OutgoingFile
from app.dimse.contexts import EXPLICIT_LITTLE, IMPLICIT_LITTLE
from app.dimse.requesting import MOST_CONTEXTS


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
