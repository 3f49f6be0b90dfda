"""What a patient's link shows, on any phone: a question, then the text and the images, with or without scripts.

The token stands in the address of the question alone; a right answer exchanges it for a cookie.
"""

from typing import Any, cast

from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as BaseResponse

from app.archive.documents import documents_of
from app.archive.grants import open_study
from app.archive.queries import manifest, series_frames, series_ids
from app.base.actor import Actor, link_holder
from app.base.errors import Invalid, NotFound, Unsupported
from app.base.limits import hit
from app.edge.actor import accept_link_cookie, link_actor, public
from app.edge.compression import gzipped
from app.edge.first_picture import first_picture
from app.edge.language import gettext
from app.edge.page_config import inlined, page_config
from app.edge.services import Services
from app.render.params import FrameParams
from app.render.tile import grey_tile
from app.sharing.actions import Attempt, answer_link, end_link_session
from app.sharing.queries import LinkFront, LinkResult, actor_for_link_session, link_front, link_result
from app.sharing.states import Outcome

PICTURE = FrameParams(box=(1024, 1024))
THUMBNAIL = FrameParams(box=(256, 256), quality=75)
STEP = 10
ANSWERS, MISSES, WINDOW = 20, 60, 300  # an address may try so often in so many seconds
# Tells our own pages the site, never the path with the token; no-referrer would make old Safari send `Origin: null`.
REFERRER = "strict-origin"


def cookie_name(*, secure: bool) -> str:
    return "__Host-hoichan-link" if secure else "hoichan-link"


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("patient", __name__)
    name = cookie_name(secure=services.settings.web.secure)
    door.record(lambda state: _accept(state, name))
    door.after_request(_private)
    _add_question(door, services)
    _add_result(door, services)
    _add_pictures(door, services)
    return door


def _accept(state: BlueprintSetupState, name: str) -> None:
    accept_link_cookie(cast("Flask", state.app), name, actor_for_link_session)


def _private(response: Response) -> Response:
    response.headers["Referrer-Policy"] = REFERRER
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _add_question(door: Blueprint, services: Services) -> None:
    @door.get("/r/<token>")
    @public
    def question(token: str) -> str:
        """Only looks: the preview a messenger fetches uses nothing up."""
        return _ask(_front(services, token))

    @door.post("/r/<token>")
    @public
    def answer(token: str) -> BaseResponse:
        _limit(services, "link-answer", ANSWERS)
        front = _front(services, token)
        try:
            attempt = _try(services, token)
        except Invalid as error:
            return make_response(_ask(front, gettext(error.message, **error.params)), 400)
        if attempt.session_token is None:
            return make_response(_ask(_front(services, token), _wrong(attempt)), 403)
        response = redirect("/result", 303)
        secure = services.settings.web.secure
        response.set_cookie(
            cookie_name(secure=secure), attempt.session_token, httponly=True, samesite="Lax", secure=secure
        )
        return response


def _front(services: Services, token: str) -> LinkFront:
    try:
        with services.db.reading() as tx:
            return link_front(tx, token)
    except NotFound:
        _limit(services, "link-miss", MISSES)
        raise


def _limit(services: Services, name: str, most: int) -> None:
    with services.db.transaction() as tx:
        hit(tx, name, request.remote_addr or "", limit=most, seconds=WINDOW)


def _try(services: Services, token: str) -> Attempt:
    with services.db.transaction() as tx:
        return answer_link(
            tx,
            link_holder(request.remote_addr),
            token=token,
            answer=request.form.get("answer", "")[:100],
            agent=request.user_agent.string,
        )


def _wrong(attempt: Attempt) -> str:
    if attempt.outcome == Outcome.LOCKED or attempt.tries_left <= 0:
        return ""
    return gettext("That is not right. {count} tries are left.", count=attempt.tries_left)


def _ask(front: LinkFront, problem: str = "") -> str:
    return render_template("patient_question.html", front=front, problem=problem)


