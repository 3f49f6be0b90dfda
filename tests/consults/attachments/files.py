"""Files as doctors send them with a case, and how one is added."""

from io import BytesIO

from PIL import Image
from werkzeug.test import TestResponse

from app.base.actor import Actor
from consults.attachments.actions import add_attachment, case_to_fill
from consults.attachments.kinds import HEAD, FileKind
from tests.consults.conftest import Clinic
from tests.factories import Browser

PDF = b"%PDF-1.7\n%%EOF\n"
_GPS, _MAKE, _ORIENTATION = 0x8825, 0x010F, 0x0112


def photo(orientation: int = 6, form: str = "JPEG") -> bytes:
    """As a telephone makes it: held upright, saying where it was and what it is."""
    picture = Image.new("RGB", (40, 20), "red")
    exif = picture.getexif()
    exif[_MAKE] = "SecretPhone"
    exif[_ORIENTATION] = orientation
    exif.get_ifd(_GPS)[2] = (21.0, 1.0, 40.0)
    out = BytesIO()
    picture.save(out, form, exif=exif, comment="SecretComment") if form == "JPEG" else picture.save(
        out, form, exif=exif
    )
    return out.getvalue()


def attach(
    clinic: Clinic, actor: Actor, consult_id: str, content: bytes = PDF, name: str = "kết quả.pdf"
) -> str:
    """Its id; the way of the door, without the door."""
    with clinic.blobs.open_spool() as spool:
        spool.write(content)
        blob = spool.commit()
        with clinic.db.transaction() as tx:
            consult = case_to_fill(tx, actor, consult_id)
            file = FileKind.of(name, content[:HEAD])
            return add_attachment(tx, actor, consult=consult, blob=blob, file=file)[0]


def post(there: Browser, consult_id: str, content: bytes, **more: str) -> TestResponse:
    """As the page sends it."""
    headers = {"X-CSRF-Token": there.csrf, "Accept": "application/json", **more}
    return there.client.post(f"/consults/{consult_id}/attachments", data=content, headers=headers)
