"""The page of one study: the viewer, and the marks made on the study outside of any consult."""

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from app.annotations.actions import delete_annotation, put_annotation
from app.annotations.queries import list_annotations
from app.annotations.schemas import AnnotationInput
from app.archive.documents import documents_of
from app.archive.grants import open_study
from app.archive.profiles import profile_of
from app.archive.queries import manifest, study_info
from app.base.actor import Permission
from app.base.errors import Invalid, NotFound, Unauthenticated
from app.edge.actor import current_actor, requires
from app.edge.compression import gzipped
from app.edge.first_picture import first_picture
from app.edge.page_config import inlined, page_config
from app.edge.services import Services
from app.viewing.queries import preferences_for
from app.web import device_words
from app.web.studies import study_actions


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("viewer", __name__, url_prefix="/studies/<study_id>")
    _add_page(door, services)
    _add_annotations(door, services)
    return door


def _add_page(door: Blueprint, services: Services) -> None:
    @door.get("")
    @requires(Permission.STUDY_READ)
    def study(study_id: str) -> Response:
        """Every view of the page is one opening, and one record of it."""
        actor = current_actor()
        if actor.session_id is None:
            raise Unauthenticated
        with services.db.transaction() as tx:
            info = study_info(tx, actor, study_id)
            opening = open_study(tx, actor, study_id=study_id, session_id=actor.session_id)
        with services.db.reading() as tx:
            told = manifest(tx, actor, study_id)
            marks = list_annotations(tx, actor, study_id)
            documents = documents_of(tx, actor, study_id)
            profile = profile_of(tx, info.device_id)
            preferences = preferences_for(tx, actor)
            study = {"id": study_id, "key": opening.key, "manifest": inlined(told)}
            first = first_picture(services, tx, actor, study, preferences["hanging"])
        page = render_template(
            "viewer.html",
            study=info,
            actions=study_actions(services, actor),
            documents=documents,
            remarks=device_words.remarks(profile),
            first=first,
            config=page_config("study", studies=[study], preferences=preferences, annotations=marks),
        )
        return gzipped(make_response(page))


def _add_annotations(door: Blueprint, services: Services) -> None:
    @door.get("/annotations")
    @requires(Permission.STUDY_READ)
    def annotations(study_id: str) -> Response:
        with services.db.reading() as tx:
            return jsonify(annotations=list_annotations(tx, current_actor(), study_id))

    @door.put("/annotations/<annotation_id>")
    @requires(Permission.ANNOTATION_WRITE)
    def put(study_id: str, annotation_id: str) -> Response:
        annotation = AnnotationInput.from_wire(request.get_json(silent=True))
        if annotation.id != annotation_id or annotation.study_id != study_id:
            raise Invalid("bad_annotation", "This mark cannot be kept: {where} is wrong.", where="id")
        with services.db.transaction() as tx:
            kept, _changed = put_annotation(tx, current_actor(), annotation=annotation)
        return jsonify(kept)

    @door.delete("/annotations/<annotation_id>")
    @requires(Permission.ANNOTATION_WRITE)
    def delete(study_id: str, annotation_id: str) -> Response:
        with services.db.transaction() as tx:
            gone, _changed = delete_annotation(tx, current_actor(), annotation_id=annotation_id)
            if gone["study_id"] != study_id:  # rolls back: the address must be true to its end
                raise NotFound
        return jsonify(gone)
