"""What is looked for in the first images of a new device: things that make every later image wrong or unfit."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from app.archive import charset
from app.archive.header import Header
from app.archive.uids import STANDARD_ROOT, transfer_syntax
from app.archive.values import birth_date, date, time

_LOCAL = timezone(timedelta(hours=7))  # Vietnam's, where a file does not name its own
_MEASURED = frozenset({"CR", "CT", "DX", "IO", "MG", "MR", "NM", "PT", "PX", "RF", "XA"})
_GREY = frozenset({"CR", "CT", "DX", "IO", "MG", "MR", "PX", "XA"})
_PAIRED = frozenset(
    {
        "ANKLE", "ARM", "BREAST", "CALCANEUS", "CLAVICLE", "EAR", "ELBOW", "EYE", "FEMUR", "FINGER", "FOOT", "FOREARM",
        "HAND", "HIP", "HUMERUS", "KIDNEY", "KNEE", "LEG", "MASTOID", "PATELLA", "SCAPULA", "SHOULDER", "TOE", "WRIST",
    }
)  # fmt: skip
_AHEAD, _BEHIND = timedelta(minutes=15), timedelta(days=2)
_RETIRED = frozenset({"1.2.840.10008.1.2.2"})


@dataclass(frozen=True)
class Finding:
    """`code` is a key of the catalogue of findings (app/web); `detail` is a value, never a patient's data."""

    code: str
    detail: str = ""

    @property
    def counted_as(self) -> str:
        """Under which code it is kept: a device may write in several character sets, each with images of its own."""
        return f"{self.code}:{self.detail}" if self.code == "charset" else self.code


def findings_of(header: Header, transfer_syntax_uid: str, notes: str, received_at: datetime) -> list[Finding]:
    """All that one image shows of its device."""
    return [
        *_of_text(header),
        *_of_identity(header),
        *_of_picture(header),
        *_of_clock(header, received_at),
        *_of_encoding(header, transfer_syntax_uid, notes),
    ]


def _of_text(header: Header) -> list[Finding]:
    if header.believed and header.believed != charset.AS_DECLARED:
        return [Finding("charset", header.believed)]
    if not header.raw(0x00100010).isascii() and not header.labels:
        return [Finding("no_charset")]
    return []


def _of_identity(header: Header) -> list[Finding]:
    found = []
    if not header.text(0x00100020):
        found.append(Finding("no_patient_id"))
    if not header.text(0x00100010):
        found.append(Finding("no_name"))
    if not birth_date(header.code(0x00100030)):
        found.append(Finding("no_birth_date"))
    if header.code(0x00280301) == "YES":
        found.append(Finding("burned_in"))
    return found


def _of_picture(header: Header) -> list[Finding]:
    found = []
    modality = header.code(0x00080060)
    if modality in _MEASURED and 0x52009229 not in header and not _has_spacing(header):
        found.append(Finding("no_spacing", modality))
    part = header.code(0x00180015).upper()
    if part in _PAIRED and not (header.code(0x00200060) or header.code(0x00200062)):
        found.append(Finding("no_laterality", part))
    grey = header.code(0x00280004).startswith("MONOCHROME") and modality in _GREY
    if grey and not (header.numbers(0x00281050) or 0x00283010 in header or 0x52009229 in header):
        found.append(Finding("no_window", modality))
    return found


def _has_spacing(header: Header) -> bool:
    return any(len(header.numbers(tag)) == 2 for tag in (0x00280030, 0x00181164, 0x00182010))


def _of_clock(header: Header, received_at: datetime) -> list[Finding]:
    made = _made_at(header)
    if made is None:
        return []
    if made - received_at > _AHEAD:
        return [Finding("clock_ahead", str(round((made - received_at).total_seconds() / 60)))]
    if received_at - made > _BEHIND:
        return [Finding("clock_behind", str((received_at - made).days))]
    return []


def _made_at(header: Header) -> datetime | None:
    """When the image was made, as its device's clock had it: content, acquisition or instance creation."""
    for day, clock in ((0x00080023, 0x00080033), (0x00080022, 0x00080032), (0x00080012, 0x00080013)):
        digits = date(header.code(day)) + time(header.code(clock))[:6].ljust(6, "0")
        if len(digits) == 14 and time(header.code(clock)):
            try:
                return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=_zone(header))
            except ValueError:
                return None
    return None


def _zone(header: Header) -> timezone:
    """Timezone Offset From UTC (0008,0201): &ZZXX."""
    offset = header.code(0x00080201)
    if len(offset) == 5 and offset[0] in "+-" and offset[1:].isdigit() and int(offset[1:3]) <= 14:
        minutes = int(offset[1:3]) * 60 + int(offset[3:])
        return timezone(timedelta(minutes=minutes if offset[0] == "+" else -minutes))
    return _LOCAL


def _of_encoding(header: Header, transfer_syntax_uid: str, notes: str) -> list[Finding]:
    found = []
    if not header.uid(0x00080016).startswith(STANDARD_ROOT):
        found.append(Finding("private_class", header.uid(0x00080016)))
    if not transfer_syntax(transfer_syntax_uid).known or transfer_syntax_uid in _RETIRED:
        found.append(Finding("odd_syntax", transfer_syntax_uid))
    if "meta_mismatch" in notes.split():
        found.append(Finding("meta_mismatch"))
    return found
