"""What may be entered for names, logins and titles; each check returns the value as it is kept."""

import re
from ipaddress import ip_address

from app.base.errors import Invalid

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,79}")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_AE_TITLE = re.compile(r"[\x21-\x5b\x5d-\x7e](?:[\x20-\x5b\x5d-\x7e]{0,14}[\x21-\x5b\x5d-\x7e])?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def check_name(text: str, *, longest: int = 200) -> str:
    """A name of a person, hospital or device: any script, no control characters."""
    name = " ".join(text.split())
    if not name or len(name) > longest or not name.isprintable():
        raise Invalid("bad_name", "Please enter a name of at most {count} characters.", count=longest)
    return name


def check_login(text: str) -> str:
    """The name to sign in with, in lower case."""
    login = text.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise Invalid(
            "bad_login",
            "A sign-in name has 2 to 80 characters: letters without accents, digits, dot, hyphen, underscore or @.",
        )
    return login


def check_slug(text: str) -> str:
    """The hospital's word in addresses."""
    slug = text.strip().lower()
    if not _SLUG.fullmatch(slug):
        raise Invalid(
            "bad_slug", "The word for addresses has letters without accents, digits and hyphens, at most 40."
        )
    return slug


def check_ae_title(text: str) -> str:
    """An AE title: DICOM PS3.5 6.2, VR AE: 1 to 16 characters of the default repertoire, no backslash."""
    title = text.strip(" ")
    if not _AE_TITLE.fullmatch(title):
        raise Invalid(
            "bad_ae_title",
            "An AE title has 1 to 16 characters: letters without accents, digits, space and signs but no backslash.",
        )
    return title


def check_address(text: str | None) -> str | None:
    """An IP address, or nothing for any address."""
    if text is None or not text.strip():
        return None
    try:
        return ip_address(text.strip()).compressed
    except ValueError as error:
        raise Invalid(
            "bad_address", "Please enter an IP address like 192.168.1.20, or leave it empty."
        ) from error


def check_email(text: str | None) -> str | None:
    """An e-mail address, or nothing."""
    if text is None or not text.strip():
        return None
    if len(text) > 200 or not _EMAIL.fullmatch(text.strip()):
        raise Invalid("bad_email", "Please enter an e-mail address, or leave it empty.")
    return text.strip()
