"""C-FIND, C-MOVE and C-GET as SCU: what we ask of a hospital's other archive."""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from pydicom.datadict import dictionary_VR, tag_for_keyword

from app.base.errors import HoichanError, Unavailable
from app.dimse.contexts import SERVICES, STUDY_ROOT_FIND, STUDY_ROOT_GET, STUDY_ROOT_MOVE, Context
from app.dimse.datasets import SPECIFIC_CHARACTER_SET, UTF_8, as_json, read_data_set, write_data_set
from app.dimse.identifiers import QUERY_RETRIEVE_LEVEL, UNIQUE_KEYS
from app.dimse.messages import RESPONSE, Answer, Command, CommandField, Counts, write_cancel, write_request
from app.dimse.messages import write_response as written
from app.dimse.scu import Client
from app.dimse.status import (
    CANCELLED,
    MOVE_DESTINATION_UNKNOWN,
    PENDING,
    PENDING_WITH_WARNING,
    SUB_OPERATIONS_WITH_FAILURES,
    SUCCESS,
)
from app.dimse.upper_layer import AbortReason, ConnectionLost, ProtocolFault
from app.routing.network import Remote, Sent

Store: TypeAlias = Callable[[str, str, str, Iterator[bytes]], int]
_PATIENCE_SECONDS = 600.0  # an archive that reads from tape sends nothing for a long time
_LOOK_SECONDS = 0.5
_CANCEL_SECONDS = 20.0  # how long one that was told to stop may go on
_FIND_SECONDS = 60.0  # somebody waits for the list
_ENDED = frozenset({SUCCESS, CANCELLED, SUB_OPERATIONS_WITH_FAILURES})


def refused(remote: Remote, command: Command) -> HoichanError:
    """A failure status, in the peer's own words where it has some."""
    if command.status == MOVE_DESTINATION_UNKNOWN:
        return Unavailable(
            "destination_unknown",
            "{name} does not know {ae_title} as a destination: register this archive there with its address and port.",
            name=remote.name,
            ae_title=remote.calling_ae_title,
        )
    return Unavailable(
        "refused_by_peer",
        "{name} refuses: {reason}",
        name=remote.name,
        reason=command.comment or f"status {command.status:04X}",
    )


def too_slow(remote: Remote) -> HoichanError:
    """It answers, but without end."""
    return Unavailable(
        "too_slow", "{name} takes too long to answer. Ask for less, or try again later.", name=remote.name
    )


