"""The worker's job `upload.expand`: a ZIP or a disc's image that has come whole, member by member, into the archive.

A run takes two minutes at most and then asks to be called again, so that its job's lease never ends under it;
members are noted one by one, so a run that was cut off is continued.
"""

from app.base.actor import Actor, ActorKind
from app.base.clock import now
from app.base.db import Database
from app.base.errors import Conflict, Invalid, TooLarge, Unsupported
from app.base.jobs import enqueue
from app.capture.actions import EXPAND, note_member
from app.capture.containers import Members, members_of
from app.capture.intake import Intake
from app.capture.models import FileState
from app.capture.names import shown_name
from app.capture.queries import ArchiveToExpand, FileInfo, archive_to_expand, info_of
from app.capture.zip_members import Caps, Member
from app.identity.queries import PersonInfo, person_info

_RUN_SECONDS = 120


def expand_upload(db: Database, intake: Intake, file_id: str) -> None:
    """Handler of the job; its subject is the ZIP's row."""
    Expander(db, intake).expand(file_id)


class Expander:
    def __init__(self, db: Database, intake: Intake, caps: Caps | None = None) -> None:
        self._db = db
        self._intake = intake
        self._caps = caps or Caps()

    def expand(self, file_id: str) -> None:
        """Goes on with this ZIP until it is done or the run's time is over."""
        with self._db.reading() as tx:
            found = archive_to_expand(tx, file_id)
            if found is None:
                return
            actor = _actor(found, person_info(tx, found.person_id))
        try:
            finished = self._expand(actor, found)
        except (Conflict, Invalid, TooLarge, Unsupported) as reason:
            self._intake.settle(actor, found.file, FileState.REFUSED, reason)
            finished = True
        if finished:
            self._intake.parts.remove(file_id)
        else:
            with self._db.transaction() as tx:
                enqueue(tx, EXPAND, file_id)

    def _expand(self, actor: Actor, found: ArchiveToExpand) -> bool:
        started = now()
        path = self._intake.parts.path(found.file.id)
        with members_of(path, self._caps, bytes_read=found.bytes_read) as members:
            for member in members:
                if member.number in found.done:
                    continue
                if (now() - started).total_seconds() > _RUN_SECONDS:
                    return False
                self._take(actor, found.file, members, member)
        self._intake.settle(actor, found.file, FileState.EXPANDED, None)
        return True

    def _take(self, actor: Actor, archive: FileInfo, members: Members, member: Member) -> None:
        with self._db.transaction() as tx:
            row = note_member(
                tx,
                actor,
                upload_id=archive.upload_id,
                archive_id=archive.id,
                member=member.number,
                name=shown_name(member.name),
            )
            file = info_of(row)
        if member.refusal is not None:
            self._intake.settle(actor, file, FileState.REFUSED, member.refusal)
        else:
            self._read(actor, file, members, member)

    def _read(self, actor: Actor, file: FileInfo, members: Members, member: Member) -> None:
        try:
            self._intake.take_whole(actor, file, lambda write: members.copy(member, write))
        except TooLarge as bomb:
            self._intake.settle(actor, file, FileState.REFUSED, bomb)
            raise


def _actor(found: ArchiveToExpand, person: PersonInfo) -> Actor:
    """Whoever sent the ZIP, for the hospital they sent it to."""
    return Actor(
        kind=ActorKind.PERSON,
        id=person.id,
        name=person.name,
        hospital_id=found.hospital_id,
        roles=person.roles,
    )
