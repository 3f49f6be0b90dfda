"""The one tree of errors. Three tables translate it: HTTP, DICOM failure code, socket answer; nobody else does.

`message` is an English sentence that says what to do, at the same time the key of the catalogue
(app/base/translations); `params` fill its `{names}`. `code` is for machines and never translated.
"""

from typing import Any


class HoichanError(Exception):
    """Base of every error a caller may be told about."""

    kind = "error"

    def __init__(self, code: str, message: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message.format_map(self.params) if self.params else self.message


class NotFound(HoichanError):
    """It does not exist, or the asker may not know that it does."""

    kind = "not-found"

    def __init__(
        self,
        code: str = "not_found",
        message: str = "Not found. It may have been removed, or it is not shared with you.",
        **params: Any,
    ) -> None:
        super().__init__(code, message, **params)


class Forbidden(HoichanError):
    """The thing may be seen, but this may not be done by this role."""

    kind = "forbidden"

    def __init__(
        self,
        code: str = "forbidden",
        message: str = "Your role does not allow this. Ask the administrator of your hospital.",
        **params: Any,
    ) -> None:
        super().__init__(code, message, **params)


class Unauthenticated(HoichanError):
    """Nobody is signed in, or the session has ended."""

    kind = "unauthenticated"

    def __init__(
        self, code: str = "unauthenticated", message: str = "Please sign in.", **params: Any
    ) -> None:
        super().__init__(code, message, **params)


class Invalid(HoichanError):
    """What was sent does not make sense; the message says what would."""

    kind = "invalid"


class Conflict(HoichanError):
    """It contradicts what is already there."""

    kind = "conflict"


class TooMany(HoichanError):
    """A limit of rate or number is reached."""

    kind = "too-many"


class TooLarge(HoichanError):
    """A limit of size is passed."""

    kind = "too-large"


class Unsupported(HoichanError):
    """Well-formed, but nothing we can work with."""

    kind = "unsupported"


class Unavailable(HoichanError):
    """Something we stand on is away: database, disk, decoder. Trying again later may help."""

    kind = "unavailable"


KINDS: dict[str, type[HoichanError]] = {
    cls.kind: cls
    for cls in (
        Conflict,
        Forbidden,
        Invalid,
        NotFound,
        TooLarge,
        TooMany,
        Unauthenticated,
        Unavailable,
        Unsupported,
    )
}
