"""What a service is handed: who asks for what on which association. One operation at a time, in one thread."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from app.archive.failures import PROCESSING_FAILURE
from app.base.actor import Actor
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import HoichanError
from app.base.faults import fault_of
from app.base.settings import DicomSettings
from app.dimse.channel import MAX_DATA, Channel
from app.dimse.contexts import Context, Extensions, Roles
from app.dimse.messages import Answer, Command, write_response
from app.dimse.query_log import QueryLog
from app.dimse.status import answer_for
from app.dimse.upper_layer import ConnectionLost, ProtocolFault
from app.render.frames import Decoder

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Engines:
    """What services work with."""

    db: Database
    blobs: Blobs
    decoder: Decoder
    settings: DicomSettings


@dataclass(frozen=True)
class Report:
    """An answer to a Storage Commitment request, ready to be told on the association on which it was asked."""

    delivery_id: str
    context_id: int
    event_type: int
    data_set: bytes


@dataclass
class Established:
    """An association as its services see it."""

    id: str
    actor: Actor
    called_ae_title: str
    calling_ae_title: str
    contexts: Mapping[int, Context]
    roles: Mapping[str, Roles]
    extensions: Mapping[str, Extensions]
    channel: Channel
    engines: Engines
    queries: QueryLog
    reports: list[Report] = field(default_factory=list)  # to be told when the peer is silent
    told: dict[int, Report] = field(default_factory=dict)  # not yet acknowledged, by message

    @property
    def hospital_id(self) -> str:
        """Whose archive is asked: that of the called AE title."""
        return self.actor.hospital_id or ""


@dataclass(frozen=True)
class Exchange:
    """One request. Its data set comes apart; the last answer is what the service returns."""

    association: Established
    context: Context
    command: Command

    @property
    def extension(self) -> Extensions:
        """What was negotiated beyond the base for this SOP class."""
        return self.association.extensions.get(self.context.abstract_syntax, Extensions())

    def send(self, answer: Answer) -> None:
        """An answer that is not the last."""
        command = write_response(self.command, answer)
        self.association.channel.send(self.context.context_id, command, answer.data_set)

    def cancelled(self) -> bool:
        """Whether the peer wants no more of it."""
        return self.association.channel.cancelled(self.command.message_id)


Service: TypeAlias = Callable[[Exchange, bytes], Answer]


class Asked:
    """A request on its way in, with the service that will answer it."""

    def __init__(self, exchange: Exchange, service: Service) -> None:
        self._exchange = exchange
        self._service = service
        self._data = bytearray()

    def write(self, fragment: memoryview) -> None:
        """Takes the next bytes of the data set; what is too long is read and dropped."""
        if len(self._data) <= MAX_DATA:
            self._data += fragment

    def finish(self) -> Answer:
        """Runs the service. Raises only what ends the association."""
        if len(self._data) > MAX_DATA:
            return Answer(PROCESSING_FAILURE, "The data set is too long.")
        try:
            return self._service(self._exchange, bytes(self._data))
        except (ConnectionLost, ProtocolFault):
            raise
        except HoichanError as error:
            return answer_for(error)
        except Exception as error:  # noqa: BLE001 - the peer is told, the association goes on
            place = self._exchange.association.id
            log.error("a request of association %s failed: %s", place, fault_of(error))  # noqa: TRY400 - see fault_of
            return Answer(PROCESSING_FAILURE, "Internal error, see the server's log.")

    def discard(self) -> None:
        """Nothing stays."""
