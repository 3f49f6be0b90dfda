"""Scans of signed papers: checked by their first bytes, kept in the database."""

import hashlib
from dataclasses import dataclass

from app.base.db import Tx
from app.base.errors import Invalid, NotFound, TooLarge
from app.base.ids import new_id
from consults.agreements.models import Paper

LARGEST = 8 << 20
SIGNS: dict[bytes, str] = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg"}
ENDINGS: dict[str, str] = {"application/pdf": "pdf", "image/jpeg": "jpg"}


@dataclass(frozen=True)
class Scan:
    """A file whose first bytes say that it is a PDF or a JPEG."""

    name: str
    media_type: str
    content: bytes

    @classmethod
    def of(cls, name: str, content: bytes) -> "Scan":
        """Raises Invalid for anything else, TooLarge above the limit."""
        if len(content) > LARGEST:
            raise TooLarge("paper_too_large", "The scan is too large. Send at most 8 MB.")
        media_type = next((kind for sign, kind in SIGNS.items() if content.startswith(sign)), None)
        if media_type is None:
            raise Invalid(
                "not_a_scan", "Only a PDF or a JPEG photograph can be kept here. Choose another file."
            )
        shown = "".join(letter for letter in name if letter.isprintable() and letter not in '\\/"')[:200]
        return cls(shown or f"scan.{ENDINGS[media_type]}", media_type, content)


def keep_paper(tx: Tx, scan: Scan) -> str:
    """Its id; whoever calls has checked the right to it."""
    row = Paper(
        id=new_id(),
        name=scan.name,
        media_type=scan.media_type,
        size=len(scan.content),
        digest=hashlib.sha256(scan.content).hexdigest(),
        added_at=tx.now,
        content=scan.content,
    )
    tx.session.add(row)
    tx.session.flush()
    return row.id


def paper_name(tx: Tx, paper_id: str | None) -> str | None:
    """What the file was called."""
    return tx.session.get_one(Paper, paper_id).name if paper_id else None


def paper_of(tx: Tx, paper_id: str | None) -> Scan:
    """With its bytes; raises NotFound where there is none."""
    row = tx.session.get(Paper, paper_id) if paper_id else None
    if row is None:
        raise NotFound
    return Scan(row.name, row.media_type, row.content)
