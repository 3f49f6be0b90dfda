"""One instance as the viewer's manifest tells it."""

from typing import Any

from app.archive.frames_index import FrameIndex
from app.archive.header import Header
from app.archive.pixels import PixelLayout
from app.archive.uids import TransferSyntax


def instance_facts(
    header: Header, layout: PixelLayout | None, frames: FrameIndex, syntax: TransferSyntax
) -> dict[str, Any]:
    return {}
