"""Calls of webhooks by HTTP. Where a name leads is looked at when the line is opened, and that address is called: a
name cannot be another one a moment later. What leads into our own network is refused unless the settings allow it.
"""

import socket
import ssl
import threading
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from app.base.errors import Invalid, Unavailable

_PATIENCE = 10.0
_WHOLE_CALL = 30.0
_MOST_READ = 4096
# Addresses that stand for an IPv4 address behind a translator: 6to4, Teredo, NAT64.
_TRANSLATED = tuple(IPv6Network(net) for net in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48"))
# Of no open internet, though Python 3.11 says so: IETF protocol assignments (RFC 6890), site-local (RFC 3879),
# documentation (RFC 9637).
_NOT_PUBLIC = (IPv4Network("192.0.0.0/24"), IPv6Network("fec0::/10"), IPv6Network("3fff::/20"))


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet, and no other way to write one of ours."""
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif any(ip in net for net in _TRANSLATED):
            return False
    if any(ip in net for net in _NOT_PUBLIC):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def open_line(host: str, port: int, *, allow_private: bool) -> socket.socket:
    """A connection to an address that was checked; every address the name has must be public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unavailable("name_unknown", "The name of the webhook's address is not known.") from error
    addresses = list(dict.fromkeys(entry[4] for entry in found))
    if not allow_private and not all(is_public(str(address[0])) for address in addresses):
        raise Invalid(
            "private_address",
            "The address leads into a private network, which the settings do not allow (webhooks.allow_private).",
        )
    problem: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((str(address[0]), int(address[1])), timeout=_PATIENCE)
        except OSError as error:
            problem = error
    raise Unavailable("webhook_away", "The program at the webhook's address did not answer.") from problem


def call(url: str, headers: dict[str, str], body: bytes, *, allow_private: bool) -> None:
    """Posts once; any answer of 200 to 299 is a yes. No redirection is followed: it could lead anywhere."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    line = open_line(host, port, allow_private=allow_private)
    twin = line.dup()  # of the same connection: encrypting takes the first one over
    timer = threading.Timer(_WHOLE_CALL, _cut, (twin,))  # an answer of one byte every nine seconds has no end
    timer.start()
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        status = _posted(line, host, port, target, headers, body, secure=secure)
    except ssl.SSLCertVerificationError as error:
        raise Unavailable(
            "webhook_untrusted", "The certificate at the webhook's address is not trusted."
        ) from error
    except (OSError, HTTPException) as error:
        raise Unavailable("webhook_away", "The program at the webhook's address did not answer.") from error
    finally:
        timer.cancel()
        twin.close()
        line.close()
    if not 200 <= status < 300:
        raise Unavailable("webhook_refused", "The program answered {status}.", status=status)


def _posted(
    line: socket.socket,
    host: str,
    port: int,
    target: str,
    headers: dict[str, str],
    body: bytes,
    *,
    secure: bool,
) -> int:
    """The status. The certificate is that of the name, whatever address was called."""
    connection = (HTTPSConnection if secure else HTTPConnection)(host, port, timeout=_PATIENCE)
    connection.sock = _encrypted(line, host) if secure else line
    try:
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        answer.read(_MOST_READ)
        return answer.status
    finally:
        connection.close()


def _encrypted(line: socket.socket, host: str) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(line, server_hostname=host)


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
