"""What a file is: told by its first bytes, never by its name."""

from dataclasses import dataclass
from enum import StrEnum

from app.base.errors import Invalid

LARGEST = 20 << 20
MOST = {"audio": 500, "pdf": 20, "photo": 20}
HEAD = 16  # bytes that are enough to tell


class Kind(StrEnum):
    AUDIO = "audio"
    PDF = "pdf"
    PHOTO = "photo"


ENDINGS: dict[str, str] = {
    "application/pdf": "pdf",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/webm": "webm",
    "image/jpeg": "jpg",
    "image/png": "png",
}
_SIGNS: tuple[tuple[int, bytes, Kind, str], ...] = (
    (0, b"%PDF-", Kind.PDF, "application/pdf"),
    (0, b"\xff\xd8\xff", Kind.PHOTO, "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", Kind.PHOTO, "image/png"),
    (0, b"OggS", Kind.AUDIO, "audio/ogg"),
    (0, b"\x1a\x45\xdf\xa3", Kind.AUDIO, "audio/webm"),
    (4, b"ftyp", Kind.AUDIO, "audio/mp4"),
    (8, b"WAVE", Kind.AUDIO, "audio/wav"),
)


@dataclass(frozen=True)
class FileKind:
    """What it is, what it is called, and how it is served."""

    kind: Kind
    media_type: str
    name: str

    @classmethod
    def of(cls, name: str, head: bytes) -> "FileKind":
        """From its first bytes; raises Invalid for anything that is not kept with a case."""
        for at, sign, kind, media_type in _SIGNS:
            if head[at : at + len(sign)] == sign:
                shown = "".join(letter for letter in name if letter.isprintable() and letter not in '\\/"')
                return cls(kind, media_type, shown.strip()[:200] or f"file.{ENDINGS[media_type]}")
        raise Invalid(
            "not_an_attachment",
            "Only a PDF, a JPEG or PNG picture, or a sound can be added here. Choose another file.",
        )