def _add_result(door: Blueprint, services: Services) -> None:
    @door.get("/result")
    @public
    def result() -> BaseResponse:
        actor = link_actor(services)
        if actor is None:
            return _over()
        shown, told, key = _opened(services, actor)
        with services.db.reading() as tx:
            documents = documents_of(tx, actor, shown.study_id)
        page = render_template(
            "patient_result.html",
            result=shown,
            study=told["study"],
            series=_shown_series(told),
            documents=documents,
            key=key,
        )
        return make_response(page)

    @door.get("/result/viewer")
    @public
    def viewer() -> BaseResponse:
        actor = link_actor(services)
        if actor is None:
            return _over()
        shown, told, key = _opened(services, actor)
        study = {"id": shown.study_id, "key": key, "manifest": inlined(told)}
        with services.db.reading() as tx:
            first = first_picture(services, tx, actor, study, ())
        config = page_config("patient", studies=[study])
        page = render_template("patient_viewer.html", result=shown, first=first, config=config)
        return gzipped(make_response(page))

    @door.post("/result/close")
    @public
    def close() -> BaseResponse:
        actor = link_actor(services)
        if actor is not None:
            with services.db.transaction() as tx:
                end_link_session(tx, actor)
        response = make_response(render_template("patient_closed.html"))
        secure = services.settings.web.secure  # a __Host- cookie is cleared only by one that is Secure too
        response.delete_cookie(cookie_name(secure=secure), httponly=True, samesite="Lax", secure=secure)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


def _opened(services: Services, actor: Actor) -> tuple[LinkResult, dict[str, Any], str]:
    """The link's content, its study's manifest, and the key of this opening, which is on record."""
    with services.db.transaction() as tx:
        shown = link_result(tx, actor)
        key = open_study(tx, actor, study_id=shown.study_id, session_id=actor.session_id or "").key
        return shown, manifest(tx, actor, shown.study_id), key


def _over() -> BaseResponse:
    return make_response(render_template("patient_over.html"), 401)


def _shown_series(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Series with pictures, by their number in the manifest from 1: an address of few letters."""
    return [
        {
            "number": number,
            "description": series["description"] or series["modality"],
            "count": series["frame_count"],
            "middle": (series["frame_count"] + 1) // 2,
        }
        for number, series in enumerate(told["series"], 1)
        if series["frame_count"]
    ]


def _add_pictures(door: Blueprint, services: Services) -> None:
    @door.get("/result/<int:series>/<int:image>")
    @public
    def image(series: int, image: int) -> BaseResponse:
        """One picture with its neighbours' addresses: all that a browser without scripts needs."""
        actor = link_actor(services)
        if actor is None:
            return _over()
        with services.db.reading() as tx:
            told = manifest(tx, actor, link_result(tx, actor).study_id)
        shown = next((one for one in _shown_series(told) if one["number"] == series), None)
        if shown is None or not 1 <= image <= shown["count"]:
            raise NotFound
        page = render_template(
            "patient_image.html", study=told["study"], series=shown, image=image, step=STEP
        )
        return make_response(page)

    @door.get("/result/<int:series>/<int:image>.jpg")
    @public
    def picture(series: int, image: int) -> BaseResponse:
        actor = link_actor(services)
        if actor is None:
            raise NotFound
        params = THUMBNAIL if request.args.get("small") else PICTURE
        return _picture(services, actor, series, image, params)


def _picture(services: Services, actor: Actor, number: int, image: int, params: FrameParams) -> Response:
    with services.db.reading() as tx:
        series = series_ids(tx, actor, link_result(tx, actor).study_id)
        if not 1 <= number <= len(series):
            raise NotFound
        frames = series_frames(tx, actor, series[number - 1])
    if not 1 <= image <= len(frames):
        raise NotFound
    try:
        body = services.renderer.rendered_frame(frames[image - 1], params)
    except Unsupported as error:
        return Response(grey_tile(str(error)), mimetype="image/jpeg")
    # Of this link's session; another person at the same telephone must not get it from the cache.
    return Response(body, mimetype="image/jpeg", headers={"Cache-Control": "private, no-store"})
