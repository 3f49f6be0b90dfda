"""Which object is read how, by its SOP class."""

from collections.abc import Callable
from typing import Any

from app.archive.header import Header
from app.base.errors import Unsupported
from app.evidence.shown.key_images import key_images_of
from app.evidence.shown.measured import measured_of
from app.evidence.shown.presentation import presentation_of
from app.evidence.shown.segments import LABEL_MAP, segmentation_of
from app.evidence.shown.structures import structures_of

READ: dict[str, Callable[[Header], dict[str, Any]]] = {
    "1.2.840.10008.5.1.4.1.1.11.1": presentation_of,  # grayscale
    "1.2.840.10008.5.1.4.1.1.11.2": presentation_of,  # colour
    "1.2.840.10008.5.1.4.1.1.11.3": presentation_of,  # pseudo-colour
    "1.2.840.10008.5.1.4.1.1.66.4": segmentation_of,
    LABEL_MAP: segmentation_of,
    "1.2.840.10008.5.1.4.1.1.88.59": key_images_of,
    "1.2.840.10008.5.1.4.1.1.481.3": structures_of,
    "1.2.840.10008.5.1.4.1.1.88.22": measured_of,  # enhanced
    "1.2.840.10008.5.1.4.1.1.88.33": measured_of,  # comprehensive
    "1.2.840.10008.5.1.4.1.1.88.34": measured_of,  # comprehensive 3D
}


def shown_object(header: Header) -> dict[str, Any]:
    """Raises Unsupported for objects of other classes."""
    read = READ.get(header.uid(0x00080016))
    if read is None:
        raise Unsupported("not_drawn", "Objects of this kind are not drawn on images.")
    return read(header)
