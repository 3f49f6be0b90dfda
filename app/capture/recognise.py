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


def clearer(reason: HoichanError, start: bytes, *, for_study: bool = False) -> HoichanError:
    """The same refusal, naming the kind of file when its first bytes give it away. `for_study`: it was to be added to
    a study, where nobody was asked for DICOM.
    """
    if reason.code != "not_dicom":
        return reason
    kind = _kind_of(start)
    if for_study:
        return _not_addable(kind)
    if kind in _CAN_BE_ADDED:
        return _may_be_added(kind)
    return _not_dicom(kind) if kind else reason


def _kind_of(start: bytes) -> str:
    """Empty when nothing gives it away."""
    if start[4:8] == b"ftyp":
        return "MP4"
    return next((kind for magic, kind in _KINDS if start.startswith(magic)), "")


def _not_addable(kind: str) -> HoichanError:
    if not kind or kind in _CAN_BE_ADDED:
        return Unsupported("not_addable", "This is not a readable JPEG, PNG, PDF or MP4. Export it again.")
    return Unsupported(
        "not_dicom_but", "It looks like a {kind} file. JPEG, PNG, PDF and MP4 can be added.", kind=kind
    )


def _not_dicom(kind: str) -> HoichanError:
    return Unsupported("not_dicom_but", "Not DICOM: it looks like a {kind} file.", kind=kind)


def _may_be_added(kind: str) -> HoichanError:
    return Unsupported(
        "not_dicom_but",
        "Not DICOM: it looks like a {kind} file. To keep it, open its study and choose “Add files”.",
        kind=kind,
    )