def identifier(level: str, keys: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Keys by keyword or by eight hexadecimal digits; an empty value asks for the attribute."""
    found: dict[str, dict[str, Any]] = {
        QUERY_RETRIEVE_LEVEL: {"vr": "CS", "Value": [level]},
        UNIQUE_KEYS[level]: {"vr": "UI"},
    }
    for name, value in keys.items():
        number = tag_for_keyword(name)
        tag = name.upper() if number is None else f"{number:08X}"
        vr = dictionary_VR(int(tag, 16))
        values = [{"Alphabetic": value}] if vr == "PN" else [value]
        found[tag] = {"vr": vr, "Value": values} if value else {"vr": vr}
    if not all(value.isascii() for value in keys.values()):
        found[SPECIFIC_CHARACTER_SET] = UTF_8
    return found


def find(client: Client, level: str, matches: Mapping[str, str], *, most: int) -> list[dict[str, Any]]:
    """At most `most` answers in the DICOM JSON model; the peer is told to stop after them. Study Root. Raises Unavailable
    when they do not come within a minute.
    """
    context = client.context(STUDY_ROOT_FIND)
    message_id = client.next_message_id()
    command = write_request(CommandField.C_FIND_RQ, message_id, sop_class_uid=STUDY_ROOT_FIND)
    data = write_data_set(identifier(level, matches), context.transfer_syntax)
    client.channel.send(context.context_id, command, data)
    found: list[dict[str, Any]] = []
    until = time.monotonic() + _FIND_SECONDS
    for message in client.answers(CommandField.C_FIND_RQ, message_id):
        status = message.command.status
        if status not in {PENDING, PENDING_WITH_WARNING}:
            if status not in {SUCCESS, CANCELLED}:
                raise refused(client.remote, message.command)
            break
        if time.monotonic() > until:
            if len(found) < most:
                raise too_slow(client.remote)
            break
        if len(found) < most:
            found.append(as_json(read_data_set(message.data, context.transfer_syntax)))
            if len(found) == most:
                client.channel.send(context.context_id, write_cancel(message_id))
    return found


def move(
    client: Client, study_instance_uid: str, *, destination: str, cancelled: Callable[[], bool]
) -> Iterator[Sent]:
    """Counts after each pending answer and at the end."""
    context = client.context(STUDY_ROOT_MOVE)
    message_id = _ask(client, context, CommandField.C_MOVE_RQ, study_instance_uid, destination)
    watch = _Watch(client, context, message_id, cancelled)
    while True:
        watch.wait()
        message = client.channel.receive()
        sent = _told(client, message.command, CommandField.C_MOVE_RQ, message_id)
        yield sent
        if message.command.status != PENDING:
            return


def get(
    client: Client, study_instance_uid: str, *, store: Store, cancelled: Callable[[], bool]
) -> Iterator[Sent]:
    """Hands each instance that comes to `store`, whose status the peer is told; counts after each."""
    context = client.context(STUDY_ROOT_GET)
    message_id = _ask(client, context, CommandField.C_GET_RQ, study_instance_uid, "")
    watch = _Watch(client, context, message_id, cancelled)
    so_far = Sent()
    while True:
        watch.wait()
        context_id, command = client.channel.receive_command()
        if command.field == CommandField.C_STORE_RQ and command.has_data_set:
            status = _take(client, context_id, command, store)
            so_far.done += status == SUCCESS
            if status != SUCCESS:
                so_far.failed += 1
                so_far.failed_uids.append(command.sop_instance_uid)
            yield so_far
            continue
        if command.has_data_set:
            _drain(client.channel.data())
        told = _told(client, command, CommandField.C_GET_RQ, message_id)
        so_far.total = max(so_far.total, told.total)
        so_far.last_error = told.last_error
        if command.status != PENDING:
            so_far.failed = max(so_far.failed, told.failed)
            yield so_far
            return
        yield so_far


def _ask(
    client: Client, context: Context, field: CommandField, study_instance_uid: str, destination: str
) -> int:
    message_id = client.next_message_id()
    command = write_request(field, message_id, sop_class_uid=context.abstract_syntax, destination=destination)
    keys = identifier("STUDY", {"StudyInstanceUID": study_instance_uid})
    client.channel.send(context.context_id, command, write_data_set(keys, context.transfer_syntax))
    return message_id


class _Watch:
    """Waits for the next message, and tells the peer once when nobody wants the rest."""

    def __init__(
        self, client: Client, context: Context, message_id: int, cancelled: Callable[[], bool]
    ) -> None:
        self._client = client
        self._context = context
        self._message_id = message_id
        self._cancelled = cancelled
        self._stops_by = math.inf

    def wait(self) -> None:
        """Raises ConnectionLost when nothing comes for very long, and when the peer goes on after it was told to stop."""
        channel = self._client.channel
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < min(until, self._stops_by):
            if self._stops_by == math.inf and self._cancelled():
                channel.send(self._context.context_id, write_cancel(self._message_id))
                self._stops_by = time.monotonic() + _CANCEL_SECONDS
            if channel.wire.waiting(seconds=_LOOK_SECONDS):
                return
        raise ConnectionLost("no word for a long time")


def _told(client: Client, command: Command, field: int, message_id: int) -> Sent:
    """Counts of an answer. Raises Unavailable when it is a failure of all."""
    if command.field != field | RESPONSE or command.message_id != message_id:
        raise ProtocolFault(AbortReason.UNEXPECTED_PARAMETER, "an answer to a question not asked")
    if command.status != PENDING and command.status not in _ENDED and not _did_something(command.counts):
        raise refused(client.remote, command)
    counts = command.counts
    done = counts.completed + counts.warning
    return Sent(
        done=done,
        failed=counts.failed,
        warnings=counts.warning,
        total=done + counts.failed + (counts.remaining or 0),
        last_error=command.comment,
    )


def _did_something(counts: Counts) -> bool:
    return bool(counts.completed or counts.warning)


def _take(client: Client, context_id: int, command: Command, store: Store) -> int:
    """One instance of a C-GET; what `store` leaves unread is read and dropped."""
    context = client.agreed.contexts.get(context_id)
    if context is None or context.abstract_syntax in SERVICES:
        raise ProtocolFault(AbortReason.INVALID_PARAMETER, f"context {context_id} was not agreed on")
    pieces = client.channel.data()
    status = store(
        command.sop_class_uid,
        command.sop_instance_uid,
        context.transfer_syntax,
        (bytes(one) for one in pieces),
    )
    _drain(pieces)
    client.channel.send(context_id, written(command, Answer(status)))
    return status


def _drain(pieces: Iterable[object]) -> None:
    for _piece in pieces:
        pass
