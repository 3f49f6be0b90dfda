"""In which language a page speaks: the person's choice, else the browser's cookie, else its wish, else Vietnamese.
Programs that speak DICOMweb and name no language are answered in English.
"""

from flask import current_app, g, request

from app.base.i18n import LANGUAGES, Language, ntranslate, translate

COOKIE = "hoichan-language"
OF_PROGRAMS: Language = "en"
_FOR_PROGRAMS = "/dicomweb/"


def _as_language(text: str | None) -> Language | None:
    return next((language for language in LANGUAGES if language == text), None)


def language() -> Language:
    """The language of this request."""
    known: Language | None = g.get("language")
    if known is None:
        known = g.language = _choose()
    return known


def _choose() -> Language:
    session = g.get("session")
    default: Language = current_app.extensions["hoichan"].settings.language
    return (
        _as_language(session.language if session is not None else None)
        or _as_language(request.cookies.get(COOKIE))
        or _as_language(request.accept_languages.best_match(list(LANGUAGES)))
        or (OF_PROGRAMS if session is None and _is_program() else default)
    )


def _is_program() -> bool:
    """Those who speak DICOMweb and name no language."""
    return request.path.startswith(_FOR_PROGRAMS) and not request.accept_languages


def gettext(message: str, **params: object) -> str:
    """The sentence in the language of this request."""
    return translate(language(), message, **params)


def ngettext(one: str, many: str, count: int) -> str:
    """As gettext, for a count; English has two forms, Vietnamese one."""
    return ntranslate(language(), one, many, count)
