"""The words of an annotation burnt into a picture (PS3.18 8.3.5.1.1)."""

from collections.abc import Collection, Iterator

from app.archive.header import Header
from app.archive.outgoing import OutgoingFile
from app.archive.outgoing_headers import header_of
from app.base.blobs import Blobs

_TECHNIQUE = (
    (0x00180060, "{} kV"),
    (0x00181151, "{} mA"),
    (0x00181152, "{} mAs"),
    (0x00180050, "{} mm"),
    (0x00180080, "TR {}"),
    (0x00180081, "TE {}"),
)


def lines_for(blobs: Blobs, file: OutgoingFile, kinds: Collection[str], frame: int) -> tuple[str, ...]:
    """Nothing when nothing is asked for."""
    if not kinds:
        return ()
    header = header_of(blobs, file)
    lines = [*_patient(header)] if "patient" in kinds else []
    if "technique" in kinds:
        lines.extend(_technique(header, file, frame))
    return tuple(line[:80] for line in lines if line)


def _patient(header: Header) -> Iterator[str]:
    yield header.text(0x00100010).replace("^", " ").split("=")[0].strip()
    yield "  ".join(filter(None, (header.text(0x00100020), header.code(0x00100030), header.code(0x00100040))))
    yield "  ".join(filter(None, (header.code(0x00080020), header.text(0x00080080))))


def _technique(header: Header, file: OutgoingFile, frame: int) -> Iterator[str]:
    yield "  ".join(filter(None, (header.code(0x00080060), header.text(0x0008103E))))
    yield "  ".join(form.format(header.code(tag)) for tag, form in _TECHNIQUE if header.code(tag))
    number = header.code(0x00200013)
    place = f"{frame}/{file.frame_count}" if file.frame_count > 1 else ""
    yield "  ".join(filter(None, (f"#{number}" if number else "", place)))
