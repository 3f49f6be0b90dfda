"""Door: the files of a case, received and handed out."""

from io import BytesIO
from typing import IO
from urllib.parse import unquote

from flask import Blueprint, Response, jsonify, request, send_file
from werkzeug.wrappers import Response as BaseResponse

from app.base.actor import Permission
from app.base.blobs import Spool
from app.base.errors import TooLarge
from app.edge.actor import current_actor, requires
from app.edge.services import Services
from consults.attachments.actions import open_attachment
from consults.attachments.kinds import HEAD, LARGEST, FileKind, Kind
from consults.attachments.photos import without_traces
from consults.attachments.place import count_file
from consults.schemas import parse
from consults.talk.actions import file_wanted, give_file
from consults.talk.schemas import GiveFile

_PIECE = 256 << 10


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/<id>/attachments."""

    @door.post("/<consult_id>/attachments")
    @requires(Permission.CONSULT_DISCUSS, body_limit=None, guests=True)
    def attach(consult_id: str) -> tuple[Response, int]:
        """The body is the file; its name, what it shows and for whom it is come beside it."""
        actor, wish = current_actor(), _wish(consult_id)
        with services.db.transaction() as tx:
            count_file(tx, actor)
        with services.db.transaction() as tx:  # bytes that cannot be kept are not even received
            file_wanted(tx, actor, wish=wish)
        with services.blobs.open_spool() as spool:
            file = FileKind.of(_told("X-File-Name"), receive(spool, request.stream))
            blob = spool.commit()
            with services.db.transaction() as tx:
                made = give_file(tx, actor, blob=blob, file=file, wish=wish)
        return jsonify(ok=True, id=made), 201

    @door.get("/<consult_id>/attachments/<attachment_id>")
    @requires(Permission.CONSULT_DISCUSS, guests=True)
    def attachment(consult_id: str, attachment_id: str) -> BaseResponse:
        """Pictures and sounds may be shown; a PDF is saved."""
        with services.db.transaction() as tx:
            found = open_attachment(tx, current_actor(), consult_id=consult_id, attachment_id=attachment_id)
        content = without_traces(found.media_type, services.blobs.read(found.digest))
        saved = found.kind == Kind.PDF or "save" in request.args
        answer = send_file(BytesIO(content), found.media_type, saved, found.name)
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


def _wish(consult_id: str) -> GiveFile:
    """Names and words percent-encoded; ids of people with commas between."""
    people = [one for one in request.headers.get("X-Recipients", "").split(",") if one]
    sent = {
        "consult_id": consult_id,
        "description": _told("X-Description")[:1000],
        "client_id": request.headers.get("X-Client-Id"),
        "recipients": people or None,
    }
    return parse(GiveFile, sent)


def _told(header: str) -> str:
    return unquote(request.headers.get(header, ""))


def receive(spool: Spool, stream: IO[bytes]) -> bytes:
    """The first bytes of the file; raises TooLarge above the limit."""
    head = b""
    while piece := stream.read(_PIECE):
        head = head or piece[:HEAD]
        if spool.size + len(piece) > LARGEST:
            raise TooLarge("attachment_too_large", "The file is too large. Send at most 20 MB.")
        spool.write(piece)
    return head
