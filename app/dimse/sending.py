"""C-STORE as SCU, for C-GET, C-MOVE and everything that is forwarded: as fast as the peer takes it.

While the peer works on one instance the next one is read. Bytes go out as they are stored where the peer takes that
transfer syntax, else in one that it takes.
"""

import os
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from app.archive.failures import failure_of
from app.archive.outgoing import OutgoingFile, open_dataset
from app.archive.whole import Passing, check_before, is_due
from app.base.blobs import Blobs
from app.base.errors import HoichanError, Unsupported
from app.dimse.channel import Channel
from app.dimse.contexts import EXPLICIT_LITTLE, IMPLICIT_LITTLE, Context
from app.dimse.frames_of_data import PduBuffer, damaged, windows
from app.dimse.messages import RESPONSE, CommandField, write_store
from app.dimse.status import SUCCESS, is_warning
from app.dimse.upper_layer import AbortReason, ConnectionLost, ProtocolFault, command_pdus
from app.render.frames import Decoder
from app.render.transcode import can_transcode, transcode

Pieces: TypeAlias = Iterator[tuple[bytes, bool]]
_REFUSED_CONTEXT = 0x0122


@dataclass(frozen=True)
class Stored:
    """What became of one instance."""

    file: OutgoingFile
    status: int
    comment: str = ""

    @property
    def failed(self) -> bool:
        return self.status != SUCCESS and not is_warning(self.status)


@dataclass(frozen=True)
class _Ready:
    """An instance whose first bytes stand in a buffer. `handle`: its open file, or -1 with the rest in `pieces`."""

    file: OutgoingFile
    context_id: int
    buffer: PduBuffer
    handle: int = -1
    pieces: Pieces | None = None
    passing: Passing | None = None  # where the object is to be compared with its digest


