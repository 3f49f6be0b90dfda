"""`app.routing.network.Network`: what routing, pages and jobs ask of other DICOM systems."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

from app.archive.outgoing import OutgoingFile
from app.base.blobs import Blobs
from app.base.errors import Unavailable
from app.base.settings import Settings
from app.dimse import asking
from app.dimse.asking import Store, refused
from app.dimse.availability import notification
from app.dimse.commitment import REPORT_ROLES, report_command, report_data_set, report_event
from app.dimse.contexts import (
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    INSTANCE_AVAILABILITY,
    STORAGE_COMMITMENT,
    STUDY_ROOT_FIND,
    STUDY_ROOT_GET,
    STUDY_ROOT_MOVE,
    VERIFICATION,
    Roles,
)
from app.dimse.messages import CommandField, write_request
from app.dimse.offers import batches, to_retrieve
from app.dimse.scu import Client
from app.dimse.sending import Sender
from app.dimse.status import SUCCESS, is_warning
from app.render.decode import DecodeClient
from app.routing.network import Remote, Sent

_ECHO_SECONDS = 10.0  # somebody looks on
_SOP_CLASSES_IN_STUDY = "00080062"
_UNCOMPRESSED = (EXPLICIT_LITTLE, IMPLICIT_LITTLE)


class DicomNetwork:
    """One for each process; every call makes an association of its own."""

    def __init__(self, settings: Settings, blobs: Blobs) -> None:
        self._blobs = blobs
        self._decoder = DecodeClient.of(settings)
        self._settings = settings.dicom

    def _client(
        self,
        remote: Remote,
        abstract_syntax: str,
        *,
        roles: Mapping[str, Roles] | None = None,
        seconds: float = 60.0,
    ) -> Client:
        offers = [(abstract_syntax, _UNCOMPRESSED)]
        return Client(remote, offers, settings=self._settings, roles=roles, seconds=seconds)

    def echo(self, remote: Remote) -> float:
        """Seconds from connecting to the answer."""
        begun = time.monotonic()
        with self._client(remote, VERIFICATION, seconds=_ECHO_SECONDS) as client:
            context = client.context(VERIFICATION)
            message_id = client.next_message_id()
            command = write_request(
                CommandField.C_ECHO_RQ, message_id, sop_class_uid=VERIFICATION, data_set=False
            )
            client.channel.send(context.context_id, command)
            answer = next(client.answers(CommandField.C_ECHO_RQ, message_id))
            if answer.command.status != SUCCESS:
                raise refused(remote, answer.command)
            return time.monotonic() - begun

    def find(
        self, remote: Remote, level: str, matches: Mapping[str, str], *, most: int = 200
    ) -> list[dict[str, Any]]:
        """Answers in the DICOM JSON model, at most `most`."""
        with self._client(remote, STUDY_ROOT_FIND) as client:
            return asking.find(client, level, matches, most=most)

    def move(
        self,
        remote: Remote,
        study_instance_uid: str,
        *,
        destination_ae_title: str,
        cancelled: Callable[[], bool],
    ) -> Iterator[Sent]:
        """Counts of each pending answer and of the last."""
        with self._client(remote, STUDY_ROOT_MOVE) as client:
            yield from asking.move(
                client, study_instance_uid, destination=destination_ae_title, cancelled=cancelled
            )

    def get(
        self, remote: Remote, study_instance_uid: str, *, store: Store, cancelled: Callable[[], bool]
    ) -> Iterator[Sent]:
        """Counts after each instance and at the end."""
        stored = to_retrieve(self._classes_of(remote, study_instance_uid))
        roles = {uid: Roles(scu=False, scp=True) for uid, _syntaxes in stored}
        offers = [(STUDY_ROOT_GET, _UNCOMPRESSED), *stored]
        with Client(remote, offers, settings=self._settings, roles=roles) as client:
            yield from asking.get(client, study_instance_uid, store=store, cancelled=cancelled)

    def _classes_of(self, remote: Remote, study_instance_uid: str) -> list[str]:
        """The SOP classes in a study, from an archive that tells; an association holds too few contexts for all."""
        keys = {"StudyInstanceUID": study_instance_uid, "SOPClassesInStudy": ""}
        try:
            answers = self.find(remote, "STUDY", keys, most=1)
        except Unavailable:  # nobody there, or no queries: the C-GET will tell
            return []
        return [
            str(uid) for answer in answers for uid in answer.get(_SOP_CLASSES_IN_STUDY, {}).get("Value", ())
        ]

    def send(
        self, remote: Remote, instances: Sequence[OutgoingFile], *, cancelled: Callable[[], bool]
    ) -> Iterator[Sent]:
        """In this order; counts after each. Stops, without an error, when `cancelled` says so."""
        sent = Sent(total=len(instances))
        for offers in batches(instances):
            with Client(remote, offers.contexts, settings=self._settings) as client:
                contexts = client.agreed.contexts.values()
                sender = Sender(client.channel, contexts, blobs=self._blobs, decoder=self._decoder)
                with closing(sender.send(offers.files)) as results:
                    for stored in results:
                        sent.done += not stored.failed
                        sent.warnings += is_warning(stored.status)
                        if stored.failed:
                            sent.failed += 1
                            sent.failed_uids.append(stored.file.sop_instance_uid)
                            sent.last_error = stored.comment or f"status {stored.status:04X}"
                        yield sent
                        if cancelled():
                            return

    def report_commitment(
        self,
        remote: Remote,
        transaction_uid: str,
        committed: Sequence[tuple[str, str]],
        failed: Sequence[tuple[str, str, int]],
    ) -> None:
        """On an association of our own, in the role of the SCP (PS3.4 J.3.3)."""
        with self._client(remote, STORAGE_COMMITMENT, roles=REPORT_ROLES) as client:
            context = client.context(STORAGE_COMMITMENT)
            message_id = client.next_message_id()
            data = report_data_set(transaction_uid, committed, failed, context.transfer_syntax)
            command = report_command(message_id, report_event(failed))
            client.channel.send(context.context_id, command, data)
            answer = next(client.answers(CommandField.N_EVENT_REPORT_RQ, message_id))
            if answer.command.status != SUCCESS:
                raise refused(remote, answer.command)

    def announce_availability(self, remote: Remote, study: Mapping[str, Any]) -> None:
        """`study`: as `app.routing.availability.availability_of` makes it."""
        with self._client(remote, INSTANCE_AVAILABILITY) as client:
            context = client.context(INSTANCE_AVAILABILITY)
            message_id = client.next_message_id()
            uid, data = notification(study, context.transfer_syntax)
            command = write_request(
                CommandField.N_CREATE_RQ,
                message_id,
                sop_class_uid=INSTANCE_AVAILABILITY,
                sop_instance_uid=uid,
            )
            client.channel.send(context.context_id, command, data)
            answer = next(client.answers(CommandField.N_CREATE_RQ, message_id))
            if answer.command.status != SUCCESS and not is_warning(answer.command.status):
                raise refused(remote, answer.command)
