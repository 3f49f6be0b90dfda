"""One association from its request to its end, in one blocking thread (PS3.8 section 9.2)."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from app.archive.failures import SOP_CLASS_NOT_SUPPORTED
from app.base.actor import Actor
from app.base.errors import HoichanError
from app.base.faults import fault_of
from app.base.ids import new_id
from app.base.settings import DicomSettings
from app.dimse.channel import Channel
from app.dimse.commitment import acknowledged, tell
from app.dimse.contexts import (
    ACCEPTED,
    VERIFICATION,
    Context,
    accepted_extensions,
    accepted_roles,
    extensions_of,
    negotiate,
)
from app.dimse.echo import echo
from app.dimse.exchange import Asked, Engines, Established, Exchange
from app.dimse.messages import (
    MAX_COMMAND,
    RESPONSE,
    Answer,
    Command,
    CommandField,
    read_command,
    write_response,
)
from app.dimse.negotiation import APPLICATION_CONTEXT, AssociationRequest, read_request, write_accept
from app.dimse.peers import APPLICATION_CONTEXT_NOT_SUPPORTED, TEMPORARY, Peers, Rejected
from app.dimse.query_log import QueryLog
from app.dimse.services import OFFERS
from app.dimse.status import SUCCESS, UNRECOGNIZED_OPERATION
from app.dimse.store import Discarding, Receiving, Reception, Storage
from app.dimse.upper_layer import (
    MAX_ASSOCIATE_RQ,
    MAX_PDU,
    AbortReason,
    ConnectionLost,
    PduType,
    ProtocolFault,
    Wire,
    abort,
    command_pdus,
    data_set_pdus,
    data_values,
    reject,
    release_rp,
)

log = logging.getLogger(__name__)
T = TypeVar("T")
_ARTIM_SECONDS = 10.0
_FIRST_WORD_SECONDS = 10.0  # an association is asked for in order to say something
_SILENCE_SECONDS = 0.5


class Association:
    """Runs until released, aborted, lost or idle for too long."""

    def __init__(
        self,
        wire: Wire,
        address: str,
        certificate_sha256: str = "",
        *,
        peers: Peers,
        storage: Storage,
        engines: Engines,
        settings: DicomSettings,
        enter: Callable[["Association", Actor], None],
    ) -> None:
        self.id = new_id()
        self.actor_id = ""
        self._wire = wire
        self._address = address
        self._certificate_sha256 = certificate_sha256
        self._admitted: tuple[AssociationRequest, Actor] | None = None
        self._silent_since: float | None = time.monotonic()
        self._peers = peers
        self._storage = storage
        self._engines = engines
        self._settings = settings
        self._enter = enter
        self._established: Established | None = None
        self._contexts: dict[int, Context] = {}
        self._asked: Asked | None = None
        self._max_length = 0
        self._command = bytearray()
        self._request: tuple[int, Command] | None = None
        self._reception: Reception | None = None
        self._stopping = threading.Event()
        self._between = True

    @property
    def silent_for(self) -> float:
        """Seconds without a word since it was asked for; 0 once a message came."""
        since = self._silent_since
        return 0.0 if since is None else time.monotonic() - since

    def admit(self) -> bool:
        """Reads the request and says whether its sender may go on; if not, they have been told why. Never raises."""
        request = self._guarded(self._read_request)
        if request is None:
            self._wire.close()
            return False
        try:
            actor = self._admit(request)
        except Rejected as refused:
            r = refused.rejection
            log.info("association from %s rejected: %s", self._address, r.code)
            with suppress(ConnectionLost):  # nobody there to be told
                self._wire.send(reject(r.result, r.source, r.reason), seconds=1.0)
            self._wire.close()
            return False
        self._admitted = request, actor
        return True

    def run(self) -> None:
        """Everything after `admit`, to the last byte sent. Never raises."""
        assert self._admitted is not None  # the server asked
        try:
            self._guarded(partial(self._establish, *self._admitted))
        finally:
            self._wire.close()

    def _guarded(self, act: Callable[[], T]) -> T | None:
        """None when it failed: then the peer has been told."""
        try:
            return act()
        except ProtocolFault as fault:
            log.warning("association %s from %s aborted: %s", self.id, self._address, fault)
            self._abort(fault.reason)
        except ConnectionLost as loss:
            log.info("association %s from %s lost: %s", self.id, self._address, loss)
            self._abort(AbortReason.NOT_SPECIFIED)
        except Exception as error:  # noqa: BLE001 - one association's fault must not end the thread unseen
            log.error("association %s from %s failed: %s", self.id, self._address, fault_of(error))  # noqa: TRY400 - see fault_of
            self._abort(AbortReason.NOT_SPECIFIED)
        return None

    def _abort(self, reason: AbortReason) -> None:
        with suppress(ConnectionLost):  # nobody there to be told
            self._wire.send(abort(reason), seconds=1.0)

    def _read_request(self) -> AssociationRequest:
        pdu_type, field = self._wire.read(limit=MAX_ASSOCIATE_RQ, seconds=_ARTIM_SECONDS)
        if pdu_type != PduType.A_ASSOCIATE_RQ:
            raise ProtocolFault(AbortReason.UNEXPECTED_PDU, f"PDU type {pdu_type} before any association")
        return read_request(field)

    def _admit(self, request: AssociationRequest) -> Actor:
        if request.application_context != APPLICATION_CONTEXT:
            raise Rejected(APPLICATION_CONTEXT_NOT_SUPPORTED)
        try:
            actor = self._peers.admit(
                called=request.called_ae_title,
                calling=request.calling_ae_title,
                address=self._address,
                certificate_sha256=self._certificate_sha256,
            )
        except HoichanError as error:
            raise Rejected(TEMPORARY) from error
        self.actor_id = actor.id
        self._enter(self, actor)
        return actor

    def _establish(self, request: AssociationRequest, actor: Actor) -> None:
        private = self._settings.accept_private_sop_classes or self._storage.takes_private(actor)
        contexts = negotiate(request.contexts, accept_private=private, roles=request.roles)
        self._contexts = {context.context_id: context for context in contexts if context.result == ACCEPTED}
        self._max_length = request.max_length
        roles, extensions = (
            accepted_roles(request.roles, contexts),
            accepted_extensions(request.extensions),
        )
        self._established = Established(
            id=self.id,
            actor=actor,
            called_ae_title=request.called_ae_title,
            calling_ae_title=request.calling_ae_title,
            contexts=self._contexts,
            roles=roles,
            extensions={uid: extensions_of(information) for uid, information in extensions.items()},
            channel=Channel(self._wire, max_length=request.max_length, seconds=self._settings.idle_seconds),
            engines=self._engines,
            queries=QueryLog(self._storage.db, actor, self.id),
        )
        self._wire.send(write_accept(request, contexts, roles=roles, extensions=extensions))
        self._take_pdus(actor, self._established)

    def _take_pdus(self, actor: Actor, established: Established) -> None:
        receiving = self._storage.open(actor, self.id)
        try:
            while self._take_pdu(receiving):
                pass
        finally:
            if self._reception is not None:
                self._reception.discard()
            receiving.close()
            established.queries.write()

    def _take_pdu(self, receiving: Receiving) -> bool:
        """Reads and answers one PDU; False at the end of the association."""
        pdu_type, field = self._next_pdu()
        if pdu_type == PduType.P_DATA_TF:
            for context_id, control, fragment in data_values(field):
                self._take_fragment(receiving, context_id, control, fragment)
            if (
                self._asked is not None
            ):  # a service reads further messages itself: this PDU had to be taken first
                asked, self._asked = self._asked, None
                self._respond(asked.finish())
            return True
        if pdu_type == PduType.A_RELEASE_RQ:
            self._wire.send(release_rp())
            return False
        if pdu_type == PduType.A_ABORT:
            return False
        reason = AbortReason.UNEXPECTED_PDU if pdu_type in set(PduType) else AbortReason.UNRECOGNIZED_PDU
        raise ProtocolFault(reason, f"PDU type {pdu_type} on an association")

    def _next_pdu(self) -> tuple[int, memoryview]:
        """Between messages the server may end us; inside one it waits until the response is out."""
        self._between = self._request is None and not self._command
        if self._between and self._established is not None:
            self._use_pause(self._established)
        if self._between and self._stopping.is_set():
            raise ConnectionLost("the server stops")
        silent = self._silent_since is not None
        patience = (
            min(_FIRST_WORD_SECONDS, self._settings.idle_seconds) if silent else self._settings.idle_seconds
        )
        read = self._wire.read(limit=MAX_PDU, seconds=patience)
        self._between, self._silent_since = False, None
        return read

    def _take_fragment(
        self, receiving: Receiving, context_id: int, control: int, fragment: memoryview
    ) -> None:
        is_command, is_last = bool(control & 1), bool(control & 2)
        if is_command:
            self._take_command(receiving, context_id, fragment, is_last=is_last)
            return
        if self._request is None or self._reception is None or self._request[0] != context_id:
            raise ProtocolFault(AbortReason.UNEXPECTED_PARAMETER, "a data set without its command")
        self._reception.write(fragment)
        if not is_last:
            return
        if isinstance(self._reception, Asked):
            self._asked, self._reception = self._reception, None
        else:
            self._respond(self._reception.finish())

    def _take_command(
        self, receiving: Receiving, context_id: int, fragment: memoryview, *, is_last: bool
    ) -> None:
        if self._request is not None:
            raise ProtocolFault(AbortReason.UNEXPECTED_PARAMETER, "a command inside another's data set")
        if context_id not in self._contexts:
            raise ProtocolFault(AbortReason.INVALID_PARAMETER, f"context {context_id} was not accepted")
        self._command += fragment
        if len(self._command) > MAX_COMMAND:
            raise ProtocolFault(AbortReason.INVALID_PARAMETER, "a command set without end")
        if is_last:
            command = read_command(bytes(self._command))
            self._command.clear()
            self._request = (context_id, command)
            self._begin(receiving, self._contexts[context_id], command)

    def _begin(self, receiving: Receiving, context: Context, command: Command) -> None:
        """Starts what the command asks for; a data set, wanted or not, is read to its end before the answer."""
        if command.field == CommandField.C_ECHO_RQ and not command.has_data_set:
            self._respond(echo())
        elif command.field == CommandField.C_STORE_RQ and command.has_data_set:
            self._reception = receiving.begin(context, command)
        elif command.field == CommandField.C_CANCEL_RQ or command.field & RESPONSE:
            self._take_note(command)
        elif (asked := self._asked_of(context, command)) is not None:
            self._reception = asked
        else:
            known = context.abstract_syntax != VERIFICATION
            answer = Answer(UNRECOGNIZED_OPERATION if known else SOP_CLASS_NOT_SUPPORTED, "Not offered here.")
            self._reception = Discarding(answer)
            if not command.has_data_set:
                self._respond(answer)

    def _take_note(self, command: Command) -> None:
        """Of what needs no answer: the acknowledgement of a report, or a cancel of something that has ended."""
        assert self._established is not None  # messages come after it
        if command.field == CommandField.N_EVENT_REPORT_RQ | RESPONSE:
            acknowledged(self._established, command)
        if command.has_data_set:
            self._reception = Discarding(Answer(SUCCESS))
        else:
            self._request = None

    def _use_pause(self, established: Established) -> None:
        """When the peer says nothing for a moment: its queries are recorded, and it is told what it waits for."""
        queries, reports = established.queries, established.reports
        if (queries.is_due or reports) and not self._wire.waiting(seconds=_SILENCE_SECONDS):
            queries.write()
            if reports:
                tell(established)

    def _asked_of(self, context: Context, command: Command) -> Asked | None:
        """The service of a request on one of its contexts, or None."""
        offer = OFFERS.get(command.field)
        fits = offer is not None and context.abstract_syntax in offer.sop_classes and command.has_data_set
        if offer is None or not fits or command.sop_class_uid != context.abstract_syntax:
            return None
        assert self._established is not None  # requests come after it
        return Asked(Exchange(self._established, context, command), offer.service)

    def _respond(self, answer: Answer) -> None:
        if self._request is None:
            return
        context_id, command = self._request
        self._request, self._reception = None, None
        if command.field == CommandField.C_CANCEL_RQ or command.field & RESPONSE:
            return
        pdus = command_pdus(context_id, write_response(command, answer), self._max_length)
        if answer.data_set:
            pdus += data_set_pdus(context_id, answer.data_set, self._max_length)
        self._wire.send(pdus)

    def stop(self) -> None:
        """Ends at once when between two messages, else after the response."""
        self._stopping.set()
        if self._between:
            self._wire.end_input()

    def cut(self) -> None:
        """Closes the connection under whatever is going on."""
        self._wire.cut()