class Sender:
    """Sends instances on one association. `originator`: by whose C-MOVE, and the number of that message."""

    def __init__(
        self,
        channel: Channel,
        contexts: Collection[Context],
        *,
        blobs: Blobs,
        decoder: Decoder,
        originator: tuple[str, int] | None = None,
        cancels: int | None = None,
    ) -> None:
        self._channel = channel
        self._contexts = contexts
        self._blobs = blobs
        self._decoder = decoder
        self._originator = originator
        self._cancels = cancels
        self._message_id = 0
        self._buffers = (PduBuffer(channel.max_length), PduBuffer(channel.max_length))
        self.cancelled = False  # a C-CANCEL of message `cancels` came in between

    def send(self, files: Sequence[OutgoingFile]) -> Generator[Stored]:
        """One after the other, in order. What cannot be sent is told as failed and the next one goes on."""
        following: _Ready | Stored | None = self._prepare(files[0], 0) if files else None
        try:
            for number, file in enumerate(files, start=1):
                current, following = following, None
                message_id = self._launch(current) if isinstance(current, _Ready) else 0
                if number < len(files):
                    following = self._prepare(files[number], number % 2)
                yield current if isinstance(current, Stored) else self._answer(file, message_id)
        finally:  # nobody wants the next one any more
            _close(following)

    def _prepare(self, file: OutgoingFile, turn: int) -> "_Ready | Stored":
        try:
            context = self._context_for(file)
            if context.transfer_syntax == file.transfer_syntax_uid and file.wanted is None:
                return self._from_file(file, context, self._buffers[turn])
            return self._from_pieces(file, context, self._buffers[turn])
        except HoichanError as error:
            return Stored(file, failure_of(error), str(error))

    def _context_for(self, file: OutgoingFile) -> Context:
        """As it is stored, or else without compression, or in whatever the peer takes."""
        fit = [context for context in self._contexts if context.abstract_syntax == file.sop_class_uid]
        if not fit:
            raise Unsupported("private_sop_class", "The receiver does not take images of this kind.")
        order = (file.transfer_syntax_uid, EXPLICIT_LITTLE, IMPLICIT_LITTLE)
        fit.sort(
            key=lambda one: order.index(one.transfer_syntax) if one.transfer_syntax in order else len(order)
        )
        for context in fit:
            if can_transcode(file.transfer_syntax_uid, context.transfer_syntax):
                return context
        raise Unsupported(
            "unknown_transfer_syntax", "The receiver takes no encoding that this image can be had in."
        )

    def _from_file(self, file: OutgoingFile, context: Context, buffer: PduBuffer) -> _Ready:
        try:
            handle = os.open(self._blobs.path(file.digest), os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise damaged() from error
        ready = _Ready(file, context.context_id, buffer, handle, passing=self._passing(file))
        try:
            self._read_window(ready, file.dataset_start)
        except BaseException:
            os.close(handle)
            raise
        return ready

    def _passing(self, file: OutgoingFile) -> Passing | None:
        return Passing(self._blobs, file) if is_due(file) else None

    def _read_window(self, ready: _Ready, offset: int) -> int:
        """Fills the buffer; where the next window begins. Raises NotFound when the file is too short, Unavailable
        instead of the last window when its bytes are not those that came.
        """
        count = min(ready.buffer.capacity, ready.file.size - offset)
        last = offset + count == ready.file.size
        ready.buffer.read(ready.handle, offset, count, context_id=ready.context_id, last=last)
        if ready.passing is not None:
            for place in ready.buffer.held:
                ready.passing.update(place)
            if last:
                ready.passing.finish()
        return offset + count

    def _from_pieces(self, file: OutgoingFile, context: Context, buffer: PduBuffer) -> _Ready:
        source: Iterable[bytes | memoryview]
        check_before(self._blobs, file)
        if context.transfer_syntax == file.transfer_syntax_uid:
            source = open_dataset(self._blobs, file).pieces()
        else:
            source = transcode(self._decoder, self._blobs, file, context.transfer_syntax).pieces()
        pieces = windows(source, buffer.capacity)
        data, last = next(pieces)
        buffer.write(data, context_id=context.context_id, last=last)
        return _Ready(file, context.context_id, buffer, pieces=None if last else pieces)

    def _launch(self, ready: _Ready) -> int:
        """Sends all of it. Past its first bytes nothing can be taken back: a fault then ends the association."""
        self._message_id = self._message_id % 0xFFFF + 1
        file = ready.file
        command = write_store(self._message_id, file.sop_class_uid, file.sop_instance_uid, self._originator)
        first = command_pdus(ready.context_id, command, self._channel.max_length)
        wire = self._channel.wire
        try:
            wire.send_pieces([first, ready.buffer.filled])
            if ready.handle >= 0:
                offset = file.dataset_start + min(ready.buffer.capacity, file.size - file.dataset_start)
                while offset < file.size:
                    offset = self._read_window(ready, offset)
                    wire.send(ready.buffer.filled)
            for data, last in ready.pieces or ():
                ready.buffer.write(data, context_id=ready.context_id, last=last)
                wire.send(ready.buffer.filled)
        except HoichanError as error:
            raise ConnectionLost(
                f"instance {file.instance_id} broke off while it was sent: {error}"
            ) from error
        finally:
            _close(ready)
        return self._message_id

    def _answer(self, file: OutgoingFile, message_id: int) -> Stored:
        while True:
            command = self._channel.receive().command
            if command.field == CommandField.C_CANCEL_RQ:
                self.cancelled = self.cancelled or command.message_id == self._cancels
            elif command.field == CommandField.C_STORE_RQ | RESPONSE and command.message_id == message_id:
                return Stored(file, command.status, command.comment)
            else:
                raise ProtocolFault(AbortReason.UNEXPECTED_PARAMETER, "an answer to a question not asked")


def _close(ready: "_Ready | Stored | None") -> None:
    if isinstance(ready, _Ready) and ready.handle >= 0:
        os.close(ready.handle)
