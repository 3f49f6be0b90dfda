"""What we accept: storage SOP classes, services and transfer syntaxes, and the answer to a proposed context.

CONFORMANCE.md lists the same; tests/contracts/test_conformance.py compares the two.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pydicom._uid_dict import UID_dictionary
from pynetdicom import sop_class

VERIFICATION = "1.2.840.10008.1.1"
PATIENT_ROOT_FIND = "1.2.840.10008.5.1.4.1.2.1.1"
PATIENT_ROOT_MOVE = "1.2.840.10008.5.1.4.1.2.1.2"
PATIENT_ROOT_GET = "1.2.840.10008.5.1.4.1.2.1.3"
STUDY_ROOT_FIND = "1.2.840.10008.5.1.4.1.2.2.1"
STUDY_ROOT_MOVE = "1.2.840.10008.5.1.4.1.2.2.2"
STUDY_ROOT_GET = "1.2.840.10008.5.1.4.1.2.2.3"
STORAGE_COMMITMENT = "1.2.840.10008.1.20.1"
INSTANCE_AVAILABILITY = "1.2.840.10008.5.1.4.33"
PATIENT_ROOT = frozenset({PATIENT_ROOT_FIND, PATIENT_ROOT_GET, PATIENT_ROOT_MOVE})
FIND = frozenset({PATIENT_ROOT_FIND, STUDY_ROOT_FIND})
RETRIEVE = frozenset({PATIENT_ROOT_GET, PATIENT_ROOT_MOVE, STUDY_ROOT_GET, STUDY_ROOT_MOVE})
SERVICES = frozenset({VERIFICATION, STORAGE_COMMITMENT}) | FIND | RETRIEVE
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
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
# By C-GET an archive sends only what was proposed, and an association holds 128 contexts: the classes that archives
# are full of, each uncompressed and compressed. All others come by C-MOVE.
RETRIEVED = tuple(
    f"1.2.840.10008.5.1.4.1.1.{end}"
    for end in [
        "1",
        "1.1",
        "1.1.1",
        "1.2",
        "1.2.1",
        "1.3",
        "1.3.1",
        "2",
        "2.1",
        "3.1",
        "4",
        "4.1",
        "4.2",
        "4.3",
        "6.1",
        "6.2",
        "7",
        "7.1",
        "7.2",
        "7.3",
        "7.4",
        "9.1.1",
        "9.1.2",
        "9.1.3",
        "11.1",
        "11.2",
        "12.1",
        "12.1.1",
        "12.2",
        "12.2.1",
        "13.1.1",
        "13.1.2",
        "13.1.3",
        "20",
        "30",
        "66",
        "66.1",
        "66.4",
        "77.1.1",
        "77.1.1.1",
        "77.1.2",
        "77.1.4",
        "77.1.4.1",
        "77.1.5.1",
        "77.1.5.2",
        "77.1.5.4",
        "88.11",
        "88.22",
        "88.33",
        "88.34",
        "88.50",
        "88.59",
        "88.67",
        "104.1",
        "104.2",
        "128",
        "130",
        "481.1",
        "481.2",
        "481.3",
        "481.5",
    ]
)
COMPRESSED = (
    "1.2.840.10008.1.2.4.90",  # JPEG 2000 lossless
    "1.2.840.10008.1.2.4.70",  # JPEG lossless
    "1.2.840.10008.1.2.4.80",  # JPEG-LS lossless
    "1.2.840.10008.1.2.5",  # RLE
    "1.2.840.10008.1.2.4.50",  # JPEG baseline
    "1.2.840.10008.1.2.4.51",
    "1.2.840.10008.1.2.4.91",
    "1.2.840.10008.1.2.4.81",
    "1.2.840.10008.1.2.4.102",  # MPEG-4
)
SERVICE_SYNTAXES = frozenset({IMPLICIT_LITTLE, EXPLICIT_LITTLE})
_FOR_VERIFICATION = SERVICE_SYNTAXES | {EXPLICIT_BIG}
_OFFERED = {  # by position in the application information (PS3.4 C.5.1.1.1 and C.5.2.1.1): what we can do of it
    **dict.fromkeys(
        FIND, (True, True, True, False, False)
    ),  # relational, date with time, fuzzy, time zone, multi-frame
    **dict.fromkeys(RETRIEVE, (True, False)),  # relational, multi-frame
}


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


@dataclass(frozen=True)
class Roles:
    """SCP/SCU role selection of one SOP class, as the requestor proposes it for itself (PS3.7 D.3.3.4)."""

    scu: bool
    scp: bool


@dataclass(frozen=True)
class Extensions:
    """What an association was extended by, for one SOP class of query or retrieval (PS3.4 C.5)."""

    relational: bool = False
    date_with_time: bool = False
    fuzzy: bool = False


def is_storage(abstract_syntax: str, *, accept_private: bool) -> bool:
    """Whether instances of this SOP class are kept; private ones where the operator allows them."""
    if abstract_syntax in STORAGE_SOP_CLASSES:
        return True
    return accept_private and not abstract_syntax.startswith(DICOM_ROOT)


_NO_ROLES: Mapping[str, Roles] = {}


def negotiate(
    proposed: Sequence[ProposedContext], *, accept_private: bool, roles: Mapping[str, Roles] = _NO_ROLES
) -> tuple[Context, ...]:
    """The answer to every proposed context (PS3.8 9.3.3.2).

    Of several transfer syntaxes the first of the requestor that we keep is taken: it knows what its files are,
    and we keep all alike, so that nothing is compressed or inflated for our sake. Where the requestor only
    receives (C-GET), Explicit VR Little Endian goes first: most files leave as they are.
    """
    receives = {uid for uid, role in roles.items() if role.scp and not role.scu}
    return tuple(
        _answer(
            _explicit_first(context) if context.abstract_syntax in receives else context,
            accept_private=accept_private,
        )
        for context in proposed
    )


def _explicit_first(proposed: ProposedContext) -> ProposedContext:
    if EXPLICIT_LITTLE not in proposed.transfer_syntaxes:
        return proposed
    syntaxes = dict.fromkeys((EXPLICIT_LITTLE, *proposed.transfer_syntaxes))
    return ProposedContext(proposed.context_id, proposed.abstract_syntax, tuple(syntaxes))


def accepted_roles(proposed: Mapping[str, Roles], contexts: Collection[Context]) -> dict[str, Roles]:
    """Of storage classes all as proposed: who sends may also receive (C-GET). Of services the default stays."""
    stored = {
        context.abstract_syntax
        for context in contexts
        if context.result == ACCEPTED and context.abstract_syntax not in SERVICES
    }
    return {
        uid: roles if uid in stored else Roles(scu=roles.scu, scp=False) for uid, roles in proposed.items()
    }


def accepted_extensions(proposed: Mapping[str, bytes]) -> dict[str, bytes]:
    """Answers to SOP Class Extended Negotiation: of what is asked, what we can do; nothing for other classes."""
    return {
        uid: bytes(
            int(bool(asked) and offered) for asked, offered in zip(information, _OFFERED[uid], strict=False)
        )
        for uid, information in proposed.items()
        if uid in _OFFERED
    }


def extensions_of(information: bytes) -> Extensions:
    """What an accepted item means."""
    flags = [bool(value) for value in information] + [False] * 3
    return Extensions(*flags[:3])


def _answer(proposed: ProposedContext, *, accept_private: bool) -> Context:
    if proposed.abstract_syntax == VERIFICATION:
        kept = _FOR_VERIFICATION
    elif proposed.abstract_syntax in SERVICES:
        kept = SERVICE_SYNTAXES
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
