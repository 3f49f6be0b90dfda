"""What C-GET and C-MOVE have in common: what is asked for, progress, the last answer, and the audit log."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping

from app.archive.failures import DATA_SET_DOES_NOT_MATCH
from app.archive.outgoing import OutgoingFile
from app.archive.retrieving import Retrieval, retrieval_of
from app.audit.actions import Action, record
from app.audit.kinds import AuditKind
from app.base.actor import Right
from app.dimse.datasets import read_data_set, write_data_set
from app.dimse.exchange import Established, Exchange
from app.dimse.identifiers import UNIQUE_KEYS, Identifier, IdentifierMismatch, read_identifier
from app.dimse.messages import Answer, Counts
from app.dimse.sending import Stored
from app.dimse.status import (
    CANCELLED,
    PENDING,
    SUB_OPERATIONS_NOT_PERFORMED,
    SUB_OPERATIONS_WITH_FAILURES,
    SUCCESS,
    is_warning,
)

_PENDING_EVERY_SECONDS = 0.1
_FAILED_UIDS = "00080058"
_ARGUMENTS = (
    ("PATIENT", "patient_ids"),
    ("STUDY", "study_instance_uids"),
    ("SERIES", "series_instance_uids"),
    ("IMAGE", "sop_instance_uids"),
)


def mismatch_answer(mismatch: IdentifierMismatch) -> Answer:
    """A900, with the attribute at fault."""
    return Answer(DATA_SET_DOES_NOT_MATCH, str(mismatch), offending=(mismatch.tag,))


def asked_for(exchange: Exchange, data: bytes) -> Retrieval:
    """In one question to the database. Raises IdentifierMismatch, Forbidden."""
    association = exchange.association
    association.actor.check_right(Right.RETRIEVE)
    data_set = read_data_set(data, exchange.context.transfer_syntax)
    identifier = read_identifier(
        data_set, exchange.context.abstract_syntax, relational=exchange.extension.relational
    )
    wanted = identifier.values(identifier.level)
    if not wanted or any(set("*?") & set(value) for value in wanted):
        tag = UNIQUE_KEYS[identifier.level]
        raise IdentifierMismatch(
            tag, f"Name what is wanted at the level {identifier.level}, without wildcards."
        )
    with association.engines.db.reading() as tx:
        return retrieval_of(
            tx, association.actor, hospital_id=association.hospital_id, **_arguments(identifier)
        )


def _arguments(identifier: Identifier) -> dict[str, list[str]]:
    return {name: identifier.values(level) for level, name in _ARGUMENTS if identifier.values(level)}


class Progress:
    """Counts of one retrieval, its pending answers (at most ten a second) and its last one."""

    def __init__(self, exchange: Exchange, retrieval: Retrieval) -> None:
        self._exchange = exchange
        self._total = len(retrieval.files) + len(retrieval.damaged_uids)
        self._completed = 0
        self._warnings = 0
        self._failed = list(retrieval.damaged_uids)
        self._comment = "Stored bytes are damaged." if self._failed else ""
        self._told_at = 0.0
        self.sent: Counter[str] = Counter()  # by Study Instance UID

    def count(self, stored: Stored) -> None:
        """One sub-operation is done; the peer hears of it now and then."""
        if stored.failed:
            self._failed.append(stored.file.sop_instance_uid)
            self._comment = stored.comment or self._comment
        else:
            self.sent[stored.file.study_instance_uid] += 1
            self._completed += not is_warning(stored.status)
            self._warnings += is_warning(stored.status)
        moment = time.monotonic()
        if moment - self._told_at >= _PENDING_EVERY_SECONDS and self._remaining:
            self._told_at = moment
            self._exchange.send(Answer(PENDING, counts=self._counts(self._remaining)))

    def fail_all(self, files: Iterable[OutgoingFile], comment: str) -> None:
        """Nothing more can be sent."""
        self._failed += [file.sop_instance_uid for file in files]
        self._comment = comment

    @property
    def _remaining(self) -> int:
        return self._total - self._completed - self._warnings - len(self._failed)

    def _counts(self, remaining: int | None) -> Counts:
        return Counts(remaining, self._completed, len(self._failed), self._warnings)

    def last_answer(self, *, cancelled: bool) -> Answer:
        """PS3.4 tables C.4-2 and C.4-3: all, some or none; which failed stands in the data set."""
        status = SUCCESS
        if cancelled:
            status = CANCELLED
        elif self._failed and not self.sent:
            status = SUB_OPERATIONS_NOT_PERFORMED
        elif self._failed or self._warnings:
            status = SUB_OPERATIONS_WITH_FAILURES
        data = b""
        if self._failed:
            failed = {_FAILED_UIDS: {"vr": "UI", "Value": self._failed}}
            data = write_data_set(failed, self._exchange.context.transfer_syntax)
        counts = self._counts(self._remaining if cancelled else None)
        return Answer(status, self._comment if self._failed else "", counts=counts, data_set=data)


def record_begin(association: Established, retrieval: Retrieval, destination: str) -> None:
    """PS3.15 A.5.3.3, one for each study."""
    counts = Counter(file.study_instance_uid for file in retrieval.files)
    _record(association, AuditKind.BEGIN_TRANSFERRING, "E", retrieval.study_ids, counts, destination)


def record_end(
    association: Established, retrieval: Retrieval, sent: Mapping[str, int], destination: str
) -> None:
    """PS3.15 A.5.3.7, one for each study of which something left."""
    _record(association, AuditKind.INSTANCES_TRANSFERRED, "R", retrieval.study_ids, sent, destination)


def _record(
    association: Established,
    kind: AuditKind,
    action: Action,
    study_ids: Mapping[str, str],
    counts: Mapping[str, int],
    destination: str,
) -> None:
    if not counts:
        return
    with association.engines.db.transaction() as tx:
        for uid, count in counts.items():
            record(
                tx,
                association.actor,
                kind,
                action,
                subject_type="study",
                subject_id=study_ids[uid],
                hospital_id=association.hospital_id,
                detail={"association": association.id, "destination": destination, "instances": count},
            )
