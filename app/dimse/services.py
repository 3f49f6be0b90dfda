"""Which request is answered by which service."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.dimse.contexts import FIND
from app.dimse.exchange import Service
from app.dimse.find import find
from app.dimse.messages import CommandField


@dataclass(frozen=True)
class Offer:
    """A service, and the SOP classes on whose contexts it may be asked for."""

    service: Service
    sop_classes: Collection[str]


OFFERS: Mapping[int, Offer] = MappingProxyType(
    {
        CommandField.C_FIND_RQ: Offer(find, FIND),
    }
)
