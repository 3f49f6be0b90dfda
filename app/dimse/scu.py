"""Associations that we ask for: one blocking loop, the same reading and writing of PDUs as the server's.

pynetdicom's own SCU may lose the answer of a fast peer between its threads, and sends at a fifth of the rate.
"""

import contextlib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import TracebackType
from typing import Self

from app.base.errors import HoichanError, Unavailable
from app.base.settings import DicomSettings
from app.dimse.channel import Channel, Message
from app.dimse.contexts import Context, ProposedContext, Roles
from app.dimse.messages import RESPONSE
from app.dimse.requesting import Acceptance, proposals, read_accept, rejection, write_request
from app.dimse.tls import client_context
from app.dimse.upper_layer import (
    MAX_ASSOCIATE_RQ,
    AbortReason,
    ConnectionLost,
    PduType,
    ProtocolFault,
    Wire,
    abort,
    release_rq,
)
from app.routing.network import Remote

_CONNECT_SECONDS = 10.0
_NEGOTIATE_SECONDS = 30.0
_RELEASE_SECONDS = 5.0


def unreachable(remote: Remote) -> HoichanError:
    """Nothing answers at its address."""
    return Unavailable(
        "unreachable",
        "{name} cannot be reached at {host}, port {port}. Check the address and that it is running.",
        name=remote.name,
        host=remote.host,
        port=remote.port,
    )


def broken_off(remote: Remote) -> HoichanError:
    """The connection or the protocol ended in the middle."""
    return Unavailable("broken_off", "{name} broke off the connection. Try again later.", name=remote.name)


def not_offered(remote: Remote) -> HoichanError:
    """None of the contexts needed was accepted."""
    return Unavailable("not_offered", "{name} does not offer this service to us.", name=remote.name)


class Client:
    """An association of ours, a context manager: released at its end, aborted when something went wrong."""

    def __init__(
        self,
        remote: Remote,
        offers: Sequence[tuple[str, Sequence[str]]],
        *,
        settings: DicomSettings,
        seconds: float = 60.0,
        roles: Mapping[str, Roles] | None = None,
        extensions: Mapping[str, bytes] | None = None,
    ) -> None:
        """Connects and negotiates. Raises Unavailable with a sentence."""
        self.remote = remote
        self._message_id = 0
        self._wire = Wire(_connected(remote, settings))
        try:
            contexts = proposals(offers)
            self._wire.send(write_request(remote, contexts, roles=roles or {}, extensions=extensions or {}))
            self.agreed = self._acceptance(contexts)
        except BaseException as error:
            self._wire.close()
            if isinstance(error, ConnectionLost | ProtocolFault):
                raise broken_off(remote) from error
            raise
        self.channel = Channel(self._wire, max_length=self.agreed.max_length, seconds=seconds)

    def _acceptance(self, contexts: Sequence[ProposedContext]) -> Acceptance:
        pdu_type, field = self._wire.read(limit=MAX_ASSOCIATE_RQ, seconds=_NEGOTIATE_SECONDS)
        if pdu_type == PduType.A_ASSOCIATE_RJ:
            raise rejection(self.remote, field)
        if pdu_type != PduType.A_ASSOCIATE_AC:
            raise ProtocolFault(AbortReason.UNEXPECTED_PDU, "no answer to the association request")
        return read_accept(field, contexts)

    def context(self, abstract_syntax: str) -> Context:
        """The accepted context of a service. Raises Unavailable when there is none."""
        for context in self.agreed.contexts.values():
            if context.abstract_syntax == abstract_syntax:
                return context
        raise not_offered(self.remote)

    def next_message_id(self) -> int:
        """1 to 65535, then again."""
        self._message_id = self._message_id % 0xFFFF + 1
        return self._message_id

    def answers(self, field: int, message_id: int) -> Iterator[Message]:
        """Messages that come, each checked to be a response to that request; endless: the caller knows the last."""
        while True:
            message = self.channel.receive()
            if message.command.field != field | RESPONSE or message.command.message_id != message_id:
                raise ProtocolFault(AbortReason.UNEXPECTED_PARAMETER, "an answer to a question not asked")
            yield message

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._release()
        else:
            with contextlib.suppress(ConnectionLost):  # nobody there to be told
                self._wire.send(abort(AbortReason.NOT_SPECIFIED), seconds=1.0)
        self._wire.close()
        if isinstance(error, ConnectionLost | ProtocolFault):
            raise broken_off(self.remote) from error

    def _release(self) -> None:
        """Asks and waits a moment; all that was wanted has been answered, so that nothing is lost by a peer that
        closes instead.
        """
        with contextlib.suppress(ConnectionLost, ProtocolFault):
            self._wire.send(release_rq(), seconds=_RELEASE_SECONDS)
            self._wire.read(limit=MAX_ASSOCIATE_RQ, seconds=_RELEASE_SECONDS)


def _connected(remote: Remote, settings: DicomSettings) -> socket.socket:
    try:
        connection = socket.create_connection((remote.host, remote.port), timeout=_CONNECT_SECONDS)
    except (OSError, UnicodeError) as error:  # the latter of a name that cannot be one
        raise unreachable(remote) from error
    if not remote.tls:
        return connection
    try:
        return _tls(settings).wrap_socket(connection, server_hostname=remote.host)
    except OSError as error:  # ssl.SSLError is one
        connection.close()
        raise Unavailable(
            "tls_failed",
            "No secure connection to {name}: it does not speak TLS on this port, or its certificate or ours is not trusted.",
            name=remote.name,
        ) from error


@lru_cache(maxsize=4)
def _tls(settings: DicomSettings) -> ssl.SSLContext:
    """Reading what this system trusts takes longer than an association."""
    return client_context(settings)
