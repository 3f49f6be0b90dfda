"""Errors as answers: the HTTP table and the socket table. Nobody else turns an error into an answer.

HTTP: problem details (RFC 9457) for programs, a page for people. What may not be known and what does not exist
give the same bytes.
"""

import logging
import traceback
from dataclasses import dataclass
from urllib.parse import quote

from flask import Flask, Response, json, make_response, redirect, render_template, request
from werkzeug.exceptions import HTTPException, RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response as BaseResponse

from app.base.errors import HoichanError, Invalid, NotFound, TooLarge, Unauthenticated
from app.base.i18n import Language, translate
from app.base.ids import new_id
from app.edge.language import language
from app.identity.queries import VisitEnded

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """How one kind of error is told."""

    status: int
    title: str
    retry: bool  # sockets: whether sending the same again later may help


ANSWERS: dict[str, Answer] = {
    "conflict": Answer(409, "This cannot be done now", retry=False),
    "error": Answer(500, "Something went wrong", retry=True),
    "forbidden": Answer(403, "Not allowed", retry=False),
    "invalid": Answer(400, "Please check what was entered", retry=False),
    "not-found": Answer(404, "Not found", retry=False),
    "too-large": Answer(413, "Too large", retry=False),
    "too-many": Answer(429, "Too many tries", retry=True),
    "unauthenticated": Answer(401, "Please sign in", retry=False),
    "unavailable": Answer(503, "Not available at the moment", retry=True),
    "unsupported": Answer(415, "This kind of data is not supported", retry=False),
}
STATUS_BY_CODE = {
    "bad_range": 416,
    "disk_full": 507,
    "quota_full": 507,
    "not_acceptable": 406,
    "no_picture": 406,
    "no_volume": 422,
}
FAULT = "Something went wrong on our side. Try again; if it happens again, tell your administrator the number {number}."


def status_of(error: HoichanError) -> int:
    """The HTTP status."""
    return STATUS_BY_CODE.get(error.code, ANSWERS[error.kind].status)


def problem(error: HoichanError, spoken: Language) -> dict[str, object]:
    """Problem details, RFC 9457; `detail` is translated."""
    return {
        "type": f"urn:hoichan:problem:{error.kind}",
        "title": translate(spoken, ANSWERS[error.kind].title),
        "status": status_of(error),
        "detail": translate(spoken, error.message, **error.params),
        "code": error.code,
    }


def socket_answer(error: HoichanError, spoken: Language) -> dict[str, dict[str, object]]:
    """The acknowledgement of a wish that failed."""
    sentence = translate(spoken, error.message, **error.params)
    retry = ANSWERS[error.kind].retry
    return {"error": {"code": error.code, "kind": error.kind, "message": sentence, "retry": retry}}


def install(flask_app: Flask) -> None:
    """Every error of this app goes through here."""
    flask_app.register_error_handler(HoichanError, answer)
    flask_app.register_error_handler(HTTPException, _answer_http)
    flask_app.register_error_handler(Exception, _answer_fault)


def answer(error: HoichanError) -> BaseResponse:
    """The error as a page, a redirect to the sign-in page, or problem details."""
    may_sign_in = isinstance(error, Unauthenticated) and not isinstance(error, VisitEnded)
    if may_sign_in and wants_page() and request.method in {"GET", "HEAD"}:
        return redirect("/sign-in?next=" + quote(request.full_path.rstrip("?"), safe="/"), 303)
    response = _page(error) if wants_page() else _json(error)
    if "seconds" in error.params and error.kind == "too-many":
        response.headers["Retry-After"] = str(error.params["seconds"])
    if isinstance(error, Unauthenticated):
        response.headers["WWW-Authenticate"] = 'Bearer realm="Hoichan"'
        response.headers["Clear-Site-Data"] = '"cache"'
    return response


def wants_page() -> bool:
    """Browsers ask for text/html by name when a person navigates; fetch() and programs do not."""
    return any(kind == "text/html" for kind, _quality in request.accept_mimetypes)


def _json(error: HoichanError) -> Response:
    body = json.dumps(problem(error, language()))
    return Response(body, status_of(error), content_type="application/problem+json")


def _page(error: HoichanError) -> Response:
    page = render_template("problem.html", problem=problem(error, language()), kind=error.kind)
    return make_response(page, status_of(error))


def _answer_http(error: HTTPException) -> BaseResponse:
    """What Flask and werkzeug raise by themselves."""
    status = error.code or 500
    if status < 400:
        return error.get_response()
    told: HoichanError = Invalid("bad_request", "The request could not be understood.")
    if status == 404:
        told = NotFound()
    elif status == 413:
        told = TooLarge("too_large", "This is larger than allowed here.")
    elif status == 416:
        told = Invalid("bad_range", "This has no such part. Ask for all of it.")
    response = answer(told)
    if isinstance(error, RequestedRangeNotSatisfiable):
        response.headers["Content-Range"] = f"bytes */{error.length}"
    if status == 405:
        response.status_code = 405
        response.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or []))
    return response


def _answer_fault(error: Exception) -> BaseResponse:
    return answer(fault(error, str(request.endpoint)))


def fault(error: Exception, where: str) -> HoichanError:
    """A fault of ours, told by a number. Its text may hold patient data: the log gets type and place only."""
    number = new_id()
    place = "".join(traceback.format_tb(error.__traceback__))
    log.error("fault %s: %s at %s\n%s", number, type(error).__name__, where, place)
    return HoichanError("fault", FAULT, number=number)
