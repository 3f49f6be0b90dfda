"""Storage Commitment Push Model (PS3.4 annex J): asked by N-ACTION, answered later by N-EVENT-REPORT.

What was asked is a delivery before it is acknowledged. The report goes out on the same association when the peer
keeps it open and silent for a moment, else the delivery makes an association of its own and tries again.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.archive.committing import failure_reason, held_instances
from app.archive.uids import is_uid
from app.base.actor import Right
from app.base.errors import HoichanError, Invalid
from app.dimse.contexts import STORAGE_COMMITMENT, Roles
from app.dimse.datasets import DataSet, read_data_set, write_data_set
from app.dimse.exchange import Established, Exchange, Report
from app.dimse.messages import Answer, Command, CommandField, write_request
from app.dimse.status import NO_SUCH_ACTION, NO_SUCH_INSTANCE, SUCCESS
from app.routing.commitments import commitment_told, promise_commitment

log = logging.getLogger(__name__)

WELL_KNOWN_INSTANCE = "1.2.840.10008.1.20.1.1"
REPORT_ROLES = {STORAGE_COMMITMENT: Roles(scu=False, scp=True)}
ALL_COMMITTED, FAILURES_EXIST = 1, 2  # Event Type IDs, PS3.4 J.3.3.1
_REQUEST_COMMITMENT = 1  # Action Type ID, PS3.4 J.3.2.1
_TRANSACTION, _FAILED, _REFERENCED = "00081195", "00081198", "00081199"
_SOP_CLASS, _SOP_INSTANCE, _REASON = "00081150", "00081155", "00081197"
_SAME_ASSOCIATION_SECONDS = 5.0


@dataclass(frozen=True)
class Request:
    """What an N-ACTION asks us to answer for."""

    transaction_uid: str
    referenced: tuple[tuple[str, str], ...]  # SOP class and instance


def read_request(data_set: DataSet) -> Request:
    """Raises Invalid when there is no transaction or nothing is named."""
    transaction = data_set.get(_TRANSACTION)
    sequence = data_set.get(_REFERENCED)
    items = () if sequence is None else sequence.items or ()
    referenced = tuple((_text(item, _SOP_CLASS), _text(item, _SOP_INSTANCE)) for item in items)
    if transaction is None or not is_uid(transaction.text) or not referenced:
        raise Invalid("bad_commitment", "Name a Transaction UID and the instances to be committed.")
    return Request(transaction.text, referenced)


def _text(item: DataSet, tag: str) -> str:
    value = item.get(tag)
    return "" if value is None else value.text


def commit(exchange: Exchange, data: bytes) -> Answer:
    """N-ACTION: what is here is looked up now, told later, and not forgotten in between."""
    association = exchange.association
    association.actor.check_right(Right.COMMIT)
    if exchange.command.action_type != _REQUEST_COMMITMENT:
        return Answer(NO_SUCH_ACTION, "Only action 1, Request Storage Commitment, is known.")
    if exchange.command.sop_instance_uid != WELL_KNOWN_INSTANCE:
        return Answer(NO_SUCH_INSTANCE, "Storage commitment is asked of its well-known instance.")
    request = read_request(read_data_set(data, exchange.context.transfer_syntax))
    engines = association.engines
    uids = sorted({uid for _sop_class, uid in request.referenced})
    with engines.db.reading() as tx:
        held = held_instances(
            tx, association.actor, hospital_id=association.hospital_id, sop_instance_uids=uids
        )
    committed, failed = [], []
    for sop_class, uid in request.referenced:
        reason = failure_reason(engines.blobs, held, sop_class, uid)
        if reason is None:
            committed.append((sop_class, uid))
        else:
            failed.append((sop_class, uid, reason))
    studies = {one.study_id for one in held.values()}
    with engines.db.transaction() as tx:
        delivery_id = promise_commitment(
            tx,
            association.actor,
            transaction_uid=request.transaction_uid,
            study_id=studies.pop() if len(studies) == 1 else None,
            committed=committed,
            failed=failed,
            delay_seconds=_SAME_ASSOCIATION_SECONDS,
        )
    context = exchange.context
    data = report_data_set(request.transaction_uid, committed, failed, context.transfer_syntax)
    association.reports.append(Report(delivery_id, context.context_id, report_event(failed), data))
    return Answer(SUCCESS)


def report_event(failed: Sequence[tuple[str, str, int]]) -> int:
    """The Event Type ID (PS3.4 J.3.3.1)."""
    return FAILURES_EXIST if failed else ALL_COMMITTED


def report_command(message_id: int, event_type: int) -> bytes:
    """N-EVENT-REPORT-RQ."""
    return write_request(
        CommandField.N_EVENT_REPORT_RQ,
        message_id,
        sop_class_uid=STORAGE_COMMITMENT,
        sop_instance_uid=WELL_KNOWN_INSTANCE,
        event_type=event_type,
    )


def report_data_set(
    transaction_uid: str,
    committed: Sequence[tuple[str, str]],
    failed: Sequence[tuple[str, str, int]],
    transfer_syntax: str,
) -> bytes:
    """Event Information of the report (PS3.4 table J.3-2)."""
    attributes: dict[str, Any] = {_TRANSACTION: {"vr": "UI", "Value": [transaction_uid]}}
    if committed:
        attributes[_REFERENCED] = {"vr": "SQ", "Value": [_item(*one) for one in committed]}
    if failed:
        items = [
            _item(sop_class, uid) | {_REASON: {"vr": "US", "Value": [why]}} for sop_class, uid, why in failed
        ]
        attributes[_FAILED] = {"vr": "SQ", "Value": items}
    return write_data_set(attributes, transfer_syntax)


def _item(sop_class: str, uid: str) -> dict[str, Any]:
    return {_SOP_CLASS: {"vr": "UI", "Value": [sop_class]}, _SOP_INSTANCE: {"vr": "UI", "Value": [uid]}}


def tell(association: Established) -> None:
    """Sends the next report on the association on which it was asked for."""
    report = association.reports.pop(0)
    message_id = len(association.told) % 0xFFFF + 1
    association.told[message_id] = report
    association.channel.send(
        report.context_id, report_command(message_id, report.event_type), report.data_set
    )


def acknowledged(association: Established, command: Command) -> None:
    """The peer has the report; anything but Success leaves it to the delivery."""
    report = association.told.get(command.message_id)
    if report is None or command.status != SUCCESS:
        return
    try:
        with association.engines.db.transaction() as tx:
            commitment_told(tx, association.actor, delivery_id=report.delivery_id)
    except HoichanError as error:
        log.warning("a report that was acknowledged will be told again: %s", error)
