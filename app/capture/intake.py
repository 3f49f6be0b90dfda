"""From bytes to the archive: each chunk, each whole file. Opens the transactions; files are handled outside them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from app.archive.part10 import read_part10
from app.archive.repetitions import Known, entered
from app.archive.storage_use import check_quota
from app.base.actor import SYSTEM, Actor
from app.base.blobs import Blobs, Spool
from app.base.db import Database
from app.base.errors import Conflict, HoichanError, Invalid, TooLarge, Unsupported
from app.capture import dicomdir
from app.capture.access import file_for
from app.capture.actions import (
    DICOMDIR,
    cancel_upload,
    end_quiet_uploads,
    expand_later,
    settle_file,
    store_file,
)
from app.capture.containers import START, is_container
from app.capture.models import OPEN_STATES, FileState
from app.capture.names import is_dicomdir, is_system_file
from app.capture.parts import Parts
from app.capture.queries import FileInfo, info_of, is_for_study, wish_for
from app.capture.recognise import clearer
from app.capture.to_dicom import convert, foreign_kind
from app.render.pictures import Decoder

MAX_CHUNK = 4 << 20
KEEP_PARTS = timedelta(hours=48)
_COPY = 1 << 20
_START, _DICM = 132, 128
Fill = Callable[[Callable[[bytes], object]], object]
"""Gives all bytes of a file, piece by piece, to the function it is called with."""


class Intake:
    def __init__(
        self,
        db: Database,
        blobs: Blobs,
        data_dir: Path,
        *,
        decoder: Decoder | None = None,
        accept_private: bool = False,
    ) -> None:
        self._decoder = decoder  # without one, pictures are not turned into DICOM
        self._db = db
        self._blobs = blobs
        self._accept_private = accept_private
        self.parts = Parts(data_dir)

    def take_chunk(self, actor: Actor, upload_id: str, file_id: str, offset: int, data: bytes) -> FileInfo:
        """Adds bytes to a file; deals with it once it is whole. Says how far it is now.

        A chunk that came before changes nothing, so a browser may repeat whatever it heard no answer to.
        """
        with self._db.reading() as tx:
            file = info_of(file_for(tx, actor, upload_id, file_id))
        if file.state not in OPEN_STATES or file.state == FileState.EXPANDING:
            return file
        if offset + len(data) > file.size:
            raise Conflict("too_long", "The file is longer than was announced. Choose it again.")
        if len(data) == file.size and not is_container(file.name, data):
            return self.take_whole(actor, file, lambda write: write(data))
        self._blobs.check_space()
        received = self.parts.append(file_id, offset, data)
        if received < file.size:
            return file
        try:
            return self._deal_with(actor, file)
        except FileNotFoundError:  # the same last chunk, sent twice: the other request dealt with it
            with self._db.reading() as tx:
                return info_of(file_for(tx, actor, upload_id, file_id))

    def received(self, file: FileInfo) -> int:
        """At which byte sending goes on."""
        return self.parts.received(file.id) if file.state == FileState.EXPECTED else file.size

    def _deal_with(self, actor: Actor, file: FileInfo) -> FileInfo:
        path = self.parts.path(file.id)
        with path.open("rb") as part:
            start = part.read(START)
        if is_container(file.name, start):
            with self._db.transaction() as tx:
                return info_of(expand_later(tx, actor, upload_id=file.upload_id, file_id=file.id))
        done = self.take_whole(actor, file, lambda write: _pour(path, write))
        self.parts.remove(file.id)
        return done

    def take_whole(self, actor: Actor, file: FileInfo, fill: Fill) -> FileInfo:
        """Deals with one whole file: skipped, refused with its reason, or stored durably."""
        if is_dicomdir(file.name):
            return self.settle(actor, file, FileState.SKIPPED, _table_of_contents(_beginning(fill)))
        if is_system_file(file.name):
            return self.settle(actor, file, FileState.SKIPPED, _SYSTEM_FILE)
        check_quota(self._db, actor.hospital_id)
        with self._blobs.open_spool() as spool:
            try:
                start = _fill(spool, fill)
            except (Invalid, Unsupported) as reason:
                return self.settle(actor, file, FileState.REFUSED, reason, spool.size)
            try:
                made = self._made_dicom(actor, file, spool, start)
                if made is None:
                    return self._store(actor, file, spool)
                with made:
                    return self._store(actor, file, made)
            except (Conflict, Invalid, TooLarge, Unsupported) as reason:
                state = FileState.SKIPPED if reason.code == DICOMDIR else FileState.REFUSED
                told = clearer(reason, start, for_study=self._is_for_study(actor, file))
                return self.settle(actor, file, state, told, spool.size)

    def _is_for_study(self, actor: Actor, file: FileInfo) -> bool:
        with self._db.reading() as tx:
            return is_for_study(tx, actor, file.upload_id)

    def _store(self, actor: Actor, file: FileInfo, spool: Spool) -> FileInfo:
        part10 = read_part10(spool.path, accept_private=self._accept_private)
        blob = spool.commit()

        def enter(known: Known) -> FileInfo:
            whose = {"upload_id": file.upload_id, "file_id": file.id}
            with self._db.transaction() as tx:
                return info_of(store_file(tx, actor, **whose, blob=blob, part10=part10, known=known))

        return entered(self._blobs, spool, part10, enter)

    def _made_dicom(self, actor: Actor, file: FileInfo, spool: Spool, start: bytes) -> Spool | None:
        """A photo, PDF or video turned into an object of the study its upload belongs to; None for all else."""
        kind = foreign_kind(start)
        if kind is None or self._decoder is None or start[_DICM:] == b"DICM":
            return None
        with self._db.reading() as tx:
            wish = wish_for(tx, actor, file)
        if wish is None:
            return None
        made = self._blobs.open_spool()
        try:
            convert(kind, spool.path, wish, self._decoder, made.write)
            made.flush()
        except BaseException:
            made.discard()
            raise
        return made

    def cancel(self, actor: Actor, upload_id: str) -> None:
        """Ends an upload and frees what had come of files not yet whole."""
        with self._db.transaction() as tx:
            left = cancel_upload(tx, actor, upload_id=upload_id)
        for file_id in left:
            self.parts.remove(file_id)

    def tidy(self) -> None:
        """Periodic: ends uploads nobody came back to, and removes parts that belong to none."""
        with self._db.transaction() as tx:
            end_quiet_uploads(tx, SYSTEM)
        self.parts.remove_older_than(KEEP_PARTS)

    def settle(
        self,
        actor: Actor,
        file: FileInfo,
        state: FileState,
        reason: HoichanError | None,
        size: int | None = None,
    ) -> FileInfo:
        """Notes what became of a file that is not stored."""
        with self._db.transaction() as tx:
            row = settle_file(
                tx,
                actor,
                upload_id=file.upload_id,
                file_id=file.id,
                state=state,
                reason=reason,
                size=size,
            )
            return info_of(row)


_SYSTEM_FILE = Unsupported("system_file", "The computer's own file, not an image.")


def _table_of_contents(data: bytes) -> HoichanError:
    """Read for what it lists: the end of the upload tells what did not come."""
    return Unsupported(
        DICOMDIR, "The CD's table of contents is not needed.", listed=dicomdir.listed_files(data)
    )


def _beginning(fill: Fill) -> bytes:
    """A file's bytes, in memory; of a huge one the beginning."""
    kept = bytearray()

    def keep(data: bytes) -> None:
        if len(kept) < dicomdir.LARGEST:
            kept.extend(data)

    fill(keep)
    return bytes(kept)


def _pour(path: Path, write: Callable[[bytes], object]) -> None:
    with path.open("rb") as file:
        while chunk := file.read(_COPY):
            write(chunk)


def _fill(spool: Spool, fill: Fill) -> bytes:
    """Writes the file into the spool; gives back its first bytes."""
    start = bytearray()

    def write(data: bytes) -> None:
        if len(start) < _START:
            start.extend(data[:_START])
        spool.write(data)

    fill(write)
    spool.flush()
    return bytes(start)
