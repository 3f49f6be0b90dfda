"""What may be entered for names, logins and titles; each check returns the value as it is kept."""

import re
from hashlib import sha256
from ipaddress import ip_address, ip_network
from ssl import PEM_cert_to_DER_cert

from app.base.errors import Invalid

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,79}")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_AE_TITLE = re.compile(r"[\x21-\x5b\x5d-\x7e](?:[\x20-\x5b\x5d-\x7e]{0,14}[\x21-\x5b\x5d-\x7e])?")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,253}[A-Za-z0-9])?")
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


def check_addresses(text: str | None) -> str | None:
    """IP addresses and networks (192.168.1.0/24), separated by spaces or commas; nothing for any address."""
    parts = (text or "").replace(",", " ").split()
    try:
        found = [_network(part) for part in parts]
    except ValueError as error:
        raise Invalid(
            "bad_address",
            "Please enter IP addresses like 192.168.1.20 or networks like 192.168.1.0/24, or leave it empty.",
        ) from error
    joined = " ".join(dict.fromkeys(found))
    if len(joined) > 400:
        raise Invalid("too_many_addresses", "These are too many addresses. Enter a network instead.")
    return joined or None


def _network(part: str) -> str:
    return ip_network(part, strict=False).compressed if "/" in part else ip_address(part).compressed


def address_allowed(registered: str | None, address: str | None) -> bool:
    """Whether who calls from `address` is one of the registered ones; nothing registered lets any in."""
    if registered is None:
        return True
    try:
        caller = ip_address(address or "")
    except ValueError:
        return False
    caller = getattr(caller, "ipv4_mapped", None) or caller
    return any(caller in ip_network(part) for part in registered.split())


def check_host(text: str) -> str:
    """A name or address on the network, or nothing."""
    host = text.strip()
    if host and not _HOST.fullmatch(host):
        raise Invalid("bad_host", "Please enter an IP address or a computer's name without http:// and port.")
    return host


def check_count(number: int, *, least: int, most: int) -> int:
    """A number within its limits."""
    if not least <= number <= most:
        raise Invalid("bad_number", "Please enter a number from {least} to {most}.", least=least, most=most)
    return number


def check_sha256(text: str) -> str:
    """A SHA-256 digest as programs print it, with or without colons; kept in small letters. Empty stays empty."""
    digest = re.sub(r"[\s:]", "", text).lower()
    if digest and not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise Invalid("bad_digest", "A SHA-256 fingerprint has 64 digits and letters from a to f.")
    return digest


def certificate_digest(data: bytes) -> str:
    """SHA-256 of a certificate's DER bytes, from a PEM or DER file."""
    try:
        der = PEM_cert_to_DER_cert(data.decode("ascii").strip()) if b"-----BEGIN" in data else data
    except ValueError as error:
        raise _not_a_certificate() from error
    if not der.startswith(
        b"\x30\x82"
    ):  # an ASN.1 sequence with a length of two bytes: every real certificate
        raise _not_a_certificate()
    return sha256(der).hexdigest()


def _not_a_certificate() -> Invalid:
    return Invalid("bad_certificate", "This is not a certificate. Choose a file in PEM or DER format.")


def check_licence_number(text: str) -> str:
    """The number of a licence to practise (chứng chỉ or giấy phép hành nghề): issuers write it in many ways."""
    number = " ".join(text.split())
    if len(number) > 40 or not number.isprintable():
        raise Invalid("bad_licence_number", "A licence number has at most 40 characters.")
    return number


def check_email(text: str | None) -> str | None:
    """An e-mail address, or nothing."""
    if text is None or not text.strip():
        return None
    if len(text) > 200 or not _EMAIL.fullmatch(text.strip()):
        raise Invalid("bad_email", "Please enter an e-mail address, or leave it empty.")
    return text.strip()
