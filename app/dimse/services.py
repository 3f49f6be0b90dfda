"""Which request is answered by which service."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.dimse.commitment import commit
from app.dimse.contexts import (
    FIND,
    PATIENT_ROOT_GET,
    PATIENT_ROOT_MOVE,
    STORAGE_COMMITMENT,
    STUDY_ROOT_GET,
    STUDY_ROOT_MOVE,
)
from app.dimse.exchange import Service
from app.dimse.find import find
from app.dimse.get import get
from app.dimse.messages import CommandField
from app.dimse.move import move


@dataclass(frozen=True)
class Offer:
    """A service, and the SOP classes on whose contexts it may be asked for."""

    service: Service
    sop_classes: Collection[str]


OFFERS: Mapping[int, Offer] = MappingProxyType(
    {
        CommandField.C_FIND_RQ: Offer(find, FIND),
        CommandField.C_GET_RQ: Offer(get, {PATIENT_ROOT_GET, STUDY_ROOT_GET}),
        CommandField.N_ACTION_RQ: Offer(commit, {STORAGE_COMMITMENT}),
        CommandField.C_MOVE_RQ: Offer(move, {PATIENT_ROOT_MOVE, STUDY_ROOT_MOVE}),
    }
)
