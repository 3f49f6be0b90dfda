"""Says what a file that is not DICOM seems to be, so that the list of refused files helps."""

from app.base.errors import HoichanError, Unsupported

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
    for magic, kind in _KINDS:
        if start.startswith(magic):
            return Unsupported("not_dicom_but", "Not DICOM: it looks like a {kind} file.", kind=kind)
    return reason
