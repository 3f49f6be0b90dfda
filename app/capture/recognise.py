"""Says what a file that is not DICOM seems to be, so that the list of refused files helps."""

from app.base.errors import HoichanError, Unsupported

_CAN_BE_ADDED = frozenset({"JPEG", "MP4", "PDF", "PNG"})
_KINDS = (
    (b"%PDF-", "PDF"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"\x1f\x8b", "gzip"),
    (b"MZ", "Windows program"),
    (b"\x7fELF", "Linux program"),
    (b"PK\x03\x04", "ZIP"),
)


def clearer(reason: HoichanError, start: bytes) -> HoichanError:
    """The same refusal, naming the kind of file when its first bytes give it away."""
    if reason.code != "not_dicom":
        return reason
    if start[4:8] == b"ftyp":
        return _may_be_added("MP4")
    for magic, kind in _KINDS:
        if start.startswith(magic):
            return _may_be_added(kind) if kind in _CAN_BE_ADDED else _not_dicom(kind)
    return reason


def _not_dicom(kind: str) -> HoichanError:
    return Unsupported("not_dicom_but", "Not DICOM: it looks like a {kind} file.", kind=kind)


def _may_be_added(kind: str) -> HoichanError:
    return Unsupported(
        "not_dicom_but",
        "Not DICOM: it looks like a {kind} file. To keep it, open its study and choose “Add files”.",
        kind=kind,
    )
