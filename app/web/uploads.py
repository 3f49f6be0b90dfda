"""Uploads: the page, and what its script asks (viewer_js/src/studies/upload_api.ts)."""

from typing import Annotated, Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from werkzeug.wrappers import Response as BaseResponse

from app.base.actor import Permission
from app.base.errors import Invalid
from app.base.i18n import translate
from app.capture.access import file_for
from app.capture.actions import FileWish, expect_files, open_upload
from app.capture.intake import MAX_CHUNK, Intake
from app.capture.queries import (
    FileInfo,
    current_upload,
    files_left_out,
    info_of,
    list_uploads,
    upload_info,
)
from app.capture.to_dicom import Shown
from app.edge.actor import current_actor, requires
from app.edge.errors import wants_page
from app.edge.language import language
from app.edge.page_config import page_config
from app.edge.services import Services

CHUNK = 1 << 20
PARALLEL = 3
_LARGEST_FILE = 1 << 40
STATES = {"cancelled": "Cancelled", "finished": "Finished", "receiving": "Broken off"}


class _Wish(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, StringConstraints(min_length=1, max_length=5000)]
    name: Annotated[str, StringConstraints(max_length=4096)]
    size: Annotated[int, Field(ge=0, le=_LARGEST_FILE)]


class _Opening(BaseModel):
    """Where files that are not DICOM belong, if anywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    study_id: Annotated[str, StringConstraints(max_length=26)] | None = None
    title: Annotated[str, StringConstraints(max_length=64)] = ""
    shown: Shown = Shown.PHOTO


class _Announcement(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    files: Annotated[tuple[_Wish, ...], Field(min_length=1, max_length=500)]
    last: bool


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("uploads", __name__, url_prefix="/uploads")
    door.add_app_template_global(lambda: STATES, "upload_states")
    intake = Intake(
        services.db,
        services.blobs,
        services.settings.data_dir,
        decoder=services.renderer and services.renderer.decoder,
        accept_private=services.settings.dicom.accept_private_sop_classes,
    )
    _add_pages(door, services)
    _add_sending(door, services, intake)
    _add_ends(door, services, intake)
    return door


def _add_pages(door: Blueprint, services: Services) -> None:
    @door.get("")
    @requires(Permission.STUDY_STORE)
    def uploads() -> str:
        actor = current_actor()
        with services.db.reading() as tx:
            current = current_upload(tx, actor)
            past = list_uploads(tx, actor)
        upload = {"current": current.id if current else None, "chunk_bytes": CHUNK, "parallel": PARALLEL}
        return render_template(
            "uploads.html",
            current=current,
            past=[one for one in past if current is None or one.id != current.id],
            config=page_config("uploads", upload=upload),
        )

    @door.get("/<upload_id>")
    @requires(Permission.STUDY_STORE)
    def upload(upload_id: str) -> str:
        actor = current_actor()
        with services.db.reading() as tx:
            info = upload_info(tx, actor, upload_id)
            left_out = files_left_out(tx, actor, upload_id)
        return render_template("upload.html", upload=info, left_out=left_out, reason_of=_reason)


def _add_sending(door: Blueprint, services: Services, intake: Intake) -> None:
    @door.post("")
    @requires(Permission.STUDY_STORE)
    def open_() -> Response:
        said = _opening()
        with services.db.transaction() as tx:
            opened = open_upload(
                tx, current_actor(), study_id=said.study_id, title=said.title, shown=said.shown
            )
            return jsonify(id=opened.id)

    @door.post("/<upload_id>/files")
    @requires(Permission.STUDY_STORE, body_limit=4 << 20)
    def announce(upload_id: str) -> Response:
        said = _announcement()
        wishes = [FileWish(wish.key, wish.name, wish.size) for wish in said.files]
        with services.db.transaction() as tx:
            rows = expect_files(
                tx,
                current_actor(),
                upload_id=upload_id,
                wishes=wishes,
                last=said.last,
                most_bytes=services.settings.storage.upload_mb << 20,
            )
            files = [info_of(row) for row in rows]
        return jsonify(files=[_file(file, intake) for file in files])

    @door.put("/<upload_id>/files/<file_id>")
    @requires(Permission.STUDY_STORE, body_limit=MAX_CHUNK)
    def send(upload_id: str, file_id: str) -> Response:
        offset = request.args.get("offset", -1, type=int)
        if offset < 0:
            raise Invalid("bad_offset", "Say from which byte the piece starts.")
        data = request.get_data(cache=False)
        return jsonify(_file(intake.take_chunk(current_actor(), upload_id, file_id, offset, data), intake))

    @door.get("/<upload_id>/files/<file_id>")
    @requires(Permission.STUDY_STORE)
    def file(upload_id: str, file_id: str) -> Response:
        """How far a file is: where to go on after a broken line."""
        with services.db.reading() as tx:
            found = info_of(file_for(tx, current_actor(), upload_id, file_id))
        return jsonify(_file(found, intake))


def _opening() -> _Opening:
    try:
        return _Opening.model_validate(request.get_json(silent=True) or {})
    except ValidationError as error:
        raise Invalid("bad_opening", "What the upload is for could not be understood.") from error


def _announcement() -> _Announcement:
    try:
        return _Announcement.model_validate(request.get_json(silent=True))
    except ValidationError as error:
        raise Invalid("bad_announcement", "The list of files could not be understood.") from error


def _add_ends(door: Blueprint, services: Services, intake: Intake) -> None:
    @door.get("/<upload_id>/status")
    @requires(Permission.STUDY_STORE)
    def status(upload_id: str) -> Response:
        actor = current_actor()
        with services.db.reading() as tx:
            info = upload_info(tx, actor, upload_id)
            left_out = files_left_out(tx, actor, upload_id)
        return jsonify(
            id=info.id,
            state=info.state,
            counts=info.counts,
            study_count=info.stored_studies,
            left_out=[{"name": one.name, "state": one.state, "reason": _reason(one)} for one in left_out],
        )

    @door.post("/<upload_id>/cancel")
    @requires(Permission.STUDY_STORE)
    def cancel(upload_id: str) -> BaseResponse:
        intake.cancel(current_actor(), upload_id)
        return redirect("/uploads", 303) if wants_page() else Response(status=204)


def _reason(file: FileInfo) -> str:
    return translate(language(), file.reason, **file.reason_params) if file.reason else ""


def _file(file: FileInfo, intake: Intake) -> dict[str, Any]:
    return {"id": file.id, "state": file.state, "received": intake.received(file)}
