"""What we accept: storage SOP classes and transfer syntaxes, and the answer to a proposed context.

CONFORMANCE.md lists the same; tests/doors/dimse/test_conformance.py compares the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydicom._uid_dict import UID_dictionary
from pynetdicom import sop_class

VERIFICATION = "1.2.840.10008.1.1"
DICOM_ROOT = "1.2.840.10008."
ACCEPTED = 0x00
ABSTRACT_SYNTAX_NOT_SUPPORTED = 0x03
TRANSFER_SYNTAXES_NOT_SUPPORTED = 0x04

_NEVER_STORED = {
    "1.2.840.10008.1.3.10",  # Media Storage Directory: an index of files, not an instance
    "1.2.840.10008.1.20.1",  # Storage Commitment: a service
    "1.2.840.10008.1.20.2",
    *sop_class._NON_PATIENT_OBJECT_CLASSES.values(),  # noqa: SLF001 - the table has no public name; these belong to no study
}


def _storage_sop_classes() -> frozenset[str]:
    named = {
        uid for uid, entry in UID_dictionary.items() if entry[1] == "SOP Class" and "Storage" in entry[0]
    }
    known = {str(uid) for uid in sop_class._STORAGE_CLASSES.values()}  # noqa: SLF001 - the table has no public name
    return frozenset((named | known) - _NEVER_STORED)


def _transfer_syntaxes() -> frozenset[str]:
    named = {uid for uid, entry in UID_dictionary.items() if entry[1] == "Transfer Syntax"}
    return frozenset((named | _YOUNGER_THAN_PYDICOM) - _NEVER_KEPT)


_YOUNGER_THAN_PYDICOM = {
    "1.2.840.10008.1.2.4.110",  # JPEG XL Lossless
    "1.2.840.10008.1.2.4.111",  # JPEG XL JPEG Recompression
    "1.2.840.10008.1.2.4.112",  # JPEG XL
    "1.2.840.10008.1.2.8.1",  # Deflated Image Frame Compression
}
_NEVER_KEPT = {
    "1.2.840.10008.1.2.4.94",  # JPIP: the pixels are behind an address that we would have to fetch
    "1.2.840.10008.1.2.4.95",
    "1.2.840.10008.1.2.4.204",
    "1.2.840.10008.1.2.4.205",
    "1.2.840.10008.1.2.6.1",  # MIME and XML encodings, retired: not a DICOM data set
    "1.2.840.10008.1.2.6.2",
    "1.2.840.10008.1.2.7.1",  # SMPTE ST 2110: real-time video, never in a file
    "1.2.840.10008.1.2.7.2",
    "1.2.840.10008.1.2.7.3",
    "1.2.840.10008.1.20",  # Papyrus 3, retired: a file format of its own
}

STORAGE_SOP_CLASSES = _storage_sop_classes()
TRANSFER_SYNTAXES = _transfer_syntaxes()
_FOR_VERIFICATION = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"})


@dataclass(frozen=True)
class ProposedContext:
    """One presentation context as the requestor proposes it."""

    context_id: int
    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...]


@dataclass(frozen=True)
class Context:
    """One presentation context as answered; `transfer_syntax` counts only when `result` is ACCEPTED."""

    context_id: int
    abstract_syntax: str
    transfer_syntax: str
    result: int


def is_storage(abstract_syntax: str, *, accept_private: bool) -> bool:
    """Whether instances of this SOP class are kept; private ones where the operator allows them."""
    if abstract_syntax in STORAGE_SOP_CLASSES:
        return True
    return accept_private and not abstract_syntax.startswith(DICOM_ROOT)


def negotiate(proposed: Sequence[ProposedContext], *, accept_private: bool) -> tuple[Context, ...]:
    """The answer to every proposed context (PS3.8 9.3.3.2).

    Of several transfer syntaxes the first of the requestor that we keep is taken: it knows what its files are,
    and we keep all alike, so that nothing is compressed or inflated for our sake.
    """
    return tuple(_answer(context, accept_private=accept_private) for context in proposed)


def _answer(proposed: ProposedContext, *, accept_private: bool) -> Context:
    if proposed.abstract_syntax == VERIFICATION:
        kept = _FOR_VERIFICATION
    elif is_storage(proposed.abstract_syntax, accept_private=accept_private):
        kept = TRANSFER_SYNTAXES
    else:
        return _refused(proposed, ABSTRACT_SYNTAX_NOT_SUPPORTED)
    chosen = next((uid for uid in proposed.transfer_syntaxes if uid in kept), None)
    if chosen is None:
        return _refused(proposed, TRANSFER_SYNTAXES_NOT_SUPPORTED)
    return Context(proposed.context_id, proposed.abstract_syntax, chosen, ACCEPTED)


def _refused(proposed: ProposedContext, result: int) -> Context:
    return Context(proposed.context_id, proposed.abstract_syntax, proposed.transfer_syntaxes[0], result)
