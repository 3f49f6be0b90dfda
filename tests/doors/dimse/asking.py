"""pynetdicom as requestor, for what DCMTK's clients do not show: statuses, extended negotiation, odd identifiers."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pydicom import Dataset
from pynetdicom import AE
from pynetdicom.association import Association
from pynetdicom.pdu_primitives import SOPClassExtendedNegotiation

from app.dimse.contexts import PATIENT_ROOT_FIND, STUDY_ROOT_FIND
from tests.doors.dimse.conftest import CALLED, CALLING, Dicom
from tests.foreign_archive import serving

PATIENT_ROOT, STUDY_ROOT = PATIENT_ROOT_FIND, STUDY_ROOT_FIND


def identifier(level: str, **keys: Any) -> Dataset:
    """A query's data set in UTF-8."""
    found = Dataset()
    found.SpecificCharacterSet = "ISO_IR 192"
    found.QueryRetrieveLevel = level
    for keyword, value in keys.items():
        with warnings.catch_warnings(action="ignore"):  # ranges and wildcards are no values of a file
            setattr(found, keyword, value)
    return found


def extension(sop_class: str, *flags: int) -> SOPClassExtendedNegotiation:
    item = SOPClassExtendedNegotiation()
    item.sop_class_uid = sop_class
    item.service_class_application_information = bytes(flags)
    return item


@contextmanager
def associated(
    dicom: Dicom,
    *abstract_syntaxes: str,
    extensions: Sequence[Any] = (),
    syntaxes: Sequence[str] | None = None,
    calling: str = CALLING,
    called: str = CALLED,
) -> Iterator[Association]:
    """An association, released at the end."""
    ae = AE(ae_title=calling)
    for uid in abstract_syntaxes:
        ae.add_requested_context(uid, list(syntaxes) if syntaxes else None)
    association = ae.associate("127.0.0.1", dicom.port, ae_title=called, ext_neg=list(extensions))
    assert association.is_established
    _leave_answers(association)
    try:
        yield association
    finally:
        association.release()


def _leave_answers(association: Association) -> None:
    """pynetdicom's reactor looks for messages once more after it was told to pause, and drops the answer that a question
    waits for: 11 of 400 on a busy machine. It has nothing to look for here: whoever asks waits for the answer.
    """
    look = association.dimse.get_msg

    def get_msg(block: bool = False) -> Any:
        return look(block) if block else (None, None)

    association.dimse.get_msg = get_msg  # type: ignore[method-assign] # pynetdicom has no other way to stop it


def ask(
    dicom: Dicom, query: Dataset, *, root: str = STUDY_ROOT, flags: Sequence[int] = (), **how: Any
) -> list[tuple[int, Dataset | None]]:
    """Every answer of one C-FIND, the last included: status and data set."""
    extensions = [extension(root, *flags)] if flags else []
    with associated(dicom, root, extensions=extensions, **how) as association:
        answers = list(association.send_c_find(query, root))
    return [(int(status.Status), data) for status, data in answers]


def found(answers: list[tuple[int, Dataset | None]]) -> list[Dataset]:
    """The pending ones; the last must be Success."""
    assert answers[-1][0] == 0, f"{answers[-1][0]:04X}"
    return [data for status, data in answers if status in {0xFF00, 0xFF01} and data is not None]


@contextmanager
def listening(
    ae_title: str, sop_class: str, event: Any, handler: Callable[[Any], Any], **roles: Any
) -> Iterator[int]:
    """pynetdicom as acceptor of one SOP class; its port."""
    ae = AE(ae_title=ae_title)
    ae.add_supported_context(sop_class, **roles)
    server = serving(ae, [(event, handler)])
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
