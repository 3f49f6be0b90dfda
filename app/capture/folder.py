"""A folder on this machine put into a hospital's archive: an old archive moved in, a stack of discs.

Done again it goes on: what is here already is told and left.
"""

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from app.archive.actions import StoredInstance, store_instance
from app.archive.arrivals import association_closed, association_opened
from app.archive.part10 import read_part10
from app.archive.repetitions import Known, entered
from app.archive.states import Source, SourceKind
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import SYSTEM, Actor, Permission
from app.base.blobs import Blobs, Spool
from app.base.db import Database, Tx
from app.base.errors import HoichanError, Invalid, Unavailable
from app.base.ids import new_id
from app.capture.containers import START, Members, is_container, members_of
from app.capture.dicomdir import LARGEST, listed_files, missing_files
from app.capture.names import is_dicomdir, is_system_file, shown_name
from app.capture.recognise import clearer
from app.capture.zip_members import Caps, Member

_COPY = 1 << 20
_AT_ONCE = 64
_SENDERS = 4
_PEER = "hoichan import"
_LOST = "The disc's table of contents lists it, but it is not here."


@dataclass
class Imported:
    """How far it is. `refused`: names below the folder, each with its reason."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[str, HoichanError]] = field(default_factory=list)

    @property
    def dealt_with(self) -> int:
        return self.counts.total()


Tell = Callable[[Imported], None]
Fill = Callable[[Callable[[bytes], object]], object]


def import_folder(
    db: Database,
    blobs: Blobs,
    folder: Path,
    *,
    hospital_id: str,
    accept_private: bool,
    tell: Tell = lambda _: None,
) -> Imported:
    """Every DICOM file below `folder`, those in ZIPs and disc images too; links are not followed. `tell` hears how
    far it is after some files. Raises Unavailable when disk or database end: run again, it goes on.
    """
    actor = replace(SYSTEM, hospital_id=hospital_id, name=_PEER)
    taking = _Taking(db, blobs, folder, actor, accept_private=accept_private)
    with db.transaction() as tx:
        _begin(tx, actor, taking.source)
    try:
        files = _files(folder)
        with ThreadPoolExecutor(_SENDERS) as senders:
            while some := list(islice(files, _AT_ONCE)):
                list(senders.map(taking.take, some))
                tell(taking.done)
    finally:
        with db.transaction() as tx:
            association_closed(tx, actor, association_id=taking.source.association_id)
    return taking.done


def _begin(tx: Tx, actor: Actor, source: Source) -> None:
    actor.check(Permission.STUDY_STORE)
    association_opened(tx, actor, association_id=source.association_id, kind=source.kind, peer=source.peer)
    record(
        tx,
        actor,
        AuditKind.IMPORT,
        "C",
        subject_type="import",
        subject_id=source.association_id,
        hospital_id=actor.hospital_id,
        detail={},
    )


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            if path.is_file() and not path.is_symlink():
                yield path


class _Taking:
    """One import under way; `take` is called by several threads."""

    def __init__(
        self, db: Database, blobs: Blobs, folder: Path, actor: Actor, *, accept_private: bool
    ) -> None:
        self.source = Source(SourceKind.IMPORT, new_id(), _PEER)
        self.done = Imported()
        self._db = db
        self._blobs = blobs
        self._folder = folder
        self._actor = actor
        self._accept_private = accept_private
        self._lock = threading.Lock()

    def take(self, path: Path) -> None:
        name = str(path.relative_to(self._folder))
        with self._refusals(name):
            if is_dicomdir(name):
                self._check_disc(path)
            elif is_system_file(name):
                self._count("skipped")
            elif _holds_files(path):
                self._open(path, name)
            else:
                self._store(name, lambda write: _pour(path, write))

    def _open(self, path: Path, name: str) -> None:
        with members_of(path, Caps()) as members:
            for member in members:
                self._member(f"{name}/{member.name}", member, members)

    def _member(self, name: str, member: Member, members: Members) -> None:
        with self._refusals(name):
            if member.refusal is not None:
                raise member.refusal
            if is_dicomdir(name) or is_system_file(name):
                self._count("skipped")
            else:
                self._store(name, lambda write: members.copy(member, write))

    @contextmanager
    def _refusals(self, name: str) -> Iterator[None]:
        """A file refused is named with its reason, the others go on; a full disk ends everything."""
        try:
            yield
        except Unavailable:
            raise
        except HoichanError as reason:
            self._refuse(name, reason)

    def _count(self, outcome: str) -> None:
        with self._lock:
            self.done.counts[outcome] += 1

    def _refuse(self, name: str, reason: HoichanError) -> None:
        self._count("refused")
        self.done.refused.append((shown_name(name), reason))

    def _store(self, name: str, fill: Fill) -> None:
        with self._blobs.open_spool() as spool:
            fill(spool.write)
            spool.flush()
            try:
                outcome = self._enter(spool)
            except HoichanError as reason:
                if isinstance(reason, Unavailable):
                    raise
                self._refuse(name, clearer(reason, _start_of(spool.path)))
            else:
                self._count(outcome)

    def _enter(self, spool: Spool) -> str:
        part10 = read_part10(spool.path, accept_private=self._accept_private)
        blob = spool.commit()

        def enter(known: Known) -> StoredInstance:
            with self._db.transaction() as tx:
                return store_instance(
                    tx, self._actor, blob=blob, part10=part10, source=self.source, known=known
                )

        stored = entered(self._blobs, spool, part10, enter)
        stored.check()
        return stored.outcome

    def _check_disc(self, path: Path) -> None:
        """A disc's table of contents: the files it lists that are not here are named."""
        self._count("skipped")
        listed = listed_files(path.read_bytes()[:LARGEST])
        below = path.parent
        present = (str(file.relative_to(below)) for file in below.rglob("*") if file.is_file())
        for lost in missing_files("", listed, present):
            name = str((below / lost).relative_to(self._folder))
            self._refuse(name, Invalid("disc_incomplete", _LOST))


def _holds_files(path: Path) -> bool:
    with path.open("rb") as file:
        return is_container(path.name, file.read(START))


def _start_of(path: Path) -> bytes:
    """Empty once it was committed: then it was DICOM."""
    return path.read_bytes()[:START] if path.exists() else b""


def _pour(path: Path, write: Callable[[bytes], object]) -> None:
    with path.open("rb") as file:
        while chunk := file.read(_COPY):
            write(chunk)
